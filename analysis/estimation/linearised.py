"""The variance of totals of influence values, through every stage of the design.

V = Σ_k Σ_h f_1…f_(k−1)·(1 − f_h)·n_h/(n_h − 1)·Σ_j (t_hj − t̄_h)(t_hj − t̄_h)', over the stages k,
their strata h and the clusters j in them (Särndal, Swensson & Wretman 1992, result 4.3.1; R
survey's svyrecvar). A smooth figure has the variance of the total of its influence values
(Woodruff 1971). Sums run over one column at a time, in numpy's fixed order, so that a figure has
the same bits alone and among others.
"""

from dataclasses import dataclass

import numpy as np

from analysis.estimation.design import BoolArray, FloatArray, IntArray, Stage, SurveyDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviations:
    """Scaled deviations whose squares add up to the variance.

    `values` has shape (k, m), a row of deviations for each of k figures; `stratum` is the
    first-stage stratum of each deviation; `sampled` counts the clusters of each stratum.
    """

    values: FloatArray
    stratum: IntArray
    sampled: IntArray

    def covariance(self) -> FloatArray:
        """Sum the products of the figures' deviations, shape (k, k)."""
        figures = len(self.values)
        matrix = np.zeros((figures, figures))
        for one in range(figures):
            for other in range(one, figures):
                matrix[one, other] = (self.values[one] * self.values[other]).sum()
                matrix[other, one] = matrix[one, other]
        return matrix

    def satterthwaite(self) -> FloatArray:
        """Give ν = V²/Σ_h V_h²/(n_h − 1) of each figure, shape (k,); 0 where V is 0.

        V_h is what stratum h of the first stage adds through all its stages (Satterthwaite 1946,
        eq. 17). A stratum of one cluster counts as if it had two.
        """
        free = np.maximum(self.sampled - 1, 1)
        degrees: list[float] = []
        for column in self.values:
            parts = np.bincount(self.stratum, column * column, len(free))
            squares = float((parts * parts / free).sum())
            degrees.append(float(parts.sum()) ** 2 / squares if squares > 0 else 0.0)
        return np.array(degrees)


def deviations(design: SurveyDesign, influence: FloatArray) -> Deviations:
    """Give the deviations behind the variance of Σ influence, a weighted array of shape (n, k).

    Rows outside the domain carry 0 and are left out, their clusters and strata are not. Raises
    ValueError where a stratum holds one cluster and the design says "fail", or "average" finds
    no other stratum.
    """
    values = influence
    for step in design.adjustments:
        values = step.residuals(values)
    # An adjustment spreads a domain's influence over all rows; without one these are all 0.
    rows = np.flatnonzero(design.inside) if not design.adjustments else np.arange(len(design))
    first = design.stages[0]
    upstream = np.ones(1)
    parts: list[FloatArray] = []
    strata: list[IntArray] = []
    for depth, stage in enumerate(design.stages, start=1):
        factor = upstream[stage.parent]
        if depth > 1 and not factor.any():
            break
        values_of, stratum_of = _stage_deviations(
            stage, values[rows].T, rows, factor, design, depth
        )
        home = np.zeros(len(stage.label), dtype=np.int64)
        home[stage.stratum] = first.stratum
        parts.append(values_of)
        strata.append(home[stratum_of])
        upstream = (factor * stage.fraction)[stage.host]
    return Deviations(
        values=np.concatenate(parts, axis=1), stratum=np.concatenate(strata), sampled=first.sampled
    )


def covariance(design: SurveyDesign, influence: FloatArray) -> FloatArray:
    """Give the covariance, shape (k, k), of the totals of weighted influence values (n, k)."""
    return deviations(design, influence).covariance()


def _stage_deviations(
    stage: Stage,
    values: FloatArray,
    rows: IntArray,
    factor: FloatArray,
    design: SurveyDesign,
    depth: int,
) -> tuple[FloatArray, IntArray]:
    """Give one stage's scaled deviations and their strata: of clusters seen, then of unseen."""
    clusters, place = np.unique(stage.cluster[rows], return_inverse=True)
    host = stage.host[clusters]
    present, hosted = np.unique(host, return_inverse=True)
    total = _sums(place, values, len(clusters))
    sampled = stage.sampled[present].astype(np.float64)
    scale = (factor * (1 - stage.fraction))[present]
    lonely = (sampled == 1) & (scale > 0)
    centre = _sums(hosted, total, len(present)) / sampled
    if lonely.any():
        if design.lonely == "fail":
            label = stage.label[int(present[np.argmax(lonely)])]
            raise ValueError(f"stratum {label} has only one cluster at stage {depth}")
        parent = np.unique(stage.parent[present], return_inverse=True)[1]
        if design.lonely == "adjust":
            size = np.bincount(parent, sampled)
            grand = _sums(parent[hosted], total, len(size)) / size
            centre[:, lonely] = grand[:, parent[lonely]]
        if design.lonely == "average":
            scale = scale * _share_of_the_lonely(lonely, parent)[parent]
    scale = np.sqrt(scale * np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 1.0))
    # Clusters of the stratum without a row in the domain have a total of 0.
    unseen = np.sqrt(sampled - np.bincount(hosted, minlength=len(present)))
    seen = (total - centre[:, hosted]) * scale[hosted]
    return np.hstack([seen, centre * (scale * unseen)]), np.concatenate([host, present])


def _share_of_the_lonely(lonely: BoolArray, parent: IntArray) -> FloatArray:
    strata = np.bincount(parent)
    others = np.bincount(parent, ~lonely)
    if not others.all():
        raise ValueError("every stratum has only one cluster: there is no average to take")
    return np.asarray(strata / others, dtype=np.float64)


def _sums(place: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sum the values of shape (k, m) that share one of so many places, shape (k, size)."""
    sums = [np.bincount(place, column, size) for column in values]
    return np.array(sums, dtype=np.float64)
