"""Small linear algebra in a fixed order, so that a published figure has the same bits anywhere.

BLAS and LAPACK sum in an order that depends on the machine; these matrices have a few rows.
"""

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def cholesky(covariance: FloatArray) -> FloatArray:
    """Factor V = L·Lᵀ in a fixed order, semidefinite allowed (a vanished pivot leaves zeros).

    Raises ValueError where V is not positive semidefinite.
    """
    units = len(covariance)
    rest = covariance.astype(np.float64)
    factor = np.zeros((units, units))
    tolerance = 1e-10 * max(float(np.diagonal(covariance).max(initial=0.0)), 1e-300)
    for column in range(units):
        pivot = float(rest[column, column])
        if pivot < -tolerance:
            raise ValueError("the covariance is not positive semidefinite")
        if pivot <= tolerance:
            continue
        factor[column:, column] = rest[column:, column] / math.sqrt(pivot)
        below = factor[column:, column]
        rest[column:, column:] -= below[:, None] * below[None, :]
    return factor


def solve(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve A·x = b for a positive definite A of shape (p, p) and b of shape (p,) or (p, k).

    Raises ValueError where A is singular or not positive semidefinite.
    """
    factor = cholesky(matrix)
    pivots = np.diagonal(factor)
    if not pivots.all():
        raise ValueError("the matrix is singular")
    x = np.array(right, dtype=np.float64)
    for row in range(len(x)):
        for before in range(row):
            x[row] -= factor[row, before] * x[before]
        x[row] /= pivots[row]
    for row in reversed(range(len(x))):
        for after in range(row + 1, len(x)):
            x[row] -= factor[after, row] * x[after]
        x[row] /= pivots[row]
    return x
