"""Calibration: the weights nearest to the old ones that give known totals of auxiliary variables.

Deville & Särndal (1992), JASA 87(418): w = d·F(q·xᵀλ), with λ such that Σ w·x equals the totals.
λ minimises a convex function (the dual of the distance), found by Newton's method with a line
search in an orthonormal basis of the auxiliary variables.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import FloatArray
from analysis.estimation.distances import Distance, linear
from analysis.estimation.residuals import RegressionResiduals, orthonormal

TOLERANCE = 1e-11
ROUNDS = 100
HALVINGS = 40
ROUNDING = 1e-14
ARMIJO = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """Weights that give the totals.

    `weights` and `factors` (g, new ÷ old) have shape (n,); `gap` is the largest relative
    distance of a total from its target after `rounds`. `step` is for `design.adjusted`.
    """

    weights: FloatArray
    factors: FloatArray
    rounds: int
    gap: float
    step: RegressionResiduals

    @property
    def negative(self) -> int:
        """Count weights under 0, which the unbounded linear distance may give."""
        return int((self.weights < 0).sum())


def calibrate(
    weights: ArrayLike,
    auxiliary: ArrayLike,
    totals: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    distance: Distance | None = None,
    variance: ArrayLike | None = None,
    tolerance: float = TOLERANCE,
    rounds: int = ROUNDS,
) -> Calibrated:
    """Fit weights of shape (n,) to totals of shape (p,) of auxiliary variables of shape (n, p).

    The distance is linear unless another is given. `variance`, shape (n,), is the residual
    variance 1/q of each row in the regression, up to a factor. Columns may depend on each
    other as long as their totals do too. Converged is when no total is further from its target
    than `tolerance` of the sum of absolute values behind it. Raises ValueError, naming the
    total, where there is no solution.
    """
    base = np.array(weights, dtype=np.float64)
    x = np.array(auxiliary, dtype=np.float64)
    target = np.array(totals, dtype=np.float64)
    spread = np.ones(len(base)) if variance is None else np.array(variance, dtype=np.float64)
    labels = (
        [f"column {number}" for number in range(1, len(target) + 1)] if names is None else names
    )
    _refuse_misfits(base, x, target, spread, labels)
    q = 1.0 / spread
    chosen = distance or linear()
    leverage = base * q
    directions = orthonormal(x, leverage)
    basis = x @ directions
    factors, used = _fit(
        chosen, leverage=leverage, q=q, basis=basis, goal=directions.T @ target, rounds=rounds
    )
    fitted = base * factors
    reached = _sums(x, fitted)
    room = np.maximum(np.abs(target), _sums(np.abs(x), np.abs(fitted)))
    gaps = np.abs(reached - target) / np.where(room > 0, room, 1.0)
    worst = int(np.argmax(gaps))
    gap = float(gaps[worst])
    if not gap <= tolerance:
        low, high = chosen.bounds
        raise ValueError(
            f"no weights with g from {low:g} to {high:g} give the total of {labels[worst]}: "
            f"{reached[worst]:.10g} was reached, {target[worst]:.10g} is wanted; "
            "check the totals against each other, widen the bounds or calibrate to fewer totals"
        )
    return Calibrated(
        weights=fitted,
        factors=factors,
        rounds=used,
        gap=gap,
        step=RegressionResiduals(
            auxiliary=x, row=np.arange(len(base)), leverage=leverage, weights=fitted
        ),
    )


def cluster_means(auxiliary: ArrayLike, cluster: ArrayLike) -> FloatArray:
    """Replace auxiliary variables of shape (n, p) by their means per cluster of codes (n,).

    Calibrating to these gives all rows of a cluster the same factor, as one wants for members
    of a household (R survey's `aggregate.stage`).
    """
    x = np.array(auxiliary, dtype=np.float64)
    _, place, count = np.unique(np.asarray(cluster), return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(place, column) / count for column in x.T], axis=1)
    return means[place]


def _refuse_misfits(
    base: FloatArray, x: FloatArray, target: FloatArray, spread: FloatArray, labels: Sequence[str]
) -> None:
    if base.ndim != 1 or not (np.isfinite(base) & (base >= 0)).all() or not base.any():
        raise ValueError("weights must be numbers from 0 on, not all 0")
    if x.shape != (len(base), len(target)) or len(labels) != len(target):
        raise ValueError(
            f"{len(base)} weights and {len(target)} totals need auxiliary values of "
            f"{len(base)} × {len(target)}, not {x.shape}, and a name for each total"
        )
    if spread.shape != base.shape or not (np.isfinite(spread) & (spread > 0)).all():
        raise ValueError("variances must be positive numbers, one for each weight")
    if not np.isfinite(target).all():
        raise ValueError(f"the total of {labels[int(np.argmin(np.isfinite(target)))]} is missing")
    known = np.isfinite(x[base > 0]).all(axis=0)
    if not known.all():
        raise ValueError(f"values of {labels[int(np.argmin(known))]} are missing")


def _fit(
    distance: Distance,
    *,
    leverage: FloatArray,
    q: FloatArray,
    basis: FloatArray,
    goal: FloatArray,
    rounds: int,
) -> tuple[FloatArray, int]:
    """Minimise Σ (d/q)·∫F(u) − λᵀt over λ; gives the factors and the rounds taken.

    Ends at rounding error, or where no step helps; whether the totals are met is then checked
    by the caller.
    """
    price = leverage / (q * q)
    size = basis.shape[1]
    point = np.zeros(size)

    def height(at: FloatArray) -> float:
        value = np.dot(price, distance.integral(q * (basis @ at))) - np.dot(at, goal)
        return float(value) if np.isfinite(value) else np.inf

    def misfit(at: FloatArray) -> FloatArray:
        return goal - _sums(basis, leverage / q * distance.factor(q * (basis @ at)))

    still = ROUNDING * np.maximum(np.abs(goal), _sums(np.abs(basis), leverage / q))
    turn = 0
    with np.errstate(over="ignore", invalid="ignore"):
        now, left = height(point), misfit(point)
        while turn < rounds and (np.abs(left) > still).any():
            turn += 1
            slope = leverage * distance.slope(q * (basis @ point))
            hessian = basis.T @ (slope[:, None] * basis)
            ridge = 1e-14 * max(float(np.trace(hessian)), 1e-300)
            step = np.linalg.solve(hessian + ridge * np.eye(size), left)
            gain = float(np.dot(step, left))
            for _ in range(HALVINGS):
                trial = point + step
                lower, rest = height(trial), misfit(trial)
                if lower <= now - ARMIJO * gain or np.abs(rest).sum() < 0.5 * np.abs(left).sum():
                    break
                step, gain = step / 2.0, gain / 2.0
            else:
                break
            point, now, left = trial, lower, rest
    return distance.factor(q * (basis @ point)), turn


def _sums(x: FloatArray, weights: FloatArray) -> FloatArray:
    return x.T @ weights
