"""Raking: weights fitted to several margins at once, by iterative proportional fitting.

Deming & Stephan (1940), Annals of Mathematical Statistics 11(4). Every row of a cell of the
cross of the margins gets the same factor, so the fitting runs on the cells: a quarter of a
million rows of three margins are a few hundred cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import Adjustment, FloatArray, IntArray
from analysis.estimation.margins import Margin, indicators, refuse_unreachable
from analysis.estimation.residuals import RegressionResiduals, sum_rows

TOLERANCE = 1e-12
ROUNDS = 2_000
SWEEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Raked:
    """Weights that meet their margins.

    `weights` and `factors` (new ÷ old) have shape (n,); `gap` is the largest relative distance
    of a category from its target after the last of `rounds`. `step` is for `design.adjusted`.
    """

    weights: FloatArray
    factors: FloatArray
    rounds: int
    gap: float
    step: Adjustment


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptResiduals:
    """The adjustment of R survey's `rake`: unweighted category means taken off, margin by margin.

    Ten sweeps through the margins come near the residuals of an unweighted regression on all
    categories. `weights` are those after raking, shape (n,).
    """

    margins: tuple[Margin, ...]
    weights: FloatArray

    def residuals(self, values: FloatArray) -> FloatArray:
        """Take from weighted influence values of shape (n, k) what the margins explain."""
        used = self.weights != 0
        left = np.zeros_like(values)
        np.divide(values, self.weights[:, None], out=left, where=used[:, None])
        for _ in range(SWEEPS):
            for each in self.margins:
                size = len(each.labels)
                count = np.maximum(np.bincount(each.category[used], minlength=size), 1)
                means = sum_rows(each.category, left, size) / count[:, None]
                left = np.where(used[:, None], left - means[each.category], 0.0)
        return left * self.weights[:, None]


def rake(
    weights: ArrayLike,
    margins: Sequence[Margin],
    *,
    tolerance: float = TOLERANCE,
    rounds: int = ROUNDS,
    residuals: Literal["regression", "sweeps"] = "regression",
) -> Raked:
    """Fit weights of shape (n,) to all margins.

    Converged is when, after a round through all margins, no category is further from its
    target than `tolerance` of the target. The residuals of the variance come from a regression
    on the categories weighted by the weights before raking, as in Deville & Särndal and R
    survey's `calibrate(calfun = "raking")`; "sweeps" are those of R's `rake`, which ignores
    these weights. Raises ValueError, naming margin and category, on an empty category, on margins
    that disagree, and where the rounds end without convergence.
    """
    base = np.array(weights, dtype=np.float64)
    refuse_unreachable(base, margins)
    cell, places = _cells(margins, len(base))
    before = np.bincount(cell, base, len(places)).astype(np.float64)
    after, used, gap = _fit(before, places, margins, tolerance, rounds)
    factor = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    factors = factor[cell]
    fitted = base * factors
    cells = [
        Margin(name=each.name, labels=each.labels, totals=each.totals, category=place)
        for each, place in zip(margins, places.T, strict=True)
    ]
    step: Adjustment = SweptResiduals(margins=tuple(margins), weights=fitted)
    if residuals == "regression":
        step = RegressionResiduals(
            auxiliary=indicators(cells), row=cell, leverage=base, weights=fitted
        )
    return Raked(
        weights=fitted,
        factors=factors,
        rounds=used,
        gap=gap,
        step=step,
    )


def _cells(margins: Sequence[Margin], rows: int) -> tuple[IntArray, IntArray]:
    """Number the cells of the cross that have rows: each row's cell, each cell's categories."""
    shape = tuple(len(each.labels) for each in margins)
    code = margins[0].category
    for each, size in zip(margins[1:], shape[1:], strict=True):
        code = code * size + each.category
    size = int(np.prod(np.array(shape, dtype=object)))
    if size <= 4 * rows + 1024:
        filled = np.bincount(code, minlength=size) > 0
        number = np.cumsum(filled) - 1
        return number[code], np.stack(np.unravel_index(np.flatnonzero(filled), shape), axis=1)
    columns = np.stack([each.category for each in margins], axis=1)
    places, cell = np.unique(columns, axis=0, return_inverse=True)
    return cell.reshape(-1), places


def _fit(
    before: FloatArray,
    places: IntArray,
    margins: Sequence[Margin],
    tolerance: float,
    rounds: int,
) -> tuple[FloatArray, int, float]:
    """Scale the cells to one margin after the other until all hold: cells, rounds, gap."""
    mass = before.copy()
    gap, worst = np.inf, (0, 0, 0.0)
    place = [np.ascontiguousarray(column) for column in places.T]
    for turn in range(1, rounds + 1):
        gap, worst = 0.0, (0, 0, 0.0)
        for number, each in enumerate(margins):
            now = np.bincount(place[number], mass, len(each.labels))
            factor = np.divide(each.totals, now, out=np.zeros(len(now)), where=now > 0)
            mass *= factor[place[number]]
        for number, each in enumerate(margins):
            now = np.bincount(place[number], mass, len(each.labels))
            apart = np.abs(now - each.totals) / np.where(each.totals > 0, each.totals, 1.0)
            far = int(np.argmax(apart))
            if not apart[far] <= gap:
                gap, worst = float(apart[far]), (number, far, float(now[far]))
        if gap <= tolerance:
            return mass, turn, gap
    number, far, reached = worst
    raise ValueError(
        f"raking did not converge in {rounds} rounds: {margins[number].said(far)} stands at "
        f"{reached:.10g}, its target is {margins[number].totals[far]:.10g}; some combinations of "
        "categories have no respondents, so merge categories or rake to fewer margins"
    )
