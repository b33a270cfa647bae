"""Figures over a class of which everybody rated a random part: the error says so."""

import numpy as np
import pytest
import small

from analysis.scoring.columns import Ballots, FloatArray, IndexColumns
from analysis.scoring.design import design_of
from analysis.scoring.variance import covariance
from analysis.understanding.cells import (
    CellMeans,
    Sample,
    cell_means,
    class_figures,
    class_group_figures,
    sample_of,
)
from analysis.understanding.group_differences import group_differences

GIVEN, UNITS, PEOPLE = 3, 6, 20


def _survey(seed: int, *, answered: int = PEOPLE) -> tuple[Ballots, IndexColumns]:
    """Give 3 of 6 units to each of `answered` people of two groups; opinions differ by unit."""
    chance = np.random.default_rng(seed)
    rows: list[tuple[int, int, int, list[int]]] = []
    for group in (0, 1):
        for person in range(answered):
            for unit in chance.permutation(UNITS)[:GIVEN].tolist():
                code = 1 + min(int(chance.integers(0, 3)) + unit % 3, 4)
                rows.append((group * PEOPLE + person, group, unit, [code]))
    index = small.index(small.leaf(weights=(50, 50)), units=UNITS)
    return small.ballots(rows), index


def _shares(sample: Sample) -> tuple[CellMeans, FloatArray]:
    codes = sample.answers(0)
    cells = cell_means(sample, (codes <= 2).astype(np.float64), codes > 0)
    return cells, cells.n / cells.n.sum()


@pytest.mark.parametrize("population", [None, 50, 24])
def test_a_class_has_the_sum_of_its_units_covariances(population: int | None) -> None:
    ballots, index = _survey(3)
    strata = (small.Stratum(population=population, subset=True),) * 2
    sample = sample_of(ballots, strata, index)
    cells, weight = _shares(sample)
    influence = cells.influence * weight[sample.ballots.group, sample.ballots.unit]
    units = design_of(sample.ballots, strata, UNITS)
    wanted = covariance(units, influence).sum()
    _, spread = class_figures(sample, cells, weight)
    assert spread.variance[0] == pytest.approx(wanted, rel=1e-10)
    _, groups = class_group_figures(sample, cells, weight)
    assert groups.variance.sum() == pytest.approx(wanted, rel=1e-10)
    even = np.full_like(cells.mean, 1 / UNITS)
    even[1] *= -1
    sign = cells.influence * even[sample.ballots.group, sample.ballots.unit]
    (difference,) = group_differences(sample, cells, 0, range(UNITS), (0, 1))
    assert difference.standard_error**2 == pytest.approx(covariance(units, sign).sum(), rel=1e-10)


def test_a_list_of_which_everybody_rated_a_part_still_has_an_error() -> None:
    ballots, index = _survey(5)
    sample = sample_of(ballots, (small.Stratum(population=PEOPLE, subset=True),) * 2, index)
    cells, weight = _shares(sample)
    assert class_figures(sample, cells, weight)[1].variance[0] > 0
    (difference,) = group_differences(sample, cells, 0, range(UNITS), (0, 1))
    assert difference.standard_error > 0


def test_a_list_of_which_everybody_rated_everything_has_none() -> None:
    ballots, index = _survey(5)
    sample = sample_of(ballots, (small.Stratum(population=PEOPLE),) * 2, index)
    cells, weight = _shares(sample)
    assert class_figures(sample, cells, weight)[1].variance[0] == pytest.approx(0, abs=1e-15)
