from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from generated import generated
from hand_made import frozen, hand_made, two_units, with_leaves, with_rules

from analysis.intervals import beta_interval
from questionnaires.index import Rounding
from questionnaires.problems import ProblemsError
from questionnaires.text import Text
from survey_service.dataset.design import Declaration
from survey_service.results.computing import compute
from survey_service.results.province import province_table
from survey_service.sheet.documents import sheet_json
from survey_service.sheet.lines import lines
from survey_service.sheet.score_sheet import (
    CriterionLine,
    NotApplicable,
    NotMeasurable,
    ProvinceFigure,
    Published,
    ScoreSheet,
    Suppressed,
    Turnout,
    TurnoutSuppressed,
    UnitSheet,
)

FRAMEWORK = two_units().framework

# Leaf A.1: CX 60 %, CB 40 %, two items; B.1.1: ND; B.1.2: ND 62.5 %, CB 37.5 %.
FULL: Sequence[tuple[str, str, int, Mapping[str, str]]] = (
    ("CX", "XA1", 3, {"S1": "5", "S2": "4"}),
    ("CB", "XA1", 4, {"S1": "4", "S2": "dk", "S4": "3"}),
    ("ND", "XA1", 3, {"S3": "4", "S4": "2"}),
    ("CX", "XA2", 3, {"S1": "3", "S2": "3"}),
    ("CB", "XA2", 4, {"S1": "5", "S2": "5", "S4": "5"}),
    ("ND", "XA2", 3, {"S3": "5", "S4": "5"}),
)


def sheet_of(
    ballots: Sequence[tuple[str, str, int, Mapping[str, str]]] = FULL, **settings: Any
) -> ScoreSheet:
    return compute(frozen(hand_made(ballots, **settings)))


def unit(sheet: ScoreSheet, code: str = "XA1") -> UnitSheet:
    return next(one for one in sheet.units if one.code == code)


def leaf(sheet: ScoreSheet, code: str, of_unit: str = "XA1") -> CriterionLine:
    return next(
        line
        for component in unit(sheet, of_unit).components
        for criterion in component.criteria
        for line in (criterion.parts or (criterion,))
        if line.code == code
    )


def test_the_worked_example() -> None:
    sheet = sheet_of()
    result = leaf(sheet, "A.1").result
    assert isinstance(result, Published)
    # 10 × (0.6 × 0.875 + 0.4 × 0.75) = 8.25
    assert (result.points, result.percent, result.n) == ("8.25", "82.50", 7)
    # 12.5 × 0.75 = 9.375 and 7.5 × (0.625 × 0.25 + 0.375 × 0.5) = 2.578125
    assert isinstance(one := leaf(sheet, "B.1.1").result, Published)
    assert one.points == "9.38"
    assert isinstance(two := leaf(sheet, "B.1.2").result, Published)
    assert two.points == "2.58"
    total = unit(sheet).result
    assert isinstance(total, Published)
    assert (total.points, total.maximum, total.percent) == ("20.21", "30.00", "67.37")
    assert unit(sheet).band == "dat"
    assert unit(sheet).turnout == Turnout(issued=13, returned=10, valid=10)


def test_the_sum_is_rounded_where_the_framework_says() -> None:
    late = with_rules(FRAMEWORK, rounding=Rounding(places=2, stage="total"))
    total = unit(sheet_of(framework=late)).result
    assert isinstance(total, Published)
    # 8.25 + 9.375 + 2.578125 = 20.203125
    assert total.points == "20.20"


def test_the_two_best_options_count_where_the_index_says() -> None:
    top = with_rules(FRAMEWORK, index_method="top_two")
    result = leaf(sheet_of(framework=top), "B.1.1").result
    assert isinstance(result, Published)
    assert result.points == "12.50"


def test_equal_totals_share_a_rank() -> None:
    twin = [
        (group, other, n, answers) for group, _, n, answers in FULL[:3] for other in ("XA1", "XA2")
    ]
    sheet = sheet_of(twin)
    assert [one.rank for one in sheet.units] == [1, 1]
    assert sheet.classes[0].ranking == ("XA1", "XA2")
    highest = sheet.classes[0].province[0].result
    assert isinstance(highest, ProvinceFigure)
    assert highest.highest.units == highest.lowest.units == ("XA1", "XA2")


def test_ranks_and_classes_follow_the_published_total() -> None:
    sheet = sheet_of()
    assert [(one.code, one.rank) for one in sheet.units] == [("XA1", 2), ("XA2", 1)]
    assert sheet.classes[0].ranking == ("XA2", "XA1")
    assert {band.band: band.units for band in sheet.classes[0].bands} == {
        "chua-dat": 0, "dat": 1, "tot": 1,
    }  # fmt: skip
    by_points = with_rules(FRAMEWORK, class_basis="points", rank_basis="percent")
    again = sheet_of(framework=by_points)
    assert [(one.rank, one.band) for one in again.units] == [(2, "dat"), (1, "tot")]


def test_the_table_of_the_province_adds_up_what_is_shown() -> None:
    sheet = sheet_of()
    rows = {(line.level, line.code): line.result for line in sheet.classes[0].province}
    assert list(rows) == [
        ("total", ""), ("component", "A"), ("leaf", "A.1"), ("component", "B"),
        ("criterion", "B.1"), ("leaf", "B.1.1"), ("leaf", "B.1.2"),
    ]  # fmt: skip
    row = rows["leaf", "A.1"]
    assert isinstance(row, ProvinceFigure)
    assert (row.percent, row.units, row.of) == ("76.25", 2, 2)
    assert (row.highest.percent, row.highest.units) == ("82.50", ("XA1",))
    assert (row.lowest.percent, row.lowest.units) == ("70.00", ("XA2",))


def test_the_half_rule_tells_what_it_lost() -> None:
    bank = two_units().questionnaires
    third = msgspec.structs.replace(bank.item("S2"), code="S9")
    longer = msgspec.structs.replace(bank, items=(*bank.items, third))
    ballots = [
        ("CX", "XA1", 3, {"S1": "5", "S2": "5", "S9": "5"}),
        ("CX", "XA1", 1, {"S1": "1", "S2": "", "S9": ""}),
    ]
    one = unit(sheet_of(ballots, questionnaires=longer))
    assert (one.lost, one.turnout) == ("25.00", Turnout(issued=5, returned=4, valid=3))
    loose = with_rules(FRAMEWORK, half_rule=False)
    all_in = unit(sheet_of(ballots, questionnaires=longer, framework=loose))
    assert (all_in.lost, all_in.turnout) == ("0.00", Turnout(issued=5, returned=4, valid=4))


def test_thin_groups_are_renormalised_in_sight_and_hidden() -> None:
    ballots = [*FULL[:1], ("CB", "XA1", 1, {"S1": "1", "S2": "1", "S4": "1"}), *FULL[2:]]
    line = leaf(sheet_of(ballots), "A.1")
    assert line.left_out == ("CB",)
    assert line.cover == "0.60"
    assert isinstance(line.result, Published)
    assert (line.result.points, line.result.n) == ("8.75", 4)
    assert [type(row.result) for row in line.groups] == [Suppressed, Suppressed]


def test_thin_groups_may_count_in_full() -> None:
    flagging = with_rules(FRAMEWORK, below_minimum="flag")
    ballots = [*FULL[:1], ("CB", "XA1", 1, {"S1": "5", "S2": "5"}), *FULL[2:]]
    line = leaf(sheet_of(ballots, framework=flagging), "A.1")
    assert (line.flagged, line.left_out, line.cover) == (("CB",), (), "1.00")


def test_a_framework_may_block_publication() -> None:
    blocking = with_rules(FRAMEWORK, below_minimum="block")
    ballots = [*FULL[:1], ("CB", "XA1", 1, {"S1": "5", "S2": "5"}), *FULL[2:]]
    with pytest.raises(ProblemsError, match=r"XA1 × A\.1 × CB") as caught:
        sheet_of(ballots, framework=blocking)
    assert "không cho công bố" in str(caught.value)
    assert len(sheet_of(framework=blocking).units) == 2


def test_what_could_not_be_measured_is_not_zero() -> None:
    sheet = sheet_of([*FULL[:2], *FULL[3:]])
    assert leaf(sheet, "B.1.1").result == NotMeasurable(maximum="12.50")
    total = unit(sheet).result
    assert isinstance(total, NotMeasurable | Published)
    assert (unit(sheet).rank, unit(sheet).unranked, unit(sheet).band) == (
        None, "too_little_measured", None,
    )  # fmt: skip
    assert isinstance(total, Published)
    assert total.rescaled
    assert total.measured == "10.00"
    assert sheet.classes[0].unranked == ("XA1",)
    row = next(line for line in sheet.classes[0].province if line.code == "B.1.1").result
    assert isinstance(row, ProvinceFigure)
    assert (row.units, row.of) == (1, 2)


def test_a_ballot_is_valid_where_something_that_it_answers_could_be_measured() -> None:
    few = [*FULL[:2], ("ND", "XA1", 1, {"S3": "4", "S4": "2"}), *FULL[3:]]
    one = unit(sheet_of(few, framework=with_rules(FRAMEWORK, disclosure_threshold=1)))
    assert leaf(sheet_of(few), "B.1.1").result == NotMeasurable(maximum="12.50")
    assert one.turnout == Turnout(issued=11, returned=8, valid=7)
    assert isinstance(one.result, Published)
    assert one.result.n == 7


def test_nothing_at_all_is_not_measurable() -> None:
    sheet = sheet_of(FULL[3:])
    assert unit(sheet).result == NotMeasurable(maximum="30.00")
    assert unit(sheet).unranked == "not_measurable"
    assert unit(sheet).turnout == Turnout(issued=0, returned=0, valid=0)
    assert sheet.classes[0].unranked == ("XA1",)


def test_a_component_that_does_not_apply_is_neither_hidden_nor_zero() -> None:
    leaves = [one for one in FRAMEWORK.unit_classes[0].leaves if one.component == "A"]
    whole = [msgspec.structs.replace(one, max=Decimal("30.00")) for one in leaves]
    bank = two_units().questionnaires
    items = tuple(one for one in bank.items if one.code in {"S1", "S2", "GOP-Y", "SO-LAN"})
    ballots = [row for row in FULL if row[0] == "CX"]
    sheet = sheet_of(
        ballots,
        framework=with_leaves(FRAMEWORK, whole),
        questionnaires=msgspec.structs.replace(bank, items=items),
    )
    component = unit(sheet).components[1]
    assert component.result == NotApplicable()
    assert component.criteria == ()


def test_a_small_leaf_takes_its_neighbour_with_it() -> None:
    strict = with_rules(FRAMEWORK, disclosure_threshold=4)
    sheet = sheet_of(framework=strict)
    # ND has 3 ballots: B.1.1 is thin, and B.1.2 would give it away.
    assert leaf(sheet, "B.1.1").result == Suppressed(maximum="12.50")
    assert leaf(sheet, "B.1.2").result == Suppressed(maximum="7.50")
    assert isinstance(unit(sheet).components[1].result, Published)
    assert unit(sheet).components[1].criteria[0].result == unit(sheet).components[1].result
    assert isinstance(unit(sheet).result, Published)
    row = next(line for line in sheet.classes[0].province if line.code == "B.1.1").result
    assert row == Suppressed(maximum="12.50")
    hidden = [row.turnout for row in unit(sheet).groups]
    assert hidden == [TurnoutSuppressed(issued=issued) for issued in (4, 5, 4)]


def test_a_total_of_too_few_is_hidden_and_unranked() -> None:
    sheet = sheet_of(framework=with_rules(FRAMEWORK, disclosure_threshold=50))
    assert unit(sheet).result == Suppressed(maximum="30.00")
    assert (unit(sheet).rank, unit(sheet).unranked, unit(sheet).band) == (None, "suppressed", None)
    document = sheet_json(sheet).decode()
    assert '"points":' not in document
    assert '"standard_error":' not in document


def test_a_nominated_list_has_no_sampling_error_but_a_remark() -> None:
    sheet = sheet_of(list_kinds={"CX": "nominated"})
    result = leaf(sheet, "A.1").result
    assert isinstance(result, Published)
    assert (result.interval, result.standard_error) == (None, None)
    other = leaf(sheet, "B.1.1", "XA2").result
    assert isinstance(other, Published)
    assert other.interval is not None
    assert unit(sheet).rank_set is None
    assert unit(sheet).rank == 2
    assert "không có sai số mẫu" in sheet.remarks[0].vi


def test_a_groups_mean_has_its_error_and_interval() -> None:
    sheet = sheet_of(list_kinds={"CB": "nominated"})
    first, second = (row.result for row in leaf(sheet, "A.1", "XA2").groups)
    assert isinstance(first, Published)
    # Three equal answers, 0.5: no spread, so the beta interval of three respondents.
    assert (first.points, first.standard_error) == ("5.00", "0.000000")
    assert first.interval is not None
    low, high = beta_interval(0.5, 3)
    assert float(first.interval.low) == pytest.approx(10 * low, abs=1e-6)
    assert float(first.interval.high) == pytest.approx(10 * high, abs=1e-6)
    assert isinstance(second, Published)
    assert (second.standard_error, second.interval) == (None, None)


def test_every_sampled_figure_that_is_shown_has_its_error_and_interval() -> None:
    sheet = compute(frozen(generated("two-units", seed=5)))
    shown = [line.result for line in lines(sheet) if isinstance(line.result, Published)]
    assert {line.level for line in lines(sheet) if isinstance(line.result, Published)} == {
        "unit", "component", "criterion", "leaf", "group",
    }  # fmt: skip
    for one in shown:
        assert one.standard_error is not None
        assert one.interval is not None
        assert float(one.interval.low) <= float(one.points) <= float(one.interval.high)


def test_what_only_another_class_has_is_not_applicable_in_the_table_of_the_province() -> None:
    sheet = compute(frozen(generated("par-index-2022", seed=7)))
    first, second = (
        {
            line.code: (line.level, isinstance(line.result, NotApplicable))
            for line in one.province
            if line.level in {"criterion", "leaf"}
        }
        for one in sheet.classes
    )
    assert list(first) == sorted(first)
    assert list(second) == sorted(second)
    assert first.keys() == second.keys()
    assert [code for code in first if first[code][1]] == ["1.3", "8.2.1", "8.2.2", "8.2.3"]
    assert {"3.2", "8.1", "8.1.1"} <= {code for code in second if second[code][1]}
    assert (first["8.2"], second["8.2"]) == (("leaf", False), ("criterion", False))
    for one in sheet.classes:
        own = next(unit for unit in sheet.units if unit.unit_class == one.code)
        codes = {line.leaf for line in lines(sheet) if line.unit is own} - {""}
        assert codes == {
            line.code
            for line in one.province
            if line.level == "leaf" and not isinstance(line.result, NotApplicable)
        }


def test_rows_of_another_class_never_part_what_belongs_together() -> None:
    (of_a,) = FRAMEWORK.unit_classes
    leaf_a, *leaves_b = of_a.leaves
    late = msgspec.structs.replace(leaf_a, code="A.0")
    extra = msgspec.structs.replace(leaves_b[0], code="B.1.3")
    mine = msgspec.structs.replace(of_a, leaves=(leaf_a, late))
    theirs = msgspec.structs.replace(of_a, code="PH", leaves=(leaf_a, *leaves_b[:1], extra))
    framework = msgspec.structs.replace(FRAMEWORK, unit_classes=(mine, theirs))
    rows = province_table(framework, mine, ())
    assert [line.code for line in rows] == ["", "A", "A.1", "A.0", "B", "B.1", "B.1.1", "B.1.3"]
    assert [isinstance(line.result, NotApplicable) for line in rows] == [False] * 4 + [True] * 4
    assert [(line.component, line.criterion) for line in rows[3:6]] == [
        ("A", None), ("B", None), ("B", "B.1"),
    ]  # fmt: skip
    other = [line.code for line in province_table(framework, theirs, ())]
    assert other == ["", "A", "A.1", "A.0", "B", "B.1", "B.1.1", "B.1.3"]


def test_a_stratum_of_one_respondent_is_told_but_not_named() -> None:
    content = hand_made(FULL)
    first, *rest = content.ballots
    lone = msgspec.structs.replace(content.design.strata[1], code="CX/khác", invited=1)
    alone = replace(
        content,
        design=msgspec.structs.replace(content.design, strata=(*content.design.strata, lone)),
        ballots=[replace(first, stratum="CX/khác"), *rest],
    )
    (remark,) = compute(frozen(alone)).remarks
    assert "1 lớp chỉ có một người trả lời" in remark.vi
    assert "CX" not in remark.vi


def test_what_could_not_be_coarsened_is_told() -> None:
    content = generated("two-units", seed=5)
    declared = Declaration(
        group="ND", cause="unit", people=2, fewest=2, message=Text(vi="hai", en="two")
    )
    design = msgspec.structs.replace(content.design, declared=(declared,))
    (remark,) = compute(frozen(replace(content, design=design))).remarks
    assert "chỉ dùng trong nội bộ" in remark.vi


def test_a_component_has_the_error_of_its_leaves_together() -> None:
    sheet = compute(frozen(generated("two-units", seed=5)))
    component = unit(sheet).components[1]
    assert isinstance(component.result, Published)
    assert component.result == component.criteria[0].result
    leaves = [part.result for part in component.criteria[0].parts]
    alone = [float(one.standard_error or 0) for one in leaves if isinstance(one, Published)]
    together = float(component.result.standard_error or 0)
    assert max(alone) < together < sum(alone)


def test_neither_order_nor_repetition_changes_a_byte() -> None:
    content = generated("two-units", seed=6)
    turned = replace(content, ballots=tuple(reversed(content.ballots)))
    first = sheet_json(compute(frozen(content)))
    assert first == sheet_json(compute(frozen(content))) == sheet_json(compute(frozen(turned)))


def test_the_round_of_2022_gives_two_ranked_lists() -> None:
    sheet = compute(frozen(generated("par-index-2022", seed=7)))
    assert [len(one.ranking) + len(one.unranked) for one in sheet.classes] == [15, 5]
    assert len(sheet.units) == 20
    lines = [
        line
        for one in sheet.units
        for component in one.components
        for criterion in component.criteria
        for line in (criterion.parts or (criterion,))
    ]
    assert any(line.left_out for line in lines)
    assert any(isinstance(line.result, Suppressed) for line in lines)
    for one in sheet.units:
        if isinstance(one.result, Published):
            assert 0 < Fraction(one.result.points) < 30
