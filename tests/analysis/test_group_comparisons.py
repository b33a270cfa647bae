"""Rank tests and design-based differences of groups."""

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.understanding.cells import cell_means, sample_of
from analysis.understanding.group_differences import group_differences
from analysis.understanding.leaf_values import leaf_values
from analysis.understanding.rank_tests import compare_ranks

SEEDS = st.integers(0, 10_000)
VALUES = st.lists(st.integers(0, 4).map(lambda code: code / 4), min_size=2, max_size=30)


@given(one=VALUES, other=VALUES)
def test_of_two_groups_dunns_z_squared_is_kruskal_wallis_h(
    one: list[float], other: list[float]
) -> None:
    tested = compare_ranks([np.array(one), np.array(other)])
    (pair,) = tested.pairs
    assert pair.z**2 == pytest.approx(tested.statistic, abs=1e-9)
    assert pair.p == pytest.approx(tested.p, abs=1e-9)


def test_dunns_z_without_ties_is_that_of_the_formula() -> None:
    # Ranks 1-4, 5-7 and 8-9: R̄ = 2.5, 6, 8.5; N(N + 1)/12 = 7.5.
    samples = [np.arange(1.0, 5), np.arange(5.0, 8), np.arange(8.0, 10)]
    tested = compare_ranks(samples)
    assert [pair.z for pair in tested.pairs] == pytest.approx(
        [
            -3.5 / (7.5 * (1 / 4 + 1 / 3)) ** 0.5,
            -6 / (7.5 * (1 / 4 + 1 / 2)) ** 0.5,
            -2.5 / (7.5 * (1 / 3 + 1 / 2)) ** 0.5,
        ]
    )
    assert tested.statistic == pytest.approx(stats.kruskal(*samples).statistic)
    assert tested.pairs[1].p == pytest.approx(3 * 2 * stats.norm.cdf(tested.pairs[1].z))


def test_equal_answers_of_all_groups_differ_by_nothing() -> None:
    tested = compare_ranks([np.full(5, 0.75), np.full(9, 0.75)])
    assert (tested.statistic, tested.p, tested.pairs[0].z, tested.pairs[0].p) == (0, 1, 0, 1)


def test_a_rank_test_needs_two_samples() -> None:
    with pytest.raises(ValueError, match="two samples"):
        compare_ranks([np.ones(3), np.zeros(0)])


@given(seed=SEEDS)
@settings(max_examples=40)
def test_a_difference_of_groups_has_the_error_of_its_definition(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed, groups=2)
    sample = sample_of(ballots, strata, index)
    values = leaf_values(sample, 0, 0)
    cells = cell_means(sample, values.value, values.valid)
    units = [unit for unit in range(4) if cells.n[:2, unit].all()]
    if not units:
        return
    (got,) = group_differences(sample, cells, 0, units, (0, 1))
    means = cells.mean[:, units].mean(axis=1)
    assert got.difference == pytest.approx(means[0] - means[1], abs=1e-12)
    arranged = sample.ballots
    sign = np.where(arranged.group == 0, 1.0, -1.0) * np.isin(arranged.unit, units) / len(units)
    (variance,) = small.plain_covariance(arranged, strata, [sign * cells.influence]).diagonal()
    assert got.standard_error**2 == pytest.approx(variance, rel=1e-9, abs=1e-15)
    assert 0 <= got.p <= 1
