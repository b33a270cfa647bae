"""Cell means put together are the score's own figures; shares are exact counts."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intervals import beta_interval, interval
from analysis.scoring.scoring import score
from analysis.understanding.cells import (
    cell_means,
    class_figures,
    class_group_figures,
    sample_of,
    unit_figures,
)
from analysis.understanding.distributions import option_shares, pooled, proportion_interval
from analysis.understanding.leaf_values import leaf_values

SEEDS = st.integers(0, 10_000)


@given(seed=SEEDS)
@settings(max_examples=40)
def test_leaf_values_weighted_as_the_index_does_give_the_score_and_its_error(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    sample = sample_of(ballots, strata, index)
    whole = score(ballots, strata, index)
    for place, leaf in enumerate(index.leaves[0]):
        values = leaf_values(sample, 0, place)
        cells = cell_means(sample, values.value, values.valid)
        weight = np.zeros((sample.groups, sample.units))
        for unit in whole.units:
            for cell in unit.leaves[place].groups:
                assert cells.n[cell.group, unit.unit] == cell.n
                weight[cell.group, unit.unit] = float(leaf.maximum * cell.effective_weight)
        figures, spread = unit_figures(sample, cells, weight)
        for unit in whole.units:
            own = unit.leaves[place]
            if own.points is not None:
                assert figures[unit.unit] == pytest.approx(float(own.points), abs=1e-10)
                assert spread.variance[unit.unit] ** 0.5 == pytest.approx(
                    own.standard_error, rel=1e-9, abs=1e-12
                )


@given(seed=SEEDS)
@settings(max_examples=40)
def test_a_class_counts_a_respondent_once_whatever_they_rated(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    sample = sample_of(ballots, strata, index)
    codes = sample.answers(0)
    cells = cell_means(sample, (codes <= 2).astype(np.float64), codes > 0)
    weight = cells.n / max(int(cells.n.sum()), 1)
    figures, spread = class_figures(sample, cells, weight)
    valid = codes > 0
    away = cells.influence * weight[sample.ballots.group, sample.ballots.unit]
    (wanted,) = small.plain_covariance(sample.ballots, strata, [away]).diagonal()
    assert spread.variance[0] == pytest.approx(wanted, rel=1e-9, abs=1e-15)
    parts, by_group = class_group_figures(sample, cells, weight)
    assert parts.sum() == pytest.approx(figures[0], abs=1e-12)
    assert by_group.variance.sum() == pytest.approx(wanted, rel=1e-9, abs=1e-15)
    assert valid.sum() == cells.n.sum()


@given(seed=SEEDS)
@settings(max_examples=40)
def test_shares_are_exact_sums_of_weights_and_sum_to_one(seed: int) -> None:
    ballots, strata, index = small.random_survey(seed)
    sample = sample_of(ballots, strata, index)
    shares = option_shares(sample, 0, 5)
    wanted: dict[tuple[int, int], list[Fraction]] = {}
    for row in range(len(ballots.unit)):
        code = int(ballots.answers[row, 0])
        if code > 0:
            cell = int(ballots.group[row]), int(ballots.unit[row])
            wanted.setdefault(cell, [Fraction(0)] * 5)[code - 1] += ballots.weights[
                int(ballots.weight[row])
            ]
    assert {cell: list(one.shares) for cell, one in shares.items()} == {
        cell: [one / sum(sums) for one in sums] for cell, sums in wanted.items()
    }
    assert all(sum(one.shares) == 1 for one in shares.values())


def test_cells_are_pooled_by_their_answers_not_by_their_weights() -> None:
    rows = [(0, 0, 0, [1]), (1, 0, 0, [2]), (2, 1, 0, [1])]
    survey = small.ballots(rows, weights=[Fraction(900), Fraction(300), Fraction(1)])
    index = small.index(small.leaf(weights=(50, 50)))
    sample = sample_of(survey, (small.Stratum(population=None),) * 2, index)
    together = pooled(option_shares(sample, 0, 5), [(0, 0), (1, 0), (1, 7)])
    assert together.n == 3
    assert together.shares[:2] == (Fraction(2 * 3, 3 * 4) + Fraction(1, 3), Fraction(2, 12))


def test_a_multiple_answer_counts_for_each_of_its_options() -> None:
    survey = small.ballots([(0, 0, 0, [0b101]), (1, 0, 0, [0b001]), (2, 0, 0, [0])])
    index = replace(small.index(small.leaf()), values=((),))
    index = replace(index, leaves=((),), values=((),))
    sample = replace(
        sample_of(survey, (small.Stratum(population=None),), small.index(small.leaf())),
        index=index,
    )
    (one,) = option_shares(sample, 0, 3, multiple=True).values()
    assert (one.n, one.shares) == (2, (Fraction(1), Fraction(0), Fraction(1, 2)))


def test_a_share_with_few_on_its_rarer_side_takes_the_beta_interval() -> None:
    # p(1 − p)/V = 29.7; t of 59 and of 20 degrees of freedom are 2.0010 and 2.0860.
    effective = 0.95 * 0.05 / 0.04**2 * (2.000995378 / 2.085963447) ** 2
    assert proportion_interval(0.95, 0.04, 20, 60) == pytest.approx(beta_interval(0.95, effective))
    assert proportion_interval(0.95, 0.001, 20, 60) == beta_interval(0.95, 60.0)
    assert proportion_interval(0.5, 0.05, 20, 100) == interval(
        0.5, 0.05, 20, maximum=1.0, respondents=100
    )


@given(
    share=st.floats(0, 1),
    error=st.floats(0, 0.5),
    # Satterthwaite's ν is 0 where nothing varies, else at least that of one stratum.
    freedom=st.just(0.0) | st.floats(1, 200),
    n=st.integers(1, 1000),
)
def test_a_shares_interval_stays_within_0_and_1_and_holds_the_share(
    share: float, error: float, freedom: float, n: int
) -> None:
    low, high = proportion_interval(share, error, freedom, n)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
