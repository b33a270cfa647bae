"""Balanced half-samples (BRR, Fay): one of the two clusters of every stratum at a time.

McCarthy (1969), Review of the ISI 37(3); Fay's method after Judkins (1990), Journal of Official
Statistics 6(3). Which cluster a replicate takes comes from the columns of a Hadamard matrix, so
that the half-samples of any two strata are balanced.
"""

import numpy as np
from scipy.linalg import hadamard

from analysis.estimation.design import SurveyDesign
from analysis.estimation.replicates import Replicates, refuse_unfit


def half_samples(design: SurveyDesign, *, rho: float = 0.0, mse: bool = False) -> Replicates:
    """Make as many replicates as the next power of two above the number of strata.

    The cluster taken has the factor 2 − ρ, the other ρ: 2 and 0 without ρ (BRR), Fay's method
    with 0 < ρ < 1. The finite population correction plays no part, as in R survey. Raises
    ValueError, naming the stratum, where one has not exactly two clusters, and for a design
    whose weights were adjusted.
    """
    if not 0 <= rho < 1:
        raise ValueError(f"Fay's ρ lies from 0 up to 1, not {rho}")
    first = design.stages[0]
    wrong = first.sampled != 2
    if wrong.any():
        stratum = int(np.argmax(wrong))
        raise ValueError(
            f"stratum {first.label[stratum]} has {first.sampled[stratum]} clusters: half-samples "
            "need two, take the jackknife or the bootstrap"
        )
    strata = len(first.label)
    size = 1 << strata.bit_length()
    refuse_unfit(design, size)
    sign = np.asarray(hadamard(size), dtype=np.float64)[1 : strata + 1]
    order = np.argsort(first.host, kind="stable")
    side = np.empty(len(first.host))
    side[order] = np.tile([1.0, -1.0], strata)
    return Replicates(
        kind="Fay" if rho else "BRR",
        weights=design.weights,
        base=design.weights,
        unit=first.cluster,
        factors=1.0 + (1.0 - rho) * side[:, None] * sign[first.host],
        scale=1.0 / (size * (1.0 - rho) ** 2),
        scales=np.ones(size),
        mse=mse,
    )
