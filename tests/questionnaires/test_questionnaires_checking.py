"""One broken variation of the small item bank for every rule of the checker."""

import pytest
from spoiling import Break, Case, Plain, assert_found, checked, item, leaf, rates

from questionnaires.loading import Definitions


def scales(number: int) -> list[Plain]:
    return [{"code": str(n), "text": {"vi": "a", "en": "a"}} for n in range(number)]


QUESTIONNAIRE_MISTAKES: list[Case] = [
    (lambda q: q.update(code=""), "Q: code[]", "is not a code"),
    (lambda q: q.update(framework="one-unit"), "Q: framework", "not “two-units”"),
    (lambda q: q["sections"].append(q["sections"][0]), "Q: sections[phoi-hop]", "2 times"),
    (lambda q: q["scales"].append(q["scales"][0]), "Q: scales[hl5]", "2 times"),
    (lambda q: item(q, "S2").update(code="S1"), "Q: items[s1]", "2 times"),
    (lambda q: item(q, "S1").update(section="khac"), "Q: items[S1].section", "no section"),
    (lambda q: item(q, "S1").update(groups=[]), "Q: items[S1].groups", "at least one group"),
    (
        lambda q: item(q, "S1").update(groups=["CX", "CX", "CB"]),
        "Q: items[S1].groups",
        "named 2 times",
    ),
    (
        lambda q: item(q, "TRE").update(groups=["N"]),
        "Q: items[TRE].groups",
        "no respondent group “N”",
    ),
    (
        lambda q: item(q, "TRE").update(unit_classes=["XA", "XA", "PH"]),
        "Q: items[TRE].unit_classes",
        "no unit class “PH”",
    ),
    (
        lambda q: item(q, "TRE").update(unit_classes=["XA", "XA"]),
        "Q: items[TRE].unit_classes",
        "named 2 times",
    ),
    (
        lambda q: item(q, "S1").update(unit_classes=["XA"]),
        "Q: items[S1].unit_classes",
        "remove unit_classes",
    ),
    (lambda q: item(q, "S1")["leaves"].update(PH="A.1"), "Q: items[S1].leaves", "“PH”"),
    (
        lambda q: item(q, "S1")["leaves"].update(XA="A.2"),
        "Q: items[S1].leaves.XA",
        "no leaf “A.2”",
    ),
    (
        lambda q: item(q, "GOP-Y").update(unit_classes=["XA"]),
        "Q: items[GOP-Y].about",
        "neither leaves nor unit classes",
    ),
    (
        lambda q: item(q, "TRE").update(about="respondent"),
        "Q: items[TRE].about",
        "only a text item",
    ),
    (lambda q: item(q, "S1").update(scale=None), "Q: items[S1].scale", "must name its scale"),
    (lambda q: item(q, "S1").update(scale="HL4"), "Q: items[S1].scale", "is it “HL5”?"),
    (
        lambda q: item(q, "S1").update(kind="yes_no", scale=None),
        "Q: items[S1].kind",
        "must be answered on a scale",
    ),
    (lambda q: item(q, "TRE").update(scale="HL5"), "Q: items[TRE].scale", "has no scale"),
    (lambda q: item(q, "TRE").update(options=scales(2)), "Q: items[TRE].options", "no options"),
    (lambda q: item(q, "S1").update(minimum=1), "Q: items[S1].minimum", "has no minimum"),
    (lambda q: item(q, "S1").update(max_length=9), "Q: items[S1].max_length", "no max_length"),
    (
        lambda q: item(q, "XIN-LOI").update(max_choices=1),
        "Q: items[XIN-LOI].max_choices",
        "has no max_choices",
    ),
    (
        lambda q: item(q, "XIN-LOI").update(options=scales(1)),
        "Q: items[XIN-LOI].options",
        "there are 1",
    ),
    (
        lambda q: item(q, "UU-TIEN").update(options=scales(16)),
        "Q: items[UU-TIEN].options",
        "there are 16",
    ),
    (
        lambda q: item(q, "UU-TIEN").update(max_choices=4),
        "Q: items[UU-TIEN].max_choices",
        "from 1 to 3",
    ),
    (
        lambda q: item(q, "UU-TIEN")["options"][0].update(code="DK"),
        "Q: items[UU-TIEN].options[DK]",
        "reserved",
    ),
    (
        lambda q: item(q, "UU-TIEN")["options"][0].update(code="a;b"),
        "Q: items[UU-TIEN].options[a;b]",
        "is not a code",
    ),
    (
        lambda q: item(q, "UU-TIEN")["options"][0].update(code="ho-so"),
        "Q: items[UU-TIEN].options[ho-so]",
        "2 times",
    ),
    (
        lambda q: item(q, "SO-LAN").update(maximum=30_001),
        "Q: items[SO-LAN].maximum",
        "from 0 to 30000",
    ),
    (
        lambda q: item(q, "SO-LAN").update(minimum=51),
        "Q: items[SO-LAN].maximum",
        "from 51 to 30000",
    ),
    (lambda q: item(q, "SO-LAN").update(minimum=-1), "Q: items[SO-LAN].minimum", "from 0 to"),
    (
        lambda q: item(q, "GOP-Y").update(max_length=0),
        "Q: items[GOP-Y].max_length",
        "from 1 to 10000",
    ),
    (
        lambda q: q["scales"][0].update(options=scales(16)),
        "Q: scales[HL5].options",
        "there are 16",
    ),
    (
        lambda q: item(q, "XIN-LOI")["show_if"].update(item="TRE2"),
        "Q: items[XIN-LOI].show_if",
        "there is no item “TRE2”",
    ),
    (lambda q: q["items"].reverse(), "Q: items[XIN-LOI].show_if", "must stand before"),
    (
        lambda q: item(q, "XIN-LOI").update(section="phoi-hop"),
        "Q: items[XIN-LOI].show_if",
        "must stand before",
    ),
    (
        lambda q: item(q, "XIN-LOI").update(groups=["ND", "CB"]),
        "Q: items[XIN-LOI].show_if",
        "not asked everywhere that this one is (CB)",
    ),
    (
        lambda q: item(q, "TRE").update(unit_classes=["XA"]),
        "Q: items[XIN-LOI].show_if",
        "not asked everywhere",
    ),
    (
        lambda q: item(q, "XIN-LOI")["show_if"].update({"item": "S3", "is": ["5"]}),
        "Q: items[XIN-LOI].show_if",
        "not asked everywhere",
    ),
    (
        lambda q: item(q, "GOP-Y").update(show_if={"item": "TRE", "is": ["yes"]}),
        "Q: items[GOP-Y].show_if",
        "not asked everywhere",
    ),
    (
        lambda q: item(q, "XIN-LOI")["show_if"].update({"is": ["yes", "maybe"]}),
        "Q: items[XIN-LOI].show_if.is",
        "expected options of item TRE: no, yes",
    ),
    (
        lambda q: item(q, "XIN-LOI")["show_if"].update({"is": []}),
        "Q: items[XIN-LOI].show_if.is",
        "expected options",
    ),
    (
        lambda q: item(q, "UU-TIEN").update(show_if={"item": "SO-LAN", "is": ["1"]}),
        "Q: items[UU-TIEN].show_if",
        "no options that a rule could look at",
    ),
    (lambda q: q["relations"].pop(0), "Q: relations", "not said which units group CX rates"),
    (lambda q: q["relations"].append(q["relations"][0]), "Q: relations", "“CX” is named 2"),
    (
        lambda q: q["relations"][0].update(group="LDS"),
        "Q: relations",
        "no respondent group “LDS”",
    ),
    (
        lambda q: q["relations"][0].update(response_rate=0),
        "Q: relations[CX].response_rate",
        "from 1 to 100",
    ),
    (
        lambda q: q["relations"][0].update(seconds_per_item=0),
        "Q: relations[CX].seconds_per_item",
        "from 1 to 600",
    ),
    (lambda q: rates(q, 0).update(subset=0), "Q: relations[CX].rates.subset", "1 or more"),
    (
        lambda q: rates(q, 1).update(subset=2),
        "Q: relations[CB].rates.subset",
        "nothing is drawn",
    ),
    (
        lambda q: rates(q, 1).update(except_own=True),
        "Q: relations[CB].rates.except_own",
        "leaves no unit",
    ),
    (
        lambda q: rates(q, 0).update(classes=["XA", "PH"]),
        "Q: relations[CX].rates.classes",
        "no unit class “PH”",
    ),
    (
        lambda q: rates(q, 0).update(classes=["XA", "XA"]),
        "Q: relations[CX].rates.classes",
        "named 2 times",
    ),
    (
        lambda q: rates(q, 0).update(classes=["PH"]),
        "Q: relations[CX].rates",
        "never rates that class",
    ),
    (lambda q: rates(q, 0).update(units="across"), "Q: relations[CX].rates.across", "one dir"),
    (
        lambda q: rates(q, 0).update(across=[{"from": ["XA"], "to": ["XA"]}]),
        "Q: relations[CX].rates.across",
        'goes with units = "across"',
    ),
    (
        lambda q: rates(q, 0).update(units="across", across=[{"from": ["PH"], "to": ["QU"]}]),
        "Q: relations[CX].rates.across[1].from",
        "no unit class “PH”",
    ),
    (
        lambda q: rates(q, 0).update(units="across", across=[{"from": ["PH"], "to": ["QU"]}]),
        "Q: relations[CX].rates.across[1].to",
        "no unit class “QU”",
    ),
    (
        lambda q: rates(q, 0).update(units="across", across=[{"from": [], "to": ["XA"]}]),
        "Q: relations[CX].rates.across[1]",
        "that rate (from) and are rated (to)",
    ),
    (
        lambda q: rates(q, 0).update(units="across", across=[{"from": ["XA"], "to": []}]),
        "Q: relations[CX].rates",
        "never rates that class",
    ),
    (
        lambda q: item(q, "S1")["text"].update(en="In {year}?"),
        "Q: items[S1].text",
        "the same placeholders",
    ),
    (
        lambda q: item(q, "S1")["text"].update(vi="{đơn vị"),
        "Q: items[S1].text.vi",
        "has no partner",
    ),
    (
        lambda q: item(q, "S1")["text"].update(vi="{don vi}"),
        "Q: items[S1].text.vi",
        "use only: {đơn vị}, {năm}, {dịch vụ}",
    ),
    (
        lambda q: item(q, "S1")["text"].update(vi="{dịch vụ}?", en="{service}?"),
        "Q: items[S1].text.vi",
        "cannot stand here",
    ),
    (
        lambda q: item(q, "GOP-Y").update(text={"vi": "{đơn vị}?", "en": "{unit}?"}),
        "Q: items[GOP-Y].text.en",
        "cannot stand here",
    ),
    (
        lambda q: item(q, "UU-TIEN")["options"][0]["text"].update(vi="{đơn vị}", en="{unit}"),
        "Q: items[UU-TIEN].options[cho-cho].text.vi",
        "cannot stand here",
    ),
    (
        lambda q: q["scales"][0]["dont_know"].update(en=""),
        "Q: scales[HL5].dont_know.en",
        "the text is missing",
    ),
    (
        lambda q: item(q, "UU-TIEN").update(role="overall"),
        "Q: items[UU-TIEN].role",
        "answered on a scale",
    ),
    (
        lambda q: [item(q, code).update(role="overall") for code in ("S1", "S2")],
        "Q: items[S2].role",
        "has the overall judgement S1 already",
    ),
]


@pytest.mark.parametrize(("spoil", "where", "wording"), QUESTIONNAIRE_MISTAKES)
def test_each_mistake_of_the_questionnaires_is_found(
    two_units: Definitions, spoil: Break, where: str, wording: str
) -> None:
    assert_found(checked(two_units, bank=spoil), where, wording)


WARNINGS: list[Case] = [
    (
        lambda q: item(q, "S3").update(groups=["ND", "CX"]),
        "Q: items[S3].groups",
        "so it is not asked",
    ),
    (
        lambda q: q["sections"].append({"code": "thua", "title": {"vi": "a", "en": "a"}}),
        "Q: sections[thua]",
        "no item",
    ),
    (
        lambda q: q["scales"].append(q["scales"][0] | {"code": "TOT5"}),
        "Q: scales[TOT5]",
        "no item uses",
    ),
]


@pytest.mark.parametrize(("spoil", "where", "wording"), WARNINGS)
def test_what_is_only_in_vain_is_a_warning(
    two_units: Definitions, spoil: Break, where: str, wording: str
) -> None:
    problems = [each for each in checked(two_units, bank=spoil) if each.where == where]
    assert_found(tuple(problems), where, wording, "warning")


def test_a_skip_rule_may_look_at_dont_know_and_at_the_same_leaf(two_units: Definitions) -> None:
    def look(bank: Plain) -> None:
        item(bank, "S2").update(show_if={"item": "S1", "is": ["dk", "na", "1"]})

    assert checked(two_units, bank=look) == ()


def test_a_scored_item_may_look_at_a_diagnostic_one_of_its_class(two_units: Definitions) -> None:
    def look(bank: Plain) -> None:
        item(bank, "TRE").update(section="phoi-hop", unit_classes=["XA"])
        item(bank, "XIN-LOI").update(unit_classes=["XA"])
        item(bank, "S3").update(show_if={"item": "TRE", "is": ["no"]})

    assert checked(two_units, bank=look) == ()


def test_every_mistake_is_found_at_once(two_units: Definitions) -> None:
    def spoil(framework: Plain) -> None:
        leaf(framework, 0).update(max="9", weights={"CX": "60", "CB": "41"})
        framework["rules"]["rounding"].update(places=9)

    def misname(bank: Plain) -> None:
        item(bank, "S1").update(scale="HL6", section="khac")
        rates(bank, 0).update(subset=-1)

    assert [each.where for each in checked(two_units, framework=spoil, bank=misname)] == [
        "F: unit_classes[XA].leaves",
        "F: unit_classes[XA].leaves[A.1].weights",
        "F: rules.rounding.places",
        "Q: items[S1].section",
        "Q: items[S1].scale",
        "Q: relations[CX].rates.subset",
    ]
