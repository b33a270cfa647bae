"""One broken variation of the small framework for every rule of the checker."""

import pytest
from spoiling import Break, Case, Plain, assert_found, checked, leaf

from questionnaires.loading import Definitions

LEAVES = "F: unit_classes[XA].leaves"
RULES = "F: rules"


FRAMEWORK_MISTAKES: list[Case] = [
    (lambda f: f.update(code="hai xã"), "F: code[hai xã]", "is not a code"),
    (lambda f: f.update(groups=[]), "F: groups", "this list is empty"),
    (lambda f: f.update(unit_classes=[]), "F: unit_classes", "this list is empty"),
    (lambda f: f.update(components=[]), "F: components", "this list is empty"),
    (lambda f: f["groups"].append(f["groups"][0]), "F: groups[cx]", "given 2 times"),
    (lambda f: f["components"][0].update(code="b"), "F: components[b]", "given 2 times"),
    (lambda f: f.update(year=1925), "F: year", "not a likely year"),
    (lambda f: f.update(total="29.99"), "F: survey_total", "at most the total 29.99"),
    (lambda f: f.update(survey_total="0"), "F: survey_total", "must be above 0"),
    (lambda f: leaf(f, 0).update(max="9.99"), LEAVES, "add up to 29.99 points"),
    (lambda f: leaf(f, 0).update(max="10.01"), LEAVES, "more than the total of 30.00"),
    (lambda f: leaf(f, 0).update(max="0"), f"{LEAVES}[A.1].max", "above 0"),
    (lambda f: leaf(f, 0).update(code="B.1"), f"{LEAVES}[b.1]", "given 2 times"),
    (lambda f: leaf(f, 0).update(component="C"), f"{LEAVES}[A.1].component", "no component"),
    (lambda f: leaf(f, 1).update(criterion="B.2"), f"{LEAVES}[B.1.1].criterion", "“B.1”?"),
    (lambda f: leaf(f, 1).update(component="A"), f"{LEAVES}[B.1.1].component", "differs"),
    (
        lambda f: [leaf(f, n).update(criterion=None) for n in (1, 2)],
        "F: unit_classes[XA].criteria[B.1]",
        "no sub-criterion",
    ),
    (
        lambda f: f["unit_classes"][0]["criteria"][0].update(component="Z"),
        "F: unit_classes[XA].criteria[B.1]",
        "no component “Z”",
    ),
    (
        lambda f: leaf(f, 0)["weights"].update(CB="39.99"),
        f"{LEAVES}[A.1].weights",
        "add up to 99.99",
    ),
    (
        lambda f: leaf(f, 0)["weights"].update(LDS="0"),
        f"{LEAVES}[A.1].weights",
        "no respondent group “LDS”",
    ),
    (
        lambda f: leaf(f, 0)["weights"].update(ND="0"),
        f"{LEAVES}[A.1].weights.ND",
        "must be above 0",
    ),
    (lambda f: leaf(f, 0).update(weights={}), f"{LEAVES}[A.1].weights", "add up to 0"),
    (
        lambda f: leaf(f, 0).update(method="appraisal"),
        f"{LEAVES}[A.1].weights",
        "appraisal leaf has no group weights",
    ),
    (
        lambda f: leaf(f, 2).update(minimum_counts={"CB": 0}),
        f"{LEAVES}[B.1.2].minimum_counts.CB",
        "outside the range",
    ),
    (
        lambda f: leaf(f, 2).update(minimum_counts={"CX": 1}),
        f"{LEAVES}[B.1.2].minimum_counts",
        "no respondent group “CX”",
    ),
    (lambda f: f["rules"].update(minimum_count=0), f"{RULES}.minimum_count", "outside"),
    (
        lambda f: f["rules"].update(disclosure_threshold=0),
        f"{RULES}.disclosure_threshold",
        "outside",
    ),
    (
        lambda f: f["rules"]["rounding"].update(places=5),
        f"{RULES}.rounding.places",
        "from 0 to 4",
    ),
    (lambda f: f["rules"].update(minimum_cover="1.1"), f"{RULES}.minimum_cover", "outside"),
    (
        lambda f: f["rules"].update(minimum_measured="-0.1"),
        f"{RULES}.minimum_measured",
        "outside",
    ),
    (lambda f: f["rules"].update(modes=[]), f"{RULES}.modes", "at least one mode"),
    (
        lambda f: f["rules"]["option_values"]["HL5"].update({"5": "100.5"}),
        f"{RULES}.option_values.HL5.5",
        "from 0 to 100",
    ),
    (
        lambda f: f["rules"]["option_values"]["HL5"].pop("3"),
        f"{RULES}.option_values.HL5",
        "the value of option 3 is missing",
    ),
    (
        lambda f: f["rules"]["option_values"]["HL5"].update({"6": "0"}),
        f"{RULES}.option_values.HL5",
        "no option 6",
    ),
    (
        lambda f: f["rules"]["option_values"]["HL5"].update({"4": "10"}),
        f"{RULES}.option_values.HL5",
        "3 may not be worth more than 4",
    ),
    (lambda f: f["rules"].update(option_values={}), f"{RULES}.option_values.HL5", "missing"),
    (lambda f: f["rules"].update(bands=[]), f"{RULES}.bands", "must start at 0"),
    (
        lambda f: f["rules"]["bands"][0].update(from_percent="1"),
        f"{RULES}.bands",
        "must start at 0",
    ),
    (lambda f: f["rules"]["bands"].reverse(), f"{RULES}.bands[dat]", "above band tot"),
    (
        lambda f: f["rules"]["bands"][2].update(from_percent="101"),
        f"{RULES}.bands[tot].from_percent",
        "outside",
    ),
    (lambda f: f["rules"]["bands"][2].update(code="dat"), f"{RULES}.bands[dat]", "2 times"),
    (lambda f: f["title"].update(en=" "), "F: title.en", "the text is missing"),
    (
        lambda f: f["title"].update(vi="Năm {năm}", en="Year {year}"),
        "F: title.vi",
        "cannot stand here",
    ),
    (
        lambda f: leaf(f, 0)["weights"].update(CX="50", ND="10"),
        f"{LEAVES}[A.1]",
        "group ND has weight but no item",
    ),
]


@pytest.mark.parametrize(("spoil", "where", "wording"), FRAMEWORK_MISTAKES)
def test_each_mistake_of_a_framework_is_found(
    two_units: Definitions, spoil: Break, where: str, wording: str
) -> None:
    assert_found(checked(two_units, framework=spoil), where, wording)


def test_values_of_a_scale_that_does_not_exist_are_a_warning(two_units: Definitions) -> None:
    def add(framework: Plain) -> None:
        framework["rules"]["option_values"]["HL4"] = {"1": "0"}

    problems = checked(two_units, framework=add)
    assert_found(problems, "F: rules.option_values.HL4", "no such scale", "warning")
    assert len(problems) == 1


def test_an_item_bound_to_an_appraised_leaf_is_an_error(two_units: Definitions) -> None:
    def appraise(framework: Plain) -> None:
        leaf(framework, 0).update(method="appraisal", weights={})

    problems = checked(two_units, framework=appraise)
    assert_found(problems, "Q: items[S1].leaves.XA", "appraised, not surveyed")
