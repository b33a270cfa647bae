"""A sample shared out over strata: proportional, Neyman or equal, within floors and caps."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Method = Literal["proportional", "neyman", "fixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStratum:
    """A stratum of N_h people; `sigma` is the standard deviation of their answers."""

    population: int
    sigma: Fraction = Fraction(1)
    floor: int = 0
    cap: int | None = None

    @property
    def most(self) -> int:
        """The most that can be drawn."""
        return self.population if self.cap is None else min(self.cap, self.population)


def allocate(strata: Sequence[PlannedStratum], total: int, method: Method) -> tuple[int, ...]:
    """Share out `total` people: n_h ∝ N_h, N_h·σ_h (Neyman 1934) or the same for each.

    Floors and caps hold, the rest stays in proportion (the exact solution of Σ min(max(λ·w_h,
    floor_h), cap_h) = n), and whole numbers come by the largest remainders, ties to the earlier
    stratum; so the sum is exact. Raises ValueError where a floor is above its cap or population,
    a figure is negative, or the floors or caps leave no room for the total.
    """
    for place, one in enumerate(strata, 1):
        if one.population < 0 or one.sigma < 0 or one.floor < 0:
            raise ValueError(f"stratum {place}: a figure is below 0")
        if one.floor > one.most:
            raise ValueError(f"stratum {place}: the floor {one.floor} is above {one.most}")
    lowest, highest = sum(one.floor for one in strata), sum(one.most for one in strata)
    if not lowest <= total <= highest:
        raise ValueError(f"the strata take {lowest} to {highest}, not {total}")
    weights = [_weight(one, method) for one in strata]
    return _whole(_exact(strata, weights, total), total)


def _weight(stratum: PlannedStratum, method: Method) -> Fraction:
    if method == "fixed":
        return Fraction(1)
    return stratum.population * (stratum.sigma if method == "neyman" else Fraction(1))


def _exact(
    strata: Sequence[PlannedStratum], weights: Sequence[Fraction], total: int
) -> list[Fraction]:
    """Find λ between the points where a stratum leaves its floor or reaches its cap."""

    def given(factor: Fraction) -> list[Fraction]:
        return [
            min(max(factor * weight, Fraction(one.floor)), Fraction(one.most))
            for one, weight in zip(strata, weights, strict=True)
        ]

    turns = sorted(
        {Fraction(0)}
        | {
            Fraction(bound) / weight
            for one, weight in zip(strata, weights, strict=True)
            if weight
            for bound in (one.floor, one.most)
        }
    )

    def together(factor: Fraction) -> Fraction:
        return sum(given(factor), Fraction(0))

    place = bisect_right(turns, total, key=together)
    if place == len(turns):
        full = given(turns[-1])
        return _fill(strata, full, total - sum(full, Fraction(0)))
    low, high = turns[place - 1], turns[place]
    least, most = together(low), together(high)
    return given(low + (high - low) * (total - least) / (most - least))


def _fill(
    strata: Sequence[PlannedStratum], given: list[Fraction], left: Fraction
) -> list[Fraction]:
    """Give what is left to strata without weight, as evenly as their room allows."""
    room = [one.most - own for one, own in zip(strata, given, strict=True)]
    space = sum(room, Fraction(0))
    return [
        own + (left * free / space if space else 0) for own, free in zip(given, room, strict=True)
    ]


def _whole(exact: Sequence[Fraction], total: int) -> tuple[int, ...]:
    """Round to whole numbers with the same sum (Hamilton's method of largest remainders)."""
    down = [math.floor(one) for one in exact]
    remainders = [one - whole for one, whole in zip(exact, down, strict=True)]
    order = sorted(range(len(exact)), key=lambda place: (-remainders[place], place))
    for place in order[: total - sum(down)]:
        down[place] += 1
    return tuple(down)
