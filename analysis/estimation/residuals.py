"""What fitting weights to known totals takes from the variance: the residuals of a regression.

Deville & Särndal (1992), JASA 87(418), eq. 3.4: a calibrated total varies as the total of
g·d·e, where e are the residuals of the regression on the auxiliary variables.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.estimation.design import FloatArray, IntArray

DEPENDENT = 1e-10
"""A direction of the auxiliary space this small beside the largest one is taken as none."""


# Without slots, because the basis is made when first asked for and then kept.
@dataclass(frozen=True, kw_only=True)
class RegressionResiduals:
    """The adjustment of a design whose weights were fitted to totals of auxiliary variables.

    `auxiliary` has shape (m, p); `row` of shape (n,) points each row of the data to its row of
    the auxiliary variables (rows with equal values share one). `leverage` are the weights of
    the regression, `weights` those after the step, both of shape (n,); rows whose weight is 0
    are left out.
    """

    auxiliary: FloatArray
    row: IntArray
    leverage: FloatArray
    weights: FloatArray

    @cached_property
    def basis(self) -> FloatArray:
        """Give columns that span the auxiliary variables, orthonormal under the leverage."""
        mass = np.bincount(self.row, self._used, len(self.auxiliary)).astype(np.float64)
        return self.auxiliary @ orthonormal(self.auxiliary, mass)

    @property
    def _used(self) -> FloatArray:
        return np.where(self.weights != 0, self.leverage, 0.0)

    def residuals(self, values: FloatArray) -> FloatArray:
        """Take from weighted influence values of shape (n, k) what the known totals explain."""
        unweighted = np.zeros_like(values)
        kept = (self.weights != 0)[:, None]
        np.divide(values, self.weights[:, None], out=unweighted, where=kept)
        sums = sum_rows(self.row, self._used[:, None] * unweighted, len(self.basis))
        explained = self.basis @ (self.basis.T @ sums)
        return values - self.weights[:, None] * explained[self.row]


def sum_rows(place: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sum the rows of values of shape (n, k) that share a place, giving shape (size, k)."""
    sums = [np.bincount(place, each, size) for each in values.T]
    return np.stack(sums, axis=1).astype(np.float64, copy=False)


def orthonormal(auxiliary: FloatArray, mass: FloatArray) -> FloatArray:
    """Find T of shape (p, r) so that the columns of X·T are orthonormal under the mass.

    X has shape (m, p) and mass (m,); r is the rank, so that columns that depend on each other
    (a constant and all categories of a variable) may be given together.
    """
    heavy = np.sqrt(mass)[:, None] * auxiliary
    size = np.sqrt((heavy * heavy).sum(axis=0))
    size[size == 0] = 1.0
    _, spread, turned = np.linalg.svd(np.linalg.qr(heavy / size, mode="r"), full_matrices=False)
    kept = spread > DEPENDENT * spread.max(initial=0.0)
    return (turned[kept].T / spread[kept]) / size[:, None]
