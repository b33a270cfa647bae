"""How many people of each stratum are drawn, where a rule gives the number for all of them."""

import math
from collections.abc import Sequence
from fractions import Fraction

from analysis.planning.allocation import Method, PlannedStratum, allocate


def stratum_sizes(
    people: Sequence[int],
    total: int,
    method: Method,
    *,
    floor: int = 0,
    sigmas: Sequence[Fraction] | None = None,
) -> tuple[int, ...]:
    """Share out `total` over strata of so many people, as `allocate` does, and always find a way.

    A stratum smaller than the floor is taken whole; where the floors come to more than the total
    they prevail, and where all people are fewer they are all taken. Raises ValueError where a
    figure is below 0 or strata and standard deviations are not as many.
    """
    spread = [Fraction(1)] * len(people) if sigmas is None else list(sigmas)
    if len(spread) != len(people):
        raise ValueError(f"{len(people)} strata and {len(spread)} standard deviations do not fit")
    if total < 0:
        raise ValueError(f"{total} people cannot be drawn")
    strata = [
        PlannedStratum(population=m, sigma=sigma, floor=min(floor, m))
        for m, sigma in zip(people, spread, strict=True)
    ]
    least = sum(one.floor for one in strata)
    return allocate(strata, min(max(total, least), sum(people)), method)


def unit_sizes(
    people: Sequence[int], probability: Sequence[Fraction], total: int, *, floor: int = 2
) -> tuple[int, ...]:
    """Give how many people each unit of a two-stage sample gets if it is drawn.

    n_i = n·M_i/(M·π_i), rounded half up, so that everybody has nearly the same chance n/M
    whichever other units are drawn: with chances proportional to size that is one number for all
    units but the certain ones. The sample comes to about n. A unit gives `floor` people or more
    as far as it has them. Raises ValueError where a unit with people cannot be drawn.
    """
    everybody = sum(people)
    sizes: list[int] = []
    for m, first in zip(people, probability, strict=True):
        if m and not first:
            raise ValueError("a unit with people must have a chance to be drawn")
        exact = Fraction(total * m, everybody) / first if m else Fraction(0)
        sizes.append(min(m, max(floor, math.floor(exact + Fraction(1, 2)))))
    return tuple(sizes)
