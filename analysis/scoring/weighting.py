"""Which groups count on a leaf, with what share, and the exact points that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from analysis.scoring.columns import IndexColumns, LeafColumns

LeafState = Literal["measured", "not_measurable"]
GroupState = Literal["counted", "flagged", "below_minimum", "empty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """One group's share of a leaf before and after the minimum-count rule (ω and ω*)."""

    group: int
    n: int
    mean: Fraction | None
    weight: Fraction
    effective_weight: Fraction
    state: GroupState


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPoints:
    """A leaf's exact points (None where not measurable), its cover κ and its groups' shares.

    `worth` has P·ω* of each share as a float, for the standard errors.
    """

    points: Fraction | None
    cover: Fraction
    state: LeafState
    blocked: bool
    shares: tuple[GroupShare, ...]
    worth: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Cover:
    """What follows from who counts: κ, whether the leaf is measured, every ω* and P·ω*."""

    cover: Fraction
    measured: bool
    effective: tuple[Fraction, ...]
    worth: tuple[float, ...]


class LeafWeighing:
    """Applies the minimum-count rule to one leaf of one unit after another.

    It remembers what it has met: hundreds of units have a handful of patterns of who counts.
    """

    def __init__(self, leaf: LeafColumns, index: IndexColumns) -> None:
        self._leaf = leaf
        self._index = index
        self._groups = [group for group, weight in enumerate(leaf.weights) if weight > 0]
        self._covers: dict[tuple[GroupState, ...], _Cover] = {}

    def weigh(self, means: dict[int, tuple[int, Fraction | None]]) -> LeafPoints:
        """Give the points of a unit: b = P · Σ ω* m, ω* = ω·1{…}/κ.

        `means` gives n and the exact mean of each group that has ballots. A group without a
        valid ballot never counts, whatever the rule; under `block` any group below its minimum,
        also an empty one, blocks the unit.
        """
        leaf, index = self._leaf, self._index
        given = [means.get(group, (0, None)) for group in self._groups]
        states: tuple[GroupState, ...] = tuple(
            _state(n, leaf.minimum[group], index)
            for group, (n, _) in zip(self._groups, given, strict=True)
        )
        if states not in self._covers:
            self._covers[states] = self._cover(states)
        cover = self._covers[states]
        shares = tuple(
            GroupShare(
                group=group,
                n=n,
                mean=mean,
                weight=leaf.weights[group],
                effective_weight=effective,
                state=state,
            )
            for group, (n, mean), effective, state in zip(
                self._groups, given, cover.effective, states, strict=True
            )
        )
        return LeafPoints(
            points=leaf.maximum * _mixed(shares) if cover.measured else None,
            cover=cover.cover,
            state="measured" if cover.measured else "not_measurable",
            blocked=index.below_minimum == "block"
            and any(share.n < leaf.minimum[share.group] for share in shares),
            shares=shares,
            worth=cover.worth,
        )

    def _cover(self, states: tuple[GroupState, ...]) -> _Cover:
        weights = [self._leaf.weights[group] for group in self._groups]
        counting = [
            weight if state in {"counted", "flagged"} else Fraction(0)
            for weight, state in zip(weights, states, strict=True)
        ]
        cover = sum(counting, Fraction(0))
        measured = cover > 0 and cover >= self._index.minimum_cover
        effective = tuple(one / cover if measured else Fraction(0) for one in counting)
        worth = tuple(float(self._leaf.maximum * one) for one in effective)
        return _Cover(cover, measured, effective, worth)


def _mixed(shares: Sequence[GroupShare]) -> Fraction:
    """Give Σ ω* m, reduced once: a sum of fractions would be reduced at every step."""
    above, below = 0, 1
    for share in shares:
        if share.mean is not None:
            weight, mean = share.effective_weight, share.mean
            divisor = weight.denominator * mean.denominator
            above = above * divisor + weight.numerator * mean.numerator * below
            below *= divisor
    return Fraction(above, below)


def _state(n: int, minimum: int, index: IndexColumns) -> GroupState:
    if n == 0:
        return "empty"
    if n >= minimum:
        return "counted"
    return "below_minimum" if index.below_minimum == "renormalise" else "flagged"
