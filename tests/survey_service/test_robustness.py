"""What other choices of method do to the ranks, and which of them are shown."""

import msgspec
import numpy as np
from two_waves import province, unit_rows, wave

from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.robustness import DRAWS, scenarios
from survey_service.findings.standing import Scenario


def ranks(
    analysed: Analysed, flagged: list[str] | None = None
) -> tuple[dict[str, Scenario], Clearance]:
    """Give the scenarios of a wave of one class, with ballots of some units' citizens flagged."""
    ballots = analysed.scored.columns.ballots
    units = [unit.code for unit in analysed.content.design.units]
    marks = np.isin(ballots.unit, [units.index(code) for code in flagged or ()])
    clearance = Clearance(analysed.scored)
    return {one.code: one for one in scenarios(analysed, clearance, marks)}, clearance


def shift(one: Scenario) -> dict[str, tuple[int, int | None, int | None]]:
    return {row.unit: (row.published, row.highest, row.lowest) for row in one.shifts}


def test_weights_and_points_that_move_leave_units_far_apart_where_they_were() -> None:
    found, _ = ranks(wave({"A": 5, "B": 4, "C": 3}))
    for code in ("weights", "points", "weights_and_points"):
        one = found[code]
        assert (one.draws, one.largest, one.agreement) == (DRAWS, 0, "1.000")
        assert shift(one) == {"A": (1, 1, 1), "B": (2, 2, 2), "C": (3, 3, 3)}


def test_weights_turn_two_units_whose_groups_disagree() -> None:
    pleased = [("CX", "A", 6, {"S1": "5", "S2": "5"}), ("CB", "A", 6, {"S1": "2", "S2": "2"})]
    others = [("CX", "B", 6, {"S1": "4", "S2": "3"}), ("CB", "B", 6, {"S1": "4", "S2": "4"})]
    citizens = [("ND", unit, 6, {"S3": "4", "S4": "4"}) for unit in "AB"]
    agree = [("CB", unit, 6, {"S4": "4"}) for unit in "AB"]
    found, _ = ranks(wave(rows=[*pleased, *others, *citizens, *agree]))
    assert found["weights"].largest == 1
    assert {(row.highest, row.lowest) for row in found["weights"].shifts} == {(1, 2)}


def test_every_scenario_of_the_province_moves_within_the_list() -> None:
    analysed = province()
    for one in scenarios(analysed, Clearance(analysed.scored), np.zeros(0, dtype=np.bool_)):
        for row in one.shifts:
            if row.highest is not None and row.lowest is not None:
                assert 1 <= row.highest <= row.lowest <= len(one.shifts)
                assert row.missing is None
            else:
                assert row.missing in {"suppressed", "not_measurable"}


def falling(*, servants: int) -> tuple[Scenario, Clearance]:
    """A's few servants count at a minimum of 2 and not at 5; B and C have many."""
    rows = [*unit_rows("A", 4, servants=servants), *unit_rows("B", 5), *unit_rows("C", 3)]
    found, clearance = ranks(wave(rows=rows))
    return found["minimum_5"], clearance


def test_a_group_below_the_threshold_that_falls_out_holds_the_unit_back() -> None:
    """Nobody learns where A would stand, and the others' ranks do not leave it open either."""
    one, clearance = falling(servants=2)
    assert shift(one) == {"B": (1, 1, 1), "A": (2, None, None), "C": (3, 3, 3)}
    assert [row.missing for row in one.shifts] == [None, "suppressed", None]
    assert {(row.table, row.reason) for row in clearance.audit()} == {
        ("trust.robustness", "complementary")
    }


def test_a_group_of_the_threshold_or_more_may_fall_out() -> None:
    one, clearance = falling(servants=4)
    assert shift(one) == {"B": (1, 1, 1), "A": (2, 2, 2), "C": (3, 3, 3)}
    assert clearance.audit() == ()


def test_a_unit_of_which_too_little_is_left_has_no_rank_there() -> None:
    rows = [*unit_rows("A", 4, leaders=4), *unit_rows("B", 5), *unit_rows("C", 3)]
    found, _ = ranks(wave(rows=rows))
    assert shift(found["minimum_5"]) == {"B": (1, 1, 1), "A": (2, None, None), "C": (3, 3, 3)}
    assert [row.missing for row in found["minimum_5"].shifts] == [None, "not_measurable", None]


def test_a_class_in_which_nobody_can_be_ranked_says_so() -> None:
    found, _ = ranks(wave({"A": 5, "B": 4}))
    assert (found["minimum_15"].missing, found["minimum_15"].largest) == ("not_measurable", None)


def test_ranks_without_flagged_ballots() -> None:
    rows = [*unit_rows("A", 4), *unit_rows("B", 3), ("ND", "B", 60, {"S3": "5", "S4": "5"})]
    analysed = wave(rows=rows)
    none, _ = ranks(analysed)
    assert none["without_flagged"].missing == "not_applicable"
    ballots = analysed.scored.columns.ballots
    columns = ballots.answers
    bought = (ballots.unit == 1) & (columns == 1).any(axis=1)
    (one,) = [
        one
        for one in scenarios(analysed, Clearance(analysed.scored), bought)
        if one.code == "without_flagged"
    ]
    assert shift(one) == {"B": (1, 2, 2), "A": (2, 1, 1)}
    assert (one.largest, one.agreement) == (1, "-1.000")


def test_incomplete_ballots_may_decide_a_rank() -> None:
    half = [("CX", "A", 20, {"S1": "5", "S2": ""})]
    found, _ = ranks(wave(rows=[*unit_rows("A", 3), *half, *unit_rows("B", 3), *unit_rows("C", 5)]))
    assert shift(found["complete_cases"]) == {"C": (1, 1, 1), "A": (2, 2, 2), "B": (3, 2, 2)}


def test_without_nominated_groups_only_where_there_are_any() -> None:
    levels = {"A": 5, "B": 3}
    assert ranks(wave(levels))[0]["without_nominated"].missing == "not_applicable"
    found, _ = ranks(wave(levels, list_kinds={"CB": "nominated"}))
    assert shift(found["without_nominated"]) == {"A": (1, 1, 1), "B": (2, 2, 2)}


def test_raters_of_one_unit_have_no_leniency_to_take_off() -> None:
    assert ranks(wave({"A": 5, "B": 3}))[0]["without_leniency"].missing == "not_applicable"


def test_a_minimum_that_is_in_force_is_no_scenario() -> None:
    analysed = wave({"A": 5, "B": 4})
    codes = set(ranks(analysed)[0])
    assert codes >= {"minimum_5", "minimum_10", "minimum_15"}
    framework = analysed.framework
    (unit_class,) = framework.unit_classes
    replace = msgspec.structs.replace
    alike = replace(
        framework,
        rules=replace(framework.rules, minimum_count=5),
        unit_classes=(
            replace(
                unit_class,
                leaves=tuple(replace(leaf, minimum_counts={}) for leaf in unit_class.leaves),
            ),
        ),
    )
    assert "minimum_5" not in ranks(wave({"A": 5, "B": 4}, framework=alike))[0]


def test_one_unit_has_no_ranks_to_move() -> None:
    found, _ = ranks(wave({"A": 5}))
    assert {one.missing for one in found.values()} == {"too_few"}
