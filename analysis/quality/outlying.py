"""Answers that go together as nobody else's do: Mahalanobis distance from the average ballot."""

import numpy as np

from analysis.linear import cholesky
from analysis.quality.moments import covariance, moments
from analysis.scoring.columns import BoolArray, FloatArray, IntArray

TAIL = 0.001
"""Share of χ² beyond which a ballot is an outlier (Meade & Craig 2012)."""
PEOPLE_PER_ITEM = 5
"""A covariance of fewer ballots per item is too rough to judge single ones by."""


def is_outlying(distance: FloatArray, items: int) -> BoolArray:
    """Tell which squared distances over so many items lie in the tail of χ², shape (n,)."""
    from scipy.special import chdtri  # noqa: PLC0415 - 0.2 s that most commands need not spend

    return distance > chdtri(items, TAIL)


def squared_distances(values: IntArray) -> FloatArray | None:
    """Give D² = (x − x̄)ᵀ S⁻¹ (x − x̄) of complete ballots, shape (n,) of (n, q).

    `values` are whole numbers, so that means and covariances are exact. None where there are too
    few ballots per item, or where items do not vary or repeat each other (S singular).
    """
    n, q = values.shape
    if q == 0 or n < PEOPLE_PER_ITEM * q:
        return None
    of = moments(values)
    factor = cholesky(covariance(of))
    pivots = np.diagonal(factor)
    if not pivots.all():
        return None
    rest = values - np.array([total / n for total in of.sums])
    distance = np.zeros(n)
    for column in range(q):
        z = rest[:, column] / pivots[column]
        distance += z * z
        rest[:, column:] -= z[:, None] * factor[None, column:, column]
    return distance
