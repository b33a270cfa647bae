"""Which figures of a unit are hidden, so that none resting on too few ballots can be worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = tuple[str, str]
"""A published row of a unit by its level and code, as ("component", "3") or ("leaf", "3.1")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafCount:
    """The valid ballots that each weighted group gave on one leaf of one unit.

    `counted` are those that its points rest on; 0 where the leaf is not measurable, so that no
    sum contains it. `sums` contain the leaf, outermost first: the total, its component, and its
    criterion where that is split.
    """

    leaf: str
    sums: tuple[Row, ...]
    groups: Mapping[int, int]
    counted: int

    @property
    def row(self) -> Row:
        """The leaf's own row."""
        return "leaf", self.leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupBallots:
    """A group's ballots about one unit: returned, and valid on at least one measured leaf."""

    returned: int
    valid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """What is not shown of one unit; it still counts.

    `rows` are leaves and sums, `groups` the leaves without group rows; `turnout` tells whether
    the unit's own ballots are hidden, `group_turnouts` whether those of its groups are.
    """

    rows: frozenset[Row]
    groups: frozenset[str]
    turnout: bool
    group_turnouts: bool


def suppress(
    leaves: Sequence[LeafCount], ballots: Sequence[GroupBallots], *, threshold: int
) -> Suppression:
    """Hide small cells, and with them what they could be worked out from.

    A leaf that rests on fewer ballots than the threshold is thin and hidden whole. The group
    rows of a leaf are hidden together where one group has fewer. `ballots` are those of every
    group that was asked. What a shown sum leaves open after its shown parts are taken away must
    hold a leaf that is not thin (complementary suppression; Willenborg & de Waal 2001, ch. 6).
    The sums are nested, so what they leave open never overlaps, and no combination of them
    tells more.
    """
    rows = _hide_rows([leaf for leaf in leaves if leaf.counted], threshold)
    groups = frozenset(
        leaf.leaf for leaf in leaves if leaf.row in rows or min(leaf.groups.values()) < threshold
    )
    turnout = _are_few(ballots, threshold)
    return Suppression(
        rows=rows,
        groups=groups,
        turnout=turnout,
        group_turnouts=turnout
        or any(_are_few([one], threshold) for one in ballots)
        or _tells_of_leaves(leaves, groups),
    )


def _hide_rows(leaves: Sequence[LeafCount], threshold: int) -> frozenset[Row]:
    """Hide thin leaves, then close every sum from the inside out.

    A sum is closed by the leaf for which the fewest rows, then ballots, are hidden: itself and
    the inner sums that contain it. Where all are thin, the sum is hidden.
    """
    thin = {leaf.row for leaf in leaves if leaf.counted < threshold}
    hidden = set(thin)
    depths = {row: depth for leaf in leaves for depth, row in enumerate(leaf.sums)}
    for whole, depth in sorted(depths.items(), key=lambda one: -one[1]):
        paths = [
            (*leaf.sums[depth + 1 :], leaf.row)
            for leaf in sorted(leaves, key=lambda leaf: (leaf.counted, leaf.leaf))
            if whole in leaf.sums
        ]
        left_open = {path[-1] for path in paths if hidden.issuperset(path)}
        if left_open and left_open <= thin:
            spare = [path for path in paths if path[-1] not in thin]
            hidden.update(min(spare, key=lambda path: len({*path} - hidden), default=(whole,)))
    return frozenset(hidden)


def _are_few(ballots: Sequence[GroupBallots], threshold: int) -> bool:
    """Tell whether some, but too few, came back or are valid."""
    returned, valid = sum(one.returned for one in ballots), sum(one.valid for one in ballots)
    return 0 < returned < threshold or 0 < valid < threshold


def _tells_of_leaves(leaves: Sequence[LeafCount], closed: frozenset[str]) -> bool:
    """Tell whether a group's valid ballots could be taken from those of a component.

    They can where the group weighs in one component only, for there both are the same; then
    the rest of a leaf without group rows in that component could be narrowed down to a group.
    """
    measured = [leaf for leaf in leaves if leaf.counted]
    parts: dict[int, set[tuple[Row, ...]]] = {}
    for leaf in measured:
        for group in leaf.groups:
            parts.setdefault(group, set()).add(leaf.sums[:2])
    guarded = {leaf.sums[:2] for leaf in measured if leaf.leaf in closed}
    return any(len(own) == 1 and own <= guarded for own in parts.values())
