"""Bootstrap replicates: clusters of the first stage drawn again, with replacement, by stratum.

Rao & Wu (1988), JASA 83(401), with the rescaled weights of Rao, Wu & Yue (1992), Survey
Methodology 18(2), and n_h − 1 draws from the n_h clusters of a stratum.
"""

import numpy as np

from analysis.estimation.design import FloatArray, SurveyDesign
from analysis.estimation.replicates import Replicates, refuse_unfit

REPLICATES = 500


def bootstrap(
    design: SurveyDesign, *, seed: int, replicates: int = REPLICATES, mse: bool = False
) -> Replicates:
    """Draw replicates with PCG64 and the seed, which is kept with them.

    A cluster drawn k times has the factor 1 − λ + λ·k·n_h/(n_h − 1), λ = √(1 − n_h/N_h), so that
    totals have the linearised variance on average; with an unknown or infinite population this
    is R survey's "subbootstrap". For a stratum of one cluster the design's `lonely` must be
    "certainty" or "remove": its factors are 1. Strata and clusters are drawn in the order of
    their codes, so that the order of rows does not matter. Raises ValueError for fewer than two
    replicates, and for a design whose weights were adjusted.
    """
    if replicates < 2:
        raise ValueError(f"a variance needs two replicates or more, not {replicates}")
    refuse_unfit(design, replicates)
    first = design.stages[0]
    random = np.random.Generator(np.random.PCG64(seed))
    factors = np.ones((len(first.host), replicates))
    for stratum, (sampled, fraction) in enumerate(
        zip(first.sampled.tolist(), first.fraction.tolist(), strict=True)
    ):
        if sampled == 1 and fraction < 1 and design.lonely not in {"certainty", "remove"}:
            raise ValueError(
                f"stratum {first.label[stratum]} has only one cluster: merge it, or call it certain"
            )
        if sampled > 1:
            members = np.flatnonzero(first.host == stratum)
            factors[members] = _rescaled(random, sampled, replicates, fraction)
    return Replicates(
        kind="bootstrap",
        weights=design.weights,
        base=design.weights,
        unit=first.cluster,
        factors=factors,
        scale=1.0 / (replicates - 1),
        scales=np.ones(replicates),
        mse=mse,
        seed=seed,
    )


def _rescaled(
    random: np.random.Generator, sampled: int, replicates: int, fraction: float
) -> FloatArray:
    drawn = random.multinomial(sampled - 1, np.full(sampled, 1.0 / sampled), size=replicates).T
    shrunk = np.sqrt(max(1.0 - fraction, 0.0))
    return 1.0 - shrunk + shrunk * drawn * (sampled / (sampled - 1))
