"""Who is drawn: the same seed gives the same people, in whatever order they are listed.

People are rows with a permanent random number each. Within a stratum ranks from 1 are the people
drawn and the ranks after these the reserves, to be called in that order; 0 is everybody else.
Memory is O(people), and every probability an exact fraction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.sampling.first_stage import UnitsDrawn
from analysis.sampling.numbers import NumberArray, part_of

IntArray = NDArray[np.int64]
ShortArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A sample of N people in H strata.

    `rank` has shape (N,); `people`, `drawn` and `reserves` are counts per stratum. `probability`
    is that with which everybody in the stratum was drawn, reserves aside; it contains
    `first_stage`, that of the stratum's unit, which is 1 where there is one stage.
    """

    rank: ShortArray
    people: tuple[int, ...]
    drawn: tuple[int, ...]
    reserves: tuple[int, ...]
    probability: tuple[Fraction, ...]
    first_stage: tuple[Fraction, ...]


def simple(
    numbers: NumberArray, size: int, *, reserve: int = 0, people: Sequence[bytes] | None = None
) -> Drawn:
    """Draw `size` people from all: those with the smallest numbers."""
    everybody = np.zeros(len(numbers), dtype=np.int32)
    return stratified(numbers, everybody, (size,), reserves=(reserve,), people=people)


def stratified(
    numbers: NumberArray,
    stratum: ArrayLike,
    sizes: Sequence[int],
    *,
    reserves: Sequence[int] | None = None,
    people: Sequence[bytes] | None = None,
) -> Drawn:
    """Draw `sizes[h]` people of each stratum: those with its smallest numbers (Ohlsson 1995).

    `numbers` and `stratum` (codes from 0) have shape (N,); `reserves` are taken as far as the
    stratum has people. `people` break ties between numbers; without them the earlier row does.
    Raises ValueError where a size is below 0 or above its stratum, or a code has no size.
    """
    code, population = _strata(numbers, stratum, sizes)
    spare = _reserves(population, sizes, reserves)
    ranked = _order(numbers, code, (), people)
    rank = _ranks(ranked, code, population, [n + r for n, r in zip(sizes, spare, strict=True)])
    return _drawn(rank, population, sizes, spare)


def systematic(
    numbers: NumberArray,
    stratum: ArrayLike,
    sizes: Sequence[int],
    *,
    keys: Sequence[ArrayLike],
    starts: Sequence[int],
    reserves: Sequence[int] | None = None,
    people: Sequence[bytes] | None = None,
) -> Drawn:
    """Draw at a fractional interval M_h/n_h along each stratum's list, sorted by `keys`.

    The first key, shape (N,), sorts before the second, and numbers break ties. `starts` are
    permanent random numbers of the strata. The person at place p is taken where (p·n + t) mod M
    < n for a start t on 0 to M − 1: n people exactly, nobody twice, each with the probability n/M
    (Särndal, Swensson & Wretman 1992, §3.4). Reserves are the smallest numbers of those left.
    Raises ValueError as `stratified` does, and where starts or keys do not fit.
    """
    code, population = _strata(numbers, stratum, sizes)
    if len(starts) != len(sizes):
        raise ValueError(f"{len(sizes)} strata need as many starts, not {len(starts)}")
    spare = _reserves(population, sizes, reserves)
    listed = _order(numbers, code, [np.asarray(key) for key in keys], people)
    own = code[listed]
    size = np.array(sizes, dtype=np.int64)
    start = np.array(
        [part_of(int(one), m) for one, m in zip(starts, population, strict=True)], dtype=np.int64
    )
    reached = (_places(own, population) * size[own] + start[own]) % np.array(population)[own]
    taken = np.zeros(len(code), dtype=np.bool_)
    taken[listed] = reached < size[own]
    # Whoever is not taken comes first in this order, by number: the reserves.
    rank = _ranks(_order(numbers, code, (taken,), people), code, population, spare)
    rank[rank > 0] += size[code[rank > 0]].astype(np.int32)
    rows = listed[taken[listed]]
    rank[rows] = 1 + _places(code[rows], sizes)
    return _drawn(rank, population, sizes, spare)


def two_stage(
    numbers: NumberArray,
    stratum: ArrayLike,
    sizes: Sequence[int],
    *,
    unit: Sequence[int],
    units: UnitsDrawn,
    reserves: Sequence[int] | None = None,
    people: Sequence[bytes] | None = None,
) -> Drawn:
    """Draw people in the strata of units that were drawn first; `unit` is that of each stratum.

    Sizes of strata in other units count as 0. Within its unit a stratum's size must not depend on
    which other units were drawn, or the probabilities would not be those stated. Raises
    ValueError as `stratified` does, and where a stratum has no unit.
    """
    if len(unit) != len(sizes):
        raise ValueError(f"{len(sizes)} strata need a unit each, not {len(unit)}")
    inside = [units.chosen[one] for one in unit]
    drawn = stratified(
        numbers,
        stratum,
        [n if chosen else 0 for n, chosen in zip(sizes, inside, strict=True)],
        reserves=None
        if reserves is None
        else [r if chosen else 0 for r, chosen in zip(reserves, inside, strict=True)],
        people=people,
    )
    first = tuple(units.probability[one] for one in unit)
    return Drawn(
        rank=drawn.rank,
        people=drawn.people,
        drawn=drawn.drawn,
        reserves=drawn.reserves,
        probability=tuple(
            one * Fraction(n, m) if m else Fraction(0)
            for one, n, m in zip(first, sizes, drawn.people, strict=True)
        ),
        first_stage=first,
    )


def _strata(
    numbers: NumberArray, stratum: ArrayLike, sizes: Sequence[int]
) -> tuple[ShortArray, tuple[int, ...]]:
    code = np.asarray(stratum)
    if code.shape != numbers.shape or code.ndim != 1 or code.dtype.kind not in "iu":
        raise ValueError(f"{len(numbers)} people need a stratum each, as a whole number")
    if code.size and not 0 <= int(code.min()) <= int(code.max()) < len(sizes):
        raise ValueError(f"a stratum is not in 0..{len(sizes) - 1}")
    population = tuple(np.bincount(code, minlength=len(sizes)).tolist())
    for place, (n, m) in enumerate(zip(sizes, population, strict=True)):
        if not 0 <= n <= m:
            raise ValueError(f"stratum {place} has {m} people: {n} cannot be drawn")
    return code.astype(np.int32), population


def _reserves(
    population: Sequence[int], sizes: Sequence[int], wanted: Sequence[int] | None
) -> tuple[int, ...]:
    if wanted is None:
        return (0,) * len(sizes)
    if len(wanted) != len(sizes) or min(wanted, default=0) < 0:
        raise ValueError("each stratum has a number of reserves that is not below 0")
    return tuple(min(r, m - n) for r, m, n in zip(wanted, population, sizes, strict=True))


def _order(
    numbers: NumberArray,
    code: ShortArray,
    keys: Sequence[NDArray[np.generic]],
    people: Sequence[bytes] | None,
) -> IntArray:
    """Sort rows by stratum, the keys in turn, number, then person."""
    order = np.lexsort((numbers, *reversed(keys), code))
    if people is None or not len(order):
        return order
    tied = numbers[order[1:]] == numbers[order[:-1]]
    # Two of a million 64-bit numbers are equal once in 37 million draws.
    if not tied.any():
        return order
    for column in (code, *keys):
        tied &= column[order[1:]] == column[order[:-1]]
    edges = np.flatnonzero(np.concatenate([[True], ~tied, [True]])).tolist()
    for low, high in pairwise(edges):
        if high - low > 1:
            rows: list[int] = order[low:high].tolist()
            order[low:high] = sorted(rows, key=people.__getitem__)
    return order


def _places(code: ShortArray, counts: Sequence[int]) -> ShortArray:
    """Give each row of codes in runs its place in its run, from 0."""
    first = np.cumsum([0, *counts])[:-1].astype(np.int32)
    place = np.arange(len(code), dtype=np.int32)
    place -= first[code]
    return place


def _ranks(
    order: IntArray, code: ShortArray, population: Sequence[int], most: Sequence[int]
) -> ShortArray:
    own = code[order]
    place = _places(own, population)
    place += 1
    place[place > np.array(most, dtype=np.int32)[own]] = 0
    rank = np.empty(len(code), dtype=np.int32)
    rank[order] = place
    return rank


def _drawn(
    rank: ShortArray, population: Sequence[int], sizes: Sequence[int], spare: Sequence[int]
) -> Drawn:
    return Drawn(
        rank=rank,
        people=tuple(population),
        drawn=tuple(sizes),
        reserves=tuple(spare),
        probability=tuple(
            Fraction(n, m) if m else Fraction(0) for n, m in zip(sizes, population, strict=True)
        ),
        first_stage=(Fraction(1),) * len(sizes),
    )
