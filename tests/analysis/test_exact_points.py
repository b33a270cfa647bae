"""Points: the worked vectors, the minimum-count rules, and the definition read literally."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import small
import synth
from hypothesis import given
from hypothesis import strategies as st

from analysis.intervals import beta_interval
from analysis.rounding import round_half_up
from analysis.scoring.columns import Ballots, IndexColumns, Stratum
from analysis.scoring.scoring import UnitScore, score

VECTORS = json.loads((synth.REFERENCE / "score-vectors.json").read_text())
WEIGHTS = {
    "SBN:3.3": {"ND": 60, "DN": 40},
    "SBN:5.1": {"HDND": 20, "LDS": 20, "LDH": 30, "LDP": 30},
}
FREE = (Stratum(population=None),) * 4


def rated(case: dict[str, Any], rule: str) -> tuple[Ballots, IndexColumns]:
    """Lay a vector's counts out as ballots of one item."""
    rows: list[tuple[int, int, int, list[int]]] = []
    for group, tally in enumerate(case["groups"].values()):
        codes = [place for place, n in enumerate(tally["counts"], 1) for _ in range(n)]
        rows += [(len(rows) + i, group, 0, [c]) for i, c in enumerate(codes + [-1] * tally["dk"])]
    weights = [WEIGHTS[case["leaf"]][group] for group in case["groups"]]
    minimum = 10 if "n_min 10" in rule else 1
    one = small.leaf(maximum=Fraction(case["max"]), weights=weights, minimum=minimum)
    values = tuple(Fraction(value, 100) for value in VECTORS["rules"][rule.partition(",")[0]])
    return small.ballots(rows), replace(small.index(one), values=(values,))


CASES = [
    pytest.param(case, rule, id=f"{case['leaf']} {rule}")
    for case in VECTORS["cases"]
    if "leaf" in case
    for rule in case["expect"]
]


@pytest.mark.parametrize(("case", "rule"), CASES)
def test_worked_vectors(case: dict[str, Any], rule: str) -> None:
    ballots, index = rated(case, rule)
    leaf, want = score(ballots, FREE, index).units[0].leaves[0], case["expect"][rule]
    assert leaf.points is not None
    assert str(round_half_up(leaf.points / leaf.maximum * 100, 4)) == want["weighted"]
    assert str(round_half_up(leaf.points, 6)) == want["points"]
    for cell, group in zip(leaf.groups, case["groups"], strict=True):
        counts = case["groups"][group]
        assert cell.counts[0] == (*counts["counts"], counts["dk"], 0, 0, 0)
        if group in want:
            assert str(round_half_up((cell.mean or 0) * 100, 4)) == want[group]
    if "published" in want:
        assert str(round_half_up(leaf.points, 2)) == want["published"]


def test_every_vector_is_read() -> None:
    rounding = [case for case in VECTORS["cases"] if "rounding" in case]
    assert len(CASES) + len(rounding) == 5
    for case in rounding:
        assert str(round_half_up(Decimal(case["rounding"]), 2)) == case["published"]


@given(seed=st.integers(0, 10_000), half_rule=st.booleans())
def test_points_equal_the_definition(seed: int, half_rule: bool) -> None:
    ballots, strata, index = small.random_survey(seed)
    index = replace(index, half_rule=half_rule)
    points, _ = small.plain_points(ballots, index)
    assert [unit.points for unit in score(ballots, strata, index).units] == points


def thin(rule: str, n: int = 2, minimum: int = 5) -> UnitScore:
    """Score twenty best answers of one group and `n` worst ones of another."""
    rows = [(i, 0, 0, [1]) for i in range(20)] + [(20 + i, 1, 0, [5]) for i in range(n)]
    one = small.leaf(maximum=30, weights=(60, 40), minimum=minimum)
    index = replace(small.index(one), below_minimum=rule)
    return score(small.ballots(rows), FREE, index).units[0]


def test_a_thin_group_is_renormalised_away() -> None:
    unit = thin("renormalise")
    first, second = unit.leaves[0].groups
    assert (unit.points, unit.leaves[0].cover, unit.blocked) == (30, Fraction(3, 5), False)
    assert (first.state, first.effective_weight) == ("counted", 1)
    assert (second.state, second.effective_weight, second.mean) == ("below_minimum", 0, 0)


def test_a_leafs_interval_rests_on_the_groups_that_count() -> None:
    low, _ = beta_interval(1.0, 20)
    assert thin("renormalise").leaves[0].interval == (30 * low, 30.0)


@pytest.mark.parametrize(("rule", "blocked"), [("block", True), ("flag", False)])
def test_a_thin_group_counts_in_full_where_it_blocks_or_flags(rule: str, *, blocked: bool) -> None:
    unit = thin(rule)
    assert (unit.points, unit.leaves[0].cover, unit.blocked) == (18, 1, blocked)
    assert unit.leaves[0].groups[1].state == "flagged"


@pytest.mark.parametrize(
    ("rule", "blocked"), [("renormalise", False), ("flag", False), ("block", True)]
)
def test_an_empty_group_is_always_renormalised(rule: str, *, blocked: bool) -> None:
    unit = thin(rule, n=0)
    assert (unit.points, unit.blocked) == (30, blocked)
    cell = unit.leaves[0].groups[1]
    assert (cell.state, cell.mean, cell.standard_error) == ("empty", None, None)
    assert cell.counts == {0: (0,) * 9}


def test_a_leaf_is_not_measurable_under_half_of_its_weight() -> None:
    rows = [(i, 1, 0, [1, 1]) for i in range(6)]
    narrow = small.leaf("1", maximum=4, weights=(51, 49))
    wide = small.leaf("2", maximum=16, weights=(50, 50), items=((1,), (1,)))
    unit = score(small.ballots(rows), FREE, small.index(narrow, wide, columns=2)).units[0]
    assert (unit.leaves[0].state, unit.leaves[0].points) == ("not_measurable", None)
    assert unit.leaves[0].cover == Fraction(49, 100)
    assert (unit.leaves[1].state, unit.leaves[1].points) == ("measured", 16)
    assert (unit.points, unit.rescaled, unit.measured, unit.maximum) == (20, True, 16, 20)
    assert unit.rankable  # 16 of 20 is just four fifths
    below = replace(narrow, maximum=Fraction(5))
    assert (
        not score(small.ballots(rows), FREE, small.index(below, wide, columns=2)).units[0].rankable
    )


def test_the_half_rule_counts_only_what_was_asked() -> None:
    def points(*answers: int, half_rule: bool = True) -> tuple[Fraction | None, Fraction]:
        one = small.leaf(items=((0, 1, 2),))
        index = replace(small.index(one, columns=3), half_rule=half_rule)
        unit = score(small.ballots([(0, 0, 0, answers)]), FREE, index).units[0]
        return unit.points, unit.lost

    assert points(1, 0, 0) == (None, 1)
    assert points(1, 3, 0) == (Fraction(3, 4), 0)
    assert points(1, -3, 0) == (1, 0)
    assert points(1, -3, -3) == (1, 0)
    assert points(1, -1, -2) == (None, 1)
    assert points(1, 0, 0, half_rule=False) == (1, 0)
    assert points(-1, -2, 0) == (None, 0)


def test_ballots_are_those_asked_something_and_valid_those_that_count() -> None:
    rows = [(0, 0, 0, [1]), (1, 0, 0, [-1]), (2, 0, 0, [-3]), (3, 0, 0, [0])]
    unit = score(small.ballots(rows), FREE, small.index(small.leaf())).units[0]
    assert (unit.ballots, unit.valid) == (3, 1)


def test_unequal_values_with_huge_denominators_stay_exact() -> None:
    rows = [(i, 0, 0, [1 + i % 2, 2, 1][: 1 + i % 3] + [0] * (2 - i % 3)) for i in range(30)]
    values = (Fraction(10**12, 10**12 + 39), Fraction(1, 3**30), *[Fraction(0)] * 3)
    one = small.leaf(items=((0, 1, 2),))
    index = replace(small.index(one, columns=3), values=(values,) * 3)
    ballots = small.ballots(rows)
    want = [
        sum((values[code - 1] for code in row[3] if code), Fraction(0)) / n
        for row in rows
        if 2 * (n := sum(code > 0 for code in row[3])) >= 3
    ]
    assert score(ballots, FREE, index).units[0].points == sum(want) / len(want)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": np.array([1])}, "unit is not in 0..0"),
        ({"group": np.array([1])}, "group is not in 0..0"),
        ({"weight": np.array([-1])}, "weight is not in 0..0"),
        ({"stratum": np.array([4])}, "stratum is not in 0..3"),
        ({"weights": (Fraction(0),)}, "must be above 0"),
        ({"answers": np.array([[6]], dtype=np.int16)}, "column 0 holds option 6 of 5"),
        ({"answers": np.array([[-4]], dtype=np.int16)}, "below -3"),
        ({"answers": np.array([[1, 1]], dtype=np.int16)}, "answers have shape"),
    ],
)
def test_columns_out_of_range_are_refused(change: dict[str, Any], message: str) -> None:
    ballots = replace(small.ballots([(0, 0, 0, [1])]), **change)
    with pytest.raises(ValueError, match=message):
        score(ballots, FREE, small.index(small.leaf()))
