"""Differences between groups of respondents on one leaf, over the same units."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.scoring.columns import FloatArray
from analysis.scoring.variance import combined_spread
from analysis.significance import two_sided_p
from analysis.understanding.cells import CellMeans, Sample, class_sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Group `one` less group `other`, as shares of the maximum, and its two-sided p-value."""

    one: int
    other: int
    difference: float
    standard_error: float
    degrees_of_freedom: float
    p: float


def group_differences(
    sample: Sample, cells: CellMeans, unit_class: int, units: Sequence[int], groups: Sequence[int]
) -> tuple[Difference, ...]:
    """Compare every two groups by the mean over the units of their means on each unit.

    Every unit counts the same for every group: else groups that rated other units would differ
    by what they rated. Each of `groups` must have an answer about each of `units`. The error is
    that of the design with respondents as sampling units; ν is Satterthwaite's. The p-values are
    not adjusted: Holm's (1979) list is the whole published table.
    """
    weight = np.zeros((sample.groups, sample.units))
    weight[np.ix_(list(groups), list(units))] = 1 / max(len(units), 1)
    means = _means(cells, weight)
    ballots = sample.ballots
    influence = cells.influence * weight[ballots.group, ballots.unit]
    sums = class_sums(sample, influence)
    found: list[Difference] = []
    for one, other in combinations(groups, 2):
        sign = np.zeros((sample.groups, sample.classes))
        sign[one, unit_class], sign[other, unit_class] = 1.0, -1.0
        spread = combined_spread(sample.of_classes, sums, sign)
        error = float(np.sqrt(spread.variance[unit_class]))
        freedom = float(spread.degrees_of_freedom[unit_class])
        difference = float(means[one] - means[other])
        found.append(
            Difference(
                one=one,
                other=other,
                difference=difference,
                standard_error=error,
                degrees_of_freedom=freedom,
                p=two_sided_p(difference, error, freedom),
            )
        )
    return tuple(found)


def _means(cells: CellMeans, weight: FloatArray) -> FloatArray:
    parts = np.where(weight > 0, weight * np.where(cells.n > 0, cells.mean, 0.0), 0.0)
    # A running sum keeps one order of addition on every machine.
    return np.cumsum(parts, axis=1)[:, -1]
