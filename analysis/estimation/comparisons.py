"""Design-based tests: of a mean, of the difference of two groups, of several figures at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, stdtr

from analysis.estimation.design import FloatArray, SurveyDesign
from analysis.estimation.estimates import Estimate, by_group
from analysis.estimation.means import means


@dataclass(frozen=True, slots=True, kw_only=True)
class TTest:
    """A difference, its standard error, t, its degrees of freedom and the two-sided p-value."""

    difference: float
    standard_error: float
    statistic: float
    degrees_of_freedom: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FTest:
    """An F statistic, its two degrees of freedom and the p-value."""

    statistic: float
    numerator: float
    denominator: float
    p_value: float


def mean_test(design: SurveyDesign, values: ArrayLike, *, against: float = 0.0) -> TTest:
    """Test the mean of values, shape (n,), against a number.

    t with one degree of freedom less than the design has (R's one-sample svyttest).
    """
    estimate = means(design, np.asarray(values, dtype=np.float64) - against)
    return _t_test(estimate, design.degrees_of_freedom - 1)


def difference_test(design: SurveyDesign, values: ArrayLike, groups: ArrayLike) -> TTest:
    """Test the difference of the means of two groups, the later label less the earlier.

    Values and groups have shape (n,). The slope of a design-based regression on the group, with
    one degree of freedom less than the design has (R's two-sample svyttest).
    """
    grouped = by_group(design, groups, lambda domain: means(domain, values))
    if len(grouped.labels) != 2:
        raise ValueError(f"a difference is of two groups, not {len(grouped.labels)}")
    return _t_test(grouped.joint.contrast([-1.0, 1.0]), design.degrees_of_freedom - 1)


def wald_test(
    estimate: Estimate, *, against: ArrayLike = 0.0, denominator: float | None = None
) -> FTest:
    """Test that all k figures equal the numbers of `against`, shape (k,).

    F = (θ − θ₀)'V⁻¹(θ − θ₀)/k with k and, unless given, the design's degrees of freedom. Raises
    ValueError where V is singular.
    """
    apart = estimate.values - np.asarray(against, dtype=np.float64)
    free = float(estimate.degrees_of_freedom if denominator is None else denominator)
    return f_test(quadratic(estimate.covariance, apart) / len(apart), len(apart), free)


def f_test(statistic: float, numerator: float, denominator: float) -> FTest:
    """Give F the p-value of its upper tail; raises ValueError without degrees of freedom."""
    if numerator <= 0 or denominator <= 0:
        raise ValueError("the design leaves no degrees of freedom for this test")
    return FTest(
        statistic=statistic,
        numerator=numerator,
        denominator=denominator,
        p_value=float(fdtrc(numerator, denominator, statistic)),
    )


def quadratic(covariance: FloatArray, vector: FloatArray) -> float:
    """Give v'V⁻¹v; raises ValueError where V, scaled to correlations, is singular."""
    scale = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    if not scale.all():
        raise ValueError("a figure has no variance: there is nothing to test it against")
    correlation = covariance / np.outer(scale, scale)
    if np.linalg.cond(correlation) > 1e12:
        raise ValueError("the figures depend on one another: test fewer of them")
    standard = vector / scale
    return float(standard @ np.linalg.solve(correlation, standard))


def _t_test(estimate: Estimate, degrees_of_freedom: float) -> TTest:
    difference, error = float(estimate.values[0]), float(estimate.standard_errors[0])
    if error == 0 or degrees_of_freedom <= 0:
        raise ValueError("the design leaves no variance or no degrees of freedom for this test")
    statistic = difference / error
    return TTest(
        difference=difference,
        standard_error=error,
        statistic=statistic,
        degrees_of_freedom=degrees_of_freedom,
        p_value=float(2 * stdtr(degrees_of_freedom, -abs(statistic))),
    )
