"""Differences, changes, Holm's adjustment and the common groups of two waves."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import small
from scipy import stats

from analysis.comparing.changes import changes
from analysis.comparing.common_groups import comparable_index, counted_groups
from analysis.comparing.differences import (
    Measured,
    average_difference_errors,
    difference_errors,
    difference_interval,
    from_average,
    judge,
)
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


def test_groups_are_matched_where_the_waves_number_them_otherwise() -> None:
    rows = [(i, i % 2, 0, [1 + i % 2]) for i in range(20)]
    turned = [(i, 1 - group, 0, answers) for i, group, _, answers in rows]
    index = small.index(small.leaf(maximum=30, weights=(30, 70), minimum=5))
    now = score(small.ballots(rows), FREE, index)
    there = small.index(small.leaf(maximum=30, weights=(70, 30), minimum=5))
    then = score(small.ballots(turned[:14] + turned[14::2]), FREE, there)
    both = comparable_index(index, now, then, {0: 0}, {0: 1, 1: 0})
    assert both.leaves[0][0].weights == index.leaves[0][0].weights
    only_one = comparable_index(index, now, then, {0: 0}, {0: 1})
    assert only_one.leaves[0][0].weights == (Fraction(3, 10), 0)


def test_a_list_is_judged_by_its_length_and_by_the_size_of_its_differences() -> None:
    def measured(difference: Fraction) -> Measured:
        return Measured(difference=difference, standard_error=0.2, degrees_of_freedom=40)

    alone = judge([measured(Fraction(1, 2))])
    assert (alone[0].direction, alone[0].adjusted_p) == ("rise", alone[0].p)
    listed = judge([measured(Fraction(1, 2)), *[measured(Fraction(0))] * 4])
    assert (listed[0].direction, listed[0].adjusted_p) == (
        "unclear",
        pytest.approx(5 * listed[0].p),
    )
    small_one = judge([measured(Fraction(-49, 100))])
    assert (small_one[0].p < 0.05, small_one[0].direction) == (True, "unclear")
    assert judge([]) == ()


def test_differences_from_the_average_cancel_out() -> None:
    scores = [Fraction(20), Fraction(23), Fraction(26)]
    away = from_average(scores, np.eye(3), [9.0, 9.0, 9.0])
    assert [one.difference for one in away] == [-3, 0, 3]
    assert away[0].standard_error == pytest.approx((2 / 3) ** 0.5)
    (alone,) = from_average(scores[:1], np.eye(1), [9.0])
    assert (alone.difference, alone.standard_error) == (0, 0)
    with pytest.raises(ValueError, match="needs units"):
        from_average([], np.zeros((0, 0)), [])


def test_the_interval_of_a_difference_is_that_of_t() -> None:
    low, high = difference_interval(
        Measured(difference=Fraction(2), standard_error=0.5, degrees_of_freedom=9)
    ) or (0.0, 0.0)
    assert (low, high) == pytest.approx(
        (2 - 0.5 * stats.t.isf(0.025, 9), 2 + 0.5 * stats.t.isf(0.025, 9))
    )
    certain = Measured(difference=Fraction(2), standard_error=0.0, degrees_of_freedom=0)
    assert difference_interval(certain) is None


def test_twice_the_data_shrink_every_error_of_a_difference_by_the_root_of_two() -> None:
    once, twice = wave(20, 30, 10, n=200), wave(40, 60, 20, n=400)
    for errors in (difference_errors, average_difference_errors):
        shrunk = errors(twice.covariance) * math.sqrt(2)
        assert np.allclose(shrunk, errors(once.covariance), rtol=0.002)
