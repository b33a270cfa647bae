"""What unequal weights cost: Kish's design effect, the effective size, and a summary of weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightSummary:
    """Weights at a glance; rows of weight 0 are outside and not counted.

    `kish_effect` is 1 + CV², `effective_size` is n over it, `largest_share` the share of the
    sum that the largest weight has; `spread` is largest ÷ smallest.
    """

    count: int
    total: float
    smallest: float
    lower_quartile: float
    median: float
    mean: float
    upper_quartile: float
    largest: float
    spread: float
    largest_share: float
    variation: float
    kish_effect: float
    effective_size: float


def kish_effect(weights: ArrayLike) -> float:
    """Give the design effect of weighting, n·Σw²/(Σw)² = 1 + CV² (Kish 1965, eq. 11.7.6)."""
    used = _used(weights)
    return len(used) * float((used * used).sum()) / float(used.sum()) ** 2


def effective_size(weights: ArrayLike) -> float:
    """Give the number of equally weighted people that would be as precise, (Σw)²/Σw²."""
    used = _used(weights)
    return float(used.sum()) ** 2 / float((used * used).sum())


def summarise_weights(weights: ArrayLike) -> WeightSummary:
    """Summarise weights of shape (n,).

    Raises ValueError where a weight is negative or missing, or none is above 0.
    """
    used = _used(weights)
    quartiles = np.quantile(used, (0.25, 0.5, 0.75)).tolist()
    smallest, largest, total = float(used.min()), float(used.max()), float(used.sum())
    effect = kish_effect(used)
    return WeightSummary(
        count=len(used),
        total=total,
        smallest=smallest,
        lower_quartile=quartiles[0],
        median=quartiles[1],
        mean=total / len(used),
        upper_quartile=quartiles[2],
        largest=largest,
        spread=largest / smallest,
        largest_share=largest / total,
        variation=float(np.sqrt(max(effect - 1.0, 0.0))),
        kish_effect=effect,
        effective_size=len(used) / effect,
    )


def _used(weights: ArrayLike) -> FloatArray:
    given = np.array(weights, dtype=np.float64)
    if given.ndim != 1 or not (np.isfinite(given) & (given >= 0)).all() or not given.any():
        raise ValueError("weights must be numbers from 0 on, not all 0")
    return given[given > 0]
