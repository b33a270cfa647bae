"""Quantiles with Woodruff's interval: the interval of the share below, read back as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import FloatArray, SurveyDesign
from analysis.estimation.estimates import columns, t_quantile
from analysis.estimation.means import means
from analysis.estimation.proportions import Sampled, proportion_interval
from analysis.intervals import LEVEL

Rule = Literal["math", "school"]
Scale = Literal["mean", "xlogit", "asin", "beta"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """Quantiles, shape (q,), with standard errors (q,) and intervals (q, 2).

    A bound is nan where the share's interval leaves [0, 1]: the sample does not reach so far.
    """

    values: FloatArray
    standard_errors: FloatArray
    intervals: FloatArray


def quantiles(
    design: SurveyDesign,
    values: ArrayLike,
    probabilities: Sequence[float],
    *,
    rule: Rule = "math",
    scale: Scale = "mean",
    level: float = LEVEL,
) -> Quantiles:
    """Estimate quantiles of values, shape (n,), at probabilities between 0 and 1.

    Rule "math" takes the smallest value with a share of at least p at or below it, "school" the
    midpoint where a step falls on p (R survey 4.5's qrule). The interval is that of the share at
    or below the quantile, on one of the scales of `proportion_interval`, read back by the rule
    (Woodruff 1952); the standard error is its length over 2·t. Survey 4.1 and 4.5 give the same
    figures; below the first step both give the second value, which is no quantile, and this the
    first.
    """
    column = columns(design, values)[:, 0]
    if not all(0 <= p <= 1 for p in probabilities):
        raise ValueError("probabilities lie between 0 and 1")
    if np.ndim(values) != 1 or not design.inside.any():
        raise ValueError("quantiles need one column of values and a domain with rows")
    steps = _Steps(design, column)
    df = design.degrees_of_freedom
    points: list[float] = []
    bounds: list[tuple[float, float]] = []
    for p in probabilities:
        point = steps.at(p, rule)
        below = means(design, column <= point)
        share = Sampled(
            p=float(below.values[0]),
            variance=float(below.covariance[0, 0]),
            rows=int(design.inside.sum()),
            degrees_of_freedom=df,
        )
        low, high = (share.p, share.p)
        if share.variance > 0:
            low, high = proportion_interval(share, scale, level=level)
        points.append(point)
        bounds.append(
            (
                steps.at(low, rule) if low >= 0 else np.nan,
                steps.at(high, rule) if high <= 1 else np.nan,
            )
        )
    intervals = np.array(bounds).reshape(-1, 2)
    return Quantiles(
        values=np.array(points),
        standard_errors=(intervals[:, 1] - intervals[:, 0]) / (2 * t_quantile((1 + level) / 2, df)),
        intervals=intervals,
    )


class _Steps:
    """The weighted distribution function: sorted values and the weight up to each."""

    def __init__(self, design: SurveyDesign, column: FloatArray) -> None:
        order = np.argsort(column[design.inside], kind="stable")
        self.values = column[design.inside][order]
        # Whether a step falls exactly on p is decided by the last bit: R sums in 80 bits, too.
        weights = design.weights[design.inside].astype(np.longdouble)
        self.cumulated = np.cumsum(weights[order]).astype(np.float64)
        self.total = float(np.sum(weights))

    def at(self, p: float, rule: Rule) -> float:
        place = int(np.searchsorted(self.cumulated, p * self.total, side="right")) - 1
        if place < 0:
            return float(self.values[0])
        following = min(place + 1, len(self.values) - 1)
        low, high = float(self.values[place]), float(self.values[following])
        if p - self.cumulated[place] / self.total != 0:
            return high
        return low if rule == "math" else (low + high) / 2
