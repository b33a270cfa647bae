"""Means of any value of the ballots per unit (items, shares, one group), with covariance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import Ballots, BoolArray, FloatArray, IntArray
from analysis.scoring.design import Design
from analysis.scoring.variance import covariance, sum_by


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMeans:
    """Weighted means per unit, NaN where a unit has no valid ballot, and their covariance.

    `design_effect` is V against that of n ballots drawn at random with replacement (Kish 1965).
    """

    mean: FloatArray
    covariance: FloatArray
    n: IntArray
    design_effect: FloatArray

    @property
    def standard_error(self) -> FloatArray:
        """Give √V per unit."""
        return np.sqrt(np.diagonal(self.covariance))


def unit_means(ballots: Ballots, design: Design, value: FloatArray, valid: BoolArray) -> UnitMeans:
    """Average a value over the valid ballots of each unit, as a domain of the whole design.

    `value` and `valid` have one entry per ballot, in the order the design was read from; n_h
    stays that of all respondents (Lumley 2010, §2.2: never filter first).
    """
    weight = np.array([float(one) for one in ballots.weights])[ballots.weight]
    share = np.where(valid, weight, 0.0)
    safe = np.where(valid, value, 0.0)
    units = design.units
    n = np.bincount(ballots.unit[valid], minlength=units)
    base = sum_by(ballots.unit, share, units)
    known = base > 0
    base = np.where(known, base, 1.0)
    mean = sum_by(ballots.unit, share * safe, units) / base
    away = np.where(valid, safe - mean[ballots.unit], 0.0)
    matrix = covariance(design, share * away / base[ballots.unit])
    spread = sum_by(ballots.unit, share * away * away, units) / base
    plain = spread / np.maximum(n - 1, 1)
    return UnitMeans(
        mean=np.where(known, mean, np.nan),
        covariance=matrix,
        n=n,
        design_effect=np.where(
            plain > 0, np.diagonal(matrix) / np.where(plain > 0, plain, 1.0), np.nan
        ),
    )


def item_values(
    ballots: Ballots, column: int, worth: Sequence[float]
) -> tuple[FloatArray, BoolArray]:
    """Read a column as values: the worth of each option, best first, valid where answered.

    Worths of 1, 1, 0, 0, 0 make the share of the two best options.
    """
    code = ballots.answers[:, column]
    valid = code > 0
    table = np.array([0.0, *worth])
    return table[np.where(valid, code, 0)], valid
