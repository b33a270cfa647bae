"""Estimates with their covariance: intervals, linear contrasts, design effects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from analysis.estimation.design import FloatArray, IntArray, SurveyDesign, coded
from analysis.estimation.linearised import covariance, deviations
from analysis.intervals import LEVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """k figures of one design, shape (k,), and their covariance, shape (k, k).

    `influence`, shape (n, k), holds what each row adds to each figure, weight included: the
    covariance is that of its totals, and figures of several estimates vary together by it.
    """

    values: FloatArray
    covariance: FloatArray
    influence: FloatArray = field(repr=False)
    design: SurveyDesign = field(repr=False)

    @property
    def standard_errors(self) -> FloatArray:
        """Give the standard error of each figure, shape (k,)."""
        return np.sqrt(np.maximum(np.diagonal(self.covariance), 0.0))

    @property
    def coefficients_of_variation(self) -> FloatArray:
        """Give SE / |figure|, shape (k,); inf for a figure of 0."""
        size = np.abs(self.values)
        return np.divide(
            self.standard_errors, size, out=np.full(size.shape, np.inf), where=size > 0
        )

    @property
    def degrees_of_freedom(self) -> int:
        """Count clusters less strata in the domain (R survey's degf)."""
        return self.design.degrees_of_freedom

    def satterthwaite(self) -> FloatArray:
        """Give the degrees of freedom of each variance (Satterthwaite 1946), shape (k,)."""
        return deviations(self.design, self.influence).satterthwaite()

    def interval(
        self, *, level: float = LEVEL, degrees_of_freedom: ArrayLike | None = None
    ) -> FloatArray:
        """Give figure ± t·SE, shape (k, 2); t has the design's degrees of freedom unless given.

        Infinite degrees of freedom give the normal interval.
        """
        df = self.degrees_of_freedom if degrees_of_freedom is None else degrees_of_freedom
        half = t_quantile((1 + level) / 2, df) * self.standard_errors
        return np.stack([self.values - half, self.values + half], axis=1)

    def contrast(self, coefficients: ArrayLike) -> "Estimate":
        """Combine the figures linearly; coefficients of shape (k,) or (m, k)."""
        matrix = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
        if matrix.shape[1] != len(self.values):
            raise ValueError(f"a contrast has {len(self.values)} coefficients, one per figure")
        return self.smooth(matrix @ self.values, matrix)

    def smooth(self, values: FloatArray, gradient: FloatArray) -> "Estimate":
        """Take m smooth functions of the figures, by their values (m,) and gradient (m, k).

        First-order Taylor expansion (the delta method).
        """
        return Estimate(
            values=values,
            covariance=gradient @ self.covariance @ gradient.T,
            influence=self.influence @ gradient.T,
            design=self.design,
        )

    def design_effects(self, *, replacement: bool = False) -> FloatArray:
        """Give the variance over that of a simple random sample of as many rows, shape (k,).

        Kish (1965, §8.2): the sample is drawn without replacement from Σw units, or with.
        nan where the simple random sample has no variance. Raises ValueError where the weights
        sum to less than the rows and there is no replacement.
        """
        inside = self.design.inside
        weights, rows = self.design.weights[inside], int(inside.sum())
        size = float(weights.sum())
        if rows < 2:
            raise ValueError("a design effect needs two rows or more")
        if size < rows and not replacement:
            raise ValueError("the weights sum to less than the sample: compare with replacement")
        linear = self.influence[inside] / weights[:, None]
        centred = linear - (weights[:, None] * linear).sum(axis=0) / size
        spread = (weights[:, None] * centred**2).sum(axis=0) / size * rows / (rows - 1)
        simple = spread * size**2 / rows * (1.0 if replacement else 1 - rows / size)
        own = np.diagonal(self.covariance)
        return np.divide(own, simple, out=np.full(len(own), np.nan), where=simple > 0)


def estimate(design: SurveyDesign, values: FloatArray, influence: FloatArray) -> Estimate:
    """Join figures (k,) and their weighted influence (n, k) with the design's covariance."""
    return Estimate(
        values=values,
        covariance=covariance(design, influence),
        influence=influence,
        design=design,
    )


def together(design: SurveyDesign, estimates: Sequence[Estimate]) -> Estimate:
    """Join estimates of one design and its domains into one, with all their covariances."""
    if not estimates:
        raise ValueError("there is no estimate to join")
    return estimate(
        design,
        np.concatenate([each.values for each in estimates]),
        np.concatenate([each.influence for each in estimates], axis=1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The estimate of each group, in the order of the sorted labels, and all of them joined."""

    labels: tuple[str, ...]
    each: tuple[Estimate, ...]
    joint: Estimate


def by_group(
    design: SurveyDesign, labels: ArrayLike, statistic: Callable[[SurveyDesign], Estimate]
) -> Grouped:
    """Estimate a statistic in each group of labels, shape (n,), that has a row in the domain.

    Figures of the joint estimate run group by group (R survey's svyby with covmat). Under the
    rules "adjust" and "average" a lonely stratum is measured by the strata of its group in
    `each`, by all strata in `joint`, as R does.
    """
    names, code = classes(design, labels)
    each = tuple(statistic(design.domain(code == place)) for place in range(len(names)))
    return Grouped(labels=names, each=each, joint=together(design, each))


def classes(design: SurveyDesign, labels: ArrayLike) -> tuple[tuple[str, ...], IntArray]:
    """Read labels of shape (n,) as sorted names and codes from 0, −1 outside the domain.

    Raises ValueError on another shape and on a missing label (None or NaN) inside the domain.
    """
    given = np.asarray(labels)
    if given.shape != design.weights.shape:
        raise ValueError(f"labels are {len(design)}, one for each row")
    names, place = coded(given[design.inside])
    code = np.full(len(design), -1, dtype=np.int64)
    code[design.inside] = place
    return names, code


def t_quantile(probability: float, degrees_of_freedom: ArrayLike) -> FloatArray:
    """Give the quantile of Student's t; of the normal distribution for infinite df.

    Raises ValueError where no degree of freedom is left.
    """
    df = np.asarray(degrees_of_freedom, dtype=np.float64)
    if not (df > 0).all():
        raise ValueError("no degrees of freedom are left: the design has a cluster per stratum")
    return np.asarray(stdtrit(df, probability), dtype=np.float64)


def columns(design: SurveyDesign, values: ArrayLike) -> FloatArray:
    """Read values of shape (n,) or (n, k) as columns, 0 outside the domain.

    Raises ValueError on another shape and on a missing or infinite value inside the domain:
    the rows without it are left out by `design.observed(values)`, said aloud by the caller.
    """
    read = np.asarray(values, dtype=np.float64)
    table = read[:, None] if read.ndim == 1 else read
    if table.ndim != 2 or len(table) != len(design) or not table.shape[1]:
        raise ValueError(f"values have a row for each of {len(design)} rows, and a column or more")
    table = np.where(design.inside[:, None], table, 0.0)
    if not np.isfinite(table).all():
        raise ValueError("a value is missing inside the domain: take design.observed(values)")
    return table
