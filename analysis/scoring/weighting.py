"""Which groups count on a leaf, with what share, and the exact points that follow."""

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
    """A leaf's exact points (None where not measurable), its cover κ and its groups' shares."""

    points: Fraction | None
    cover: Fraction
    state: LeafState
    blocked: bool
    shares: tuple[GroupShare, ...]


def weigh(
    leaf: LeafColumns,
    means: dict[int, tuple[int, Fraction | None]],
    index: IndexColumns,
) -> LeafPoints:
    """Apply the minimum-count rule to a leaf of one unit: b = P · Σ ω* m, ω* = ω·1{…}/κ.

    `means` gives n and the exact mean of each group that has ballots. A group without a valid
    ballot never counts, whatever the rule; under `block` any group below its minimum, also an
    empty one, blocks the unit.
    """
    drafts: list[tuple[int, int, Fraction | None, Fraction, GroupState]] = []
    for group, weight in enumerate(leaf.weights):
        if weight > 0:
            n, mean = means.get(group, (0, None))
            state = _state(n, leaf.minimum[group], index)
            drafts.append((group, n, mean, weight, state))
    cover = sum(
        (weight for *_, weight, state in drafts if state in {"counted", "flagged"}), Fraction(0)
    )
    measured = cover > 0 and cover >= index.minimum_cover
    shares = tuple(
        GroupShare(
            group=group,
            n=n,
            mean=mean,
            weight=weight,
            effective_weight=weight / cover
            if measured and state in {"counted", "flagged"}
            else Fraction(0),
            state=state,
        )
        for group, n, mean, weight, state in drafts
    )
    fraction = sum((s.effective_weight * s.mean for s in shares if s.mean is not None), Fraction(0))
    return LeafPoints(
        points=leaf.maximum * fraction if measured else None,
        cover=cover,
        state="measured" if measured else "not_measurable",
        blocked=index.below_minimum == "block" and any(s.n < leaf.minimum[s.group] for s in shares),
        shares=shares,
    )


def _state(n: int, minimum: int, index: IndexColumns) -> GroupState:
    if n == 0:
        return "empty"
    if n >= minimum:
        return "counted"
    return "below_minimum" if index.below_minimum == "renormalise" else "flagged"
