"""Totals, means and ratios of a design, each with the covariance of all its figures."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import FloatArray, SurveyDesign
from analysis.estimation.estimates import Estimate, columns, estimate


def totals(design: SurveyDesign, values: ArrayLike) -> Estimate:
    """Estimate Σ w·y of each column; values have shape (n,) or (n, k).

    Horvitz & Thompson (1952). The total of an empty domain is 0, with variance 0.
    """
    weighted = design.weights[:, None] * columns(design, values)
    return estimate(design, _sum(weighted), weighted)


def means(design: SurveyDesign, values: ArrayLike) -> Estimate:
    """Estimate Σ w·y / Σ w of each column; values have shape (n,) or (n, k).

    Influence w·(y − ȳ)/Σw (Hájek 1971). Raises ValueError where the domain is empty.
    """
    table = columns(design, values)
    size = float(_sum(design.weights[:, None])[0])
    if size == 0:
        raise ValueError("the domain is empty: it has no mean")
    average = _sum(design.weights[:, None] * table) / size
    influence = design.weights[:, None] * (table - average) / size
    return estimate(design, average, influence)


def ratios(design: SurveyDesign, numerators: ArrayLike, denominators: ArrayLike) -> Estimate:
    """Estimate Σ w·y / Σ w·x column by column; each has shape (n,) or (n, k).

    One column of denominators serves all numerators. Influence w·(y − R·x)/Σ w·x (Cochran 1977,
    §2.11). Raises ValueError where a denominator sums to 0.
    """
    above, below = columns(design, numerators), columns(design, denominators)
    if below.shape[1] not in (1, above.shape[1]):
        raise ValueError(f"{above.shape[1]} numerators need as many denominators, or one")
    weights = design.weights[:, None]
    base = _sum(weights * below)
    if not base.all():
        raise ValueError("a denominator sums to 0: the ratio does not exist")
    ratio = _sum(weights * above) / base
    return estimate(design, ratio, weights * (above - ratio * below) / base)


def _sum(table: FloatArray) -> FloatArray:
    """Sum each column by itself, shape (k,), as `linearised` does."""
    return np.array([np.ascontiguousarray(column).sum() for column in table.T])
