"""Jackknife replicates: each leaves out one first-stage cluster and weights up its stratum."""

import numpy as np

from analysis.estimation.design import SurveyDesign
from analysis.estimation.replicates import Replicates, refuse_unfit


def jackknife(design: SurveyDesign, *, mse: bool = False) -> Replicates:
    """Make one replicate for each cluster of the first stage.

    The others of its stratum count n_h/(n_h − 1), and the replicate's scale is
    (1 − n_h/N_h)·(n_h − 1)/n_h: JK1 for one stratum, JKn for several (Rust & Rao 1996; equals R
    survey's `as.svrepdesign`, which also stops at the first stage). A stratum taken whole adds
    nothing. For one with a single cluster the design's `lonely` decides: "fail" refuses,
    "certainty" and "remove" add nothing, "average" scales up the others, "adjust" lets the
    cluster's whole stratum go and weights up all other strata. Raises ValueError for a design
    whose weights were adjusted, and where no stratum is left.
    """
    first = design.stages[0]
    clusters, strata = len(first.host), len(first.label)
    refuse_unfit(design, clusters)
    sampled = first.sampled.astype(np.float64)
    left_open = 1.0 - first.fraction
    lonely = (first.sampled == 1) & (left_open > 0)
    if lonely.any() and design.lonely == "fail":
        label = first.label[int(np.argmax(lonely))]
        raise ValueError(f"stratum {label} has only one cluster: there is none to leave out")
    kept = left_open > 0
    if design.lonely != "adjust":
        kept &= ~lonely
    out = np.flatnonzero(kept[first.host])
    if not len(out) or (lonely.any() and strata == 1):
        raise ValueError("there is no stratum from which a cluster can be left out")
    stratum = first.host[out]
    alone = lonely[stratum]
    others = np.where(
        alone, strata / max(strata - 1, 1), sampled[stratum] / (sampled[stratum] - 1 + alone)
    )
    factors = np.where(
        (first.host[:, None] == stratum[None, :]) | alone[None, :], others[None, :], 1.0
    )
    factors[out, np.arange(len(out))] = 0.0
    # n is 1 for a stratum of one cluster, whose replicate stands for one of the strata.
    share = np.where(alone, strata, sampled[stratum])
    scales = np.where(alone, 1.0, left_open[stratum]) * (share - 1) / share
    several = strata > 1
    scale = 1.0 if several else float(scales[0])
    if design.lonely == "average":
        scale *= clusters / len(out)
    return Replicates(
        kind="JKn" if several else "JK1",
        weights=design.weights,
        base=design.weights,
        unit=first.cluster,
        factors=factors,
        scale=scale,
        scales=scales if several else np.ones(len(out)),
        mse=mse,
    )
