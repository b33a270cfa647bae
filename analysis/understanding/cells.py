"""Means of a value in every cell of group and unit, and what can be put together from them.

Influence values carry the sampling error: a figure is a weighted sum of cell means, its variance
that of the sum over each respondent (Woodruff 1971; Lumley 2010, Complex Surveys, §2.2).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.scoring.blocks import Layout, lay_out
from analysis.scoring.columns import (
    AnswerArray,
    Ballots,
    BoolArray,
    FloatArray,
    IndexColumns,
    IntArray,
    Stratum,
)
from analysis.scoring.design import Design, design_of
from analysis.scoring.variance import Spread, combined_spread, group_spread, group_sums, sum_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The ballots in the order of their layout, and the design they came from.

    `of_units` has the rated units as domains; `of_classes` their classes, so that a respondent
    who rated several units of a class counts as one (`class_sums`). `cell` is group · units +
    unit per ballot; `whole_weights` are the ballots' weights as the smallest integers in their
    proportion.
    """

    layout: Layout
    index: IndexColumns
    groups: int
    of_units: Design
    of_classes: Design
    cell: IntArray
    whole_weights: tuple[int, ...]

    @property
    def ballots(self) -> Ballots:
        """The ballots, sorted."""
        return self.layout.ballots

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.index.unit_class)

    @property
    def classes(self) -> int:
        """How many classes of units there are."""
        return len(self.index.leaves)

    @property
    def class_of(self) -> IntArray:
        """The class of each unit."""
        return np.asarray(self.index.unit_class, dtype=np.int64)

    def answers(self, column: int) -> AnswerArray:
        """Give a column's answer codes, one per ballot."""
        return self.layout.columns[column]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellMeans:
    """Cells of shape (groups, units): valid ballots and their weighted mean (NaN where none).

    `influence` is that of each ballot on the mean of its own cell, w(x − m)/Σw.
    """

    n: IntArray
    mean: FloatArray
    influence: FloatArray


def sample_of(ballots: Ballots, strata: Sequence[Stratum], index: IndexColumns) -> Sample:
    """Sort the ballots and read their design.

    Raises ValueError as `lay_out` and `design_of` do.
    """
    layout = lay_out(ballots, index)
    units = len(index.unit_class)
    class_of = np.asarray(index.unit_class, dtype=np.int64)
    sorted_ballots = layout.ballots
    return Sample(
        layout=layout,
        index=index,
        groups=max((len(leaf.weights) for leaves in index.leaves for leaf in leaves), default=0),
        of_units=design_of(sorted_ballots, strata, units),
        of_classes=_counted_once(
            design_of(
                replace(sorted_ballots, unit=class_of[sorted_ballots.unit]),
                strata,
                len(index.leaves),
            )
        ),
        cell=sorted_ballots.group * units + sorted_ballots.unit,
        whole_weights=_whole(ballots.weights),
    )


def _counted_once(design: Design) -> Design:
    """Leave the factors and means of units given at random to `class_sums`."""
    areas = design.areas
    subset = areas.subset == 1
    return replace(
        design,
        areas=replace(
            areas,
            factor=np.where(subset, 1.0, areas.factor),
            centre=np.where(subset, 0.0, areas.centre),
        ),
    )


def _whole(weights: Sequence[Fraction]) -> tuple[int, ...]:
    scale = math.lcm(*(one.denominator for one in weights))
    whole = [one.numerator * (scale // one.denominator) for one in weights]
    divisor = math.gcd(*whole) or 1
    return tuple(one // divisor for one in whole)


def cell_means(sample: Sample, value: FloatArray, valid: BoolArray) -> CellMeans:
    """Average a value over the valid ballots of every cell, with the sampling weights."""
    size = sample.groups * sample.units
    ballots = sample.ballots
    weights = np.array([float(one) for one in ballots.weights])[ballots.weight]
    share = np.where(valid, weights, 0.0)
    safe = np.where(valid, value, 0.0)
    base = sum_by(sample.cell, share, size)
    known = base > 0
    whole = np.where(known, base, 1.0)
    mean = sum_by(sample.cell, share * safe, size) / whole
    shape = (sample.groups, sample.units)
    return CellMeans(
        n=np.bincount(sample.cell[valid], minlength=size).reshape(shape),
        mean=np.where(known, mean, np.nan).reshape(shape),
        influence=np.where(valid, share * (safe - mean[sample.cell]) / whole[sample.cell], 0.0),
    )


def unit_figures(sample: Sample, cells: CellMeans, weight: FloatArray) -> tuple[FloatArray, Spread]:
    """Give Σ_g weight[g, u] · mean[g, u] per unit with its spread; weight of shape (g, u)."""
    sums = group_sums(sample.of_units, cells.influence)
    return _weighted(cells, weight).sum(axis=0), combined_spread(sample.of_units, sums, weight)


def class_figures(
    sample: Sample, cells: CellMeans, weight: FloatArray
) -> tuple[FloatArray, Spread]:
    """Give Σ_gu weight[g, u] · mean[g, u] per class of units, with its spread."""
    per_unit = _weighted(cells, weight).sum(axis=0)
    sums = class_sums(sample, _influence(sample, cells, weight))
    whole = np.ones((sample.groups, sample.classes))
    return (
        sum_by(sample.class_of, per_unit, sample.classes),
        combined_spread(sample.of_classes, sums, whole),
    )


def class_group_figures(
    sample: Sample, cells: CellMeans, weight: FloatArray
) -> tuple[FloatArray, Spread]:
    """Give Σ_u weight[g, u] · mean[g, u] per group and class, both of shape (groups, classes)."""
    parts = _weighted(cells, weight)
    sums = class_sums(sample, _influence(sample, cells, weight))
    figures = [sum_by(sample.class_of, part, sample.classes) for part in parts]
    return np.array(figures), group_spread(sample.of_classes, sums, sample.groups)


def class_sums(sample: Sample, influence: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum Σt and Σt² per domain of `of_classes` from the influence of each ballot.

    Where each person got a random subset of units, n_h/N_h would pretend that everybody rated
    the whole class. There a person's part in a unit is taken from the mean of those who got the
    unit, by √((1 − n_hu/N_h)·n_hu/(n_hu − 1)), before the units are added up: the class has the
    sum of the covariances of its units (`analysis.scoring.variance.covariance`).
    """
    units, classes = sample.of_units, sample.of_classes
    areas, area = units.areas, units.area_of_domain
    t = sum_by(units.pair, influence, len(units.pair_unit))
    mean = areas.centre[area] * sum_by(units.pair_domain, t, len(area)) / areas.n[area]
    own = area[units.pair_domain]
    apart = (t - mean[units.pair_domain]) * np.sqrt(areas.factor)[own]
    part = np.where(areas.subset[own] == 1, apart, t)
    place = np.zeros(len(t), dtype=np.int64)
    place[units.pair] = classes.pair
    whole = sum_by(place, part, len(classes.pair_unit))
    domains = len(classes.domain_unit)
    return (
        sum_by(classes.pair_domain, whole, domains),
        sum_by(classes.pair_domain, whole * whole, domains),
    )


def _influence(sample: Sample, cells: CellMeans, weight: FloatArray) -> FloatArray:
    return cells.influence * weight[sample.ballots.group, sample.ballots.unit]


def _weighted(cells: CellMeans, weight: FloatArray) -> FloatArray:
    return np.where(weight != 0, weight * np.where(cells.n > 0, cells.mean, 0.0), 0.0)
