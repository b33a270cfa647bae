"""Proportions with intervals that stay between 0 and 1."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from analysis.estimation.design import SurveyDesign
from analysis.estimation.estimates import t_quantile
from analysis.estimation.means import means
from analysis.intervals import LEVEL, beta_interval, expit

Method = Literal["logit", "xlogit", "likelihood", "asin", "beta", "mean", "wilson"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """A proportion, its standard error and its interval (low, high)."""

    value: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What an interval needs to know: p, its variance, the rows and the degrees of freedom."""

    p: float
    variance: float
    rows: int
    degrees_of_freedom: float

    def t(self, level: float) -> float:
        """Give the two-sided quantile of Student's t at a level."""
        return float(t_quantile((1 + level) / 2, self.degrees_of_freedom))

    @property
    def effective_rows(self) -> float:
        """Give the rows of a simple random sample of the same variance, p(1 − p)/V."""
        return self.p * (1 - self.p) / self.variance


def proportion(
    design: SurveyDesign,
    chosen: ArrayLike,
    *,
    method: Method = "xlogit",
    level: float = LEVEL,
    degrees_of_freedom: float | None = None,
) -> Proportion:
    """Estimate the share of rows chosen, shape (n,) of 0/1 or booleans, and its interval.

    The methods are those of R survey 4.5's svyciprop, see `proportion_interval`.
    """
    flags = np.asarray(chosen, dtype=np.float64)
    estimate = means(design, flags)
    if not np.isin(flags[design.inside], (0.0, 1.0)).all():
        raise ValueError("a proportion is estimated from zeros and ones")
    df = estimate.degrees_of_freedom if degrees_of_freedom is None else degrees_of_freedom
    value, variance = float(estimate.values[0]), float(estimate.covariance[0, 0])
    sampled = Sampled(
        p=value, variance=variance, rows=int(design.inside.sum()), degrees_of_freedom=df
    )
    low, high = proportion_interval(sampled, method, level=level)
    return Proportion(value=value, standard_error=math.sqrt(variance), low=low, high=high)


def proportion_interval(
    sampled: Sampled, method: Method, *, level: float = LEVEL
) -> tuple[float, float]:
    """Give the interval of a proportion by one of these methods.

    "logit", "xlogit": logit p ± t·SE/(p(1−p)), transformed back; R's "logit" fits a logistic
    model to the same end. "likelihood": Rao-Scott scaled binomial likelihood (Rao & Scott 1984).
    "asin": arcsine square root. "beta": exact binomial on the effective rows, corrected for the
    degrees of freedom (Korn & Graubard 1998). "wilson": score interval (Wilson 1927) on the
    effective rows, with t. "mean": p ± t·SE, which may leave [0, 1]. Where p is 0 or 1 or the
    variance 0, each gives the exact binomial interval of so many rows.
    """
    if not 0 < sampled.p < 1 or sampled.variance <= 0:
        return beta_interval(sampled.p, sampled.rows, level=level)
    return _METHODS[method](sampled, level)


def _logit(sampled: Sampled, level: float) -> tuple[float, float]:
    p = sampled.p
    half = sampled.t(level) * math.sqrt(sampled.variance) / (p * (1 - p))
    centre = math.log(p / (1 - p))
    return expit(centre - half), expit(centre + half)


def _likelihood(sampled: Sampled, level: float) -> tuple[float, float]:
    """Solve 2·n_eff·KL(p, π) = t² for π, n_eff times (n − 1)/n for the scale of R's fit."""
    p, q = sampled.p, 1 - sampled.p
    scaled = 2 * sampled.effective_rows * (sampled.rows - 1) / sampled.rows
    entropy = -p * math.log(p) - q * math.log(q)
    bound = entropy + sampled.t(level) ** 2 / scaled

    def beyond(logit: float) -> float:
        return p * float(np.logaddexp(0, -logit)) + q * float(np.logaddexp(0, logit)) - bound

    # The first term alone reaches the bound at −bound/p, the second at bound/q.
    centre = math.log(p / q)
    low, high = brentq(beyond, -2 * bound / p, centre), brentq(beyond, centre, 2 * bound / q)
    return expit(float(low)), expit(float(high))


def _asin(sampled: Sampled, level: float) -> tuple[float, float]:
    p = sampled.p
    half = sampled.t(level) * math.sqrt(sampled.variance) / (2 * math.sqrt(p * (1 - p)))
    centre = math.asin(math.sqrt(p))
    return math.sin(centre - half) ** 2, math.sin(centre + half) ** 2


def _beta(sampled: Sampled, level: float) -> tuple[float, float]:
    simple = float(t_quantile((1 + level) / 2, sampled.rows - 1))
    return beta_interval(
        sampled.p, sampled.effective_rows * (simple / sampled.t(level)) ** 2, level=level
    )


def _mean(sampled: Sampled, level: float) -> tuple[float, float]:
    half = sampled.t(level) * math.sqrt(sampled.variance)
    return sampled.p - half, sampled.p + half


def _wilson(sampled: Sampled, level: float) -> tuple[float, float]:
    p = sampled.p
    k = sampled.t(level) ** 2 / sampled.effective_rows
    centre = (p + k / 2) / (1 + k)
    half = math.sqrt(k * (p * (1 - p) + k / 4)) / (1 + k)
    return centre - half, centre + half


_METHODS: dict[Method, Callable[[Sampled, float], tuple[float, float]]] = {
    "logit": _logit,
    "xlogit": _logit,
    "likelihood": _likelihood,
    "asin": _asin,
    "beta": _beta,
    "mean": _mean,
    "wilson": _wilson,
}
