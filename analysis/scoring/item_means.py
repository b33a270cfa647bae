"""Means of every item per unit with their standard errors, from integer counts alone.

The mean of a function of one answer and its linearised variance need no more than how often each
option was given in each stratum, unit and weight; so the order of the ballots cannot matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import NOT_ASKED, Ballots, FloatArray, IntArray
from analysis.scoring.design import Design
from analysis.scoring.variance import sum_by

_TILE = 8192
"""Ballots counted at a time: their answers stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMeans:
    """Weighted means of items per unit, shape (items, units), NaN where nobody answered.

    `n` are the answers behind each. The standard errors are those of a domain of the whole
    design (Lumley 2010, §2.2).
    """

    mean: FloatArray
    standard_error: FloatArray
    n: IntArray


def item_means(
    ballots: Ballots,
    design: Design,
    columns: Sequence[int],
    worths: Sequence[Sequence[float]],
) -> ItemMeans:
    """Average the options' worths (best first, one list per item) over each unit's answers.

    `design` is that of these ballots. Raises ValueError where a respondent has two ballots about
    one unit, since then counts are not enough, or an answer is not among the options.
    """
    if len(design.pair_unit) != len(ballots.unit):
        raise ValueError("a respondent has two ballots about one unit")
    area = design.area_of_domain[design.pair_domain[design.pair]]
    cells, cell = np.unique(area * len(ballots.weights) + ballots.weight, return_inverse=True)
    cell_area = cells // max(len(ballots.weights), 1)
    weight = np.array([float(one) for one in ballots.weights])[cells % len(ballots.weights)]
    lists = list(zip(worths, _counted(ballots, cell, len(cells), columns, worths), strict=True))
    figures = [_figures(design, cell_area, weight, counts, worth) for worth, counts in lists]
    return ItemMeans(
        mean=np.array([mean for mean, _, _ in figures]),
        standard_error=np.array([error for _, error, _ in figures]),
        n=np.array([n for _, _, n in figures]),
    )


def _counted(
    ballots: Ballots,
    cell: IntArray,
    cells: int,
    columns: Sequence[int],
    worths: Sequence[Sequence[float]],
) -> list[IntArray]:
    """Count each item's options per cell, arrays of shape (cells, options)."""
    most = max(map(len, worths), default=0)
    width = 1 - NOT_ASKED + most
    counts = np.zeros((len(columns), cells * width), dtype=np.int64)
    place = cell * width - NOT_ASKED
    for start in range(0, len(cell), _TILE):
        rows = slice(start, start + _TILE)
        codes = np.ascontiguousarray(ballots.answers[rows].T)
        for item, column in enumerate(columns):
            if codes[column].max() > len(worths[item]):
                raise ValueError(f"column {column} holds an option beyond {len(worths[item])}")
            counts[item] += np.bincount(place[rows] + codes[column], minlength=cells * width)
    options = counts.reshape(len(columns), cells, width)[:, :, 1 - NOT_ASKED :]
    return [one[:, : len(worth)] for one, worth in zip(options, worths, strict=True)]


def _figures(
    design: Design,
    cell_area: IntArray,
    weight: FloatArray,
    counts: IntArray,
    worth: Sequence[float],
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Give mean, standard error and n per unit from one item's counts."""
    areas = design.areas
    unit = areas.unit[cell_area]
    value = np.asarray(worth, dtype=np.float64)
    answers = counts.sum(axis=1)
    base = sum_by(unit, weight * answers, design.units)
    known = base > 0
    base = np.where(known, base, 1.0)
    mean = sum_by(unit, weight * (counts * value).sum(axis=1), design.units) / base
    away = value - mean[unit][:, None]
    share = weight / base[unit]
    size = len(areas.unit)
    first = sum_by(cell_area, share * (counts * away).sum(axis=1), size)
    second = sum_by(cell_area, share * share * (counts * away * away).sum(axis=1), size)
    part = areas.factor * (second - areas.centre * first**2 / areas.n)
    variance = sum_by(areas.unit, np.maximum(part, 0.0), design.units)
    n = np.zeros(design.units, dtype=np.int64)
    np.add.at(n, unit, answers)
    return np.where(known, mean, np.nan), np.where(known, np.sqrt(variance), np.nan), n
