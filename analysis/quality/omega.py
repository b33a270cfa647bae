"""Omega total: the share of a scale's variance that one common factor explains.

The congeneric model Σ = λλᵀ + diag(ψ) is fitted to the correlations by maximum likelihood, as R's
factanal does, by Fisher scoring in a fixed order.
"""

from dataclasses import dataclass

import numpy as np

from analysis.linear import FloatArray, solve
from analysis.quality.moments import Matrix

LEAST_UNIQUE = 0.005
"""The least unique variance of an item, as in R's factanal; a Heywood case stops here."""
STEPS = 500
CLOSE = 1e-11
HALVINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class OneFactor:
    """The fitted model: loadings λ and unique variances ψ of standardised items, shape (k,).

    `proper` is False where a unique variance stands at its bound: then the items do not follow
    one factor, and omega is no more than a rough figure.
    """

    loadings: FloatArray
    unique: FloatArray
    proper: bool


def omega_total(spread: Matrix) -> float | None:
    """Give omega total (McDonald 1999, eq. 6.20) of raw items, (Σλ)² / ((Σλ)² + Σψ).

    `spread` is Σ(x − x̄)(y − ȳ) of k ≥ 3 items. None where an item does not vary, where items
    repeat each other, or where one factor does not fit properly.
    """
    scales = _scales(spread)
    if scales is None or len(scales) < 3:
        return None
    model = one_factor(_correlations(spread, scales))
    if model is None or not model.proper:
        return None
    common = float(np.add.reduce(model.loadings * scales)) ** 2
    return common / (common + float(np.add.reduce(model.unique * scales * scales)))


def one_factor(correlations: FloatArray) -> OneFactor | None:
    """Fit one factor to correlations of shape (k, k), k ≥ 3; None where that does not converge."""
    k = len(correlations)
    total = float(correlations.sum())
    if k < 3 or total <= 0:
        return None
    loadings = np.clip(correlations.sum(axis=0) / np.sqrt(total), -0.95, 0.95)
    unique = 1 - loadings * loadings
    for _ in range(STEPS):
        step = _scoring_step(correlations, loadings, unique)
        if step is None:
            return None
        ahead, left = _ahead(correlations, loadings, unique, step)
        moved = max(float(np.abs(ahead - loadings).max()), float(np.abs(left - unique).max()))
        loadings, unique = ahead, left
        if moved < CLOSE:
            proper = bool((unique > LEAST_UNIQUE).all())
            return OneFactor(loadings=loadings, unique=unique, proper=proper)
    return None


def _ahead(
    correlations: FloatArray, loadings: FloatArray, unique: FloatArray, step: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Go along a step, halved until the loss is no greater; where that never is, stay."""
    k = len(loadings)
    before = _loss(correlations, loadings, unique)
    size = 1.0
    for _ in range(HALVINGS):
        ahead = loadings + size * step[:k]
        left = np.maximum(unique + size * step[k:], LEAST_UNIQUE)
        if _loss(correlations, ahead, left) <= before + 1e-14 * abs(before):
            return ahead, left
        size /= 2
    return loadings, unique


def _scales(spread: Matrix) -> FloatArray | None:
    own = [float(spread[i][i]) for i in range(len(spread))]
    return np.sqrt(np.array(own)) if own and min(own) > 0 else None


def _correlations(spread: Matrix, scales: FloatArray) -> FloatArray:
    raw = np.array([[float(entry) for entry in row] for row in spread])
    scaled = raw / (scales[:, None] * scales[None, :])
    np.fill_diagonal(scaled, 1.0)
    return scaled


def _inverse(loadings: FloatArray, unique: FloatArray) -> FloatArray:
    """Invert λλᵀ + diag(ψ) by Sherman and Morrison."""
    scaled = loadings / unique
    below = 1 + float(np.add.reduce(loadings * scaled))
    return np.diag(1 / unique) - scaled[:, None] * scaled[None, :] / below


def _loss(correlations: FloatArray, loadings: FloatArray, unique: FloatArray) -> float:
    """Give log|Σ| + tr(RΣ⁻¹), which maximum likelihood makes least."""
    below = 1 + float(np.add.reduce(loadings * loadings / unique))
    logs = float(np.add.reduce(np.log(unique))) + float(np.log(below))
    return logs + float((correlations * _inverse(loadings, unique)).sum())


def _scoring_step(
    correlations: FloatArray, loadings: FloatArray, unique: FloatArray
) -> FloatArray | None:
    """Give the step of λ and ψ by the expected second derivatives; ψ at its bound stays there."""
    k = len(loadings)
    inverse = _inverse(loadings, unique)
    off = _times(_times(inverse, _implied(loadings, unique) - correlations), inverse)
    slope = np.concatenate([2 * (off * loadings).sum(axis=1), np.diagonal(off)])
    u = (inverse * loadings).sum(axis=1)
    c = float(np.add.reduce(loadings * u))
    curve = np.empty((2 * k, 2 * k))
    curve[:k, :k] = 2 * (c * inverse + u[:, None] * u[None, :])
    curve[:k, k:] = 2 * inverse * u[None, :]
    curve[k:, :k] = curve[:k, k:].T
    curve[k:, k:] = inverse * inverse
    free = np.concatenate([np.ones(k, dtype=np.bool_), (unique > LEAST_UNIQUE) | (slope[k:] < 0)])
    step = np.zeros(2 * k)
    try:
        step[free] = -solve(curve[np.ix_(free, free)], slope[free])
    except ValueError:
        return None
    return step


def _implied(loadings: FloatArray, unique: FloatArray) -> FloatArray:
    return loadings[:, None] * loadings[None, :] + np.diag(unique)


def _times(one: FloatArray, other: FloatArray) -> FloatArray:
    """Multiply two small matrices in a fixed order, without BLAS."""
    return (one[:, :, None] * other[None, :, :]).sum(axis=1)
