"""Changes between two waves, with what the sampling error of both allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.comparing.differences import LEAST, LEVEL, Direction, Measured, judge
from analysis.scoring.columns import FloatArray
from analysis.scoring.scores import Scores, UnitScore


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A unit's change between two waves; `adjusted_p` and `direction` as `Judged` has them."""

    before: int
    after: int
    difference: Fraction
    standard_error: float
    degrees_of_freedom: float
    p: float
    adjusted_p: float
    direction: Direction


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
    level: float = LEVEL,
    least: Fraction = LEAST,
) -> tuple[Change, ...]:
    """Compare units of two waves that cannot be linked: Var = V¹ + V².

    `twins` pairs a unit of the first wave with its successor in the second, one published list
    at a time (Holm 1979 runs over the list). Pairs without points in both waves are left out.
    Score both waves on their common groups first (see `common_groups`).
    """
    pairs: list[tuple[int, int]] = []
    measured: list[Measured] = []
    for old, new in twins:
        one, two = before.units[old], after.units[new]
        if one.points is not None and two.points is not None:
            pairs.append((old, new))
            measured.append(unlinked(one, two, two.points - one.points))
    return tuple(
        Change(
            before=old,
            after=new,
            difference=one.measured.difference,
            standard_error=one.measured.standard_error,
            degrees_of_freedom=one.measured.degrees_of_freedom,
            p=one.p,
            adjusted_p=one.adjusted_p,
            direction=one.direction,
        )
        for (old, new), one in zip(pairs, judge(measured, level=level, least=least), strict=True)
    )


def unlinked(before: UnitScore, after: UnitScore, difference: Fraction) -> Measured:
    """Give a difference of independent scores its error √(V¹ + V²) and Welch's df.

    ν = (V¹ + V²)² / (V¹²/ν¹ + V²²/ν²) (Welch 1947; Satterthwaite 1946). The difference is given,
    so that it may be that of two published, rounded totals.
    """
    parts = [
        ((unit.standard_error or 0.0) ** 2, unit.degrees_of_freedom or 0.0)
        for unit in (before, after)
    ]
    variance = parts[0][0] + parts[1][0]
    squares = sum(v * v / freedom for v, freedom in parts if freedom > 0)
    return Measured(
        difference=difference,
        standard_error=variance**0.5,
        degrees_of_freedom=variance * variance / squares if squares > 0 else 0.0,
    )
