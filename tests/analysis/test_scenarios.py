"""Other choices of method: fewer ballots, other minimum counts and groups, other weights."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
import small
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from analysis.comparing.leniency import leniency, without_leniency
from analysis.comparing.redrawing import (
    Rounding,
    group_means,
    rank_agreement,
    ranks_of,
    redrawn_totals,
)
from analysis.comparing.scenarios import (
    complete_cases,
    with_minimum,
    without_ballots,
    without_groups,
)
from analysis.scoring.columns import Stratum
from analysis.scoring.scoring import score

FREE = (Stratum(population=None),) * 3
EXACT = Rounding(places=6, leaf=False)


def test_left_out_ballots_leave_the_points_of_the_others() -> None:
    rows = [(i, 0, 0, [1 if i < 6 else 5]) for i in range(10)]
    index = small.index(small.leaf(maximum=30))
    kept = without_ballots(small.ballots(rows), np.arange(10) >= 6)
    assert score(kept, FREE, index).units[0].points == 30


def test_a_complete_case_answers_every_item_that_it_was_asked() -> None:
    leaf = small.leaf(maximum=10, items=((0, 1),))
    index = small.index(leaf, columns=2)
    ballots = small.ballots([(0, 0, 0, [1, 0]), (1, 0, 0, [5, -3]), (2, 0, 0, [3, 3])], columns=2)
    assert score(ballots, FREE, index).units[0].leaves[0].groups[0].n == 3
    whole = score(complete_cases(ballots, index), FREE, index).units[0]
    assert whole.leaves[0].groups[0].n == 2
    assert whole.points == Fraction(5, 2)


def test_other_minimum_counts_leave_out_who_has_fewer() -> None:
    rows = [(i, int(i >= 6), 0, [1 if i < 6 else 5]) for i in range(10)]
    index = small.index(small.leaf(maximum=30, weights=(60, 40)))
    points = [
        score(small.ballots(rows), FREE, with_minimum(index, minimum)).units[0].points
        for minimum in (4, 5, 7)
    ]
    assert points == [18, 30, None]


def test_groups_without_weight_do_not_count() -> None:
    rows = [(i, int(i >= 6), 0, [1 if i < 6 else 5]) for i in range(10)]
    index = without_groups(small.index(small.leaf(maximum=30, weights=(60, 40))), {1})
    assert score(small.ballots(rows), FREE, index).units[0].points == 30


def test_weights_that_do_not_move_give_the_measured_totals() -> None:
    ballots, strata, index = small.random_survey(5)
    units = score(ballots, strata, index).units
    means = group_means(units, index.leaves[0])
    totals = redrawn_totals(means, EXACT, seed=1, draws=3)
    want = [float(unit.points or 0) for unit in units]
    assert totals / 1e6 == pytest.approx(np.array([want] * 3), abs=1e-6)


def test_moved_weights_and_points_stay_within_the_groups_and_the_leaves() -> None:
    """Two groups at 1 and 0 with half the weight each: ±20 % gives 0.4 to 0.6 of the points."""
    rows = [(i, i % 2, 0, [1 if i % 2 else 5]) for i in range(8)]
    index = small.index(small.leaf(maximum=30, weights=(50, 50)))
    means = group_means(score(small.ballots(rows), FREE, index).units, index.leaves[0])
    moved = redrawn_totals(means, EXACT, seed=2, draws=400, weights=0.2)[:, 0] / 1e6
    assert (12 <= moved.min() < 12.8, 17.2 < moved.max() <= 18) == (True, True)
    still = redrawn_totals(means, EXACT, seed=2, draws=50, points=0.2)
    assert set(still[:, 0].tolist()) == {15e6}


def test_totals_are_rounded_as_published_ones_are() -> None:
    rows = [(i, 0, 0, [1 if i < 1 else 5, 1 if i < 1 else 5]) for i in range(3)]
    first, second = small.leaf("a", maximum=1), small.leaf("b", maximum=1, items=((1,),))
    index = small.index(first, second, columns=2)
    means = group_means(score(small.ballots(rows), FREE, index).units, index.leaves[0])
    by_leaf = redrawn_totals(means, Rounding(places=2, leaf=True), seed=1, draws=1)
    by_total = redrawn_totals(means, Rounding(places=2, leaf=False), seed=1, draws=1)
    assert (by_leaf.tolist(), by_total.tolist()) == ([[66.0]], [[67.0]])


def test_equal_totals_share_a_rank() -> None:
    assert ranks_of(np.array([[3.0, 5, 5, 1]])).tolist() == [[3, 1, 1, 4]]


RANKS = st.lists(st.integers(1, 6), min_size=2, max_size=9)


@given(RANKS, st.randoms(use_true_random=False))
def test_agreement_is_kendalls_tau_b(ranks: list[int], chance: Random) -> None:
    other = list(ranks)
    chance.shuffle(other)
    got = float(rank_agreement(ranks, np.array([other]))[0])
    want = float(kendalltau(ranks, other, variant="b").statistic)
    assert got == pytest.approx(want, nan_ok=True)


def test_leniency_is_how_far_a_rater_is_above_the_others_on_the_same_units() -> None:
    """Rater 0 gives a step more than rater 1 on both units; rater 2 knows one unit only."""
    rows = [(0, 0, 0, [1]), (0, 0, 1, [3]), (1, 0, 0, [2]), (1, 0, 1, [4]), (2, 0, 1, [5])]
    index = small.index(small.leaf(maximum=1), units=2)
    ballots = small.ballots(rows)
    scores = score(ballots, FREE, index)
    mild = leniency(ballots, index, scores)
    assert mild == pytest.approx([(1 / 8 + 1 / 4) / 2, (-1 / 8 + 0) / 2, 0])
    one, two = without_leniency(ballots, index, scores)
    assert float(one.points or 0) == pytest.approx(7 / 8 - (mild[0] + mild[1]) / 2)
    assert float(two.points or 0) == pytest.approx(1 / 4 - (mild[0] + mild[1]) / 3)


def test_where_all_rate_all_units_leniency_changes_nothing() -> None:
    rng = np.random.default_rng(7)
    rows = [(one // 4, 0, one % 4, rng.integers(1, 6, 1).tolist()) for one in range(36)]
    index = small.index(small.leaf(maximum=30), units=4)
    ballots = small.ballots(rows)
    scores = score(ballots, FREE, index)
    assert leniency(ballots, index, scores).any()
    assert [u.points for u in without_leniency(ballots, index, scores)] == [
        u.points for u in scores.units
    ]


def test_a_mild_rater_of_one_unit_out_of_a_subset_no_longer_lifts_it() -> None:
    """Two units of equal worth; the mild rater saw only the first two of three."""
    strict = [(p, 0, u, [3]) for p in (0, 1) for u in (0, 1, 2)]
    mild = [(2, 0, u, [1]) for u in (0, 1)]
    index = small.index(small.leaf(maximum=30), units=3)
    ballots = small.ballots([*strict, *mild])
    scores = score(ballots, FREE, index)
    before = [float(u.points or 0) for u in scores.units]
    after = [float(u.points or 0) for u in without_leniency(ballots, index, scores)]
    assert before[0] - before[2] == pytest.approx(5)
    assert abs(after[0] - after[2]) < 2


def test_units_without_points_have_no_leniency_taken_off() -> None:
    index = small.index(small.leaf(maximum=30), units=2)
    ballots = small.ballots([(0, 0, 0, [1])])
    scores = score(ballots, FREE, index)
    assert [u.points for u in without_leniency(ballots, index, scores)] == [30, None]
