"""Replicate weights: the variance of any figure by computing it again with other weights.

Wolter (2007), Introduction to Variance Estimation, ch. 3-5: V = a·Σ_r b_r·(θ_r − θ̄)², with the
scale a and the scales b_r that the kind of replicates asks for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import FloatArray, IntArray, SurveyDesign
from analysis.estimation.estimates import t_quantile
from analysis.estimation.residuals import sum_rows
from analysis.intervals import LEVEL

Statistic = Callable[[FloatArray], ArrayLike]
"""A figure, or k of them, from weights of shape (n,)."""

RANK_TOLERANCE = 1e-5
LARGEST = 200_000_000
"""How many factors are kept at most; more than this would not fit in memory beside the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateEstimate:
    """Figures of shape (k,), what each replicate gave, shape (R, k), and their covariance."""

    values: FloatArray
    replicates: FloatArray
    covariance: FloatArray
    source: "Replicates" = field(repr=False)

    @property
    def standard_errors(self) -> FloatArray:
        """Give the square roots of the variances, shape (k,)."""
        return np.sqrt(np.diagonal(self.covariance))

    def interval(
        self, *, level: float = LEVEL, degrees_of_freedom: float | None = None
    ) -> FloatArray:
        """Give figure ± t·SE, shape (k, 2), with the replicates' degrees of freedom or others."""
        df = self.source.degrees_of_freedom if degrees_of_freedom is None else degrees_of_freedom
        half = t_quantile((1 + level) / 2, df) * self.standard_errors
        return np.stack([self.values - half, self.values + half], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """A sample's weights and R alternatives to them.

    The r-th alternative of a row is `base[row] · factors[unit[row], r]`; `weights`, `base` and
    `unit` have shape (n,), `factors` (m, R). Deviations are from the full sample's figure where
    `mse`, else from the mean of the replicates (as R survey unless told otherwise). `seed` is
    that of random replicates.
    """

    kind: str
    weights: FloatArray
    base: FloatArray
    unit: IntArray
    factors: FloatArray
    scale: float
    scales: FloatArray
    mse: bool = False
    seed: int | None = None

    def __len__(self) -> int:
        return len(self.scales)

    def of(self, replicate: int) -> FloatArray:
        """Give the weights of one replicate, shape (n,)."""
        return self.base * self.factors[self.unit, replicate]

    def matrix(self) -> FloatArray:
        """Give the weights of all replicates, shape (n, R)."""
        return self.base[:, None] * self.factors[self.unit]

    @property
    def degrees_of_freedom(self) -> int:
        """Give the rank of the replicate weights less one (R survey's degf)."""
        table = self.factors[np.unique(self.unit[self.base > 0])]
        size = np.sqrt((table * table).sum(axis=0))
        table = np.linalg.qr(table / np.where(size > 0, size, 1.0), mode="r")
        spread = np.linalg.svd(table, compute_uv=False)
        return int((spread > RANK_TOLERANCE * spread.max(initial=0.0)).sum()) - 1

    def domain(self, mask: ArrayLike) -> "Replicates":
        """Keep the rows of a mask of shape (n,), with weight 0 for the others."""
        inside = np.asarray(mask)
        if inside.shape != self.weights.shape or inside.dtype != np.bool_:
            raise ValueError(f"a domain is {len(self.weights)} booleans, one for each row")
        return replace(
            self,
            weights=np.where(inside, self.weights, 0.0),
            base=np.where(inside, self.base, 0.0),
        )

    def adjusted(self, step: Callable[[FloatArray], FloatArray]) -> "Replicates":
        """Do an adjustment again in every replicate: `step` turns weights (n,) into weights (n,).

        So the variance shows what raking, calibration or trimming does. Raises ValueError,
        naming the replicate, where the step refuses one, and for tables that are too large.
        """
        if len(self.base) * len(self) > LARGEST:
            raise ValueError(
                f"{len(self)} replicates of {len(self.base)} rows are too many to adjust: "
                "take fewer replicates, or the residuals of the adjustment"
            )
        table = np.empty((len(self.base), len(self)))
        for number in range(len(self)):
            try:
                table[:, number] = step(self.of(number))
            except ValueError as refusal:
                raise ValueError(f"replicate {number + 1}: {refusal}") from refusal
        return replace(
            self,
            weights=step(self.weights),
            base=np.ones(len(self.base)),
            unit=np.arange(len(self.base)),
            factors=table,
        )

    def estimate(self, statistic: Statistic) -> ReplicateEstimate:
        """Compute figures with the weights and with every replicate's."""
        values = np.atleast_1d(np.asarray(statistic(self.weights), dtype=np.float64))
        table = np.empty((len(self), len(values)))
        for number in range(len(self)):
            table[number] = statistic(self.of(number))
        return self._estimated(values, table)

    def totals(self, values: ArrayLike) -> ReplicateEstimate:
        """Estimate Σ w·y of each column of values, shape (n,) or (n, k)."""
        table = _columns(values, len(self.weights))
        return self._estimated(self.weights @ table, self._sums(table))

    def means(self, values: ArrayLike) -> ReplicateEstimate:
        """Estimate Σ w·y / Σ w of each column of values, shape (n,) or (n, k)."""
        return self.ratios(values, np.ones(len(self.weights)))

    def ratios(self, numerators: ArrayLike, denominators: ArrayLike) -> ReplicateEstimate:
        """Estimate Σ w·y / Σ w·x column by column; one column of x serves all y."""
        above = _columns(numerators, len(self.weights))
        below = _columns(denominators, len(self.weights))
        base, bases = self.weights @ below, self._sums(below)
        if not base.all() or not bases.all():
            raise ValueError("a denominator sums to 0, in the sample or in a replicate")
        return self._estimated(self.weights @ above / base, self._sums(above) / bases)

    def _sums(self, table: FloatArray) -> FloatArray:
        return self.factors.T @ sum_rows(self.unit, self.base[:, None] * table, len(self.factors))

    def _estimated(self, values: FloatArray, table: FloatArray) -> ReplicateEstimate:
        return ReplicateEstimate(
            values=values,
            replicates=table,
            covariance=replicate_covariance(
                table, self.scale, self.scales, around=values if self.mse else None
            ),
            source=self,
        )


def given_replicates(
    weights: ArrayLike,
    replicates: ArrayLike,
    *,
    scale: float,
    scales: ArrayLike | None = None,
    combined: bool = True,
    mse: bool = False,
    kind: str = "given",
) -> Replicates:
    """Take replicate weights that came with the data, of shape (n, R), and their scales.

    `combined` says that they are whole weights; else they are factors on the weights, shape
    (n,). `scales`, shape (R,), are 1 unless given. The scale is 1/R for BRR, 1/(R·(1 − ρ)²) for
    Fay's method, (R − 1)/R for JK1, 1 for JKn, 4/R for successive differences.
    """
    full, table = np.array(weights, np.float64), np.array(replicates, np.float64)
    each = np.ones(table.shape[-1]) if scales is None else np.array(scales, np.float64)
    if full.ndim != 1 or table.ndim != 2 or len(table) != len(full) or not table.shape[1]:
        raise ValueError(f"replicate weights must have {len(full)} rows and a column or more")
    if each.shape != (table.shape[1],) or not (each >= 0).all() or not scale > 0:
        raise ValueError(f"{table.shape[1]} replicates need as many scales, none negative")
    if not (np.isfinite(table).all() and np.isfinite(full).all()):
        raise ValueError("a weight is missing")
    return Replicates(
        kind=kind,
        weights=full,
        base=np.ones(len(full)) if combined else full,
        unit=np.arange(len(full)),
        factors=table,
        scale=scale,
        scales=each,
        mse=mse,
    )


def refuse_unfit(design: SurveyDesign, replicates: int) -> None:
    """Refuse a design whose weights were adjusted, and tables that are too large."""
    if design.adjustments:
        raise ValueError(
            "make replicates of the design before its weights were adjusted, then repeat the "
            "adjustment in each of them"
        )
    clusters = len(design.stages[0].host)
    if clusters * replicates > LARGEST:
        raise ValueError(
            f"{replicates} replicates of {clusters} clusters are too many: "
            "take the bootstrap with fewer replicates, or linearisation"
        )


def replicate_covariance(
    replicates: FloatArray, scale: float, scales: FloatArray, *, around: FloatArray | None = None
) -> FloatArray:
    """Give the covariance, shape (k, k), of figures from those of replicates, shape (R, k).

    Deviations are from `around`, shape (k,), or from the mean of the replicates whose scale is
    above 0. Raises ValueError where a replicate gave no figure.
    """
    known = np.isfinite(replicates).all(axis=1)
    if not known.all():
        raise ValueError(f"replicate {int(np.argmin(known)) + 1} gave no figure")
    centre = replicates[scales > 0].mean(axis=0) if around is None else around
    apart = (replicates - centre) * np.sqrt(scales)[:, None]
    return scale * (apart.T @ apart)


def _columns(values: ArrayLike, rows: int) -> FloatArray:
    table = np.asarray(values, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or len(table) != rows or not np.isfinite(table).all():
        raise ValueError(f"values must be {rows} numbers per column, none missing")
    return table
