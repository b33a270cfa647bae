"""The first stage of a two-stage sample: units drawn with equal or proportional chances."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.sampling.numbers import part_of

Chances = Literal["proportional", "equal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsDrawn:
    """Which of K units were drawn, shape (K,) as booleans, and each one's probability of that.

    A unit with probability 1 is certain: it is a stratum of its own, not a cluster.
    """

    chosen: tuple[bool, ...]
    probability: tuple[Fraction, ...]

    @property
    def certain(self) -> tuple[bool, ...]:
        """Tell which units could not but be drawn."""
        return tuple(one == 1 for one in self.probability)


def draw_units(
    people: Sequence[int],
    numbers: ArrayLike,
    count: int,
    chances: Chances,
    *,
    start: int = 0,
) -> UnitsDrawn:
    """Draw `count` of K units that have so many `people` each; empty units are never drawn.

    "equal": the units with the smallest numbers (simple random sampling). "proportional": by
    π = k·M_i/M, systematically along the units in the order of their numbers (Hartley & Rao 1962);
    a unit with k·M_i/M ≥ 1 is certain, and the rest is shared anew among the others. `numbers`,
    shape (K,), and `start` are permanent random numbers of 64 bits. Raises ValueError where fewer
    units have people than are to be drawn.
    """
    lots = [int(one) for one in np.asarray(numbers, dtype=np.uint64).tolist()]
    if len(lots) != len(people) or min(people, default=0) < 0:
        raise ValueError("each unit has a number and a count of people that is not below 0")
    filled = sum(1 for one in people if one)
    if not 1 <= count <= filled:
        raise ValueError(f"{count} units cannot be drawn from {filled} that have people")
    order = sorted(range(len(people)), key=lambda place: (lots[place], place))
    if chances == "equal":
        drawn = [place for place in order if people[place]][:count]
        probability = [Fraction(count, filled) if one else Fraction(0) for one in people]
        return _drawn(drawn, probability)
    probability = proportional(people, count)
    certain = [place for place, one in enumerate(probability) if one == 1]
    return _drawn(
        certain + _systematic(people, order, probability, start, count - len(certain)), probability
    )


def proportional(people: Sequence[int], count: int) -> list[Fraction]:
    """Give each unit k·M_i/M, or 1 where that is more, so that they sum to `count`."""
    certain: set[int] = set()
    while True:
        left = count - len(certain)
        total = sum(one for place, one in enumerate(people) if place not in certain)
        more = {
            place
            for place, one in enumerate(people)
            if one and place not in certain and left * one >= total
        }
        if not more or not left:
            break
        certain |= more
    return [
        Fraction(1) if place in certain else Fraction(left * one, total) if total else Fraction(0)
        for place, one in enumerate(people)
    ]


def _systematic(
    people: Sequence[int],
    order: Sequence[int],
    probability: Sequence[Fraction],
    start: int,
    count: int,
) -> list[int]:
    """Walk along the uncertain units and take one wherever a whole interval is completed.

    All is in whole numbers: with a start t uniform on 0 to M − 1, a unit of m people is taken
    with the probability count·m/M exactly.
    """
    walked = [place for place in order if 0 < probability[place] < 1]
    total = sum(people[place] for place in walked)
    at = part_of(start, total)
    drawn: list[int] = []
    for place in walked:
        reached = at + count * people[place]
        if reached // total > at // total:
            drawn.append(place)
        at = reached
    return drawn


def _drawn(places: Sequence[int], probability: Sequence[Fraction]) -> UnitsDrawn:
    taken = set(places)
    return UnitsDrawn(
        chosen=tuple(place in taken for place in range(len(probability))),
        probability=tuple(probability),
    )
