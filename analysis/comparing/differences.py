"""A list of differences: each with its error, and judged with regard to the length of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from analysis.scoring.columns import FloatArray
from analysis.significance import holm, two_sided_p

Direction = Literal["rise", "fall", "unclear"]

LEVEL = 0.05
LEAST = Fraction(1, 2)
"""The smallest difference worth showing, in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A difference as it was measured, with its standard error and degrees of freedom."""

    difference: Fraction
    standard_error: float
    degrees_of_freedom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A difference judged within its list.

    `adjusted_p` is Holm's over the list; `direction` is "unclear" unless it is below the level
    and the difference reaches the smallest size worth showing.
    """

    measured: Measured
    p: float
    adjusted_p: float
    direction: Direction


def judge(
    listed: Sequence[Measured], *, level: float = LEVEL, least: Fraction = LEAST
) -> tuple[Judged, ...]:
    """Test every difference of one published list by t, and adjust for its length (Holm 1979)."""
    p_values = [
        two_sided_p(float(one.difference), one.standard_error, one.degrees_of_freedom)
        for one in listed
    ]
    return tuple(
        Judged(
            measured=one,
            p=p,
            adjusted_p=adjusted,
            direction=_direction(
                one.difference, clear=adjusted < level and abs(one.difference) >= least
            ),
        )
        for one, p, adjusted in zip(listed, p_values, holm(p_values), strict=True)
    )


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


def from_average(
    scores: Sequence[Fraction], covariance: FloatArray, degrees_of_freedom: Sequence[float]
) -> tuple[Measured, ...]:
    """Measure each unit of a list against the list's mean, by the influence z_u − mean(z).

    The degrees of freedom are the unit's own: most of the variance is its own, and the mean,
    which rests on everybody, would only add to them. Raises ValueError where the list is empty.
    """
    if not scores:
        raise ValueError("an average needs units")
    mean = sum(scores, Fraction(0)) / len(scores)
    errors: list[float] = average_difference_errors(covariance).tolist()
    return tuple(
        Measured(difference=score - mean, standard_error=error, degrees_of_freedom=freedom)
        for score, error, freedom in zip(scores, errors, degrees_of_freedom, strict=True)
    )


def difference_interval(measured: Measured, *, level: float = 0.95) -> tuple[float, float] | None:
    """Give the interval difference ± t_ν·SE; None where the error is not estimable."""
    if measured.standard_error <= 0 or measured.degrees_of_freedom <= 0:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415 - 0.2 s that most commands need not spend

    quantile = float(stdtrit(measured.degrees_of_freedom, (1 + level) / 2))
    half, centre = quantile * measured.standard_error, float(measured.difference)
    return centre - half, centre + half


def _direction(difference: Fraction, *, clear: bool) -> Direction:
    if not clear:
        return "unclear"
    return "rise" if difference > 0 else "fall"
