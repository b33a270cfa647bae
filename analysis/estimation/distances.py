"""How far calibrated weights may move from the old ones, and at what price: the distances.

Deville & Särndal (1992), JASA 87(418), §2: each distance leads to a factor g = F(u), where u is
linear in the auxiliary variables and F(0) = F'(0) = 1.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.estimation.design import FloatArray

BOUNDS = (0.3, 3.0)
"""The range that factors are kept in unless another is asked for."""

Curve = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """A distance by its factor F(u), the slope F'(u) and the integral of F; F stays in bounds."""

    name: str
    bounds: tuple[float, float]
    factor: Curve
    slope: Curve
    integral: Curve


def linear(bounds: tuple[float, float] | None = None) -> Distance:
    """Chi-square distance, F = 1 + u: the generalised regression estimator (case 1, or 7 bounded).

    Without bounds there is always a solution, but factors may be negative.
    """
    low, high = _checked(bounds, (-np.inf, np.inf))

    def factor(u: FloatArray) -> FloatArray:
        return np.clip(1.0 + u, low, high)

    def slope(u: FloatArray) -> FloatArray:
        return ((1.0 + u > low) & (1.0 + u < high)).astype(np.float64)

    def integral(u: FloatArray) -> FloatArray:
        inside = np.clip(u, low - 1.0, high - 1.0)
        return inside + inside * inside / 2.0 + (1.0 + inside) * (u - inside)

    return Distance(
        name="linear", bounds=(low, high), factor=factor, slope=slope, integral=integral
    )


def bounded_linear(bounds: tuple[float, float] = BOUNDS) -> Distance:
    """Chi-square distance with factors cut at the bounds (case 7)."""
    return linear(bounds)


def raking(bounds: tuple[float, float] | None = None) -> Distance:
    """Multiplicative distance, F = exp u (case 2): on categories the same as raking them."""
    low, high = _checked(bounds, (0.0, np.inf))
    with np.errstate(divide="ignore"):
        lowest, highest = float(np.log(low)), float(np.log(high))

    def factor(u: FloatArray) -> FloatArray:
        return np.exp(np.clip(u, lowest, highest))

    def slope(u: FloatArray) -> FloatArray:
        return np.where((u > lowest) & (u < highest), factor(u), 0.0)

    def integral(u: FloatArray) -> FloatArray:
        inside = np.clip(u, lowest, highest)
        beyond = np.where(u == inside, 0.0, u - inside)
        return np.exp(inside) * (1.0 + beyond)

    return Distance(
        name="raking", bounds=(low, high), factor=factor, slope=slope, integral=integral
    )


def logit(bounds: tuple[float, float] = BOUNDS) -> Distance:
    """Logistic distance, whose factors come near the bounds but never reach them (case 6)."""
    low, high = _checked(bounds, BOUNDS)
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError("the logit distance needs two finite bounds")
    steep = (high - low) / ((1.0 - low) * (high - 1.0))
    start = float(np.log((1.0 - low) / (high - 1.0)))

    def share(u: FloatArray) -> FloatArray:
        return 0.5 * (1.0 + np.tanh((steep * u + start) / 2.0))

    def factor(u: FloatArray) -> FloatArray:
        return low + (high - low) * share(u)

    def slope(u: FloatArray) -> FloatArray:
        part = share(u)
        return (high - low) * steep * part * (1.0 - part)

    def integral(u: FloatArray) -> FloatArray:
        return low * u + (high - low) / steep * np.logaddexp(0.0, steep * u + start)

    return Distance(name="logit", bounds=(low, high), factor=factor, slope=slope, integral=integral)


def _checked(
    bounds: tuple[float, float] | None, widest: tuple[float, float]
) -> tuple[float, float]:
    low, high = widest if bounds is None else bounds
    if not low < 1.0 < high:
        raise ValueError(f"the bounds of g must lie on both sides of 1, not {low:g} to {high:g}")
    return low, high
