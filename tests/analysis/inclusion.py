"""How often people of a small frame are drawn, against the covariance that their design states."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import permutations
from math import comb

import numpy as np
from scipy.special import chdtrc

from analysis.sampling.selection import BoolArray, IntArray
from analysis.scoring.columns import FloatArray

DRAWS = 2000


def people(count: int) -> list[bytes]:
    return [place.to_bytes(16) for place in range(count)]


def seed(number: int) -> bytes:
    return number.to_bytes(32)


def counts(draw: Callable[[bytes], BoolArray], draws: int = DRAWS) -> IntArray:
    return np.stack([draw(seed(number)) for number in range(draws)]).sum(axis=0, dtype=np.int64)


def covariance(joint: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the chances and the covariance of I from E[II']."""
    chance = np.diagonal(joint).copy()
    return chance, joint - np.outer(chance, chance)


def chi_square(found: IntArray, stated: tuple[FloatArray, FloatArray]) -> tuple[float, int]:
    """Give the p-value of (X − Rπ)'(RΣ)⁻(X − Rπ) and its degrees of freedom, the rank of Σ."""
    chance, spread = stated
    values, vectors = np.linalg.eigh(spread)
    kept = values > 1e-9
    off = vectors.T @ (found - DRAWS * chance)
    # Where the design leaves nothing to chance, counts are what they must be.
    assert np.abs(off[~kept]).max(initial=0.0) < 1e-6
    statistic = float((off[kept] ** 2 / (DRAWS * values[kept])).sum())
    return float(chdtrc(int(kept.sum()), statistic)), int(kept.sum())


def without_replacement(strata: Sequence[int], sizes: Sequence[int]) -> FloatArray:
    """Give E[II'] of simple random samples, stratum by stratum."""
    code = np.repeat(np.arange(len(strata)), strata)
    m, n = np.array(strata)[code], np.array(sizes)[code]
    chance = n / m
    joint = chance[:, None] * chance
    inside = code[:, None] == code
    joint[inside] = (chance * (n - 1) / np.maximum(m - 1, 1))[:, None].repeat(len(code), 1)[inside]
    np.fill_diagonal(joint, chance)
    return joint


def of_samples(samples: Iterable[tuple[Fraction, Sequence[int]]], size: int) -> FloatArray:
    """Give E[II'] of samples listed with their probabilities."""
    joint = np.zeros((size, size))
    for probability, sample in samples:
        joint[np.ix_(sample, sample)] += float(probability)
    return joint


def at_fractional_interval(people: int, size: int) -> list[tuple[Fraction, list[int]]]:
    """List the samples ⌊u + j·M/n⌋ of a start u in [0, M/n), u being each of M equal steps."""
    return [
        (Fraction(1, people), [(step + j * people) // size for j in range(size)])
        for step in range(people)
    ]


def proportional_to_size(
    people: Sequence[int], count: int
) -> list[tuple[Fraction, tuple[int, ...]]]:
    """List the systematic samples of units with k·M_i < M, over all orders and starts."""
    total = sum(people)
    orders = list(permutations(range(len(people))))
    listed: list[tuple[Fraction, tuple[int, ...]]] = []
    for order in orders:
        ends = np.cumsum([people[unit] for unit in order])
        for step in range(total):
            # Points (step + ½)/k + j·M/k: halves keep them off the ends of the units.
            points = (step + 0.5 + np.arange(count) * total) / count
            places: list[int] = np.searchsorted(ends, points).tolist()
            chosen = tuple(order[place] for place in places)
            listed.append((Fraction(1, total * len(orders)), chosen))
    return listed


def two_stages(units: FloatArray, strata: Sequence[int], sizes: Sequence[int]) -> FloatArray:
    """Give E[II'] of simple random samples within units that are drawn with E[JJ']."""
    code = np.repeat(np.arange(len(strata)), strata)
    return without_replacement(strata, sizes) * units[np.ix_(code, code)]


def all_samples(strata: Sequence[int], sizes: Sequence[int]) -> int:
    count = 1
    for m, n in zip(strata, sizes, strict=True):
        count *= comb(m, n)
    return count
