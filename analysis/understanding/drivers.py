"""Key drivers: how much of an overall judgement goes with each driver. It is no cause."""

from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import FloatArray, IntArray
from analysis.scoring.variance import sum_by
from analysis.understanding.relative_weights import relative_weights
from analysis.understanding.shapley import MOST_DRIVERS, lmg

DRAWS = 1000
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverShares:
    """R² and each driver's part of it (they sum to 1), with the ends of its interval.

    All are NaN where nothing varies, so that there is nothing to explain.
    """

    r_squared: float
    share: FloatArray
    low: FloatArray
    high: FloatArray


def driver_shares(
    outcome: FloatArray,
    drivers: FloatArray,
    weight: FloatArray,
    respondent: IntArray,
    *,
    seed: int,
    draws: int = DRAWS,
    level: float = 0.95,
) -> DriverShares:
    """Share out what the drivers explain of an outcome, over complete ballots.

    `outcome`, `weight` and `respondent` have shape (n,), `drivers` (n, p). LMG up to twelve
    drivers, Johnson's relative weights beyond. The intervals are percentiles of a bootstrap that
    draws respondents with all their ballots (Efron & Tibshirani 1993, ch. 13), from PCG64 of the
    seed. Neither the order of ballots nor the names of respondents change anything but the draws'
    luck. Raises ValueError without a driver or without ballots.
    """
    people = _moments(outcome, drivers, weight, respondent)
    shares, total = _shared(_correlations(np.cumsum(people, axis=0)[-1:]))
    if not total[0] > 0:
        nothing = np.full(drivers.shape[1], np.nan)
        return DriverShares(r_squared=float("nan"), share=nothing, low=nothing, high=nothing)
    chance = np.random.Generator(np.random.PCG64(seed))
    parts: list[FloatArray] = []
    for start in range(0, draws, _AT_ONCE):
        size = min(_AT_ONCE, draws - start)
        drawn = chance.integers(0, len(people), size=(size, len(people)))
        # Adding up rows goes one row after the other, whatever the machine.
        totals = np.stack([np.add.reduce(people[one], axis=0) for one in drawn])
        replicate, explained = _shared(_correlations(totals))
        parts.append(replicate[explained > 0])
    low, high = _percentiles(np.concatenate(parts), level)
    return DriverShares(r_squared=float(total[0]), share=shares[0], low=low, high=high)


def _shared(correlations: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give each driver's part of R², shape (b, p), and R² itself; parts are 0 where R² is."""
    drivers = correlations.shape[1] - 1
    raw = lmg(correlations) if drivers <= MOST_DRIVERS else relative_weights(correlations)
    total = np.cumsum(raw, axis=1)[:, -1]
    known = total > 1e-12
    return raw / np.where(known, total, 1.0)[:, None] * known[:, None], np.where(known, total, 0.0)


def _moments(
    outcome: FloatArray, drivers: FloatArray, weight: FloatArray, respondent: IntArray
) -> FloatArray:
    """Sum per respondent w, w·v and w·v·v′ of the variables v, the outcome last."""
    if not len(outcome) or not drivers.shape[1]:
        raise ValueError("drivers need at least one driver and one complete ballot")
    people, person = np.unique(respondent, return_inverse=True)
    values = [*drivers.T, outcome]
    upper = [
        weight * values[row] * values[column]
        for row in range(len(values))
        for column in range(row, len(values))
    ]
    columns = [weight, *(weight * one for one in values), *upper]
    return np.stack([sum_by(person, one, len(people)) for one in columns], axis=1)


def _correlations(totals: FloatArray) -> FloatArray:
    """Turn sums of shape (b, …) into correlation matrices; a constant has zeros beside its 1."""
    columns = totals.shape[1]
    size = next(k for k in range(1, columns) if 1 + k + k * (k + 1) // 2 == columns)
    base = totals[:, 0]
    mean = totals[:, 1 : size + 1] / base[:, None]
    second = np.zeros((len(totals), size, size))
    place = size + 1
    for row in range(size):
        for column in range(row, size):
            second[:, row, column] = second[:, column, row] = totals[:, place] / base
            place += 1
    covariance = second - mean[:, :, None] * mean[:, None, :]
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    varies = variance > 1e-12
    scale = np.where(varies, 1 / np.sqrt(np.where(varies, variance, 1.0)), 0.0)
    correlation = covariance * scale[:, :, None] * scale[:, None, :]
    correlation[:, range(size), range(size)] = 1.0
    return correlation


def _percentiles(parts: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    if not len(parts):
        nothing = np.full(parts.shape[1], np.nan)
        return nothing, nothing
    ends = np.quantile(parts, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return ends[0], ends[1]
