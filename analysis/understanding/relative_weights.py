"""Johnson's relative weights: R² shared out by way of uncorrelated stand-ins of the drivers."""

import numpy as np

from analysis.scoring.columns import FloatArray

_SWEEPS = 30
_SMALL = 1e-13
_SINGULAR = 1e-10


def relative_weights(correlations: FloatArray) -> FloatArray:
    """Share R² out among the drivers (Johnson 2000, Multivar. Behav. Res. 35, eqs. 7-11).

    With R_xx = QDQ′ and Λ = QD^½Q′, weight j is Σ_k λ_jk² β_k², β = Λ⁻¹ r_xy. `correlations`
    has shape (b, p + 1, p + 1), b matrices at once, the outcome last. Gives shape (b, p); the
    weights sum to R².
    """
    drivers = correlations.shape[1] - 1
    values, vectors = eigen(correlations[:, :drivers, :drivers])
    with_outcome = correlations[:, :drivers, drivers]
    root = np.sqrt(np.maximum(values, 0.0))
    usable = values > _SINGULAR
    inverse = np.where(usable, 1 / np.where(usable, root, 1.0), 0.0)
    turned = _sum(vectors * with_outcome[:, :, None], axis=1) * inverse
    beta = _sum(vectors * turned[:, None, :], axis=2)
    squares = np.zeros_like(beta)
    for other in range(drivers):
        column = _sum(vectors * (root * vectors[:, other, :])[:, None, :], axis=2)
        squares += column**2 * beta[:, other, None] ** 2
    return squares


def eigen(matrices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give eigenvalues (b, p) and eigenvectors (b, p, p; in columns) of symmetric matrices.

    Jacobi's cyclic rotations (Golub & Van Loan 2013, §8.5), in one order on every machine.
    """
    rest = matrices.astype(np.float64)
    count, size = rest.shape[:2]
    vectors = np.broadcast_to(np.eye(size), (count, size, size)).copy()
    for _ in range(_SWEEPS):
        off = np.abs(rest - rest * np.eye(size)).max(initial=0.0)
        if off <= _SMALL:
            break
        for p in range(size - 1):
            for q in range(p + 1, size):
                cosine, sine = _rotation(rest[:, p, p], rest[:, q, q], rest[:, p, q])
                _turn_columns(rest, p, q, cosine, sine)
                _turn_columns(rest.transpose(0, 2, 1), p, q, cosine, sine)
                _turn_columns(vectors, p, q, cosine, sine)
    return np.ascontiguousarray(np.diagonal(rest, axis1=1, axis2=2)), vectors


def _rotation(
    one: FloatArray, other: FloatArray, between: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Give the cosines and sines that make the entries between two axes vanish."""
    some = between != 0
    tau = (other - one) / (2 * np.where(some, between, 1.0))
    sign = np.where(tau >= 0, 1.0, -1.0)
    tangent = np.where(some, sign / (np.abs(tau) + np.sqrt(1 + tau * tau)), 0.0)
    cosine = 1 / np.sqrt(1 + tangent * tangent)
    return cosine, tangent * cosine


def _turn_columns(
    matrices: FloatArray, p: int, q: int, cosine: FloatArray, sine: FloatArray
) -> None:
    left, right = matrices[:, :, p].copy(), matrices[:, :, q].copy()
    matrices[:, :, p] = cosine[:, None] * left - sine[:, None] * right
    matrices[:, :, q] = sine[:, None] * left + cosine[:, None] * right


def _sum(parts: FloatArray, *, axis: int) -> FloatArray:
    """Add along an axis one after the other, in one order on every machine."""
    return np.take(np.cumsum(parts, axis=axis), -1, axis=axis)
