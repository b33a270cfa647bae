"""Differences between units and changes between waves, with what the sampling error allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from analysis.scoring.columns import FloatArray
from analysis.scoring.scores import Scores, UnitScore
from analysis.significance import holm, two_sided_p

Direction = Literal["rise", "fall", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A unit's change between two waves.

    `adjusted_p` is Holm's over the list; `direction` is "unclear" unless it is below the level
    and the change reaches the smallest size worth showing.
    """

    before: int
    after: int
    difference: Fraction
    standard_error: float
    p: float
    adjusted_p: float
    direction: Direction


def difference_errors(covariance: FloatArray) -> FloatArray:
    """Give SE(S_u − S_u') = √(V_uu + V_u'u' − 2V_uu') for every pair, shape (units, units)."""
    own = np.diagonal(covariance)
    return np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0))


def average_difference_errors(covariance: FloatArray) -> FloatArray:
    """Give SE(S_u − S̄) per unit; a unit is part of the average."""
    units = len(covariance)
    with_mean = covariance.sum(axis=1) / units
    variance = np.diagonal(covariance) - 2 * with_mean + with_mean.sum() / units
    return np.sqrt(np.maximum(variance, 0.0))


def linked_covariance(
    covariance: FloatArray, before: Sequence[int], after: Sequence[int]
) -> FloatArray:
    """Give the covariance of the changes S[after] − S[before] scored in one joint design.

    In a joint design each unit of each wave is a unit of its own, and a person who answered in
    both waves is one respondent in one stratum; only then is an overlap counted.
    """
    old, new = list(before), list(after)
    return (
        covariance[np.ix_(new, new)]
        + covariance[np.ix_(old, old)]
        - covariance[np.ix_(new, old)]
        - covariance[np.ix_(old, new)]
    )


def changes(
    before: Scores,
    after: Scores,
    twins: Sequence[tuple[int, int]],
    *,
    level: float = 0.05,
    least: Fraction = Fraction(1, 2),
) -> tuple[Change, ...]:
    """Compare units of two waves that cannot be linked: Var = V¹ + V².

    `twins` pairs a unit of the first wave with its successor in the second, one published list
    at a time (Holm 1979 runs over the list). Pairs without points in both waves are left out.
    Score both waves on their common groups first (see `common_groups`).
    """
    drafts: list[tuple[int, int, Fraction, float, float]] = []
    for old, new in twins:
        one, two = before.units[old], after.units[new]
        if one.points is not None and two.points is not None:
            error, freedom = _joined(one, two)
            difference = two.points - one.points
            p = two_sided_p(float(difference), error, freedom)
            drafts.append((old, new, difference, error, p))
    adjusted = holm([p for *_, p in drafts])
    return tuple(
        Change(
            before=old,
            after=new,
            difference=difference,
            standard_error=error,
            p=p,
            adjusted_p=holm_p,
            direction=_direction(difference, clear=holm_p < level and abs(difference) >= least),
        )
        for (old, new, difference, error, p), holm_p in zip(drafts, adjusted, strict=True)
    )


def _joined(one: UnitScore, two: UnitScore) -> tuple[float, float]:
    """Give the standard error of a difference of independent scores, and its Welch df."""
    parts = [
        ((unit.standard_error or 0.0) ** 2, unit.degrees_of_freedom or 0.0) for unit in (one, two)
    ]
    variance = parts[0][0] + parts[1][0]
    squares = sum(v * v / freedom for v, freedom in parts if freedom > 0)
    return variance**0.5, variance * variance / squares if squares > 0 else 0.0


def _direction(difference: Fraction, *, clear: bool) -> Direction:
    if not clear:
        return "unclear"
    return "rise" if difference > 0 else "fall"
