"""Rank tests of groups, unweighted and without a design: for reference beside the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.scoring.columns import FloatArray
from analysis.significance import holm


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Dunn's z of two samples by their places; `p` two-sided and adjusted by Holm."""

    one: int
    other: int
    z: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankComparison:
    """Kruskal-Wallis' H with its degrees of freedom and p-value, and every pair."""

    statistic: float
    degrees_of_freedom: int
    p: float
    pairs: tuple[Pair, ...]


def compare_ranks(samples: Sequence[FloatArray]) -> RankComparison:
    """Test whether samples have one distribution (Kruskal & Wallis 1952), then pair by pair.

    Dunn (1964): z = (R̄_i − R̄_j) / √((N(N+1)/12 − T)(1/n_i + 1/n_j)) on the ranks of all,
    T = Σ(t³ − t) / (12(N − 1)) for ties. Where all values are equal H and z are 0 and p is 1.
    Raises ValueError for fewer than two samples or an empty one.
    """
    if len(samples) < 2 or any(not len(sample) for sample in samples):
        raise ValueError("a rank test needs two samples, none of them empty")
    # 0.5 s that most commands need not spend.
    from scipy.special import ndtr  # noqa: PLC0415
    from scipy.stats import kruskal, rankdata  # noqa: PLC0415

    together = np.concatenate(samples)
    if (together == together[0]).all():
        statistic, p, spread = 0.0, 1.0, 0.0
    else:
        tested = kruskal(*samples)
        statistic, p = float(tested.statistic), float(tested.pvalue)
        spread = _rank_variance(together)
    ends = np.cumsum([len(sample) for sample in samples])
    ranks = np.split(rankdata(together), ends[:-1])
    means = [float(np.cumsum(one)[-1]) / len(one) for one in ranks]
    drafts = [
        (one, other, _z(means, samples, spread, one, other))
        for one, other in combinations(range(len(samples)), 2)
    ]
    adjusted = holm([float(2 * ndtr(-abs(z))) for *_, z in drafts])
    return RankComparison(
        statistic=statistic,
        degrees_of_freedom=len(samples) - 1,
        p=p,
        pairs=tuple(
            Pair(one=one, other=other, z=z, p=p)
            for (one, other, z), p in zip(drafts, adjusted, strict=True)
        ),
    )


def _rank_variance(values: FloatArray) -> float:
    """Give N(N+1)/12 less the correction for ties."""
    total = len(values)
    _, ties = np.unique(values, return_counts=True)
    tied = sum(t**3 - t for t in ties.tolist())
    return total * (total + 1) / 12 - tied / (12 * (total - 1))


def _z(
    means: Sequence[float], samples: Sequence[FloatArray], spread: float, one: int, other: int
) -> float:
    if spread <= 0:
        return 0.0
    sizes = 1 / len(samples[one]) + 1 / len(samples[other])
    return (means[one] - means[other]) / (spread * sizes) ** 0.5
