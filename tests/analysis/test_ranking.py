"""Ranks with ties, and rank sets by step-down differences."""

import itertools
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.linear import cholesky
from analysis.standing.ranking import competition_ranks, rank_sets


def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    totals = [Decimal(text) for text in ("24.10", "25.00", "24.10", "23.99", "24.1")]
    assert competition_ranks(totals) == (2, 1, 2, 5, 2)
    assert competition_ranks([]) == ()


@given(st.lists(st.decimals(0, 30, places=2)))
def test_a_rank_is_one_more_than_the_number_above(totals: list[Decimal]) -> None:
    want = tuple(1 + sum(other > total for other in totals) for total in totals)
    assert competition_ranks(totals) == want


def test_units_far_apart_have_one_rank_each() -> None:
    sets = rank_sets([10.0, 20.0, 15.0], 0.01 * np.eye(3), seed=1)
    assert sets.simultaneous == sets.marginal == ((3, 3), (1, 1), (2, 2))


def test_equal_units_may_have_any_rank() -> None:
    sets = rank_sets([20.0] * 6, np.eye(6), seed=1)
    assert set(sets.simultaneous) == set(sets.marginal) == {(1, 6)}


def test_covariance_separates_what_independence_does_not() -> None:
    apart = rank_sets([20.0, 21.0], np.array([[1, 0.0], [0.0, 1]]), seed=3)
    together = rank_sets([20.0, 21.0], np.array([[1, 0.95], [0.95, 1]]), seed=3)
    assert apart.simultaneous == ((1, 2), (1, 2))
    assert together.simultaneous == ((2, 2), (1, 1))


def test_marginal_sets_look_both_ways() -> None:
    """Two independent units are apart from 1.96·√2 on, not from 1.645·√2."""
    assert rank_sets([20.0, 22.6], np.eye(2), seed=3).marginal == ((1, 2), (1, 2))
    assert rank_sets([20.0, 22.9], np.eye(2), seed=3).marginal == ((2, 2), (1, 1))


def test_the_seed_decides_the_sets() -> None:
    rng = np.random.default_rng(5)
    scores, matrix = rng.normal(20, 1, 12), 0.2 * np.eye(12) + 0.05
    first = rank_sets(scores, matrix, seed=9)
    assert first == rank_sets(scores, matrix, seed=9)
    for own, wide in zip(first.marginal, first.simultaneous, strict=True):
        assert wide[0] <= own[0] <= own[1] <= wide[1]


def test_step_down_rejects_more_than_one_step() -> None:
    """With the far units out of the way, the two near ones are separated as well."""
    scores = [0.0, 3.05, *(30.0 * step for step in range(1, 9))]
    sets = rank_sets(scores, 0.5 * np.eye(10), seed=2)
    draws = np.sqrt(0.5) * np.random.default_rng(0).normal(size=(20_000, 10))
    assert np.quantile(np.ptp(draws, axis=1), 0.95) > 3.1  # one step alone would not do
    assert sets.simultaneous[:2] == ((10, 10), (9, 9))


def test_rank_sets_cover_the_true_ranks_at_the_level() -> None:
    """All units equal is the hardest case: any rejection is an error (nominal 5 %)."""
    rng = np.random.default_rng(8)
    matrix = 0.3 * np.eye(8) + 0.1
    factor = np.linalg.cholesky(matrix)
    runs, whole = 200, ((1, 8),) * 8
    missed = sum(
        rank_sets(factor @ rng.normal(size=8), matrix, seed=run, draws=1000).simultaneous != whole
        for run in range(runs)
    )
    assert 2 <= missed <= 20


def test_units_without_error_are_separated_from_others_only() -> None:
    matrix = np.diag([0.0, 0.0, 0.01])
    sets = rank_sets([20.0, 21.0, 25.0], matrix, seed=1)
    assert sets.simultaneous == ((2, 3), (2, 3), (1, 1))


def test_few_units_and_none() -> None:
    assert rank_sets([], np.zeros((0, 0)), seed=1).simultaneous == ()
    assert rank_sets([3.0], np.eye(1), seed=1).marginal == ((1, 1),)


def test_a_covariance_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="2 × 2"):
        rank_sets([1.0, 2.0], np.eye(3), seed=1)


def test_cholesky_equals_lapack_and_allows_a_singular_matrix() -> None:
    root = np.random.default_rng(4).normal(size=(6, 6))
    full = root @ root.T
    assert np.allclose(cholesky(full), np.linalg.cholesky(full))
    for rank in (0, 1, 3):
        flat = root[:, :rank] @ root[:, :rank].T
        factor = cholesky(flat)
        assert np.allclose(factor @ factor.T, flat)
        assert all(factor[i, j] == 0 for i, j in itertools.combinations(range(6), 2))


def test_cholesky_refuses_what_is_no_covariance() -> None:
    with pytest.raises(ValueError, match="semidefinite"):
        cholesky(np.array([[1.0, 2.0], [2.0, 1.0]]))
