"""What was answered: shown from the threshold on, exact, and the same for any order of rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

import msgspec
import pytest
from generated import generated
from hand_made import frozen, hand_made, two_units, with_rules
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.definition import Questionnaires
from questionnaires.fingerprint import canonical_json
from questionnaires.packing import unpack
from survey_service.analysing.analysed import Analysed, analyse
from survey_service.analysing.answers import answers
from survey_service.analysing.clearance import Clearance
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.design import ListKind
from survey_service.findings.answers import Answers, Distribution
from survey_service.results.figures import written
from survey_service.sheet.score_sheet import ProvinceFigure, Published

FRAMEWORK = with_rules(two_units().framework, disclosure_threshold=10)
Given = Sequence[tuple[str, str, int, Mapping[str, str]]]
SEEDS = st.integers(0, 200)
ROUND: Given = (
    ("CX", "XA1", 14, {"S1": "5", "S2": "4"}),
    ("CX", "XA2", 12, {"S1": "3", "S2": "2"}),
    ("CB", "XA1", 11, {"S1": "4", "S2": "4", "S4": "5", "UU-TIEN": "cho-cho;ho-so"}),
    ("CB", "XA2", 13, {"S1": "4", "S2": "2", "S4": "4", "UU-TIEN": "ho-so"}),
    ("ND", "XA1", 15, {"S3": "5", "S4": "4", "TRE": "no", "UU-TIEN": "ho-so"}),
    ("ND", "XA1", 5, {"S3": "2", "S4": "na", "TRE": "yes", "XIN-LOI": "thu", "UU-TIEN": ""}),
    ("ND", "XA2", 16, {"S3": "1", "S4": "2", "TRE": "yes", "XIN-LOI": "loi"}),
)


def made(
    given: Given,
    *,
    questionnaires: Questionnaires | None = None,
    units: Sequence[str] = ("XA1", "XA2"),
    list_kinds: Mapping[str, ListKind] | None = None,
) -> DatasetContent:
    return hand_made(
        given,
        framework=FRAMEWORK,
        questionnaires=questionnaires,
        units=units,
        list_kinds=list_kinds,
    )


def found(content: DatasetContent) -> tuple[Answers, Analysed, Clearance]:
    analysed = analyse(frozen(content))
    clearance = Clearance(analysed.scored)
    return answers(analysed, clearance), analysed, clearance


@cache
def of_round() -> tuple[Answers, Analysed, Clearance]:
    return found(made(ROUND))


def row(of: Answers, item: str, unit: str | None = None, group: str | None = None) -> Distribution:
    (one,) = (
        one for one in of.distributions if (one.item, one.unit, one.group) == (item, unit, group)
    )
    return one


def percents(one: Distribution) -> dict[str, str]:
    return {option.option: option.percent for option in one.options}


def test_a_distribution_counts_answers_and_leaves_out_not_applicable() -> None:
    of, _, _ = of_round()
    both = row(of, "S4", "XA1")
    # 11 × “5” of the staff and 15 × “4” of the citizens; five citizens chose not applicable.
    assert both.n == 26
    assert percents(both) == {"5": "42.3", "4": "57.7", "3": "0.0", "2": "0.0", "1": "0.0"}
    assert both.top_two == "100.0"
    assert both.mean_of_maximum == "85.6"
    assert both.top_two_interval is not None
    assert both.top_two_interval.high == "100.0"


def test_a_class_is_told_whole_and_by_group() -> None:
    of, _, _ = of_round()
    whole = row(of, "S4")
    assert (whole.n, whole.units, whole.of) == (11 + 13 + 15 + 16, 2, 2)
    assert row(of, "S4", group="ND").n == 15 + 16
    assert percents(row(of, "S4", group="CB"))["5"] == "45.8"


def test_an_item_of_one_group_has_no_row_by_group() -> None:
    of, _, _ = of_round()
    assert [one.group for one in of.distributions if one.item == "S3" and not one.unit] == [None]


def test_a_multiple_choice_is_told_in_percent_of_those_who_answered() -> None:
    of, _, _ = of_round()
    assert percents(row(of, "UU-TIEN", "XA1")) == {
        "cho-cho": "42.3",
        "thoi-gian": "0.0",
        "ho-so": "100.0",
    }
    assert row(of, "UU-TIEN", "XA1").top_two is None


def test_ballots_with_part_of_a_leafs_items_hide_them_where_they_are_few() -> None:
    partly: Given = (*ROUND, ("CX", "XA1", 1, {"S1": "1", "S2": ""}))
    of, _, clearance = found(made(partly))
    # The leaf's mean less those of both items would be the answer of the one who left S2 out.
    assert row(of, "S1", "XA1").missing == "suppressed"
    assert row(of, "S2", "XA1").missing == "suppressed"
    assert row(of, "S1", "XA2").missing is None
    assert [(one.reason, one.figures) for one in clearance.audit() if one.table ==
            "answers.distributions"] == [("complementary", 2), ("threshold", 1)]  # fmt: skip


def test_many_ballots_with_part_of_a_leafs_items_hide_nothing() -> None:
    partly: Given = (*ROUND, ("CX", "XA1", 10, {"S1": "1", "S2": ""}))
    of, _, _ = found(made(partly))
    assert row(of, "S1", "XA1").n == 14 + 11 + 10


def test_a_diagnostic_item_of_a_small_unit_is_neither_told_nor_left_over() -> None:
    few: Given = (*ROUND[:6], ("ND", "XA2", 9, {"S3": "1", "S4": "2", "TRE": "yes"}))
    of, _, _ = found(made(few))
    assert row(of, "TRE", "XA2").missing == "suppressed"
    # The class is made of the other unit alone, else XA2 would be what is left over.
    assert (row(of, "TRE").n, row(of, "TRE").units) == (20, 1)


def test_small_units_of_a_diagnostic_item_are_added_up_where_they_are_many_together() -> None:
    units = ("XA1", "XA2", "XA3")
    few: Given = (
        *ROUND[:6],
        ("ND", "XA2", 6, {"S3": "1", "TRE": "yes"}),
        ("ND", "XA3", 6, {"S3": "1", "TRE": "no"}),
    )
    of, _, _ = found(made(few, units=units))
    assert {row(of, "TRE", unit).missing for unit in ("XA2", "XA3")} == {"suppressed"}
    assert (row(of, "TRE").n, row(of, "TRE").units) == (32, 3)


def test_nominated_groups_have_no_interval_and_no_test() -> None:
    of, _, _ = found(made(ROUND, list_kinds={"CX": "nominated"}))
    assert row(of, "S1", group="CX").top_two_interval is None
    assert row(of, "S1", "XA1").top_two_interval is None
    assert row(of, "S1", group="CB").top_two_interval is not None
    first = next(one for one in of.group_differences if one.leaf == "A.1")
    assert (first.standard_error, first.p, first.clear) == (None, None, False)


def test_the_satisfaction_index_is_the_sheets_own_percent_of_its_leaves() -> None:
    of, analysed, _ = of_round()
    assert {one.group for one in of.satisfaction} == {None}
    for one in of.satisfaction:
        if one.unit is not None:
            (unit,) = (sheet for sheet in analysed.sheet.units if sheet.code == one.unit)
            (line,) = (
                line
                for component in unit.components
                for criterion in component.criteria
                for line in criterion.parts
                if line.code == "B.1.1"
            )
            assert isinstance(line.result, Published)
            assert Fraction(one.mean_of_maximum or 0) == round(Fraction(line.result.percent), 1)
            assert one.n == line.result.n
    by_unit = {one.unit: one for one in of.satisfaction}
    assert by_unit["XA1"].top_two == "75.0"
    assert by_unit[None].top_two == "37.5"
    assert (by_unit[None].units, by_unit[None].of) == (2, 2)


def test_groups_that_differ_are_told_with_their_error() -> None:
    of, _, _ = of_round()
    of_leaf = {(one.one, one.other): one for one in of.group_differences if one.leaf == "B.1.2"}
    # Staff .875 on average over both units, citizens (.75 + .25)/2.
    assert of_leaf["CB", "ND"].difference == "37.5"
    tested = {one.leaf: one for one in of.rank_tests}
    assert tested["B.1.2"].pairs[0].one == "CB"
    assert Fraction(tested["B.1.2"].p) < Fraction(1, 1000)


def test_a_weak_criterion_is_told_from_the_published_points() -> None:
    varied: Given = (*ROUND, *((group, unit, 2, {"S1": "4", "S2": "3"})
                               for group in ("CX", "CB") for unit in ("XA1", "XA2")))  # fmt: skip
    of, _, _ = found(made(varied))
    weak = {(one.unit, one.leaf): one for one in of.weak_points}
    assert {unit for unit, _ in weak} == {"XA2"}
    assert weak["XA2", "A.1"].clear
    assert Fraction(weak["XA2", "A.1"].difference) <= -5
    distances = [Fraction(one.difference) for one in of.weak_points]
    assert distances == sorted(distances)


def with_overall(bank: Questionnaires, code: str) -> Questionnaires:
    return msgspec.structs.replace(
        bank,
        items=tuple(
            msgspec.structs.replace(item, role="overall") if item.code == code else item
            for item in bank.items
        ),
    )


def test_drivers_are_sought_for_the_overall_judgement() -> None:
    bank = with_overall(two_units().questionnaires, "S3")
    of, analysed, _ = found(made(ROUND, questionnaires=bank))
    (one,) = of.drivers
    assert one.n == 15 + 16
    assert one.r_squared == "1.000"
    (driver,) = one.drivers
    assert (driver.code, driver.share, driver.quadrant) == ("B.1.2", "100.0", "keep_up")
    (shown,) = (line.result for line in analysed.sheet.classes[0].province if line.code == "B.1.2")
    assert isinstance(shown, ProvinceFigure)
    assert driver.performance == written(Fraction(shown.percent), 1)


def test_drivers_of_a_nominated_list_have_no_interval() -> None:
    bank = with_overall(two_units().questionnaires, "S3")
    kinds: dict[ListKind, bool] = {"drawn": True, "nominated": False}
    for kind, has_interval in kinds.items():
        of, _, _ = found(made(ROUND, questionnaires=bank, list_kinds={"ND": kind}))
        assert [one.interval is not None for one in of.drivers[0].drivers] == [has_interval]


def test_the_ballots_behind_drivers_are_rounded_where_the_sheet_hides_a_group() -> None:
    bank = with_overall(two_units().questionnaires, "S3")
    few = ("CB", "XA2", 3, {"S1": "4", "S2": "2", "S4": "4"})
    of, _, _ = found(made([*ROUND[:3], few, *ROUND[4:]], questionnaires=bank))
    assert of.drivers[0].n == 30


def test_too_few_complete_ballots_have_no_drivers() -> None:
    bank = with_overall(two_units().questionnaires, "S3")
    of, _, clearance = found(made(ROUND[:6], questionnaires=bank))
    assert (of.drivers[0].missing, of.drivers[0].drivers) == ("too_few", ())
    assert "answers.drivers" in {one.table for one in clearance.audit()}


def test_without_an_overall_judgement_drivers_do_not_apply() -> None:
    of, _, _ = of_round()
    assert [one.missing for one in of.drivers] == ["not_applicable"]


@pytest.mark.parametrize("answer", ["3", "dk", ""])
def test_all_equal_answers_give_findings_without_a_difference(answer: str) -> None:
    bank = with_overall(two_units().questionnaires, "S3")
    own = {"CX": ("S1", "S2"), "CB": ("S1", "S2", "S4"), "ND": ("S3", "S4")}
    same: Given = [
        (group, unit, 20, dict.fromkeys(items, answer))
        for group, items in own.items()
        for unit in ("XA1", "XA2")
    ]
    of, _, _ = found(made(same, questionnaires=bank))
    assert of.weak_points == ()
    assert not any(one.clear for one in of.group_differences)
    assert {one.difference for one in of.group_differences} <= {"0.0"}
    assert {one.p for one in of.rank_tests} <= {"1.0000"}
    assert of.drivers[0].r_squared is None
    if answer == "3":
        assert {one.top_two for one in of.satisfaction} == {"0.0"}
    else:
        assert {one.missing for one in of.satisfaction} == {"suppressed", "not_measurable"}
        assert all(one.missing for one in of.distributions)


def test_a_unit_that_nobody_rated_has_no_figures_and_hides_no_other() -> None:
    of, _, _ = found(made(ROUND, units=("XA1", "XA2", "XA9")))
    assert {one.missing for one in of.distributions if one.unit == "XA9" and one.item == "S1"} == {
        "not_measurable"
    }
    assert row(of, "S1").units == 2
    assert {one.unit for one in of.weak_points} == {"XA2"}


def test_a_wave_that_nobody_answered_has_no_figures() -> None:
    of, _, _ = found(made(()))
    assert {one.missing for one in of.distributions} <= {"suppressed", "not_measurable"}
    assert (of.group_differences, of.rank_tests, of.weak_points) == ((), (), ())
    assert {one.n for one in of.satisfaction} == {None}


def test_an_empty_group_hides_what_it_was_asked_about() -> None:
    without = tuple(one for one in ROUND if one[0] != "CB")
    of, _, _ = found(made(without))
    assert row(of, "S1").missing == "suppressed"
    assert row(of, "S3", "XA1").n == 20


@given(seed=SEEDS)
@settings(max_examples=3, deadline=None)
def test_the_order_of_rows_changes_no_byte(seed: int) -> None:
    content = generated("two-units", seed=seed)
    content = replace(content, framework=with_rules(content.framework, disclosure_threshold=4))
    turned = replace(content, ballots=list(reversed(content.ballots)))
    one, two = (canonical_json(found(part)[0]) for part in (content, turned))
    assert one == two


@given(seed=SEEDS)
@settings(max_examples=2, deadline=None)
def test_nothing_rests_on_fewer_ballots_than_the_threshold(seed: int) -> None:
    content = generated("par-index-2022", seed=seed)
    of, analysed, clearance = found(content)
    threshold = clearance.threshold
    group_of = {stratum.code: stratum.group for stratum in content.design.strata}
    answered = Counter(
        (item, ballot.unit, group_of[ballot.stratum])
        for ballot in content.ballots
        for item, answer in unpack(content.questionnaires, ballot.answers).items()
        if answer not in {"", "dk", "na", "~"}
    )
    places = {unit.code: place for place, unit in enumerate(content.design.units)}
    items = {item.code: item for item in content.questionnaires.items}
    shown = [one for one in of.distributions if one.missing is None]
    assert shown
    for one in shown:
        assert (one.n or 0) >= threshold
        if one.unit is None:
            continue
        cells = [answered[one.item, one.unit, group] for group in group_of.values()]
        assert not any(0 < n < threshold for n in cells)
        assert one.n == sum(answered[one.item, one.unit, group] for group in set(group_of.values()))
        leaf = items[one.item].leaves.get(one.unit_class)
        assert leaf is None or clearance.shows_groups(places[one.unit], leaf)
    for line in of.satisfaction:
        assert line.missing or (line.n or 0) >= threshold
    assert analysed.sheet.units
