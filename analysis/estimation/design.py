"""The design of a sample: its weights, and how units were drawn stage by stage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Lonely = Literal["fail", "certainty", "remove", "adjust", "average"]


class Adjustment(Protocol):
    """A step that fitted the weights to known totals, and what it takes from the variance."""

    def residuals(self, values: FloatArray) -> FloatArray:
        """Take from weighted influence values of shape (n, k) what the known totals explain."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of sampling: clusters drawn within strata.

    `stratum` and `cluster` are codes of each row, shape (n,), from 0. Per cluster: `host`, its
    stratum. Per stratum: `label`, `sampled` (clusters drawn, also those outside a domain),
    `population` (clusters there are; inf where unknown or drawn with replacement) and `parent`,
    the cluster of the stage before that holds it (0 at the first stage).
    """

    stratum: IntArray
    cluster: IntArray
    host: IntArray
    label: tuple[str, ...]
    sampled: IntArray
    population: FloatArray
    parent: IntArray

    @property
    def fraction(self) -> FloatArray:
        """Give the sampling fraction of each stratum; 0 for an infinite population."""
        return self.sampled / self.population


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDesign:
    """A weighted sample of n rows; a weight of 0 marks a row outside the domain.

    `lonely` says what a stratum of one sampled cluster adds to the variance (R survey 4.5):
    "fail" refuses; "certainty" and "remove" add nothing; "adjust" takes the deviation from the
    mean of all clusters; "average" takes the mean of the other strata.
    """

    weights: FloatArray
    stages: tuple[Stage, ...]
    lonely: Lonely = "fail"
    adjustments: tuple[Adjustment, ...] = ()

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def inside(self) -> BoolArray:
        """Mark the rows of the domain, shape (n,)."""
        return self.weights != 0

    @property
    def degrees_of_freedom(self) -> int:
        """Count first-stage clusters less strata with a row in the domain (R survey's degf)."""
        first, inside = self.stages[0], self.inside
        clusters = np.unique(first.cluster[inside])
        return len(clusters) - len(np.unique(first.host[clusters]))

    def domain(self, mask: ArrayLike) -> "SurveyDesign":
        """Keep the rows of a mask of shape (n,) as the domain of study.

        Clusters and strata outside stay in the design: their number decides the variance.
        """
        chosen = np.asarray(mask)
        if chosen.shape != self.weights.shape or chosen.dtype != np.bool_:
            raise ValueError(f"a domain is {len(self)} booleans, one for each row")
        return replace(self, weights=np.where(chosen, self.weights, 0.0))

    def observed(self, *values: ArrayLike) -> "SurveyDesign":
        """Keep the rows where none of the values, shape (n,) or (n, k), is missing (NaN)."""
        mask = np.ones(len(self), dtype=np.bool_)
        for value in values:
            known = ~np.isnan(np.asarray(value, dtype=np.float64))
            if known.shape[:1] != mask.shape:
                raise ValueError(f"values have a row for each of {len(self)} rows")
            mask &= known.reshape(len(self), -1).all(axis=1)
        return self.domain(mask)

    def adjusted(self, weights: ArrayLike, step: Adjustment) -> "SurveyDesign":
        """Take new weights of shape (n,), remembering the step that made them."""
        new = np.array(weights, dtype=np.float64)
        if new.shape != self.weights.shape or not np.isfinite(new).all():
            raise ValueError(f"adjusted weights are {len(self)} finite numbers")
        return replace(self, weights=new, adjustments=(*self.adjustments, step))


def survey_design(
    weights: ArrayLike | None = None,
    *,
    strata: Sequence[ArrayLike | None] = (),
    clusters: Sequence[ArrayLike] = (),
    populations: Sequence[ArrayLike | None] = (),
    nested: bool = False,
    lonely: Lonely = "fail",
) -> SurveyDesign:
    """Make a design from labels per row, one entry per stage; without clusters rows are drawn.

    `populations` holds, per row, how many clusters the row's stratum has at that stage.
    Without weights they are ∏ N/n over the stages, which must all be known then. Labels of
    clusters start anew in every cluster of the stage before, and with `nested` in every stratum.
    Raises ValueError on weights that are not positive numbers, on clusters in two strata, on a
    population that varies in its stratum or is smaller than its sample, and on arrays of
    different lengths.
    """
    given = [*strata, *clusters, *populations, weights]
    shapes = {np.shape(each) for each in given if each is not None}
    rows = max((shape[0] for shape in shapes if shape), default=0)
    if shapes != {(rows,)} or not rows:
        raise ValueError(f"a design needs arrays of one length above 0, not {sorted(shapes)}")
    if lonely not in get_args(Lonely):
        raise ValueError(f"{lonely} is no rule for a lonely cluster; they are {get_args(Lonely)}")
    drawn = list(clusters) or [np.arange(rows)]
    if len(strata) > len(drawn) or len(populations) > len(drawn):
        raise ValueError("strata and populations are given for more stages than clusters")
    stages: list[Stage] = []
    parent = np.zeros(rows, dtype=np.int64)
    for depth, cluster in enumerate(drawn):
        stratum = strata[depth] if depth < len(strata) else None
        population = populations[depth] if depth < len(populations) else None
        above = drawn[depth - 1] if depth else None
        stage = _stage(cluster, stratum, population, parent, above, nested=nested)
        stages.append(stage)
        parent = stage.cluster
    weight = _inverse_fractions(stages) if weights is None else np.array(weights, np.float64)
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError("a weight is missing or not above 0")
    return SurveyDesign(weights=weight, stages=tuple(stages), lonely=lonely)


def _inverse_fractions(stages: Sequence[Stage]) -> FloatArray:
    weight = np.ones(len(stages[0].stratum))
    for stage in stages:
        if not np.isfinite(stage.population).all():
            raise ValueError("weights can be left out only where every population is known")
        weight = weight / stage.fraction[stage.stratum]
    return weight


def _stage(
    cluster: ArrayLike,
    stratum: ArrayLike | None,
    population: ArrayLike | None,
    parent: IntArray,
    above: ArrayLike | None,
    *,
    nested: bool,
) -> Stage:
    names, own = coded(np.full(len(parent), "all") if stratum is None else stratum)
    pairs, opening, strata = np.unique(
        parent * len(names) + own, return_index=True, return_inverse=True
    )
    label = tuple(names[int(pair)] for pair in pairs % len(names))
    if above is not None:
        hosts = zip(label, np.asarray(above)[opening], strict=True)
        label = tuple(f"{name} of cluster {host}" for name, host in hosts)
    units, own = coded(cluster)
    _, first, codes = np.unique(
        (strata if nested else parent) * len(units) + own, return_index=True, return_inverse=True
    )
    host = strata[first]
    if (host[codes] != strata).any():
        worst = units[int(own[np.argmax(host[codes] != strata)])]
        raise ValueError(f"cluster {worst} lies in two strata")
    sampled = np.bincount(host, minlength=len(pairs)).astype(np.int64)
    return Stage(
        stratum=strata,
        cluster=codes,
        host=host,
        label=label,
        sampled=sampled,
        population=_populations(population, strata, sampled, label),
        parent=pairs // len(names),
    )


def _populations(
    given: ArrayLike | None, strata: IntArray, sampled: IntArray, label: Sequence[str]
) -> FloatArray:
    """Read the population of each stratum from its rows."""
    size = np.full(len(sampled), np.inf)
    if given is None:
        return size
    rows = np.asarray(given, dtype=np.float64)
    size[strata] = rows
    if not (size[strata] == rows).all():
        worst = int(strata[np.argmax(size[strata] != rows)])
        raise ValueError(f"the population of stratum {label[worst]} varies or is missing")
    if (size < sampled).any():
        worst = int(np.argmax(size < sampled))
        raise ValueError(
            f"stratum {label[worst]} has {sampled[worst]} clusters in the sample, "
            f"more than its population of {size[worst]:g}"
        )
    return size


def coded(labels: ArrayLike) -> tuple[tuple[str, ...], IntArray]:
    """Read labels, shape (n,), as sorted names and their codes from 0.

    Raises ValueError on another shape and on a missing label (None or NaN).
    """
    values = np.asarray(labels)
    if values.ndim != 1:
        raise ValueError("labels are one for each row")
    if values.dtype.kind in "fO":
        missing = [label is None or label != label for label in values.tolist()]  # noqa: PLR0124 - NaN
        if any(missing):
            raise ValueError("a label of a stratum, a cluster or a group is missing")
    names, codes = np.unique(values, return_inverse=True)
    return tuple(str(name).removesuffix(".0") for name in names.tolist()), codes.astype(np.int64)
