"""Tiers cut from rank sets, and the chances of being first or last."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.standing.chances import chances
from analysis.standing.ranking import rank_sets
from analysis.standing.tiers import tiers

ENDS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12)


def test_units_that_may_have_any_rank_are_one_tier() -> None:
    assert tiers([1, 2, 3, 4], [(1, 4)] * 4) == (1, 1, 1, 1)


def test_units_far_apart_are_tiers_of_their_own() -> None:
    assert tiers([3, 1, 2], [(3, 3), (1, 1), (2, 2)]) == (3, 1, 2)


def test_a_chain_of_small_steps_is_cut_where_the_first_is_surely_above() -> None:
    sets = [(1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 6)]
    assert tiers([1, 2, 3, 4, 5, 6], sets) == (1, 1, 1, 2, 2, 2)


def test_units_that_share_a_rank_share_a_tier() -> None:
    assert tiers([1, 2, 2, 4], [(1, 2), (2, 3), (3, 4), (4, 4)]) == (1, 1, 1, 2)


def test_no_units_and_one() -> None:
    assert tiers([], []) == ()
    assert tiers([1], [(1, 1)]) == (1,)


def test_a_set_for_each_rank_is_asked_for() -> None:
    with pytest.raises(ValueError, match="2 ranks"):
        tiers([1, 2], [(1, 1)])


@given(ENDS)
def test_tiers_follow_the_ranks_and_every_tier_hangs_on_its_first(
    ends: list[tuple[int, int]],
) -> None:
    count = len(ends)
    ranks = list(range(1, count + 1))
    sets = [
        (max(1, rank - up), min(count, rank + down))
        for rank, (up, down) in zip(ranks, ends, strict=True)
    ]
    cut = tiers(ranks, sets)
    assert all(below - above in {0, 1} for above, below in pairwise(cut))
    firsts = [cut.index(tier) for tier in range(1, max(cut) + 1)]
    assert all(sets[unit][0] <= sets[firsts[cut[unit] - 1]][1] for unit in range(count))
    assert all(sets[below][0] > sets[above][1] for above, below in pairwise(firsts))


def test_disjoint_sets_part_units_that_differ_in_truth() -> None:
    rng = np.random.default_rng(3)
    wrong = 0
    for run in range(100):
        truth = np.repeat([22.0, 20.0, 20.0, 18.0], 2)
        scores = truth + 0.4 * rng.normal(size=8)
        order = np.argsort(-scores)
        sets = rank_sets(scores[order], 0.16 * np.eye(8), seed=run, draws=500).simultaneous
        cut = tiers(list(range(1, 9)), sets)
        firsts = [truth[order[cut.index(tier)]] for tier in range(1, max(cut) + 1)]
        wrong += any(above <= below for above, below in pairwise(firsts))
    assert wrong <= 10


def test_chances_of_two_units_are_those_of_the_normal_difference() -> None:
    drawn = chances([20.0, 21.0], np.eye(2), seed=4, places=1)
    assert float(drawn.first[1]) == pytest.approx(0.7602, abs=0.02)
    assert drawn.first[0] + drawn.first[1] == 1
    assert drawn.last == drawn.first[::-1]


def test_chances_add_up_to_the_places() -> None:
    drawn = chances([20.0, 21.0, 22.0, 25.0, 21.5], 0.5 * np.eye(5) + 0.2, seed=9)
    assert sum(drawn.first) == sum(drawn.last) == 3
    assert chances([20.0, 21.0], np.eye(2), seed=1).first == (Fraction(1), Fraction(1))


def test_units_without_error_tie_for_both() -> None:
    drawn = chances([20.0] * 5, np.zeros((5, 5)), seed=1, draws=100)
    assert set(drawn.first) == set(drawn.last) == {Fraction(1)}


def test_chances_need_a_covariance_that_fits() -> None:
    with pytest.raises(ValueError, match="2 × 2"):
        chances([1.0, 2.0], np.eye(3), seed=1)
