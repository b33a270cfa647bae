"""Ranks by published totals, and the sets of ranks that the sampling error leaves open."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from analysis.linear import cholesky
from analysis.scoring.columns import BoolArray, FloatArray

RankSet = tuple[int, int]
"""Best and worst rank that cannot be ruled out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankSets:
    """Rank sets of every unit: simultaneous for a table, marginal for a unit's own page."""

    simultaneous: tuple[RankSet, ...]
    marginal: tuple[RankSet, ...]


def competition_ranks(totals: Sequence[Decimal]) -> tuple[int, ...]:
    """Rank published totals, highest first; equal totals share the best of their places."""
    descending = sorted(totals, reverse=True)
    first = {total: place for place, total in reversed(list(enumerate(descending, 1)))}
    return tuple(first[total] for total in totals)


def rank_sets(
    scores: Sequence[float] | FloatArray,
    covariance: FloatArray,
    *,
    seed: int,
    draws: int = 10_000,
    level: float = 0.95,
) -> RankSets:
    """Find which ranks each unit may have, by step-down max-t tests of all differences.

    Mogstad, Romano, Shaikh & Wilhelm (2024), Review of Economic Studies 91(1), §3: a unit's best
    rank is 1 + the number of units significantly above it, its worst the number of units less
    those significantly below. Draws are N(0, V) from PCG64 with the seed. A difference whose
    variance is 0 is never taken as significant. Raises ValueError where V does not fit.
    """
    point = np.asarray(scores, dtype=np.float64)
    units = len(point)
    if covariance.shape != (units, units):
        raise ValueError(f"{units} scores need a covariance of {units} × {units}")
    shifts = drawn_errors(covariance, seed=seed, draws=draws)
    variance = np.diagonal(covariance)
    spread = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0))
    testable = spread > 1e-9 * np.sqrt(variance.max(initial=0.0))
    np.fill_diagonal(testable, val=False)
    safe = np.where(testable, spread, 1.0)
    statistic = np.where(testable, (point[:, None] - point[None, :]) / safe, -np.inf)

    def highest(pairs: BoolArray) -> FloatArray:
        peak = np.full(draws, -np.inf)
        for unit in np.flatnonzero(pairs.any(axis=1)).tolist():
            others = pairs[unit]
            gaps = (shifts[unit] - shifts[others]) / safe[unit, others][:, None]
            np.maximum(peak, gaps.max(axis=0), out=peak)
        return peak

    above = _step_down(statistic, testable, highest, level)
    marginal: list[RankSet] = []
    for unit in range(units):
        gaps = (shifts[unit] - shifts) / safe[unit][:, None]
        sides = np.stack([gaps, -gaps])
        ahead, behind = _step_down(
            np.stack([statistic[unit], statistic[:, unit]]),
            np.stack([testable[unit], testable[unit]]),
            lambda pairs, sides=sides: sides[pairs].max(axis=0),
            level,
        )
        marginal.append((1 + int(behind.sum()), units - int(ahead.sum())))
    return RankSets(
        simultaneous=tuple(
            (1 + int(above[:, unit].sum()), units - int(above[unit].sum())) for unit in range(units)
        ),
        marginal=tuple(marginal),
    )


def drawn_errors(covariance: FloatArray, *, seed: int, draws: int) -> FloatArray:
    """Draw errors from N(0, V) with PCG64, shape (units, draws), in a fixed order.

    Raises ValueError where V is not positive semidefinite.
    """
    factor = cholesky(covariance)
    units = len(covariance)
    noise = np.random.Generator(np.random.PCG64(seed)).standard_normal((units, draws))
    errors = np.zeros((units, draws))
    for row in range(units):
        for column in range(row + 1):
            errors[row] += factor[row, column] * noise[column]
    return errors


def _step_down(
    statistic: FloatArray,
    family: BoolArray,
    highest: Callable[[BoolArray], FloatArray],
    level: float,
) -> BoolArray:
    """Reject one-sided differences until no more fall (Romano & Wolf 2005, algorithm 3.1).

    `highest` gives the largest draw over the differences still open, one per draw.
    """
    left = family.copy()
    while left.any():
        peaks = highest(left)
        place = math.ceil(level * len(peaks)) - 1
        fresh = left & (statistic > np.partition(peaks, place)[place])
        if not fresh.any():
            break
        left &= ~fresh
    return family & ~left
