"""Ranks under weights and points that are drawn anew around those of the index.

The sensitivity analysis of a composite indicator (OECD & JRC 2008, Handbook on Constructing
Composite Indicators, step 7), with the means of the groups held as they were measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import BoolArray, FloatArray, IntArray, LeafColumns
from analysis.scoring.scores import UnitScore


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMeans:
    """What the units of one class got from each group on each leaf.

    `mean` (0 where a group does not count) and `counted` have shape (units, leaves, groups),
    `weight` (leaves, groups), `maximum` (leaves,).
    """

    mean: FloatArray
    counted: BoolArray
    weight: FloatArray
    maximum: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """Half-up rounding to so many places, of each leaf first where `leaf`, then of the total."""

    places: int
    leaf: bool


def group_means(units: Sequence[UnitScore], leaves: Sequence[LeafColumns]) -> GroupMeans:
    """Take the group means of the units of one class, in the order of the class's leaves."""
    groups = max((len(leaf.weights) for leaf in leaves), default=0)
    mean = np.zeros((len(units), len(leaves), groups))
    counted = np.zeros(mean.shape, dtype=np.bool_)
    for row, unit in enumerate(units):
        for column, leaf in enumerate(unit.leaves):
            for cell in leaf.groups:
                if cell.effective_weight > 0 and cell.mean is not None:
                    mean[row, column, cell.group] = float(cell.mean)
                    counted[row, column, cell.group] = True
    return GroupMeans(
        mean=mean,
        counted=counted,
        weight=np.array([[float(w) for w in leaf.weights] for leaf in leaves]).reshape(-1, groups),
        maximum=np.array([float(leaf.maximum) for leaf in leaves]),
    )


def redrawn_totals(
    means: GroupMeans,
    rounding: Rounding,
    *,
    seed: int,
    draws: int,
    weights: float = 0.0,
    points: float = 0.0,
) -> FloatArray:
    """Compute the totals with weights and points drawn anew, shape (draws, units).

    Each weight of a group on a leaf, and the points of each leaf, are multiplied by a factor of
    their own, uniform within ±`weights` and ±`points` (0.2 is 20 %), then brought back to a sum
    of 1 and of the maximum. Which groups and leaves count stays as measured. Totals are rounded
    as published ones are, so that they tie as those do, and are in units of the last place.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    units, leaves, groups = means.mean.shape
    weight = means.weight * rng.uniform(1 - weights, 1 + weights, (draws, leaves, groups))
    maximum = means.maximum * rng.uniform(1 - points, 1 + points, (draws, leaves))
    whole = float(means.maximum.sum())
    unit_of_place = 10.0**rounding.places
    maximum *= whole / np.add.accumulate(maximum, axis=1)[:, -1:]
    total, measured = np.zeros((draws, units)), np.zeros((draws, units))
    for leaf in range(leaves):
        share, gained = np.zeros((draws, units)), np.zeros((draws, units))
        for group in range(groups):
            own = weight[:, leaf, group][:, None]
            share += own * means.counted[:, leaf, group]
            gained += own * means.mean[:, leaf, group]
        has = share > 0
        worth = maximum[:, leaf][:, None]
        got = worth * np.where(has, gained / np.where(has, share, 1.0), 0.0) * unit_of_place
        total += np.floor(got + 0.5) if rounding.leaf else got
        measured += np.where(has, worth, 0.0)
    return np.floor(total * whole / np.where(measured > 0, measured, 1.0) + 0.5)


def ranks_of(totals: FloatArray) -> IntArray:
    """Rank each draw's totals from the top, equal ones sharing a rank, shape (draws, units)."""
    from scipy.stats import rankdata  # noqa: PLC0415 - 0.5 s that most commands need not spend

    return rankdata(-totals, method="min", axis=1).astype(np.int64)


def rank_agreement(published: Sequence[int], ranks: IntArray) -> FloatArray:
    """Give Kendall's tau-b of each draw's ranks with the published ones, shape (draws,).

    (concordant − discordant) / √((pairs − ties there)(pairs − ties here)) (Kendall 1945); NaN
    where all units of one side are tied.
    """
    given = np.asarray(published, dtype=np.int64)
    agree = np.zeros(len(ranks))
    untied, own_untied = np.zeros(len(ranks)), 0
    for unit in range(len(given)):
        here = np.sign(given[unit] - given[:unit])
        there = np.sign(ranks[:, unit, None] - ranks[:, :unit])
        agree += (here * there).sum(axis=1)
        untied += np.abs(there).sum(axis=1)
        own_untied += int(np.abs(here).sum())
    base = np.sqrt(untied * own_untied)
    return np.where(base > 0, agree / np.where(base > 0, base, 1.0), np.nan)
