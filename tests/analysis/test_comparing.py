"""Differences, changes, Holm's adjustment and the common groups of two waves."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import small
from scipy import stats

from analysis.comparing.changes import average_difference_errors, changes, difference_errors
from analysis.comparing.common_groups import comparable_index, counted_groups
from analysis.scoring.columns import FloatArray, Stratum
from analysis.scoring.scoring import Scores, score
from analysis.significance import holm, two_sided_p

FREE = (Stratum(population=None),) * 2


def contrast(matrix: FloatArray, row: list[float]) -> float:
    weights = np.array(row)
    return float((weights @ matrix @ weights) ** 0.5)


def test_errors_of_differences_carry_the_covariance() -> None:
    root = np.random.default_rng(2).normal(size=(3, 3))
    matrix = root @ root.T
    assert difference_errors(matrix)[0, 2] == pytest.approx(contrast(matrix, [1, 0, -1]))
    assert difference_errors(matrix)[1, 1] == 0
    third = 1 / 3
    want = contrast(matrix, [1 - third, -third, -third])
    assert average_difference_errors(matrix)[0] == pytest.approx(want)


def test_holm_against_a_list_worked_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_p_values_are_those_of_t() -> None:
    assert two_sided_p(-1.2, 0.5, 9.0) == pytest.approx(2 * stats.t.sf(2.4, 9))
    assert two_sided_p(1.0, 0.0, 9.0) == 1.0
    assert two_sided_p(1.0, 0.5, 0.0) == 1.0


def wave(*best: int, n: int = 40) -> Scores:
    """Score units by n people each, of whom so many give the best answer and the rest the worst."""
    rows = [
        (unit * n + person, 0, unit, [1 if person < first else 5])
        for unit, first in enumerate(best)
        for person in range(n)
    ]
    index = small.index(small.leaf(maximum=30), units=len(best))
    return score(small.ballots(rows), FREE, index)


def test_changes_add_the_variances_of_both_waves() -> None:
    before, after = wave(20, 20, 20), wave(36, 21, 5)
    rise, same, fall = changes(before, after, [(0, 0), (1, 1), (2, 2)])
    assert (rise.difference, same.difference) == (12, Fraction(3, 4))
    assert [one.direction for one in (rise, same, fall)] == ["rise", "unclear", "fall"]
    total = float(before.covariance[0, 0] + after.covariance[0, 0])
    assert rise.standard_error == pytest.approx(total**0.5)
    parts = [
        (float(w.covariance[0, 0]), w.units[0].degrees_of_freedom or 0.0) for w in (before, after)
    ]
    freedom = total**2 / sum(v * v / df for v, df in parts)
    assert rise.p == pytest.approx(2 * float(stats.t.sf(12 / math.sqrt(total), freedom)))
    assert rise.adjusted_p >= rise.p


def test_a_change_too_small_to_matter_is_not_shown() -> None:
    before, after = wave(20, n=40), wave(36, n=40)
    assert changes(before, after, [(0, 0)])[0].direction == "rise"
    assert changes(before, after, [(0, 0)], least=Fraction(13))[0].direction == "unclear"
    assert changes(before, after, [(0, 0)], level=1e-9)[0].direction == "unclear"


def test_units_without_points_are_left_out_of_the_list() -> None:
    empty = score(small.ballots([]), FREE, small.index(small.leaf(maximum=30)))
    assert changes(empty, wave(20), [(0, 0)]) == ()


def test_both_waves_are_scored_on_their_common_groups() -> None:
    """The pleased group was too thin last year: without it there was no change at all."""
    pleased = [(i, 0, 0, [1]) for i in range(10)]
    others = [(10 + i, 1, 0, [3 + i % 2]) for i in range(10)]
    index = small.index(small.leaf(maximum=30, weights=(40, 60), minimum=5))
    now_rows, then_rows = [*pleased, *others], [*pleased[:3], *others]
    now, then = (score(small.ballots(rows), FREE, index) for rows in (now_rows, then_rows))
    assert counted_groups(then.units[0]) == {"1": frozenset({1})}
    assert now.units[0].points != then.units[0].points
    common = comparable_index(index, now, then, {0: 0})
    again = [score(small.ballots(rows), FREE, common) for rows in (now_rows, then_rows)]
    assert again[0].units[0].points == again[1].units[0].points == then.units[0].points


def test_leaves_without_a_common_group_fall_out_and_units_without_a_twin_stay() -> None:
    rows = [(i, 0, unit, [1, 5]) for i in range(10) for unit in range(2)]
    first, second = small.leaf("a", maximum=20), small.leaf("b", maximum=10, items=((1,),))
    index = small.index(first, second, units=2, columns=2)
    now = score(small.ballots(rows), FREE, index)
    renamed = replace(index, leaves=((first, replace(second, code="c")),))
    then = score(small.ballots(rows), FREE, renamed)
    common = comparable_index(index, now, then, {0: 1})
    compared, alone = score(small.ballots(rows), FREE, common).units
    assert (compared.points, compared.measured, compared.rescaled) == (30, 20, True)
    assert (alone.points, alone.rescaled) == (20, False)
