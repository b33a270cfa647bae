"""An attacker who knows the method and reads a unit's published figures as equations."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from elimination import alone, is_fixed

from analysis.disclosure.suppression import GroupBallots, LeafCount, Row, Suppression

Cell = tuple[str, int]
"""A leaf and a group: the unknown mean of the group on the leaf."""
Ballots = tuple[str, int, frozenset[str]]
"""How many ballots of a group are "returned", or "valid" on any of these leaves."""
ONE = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf with the points P·ω* that each group which counts can give it."""

    count: LeafCount
    shares: Mapping[int, Fraction]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The sums that contain a measured leaf, and its own row."""
        return (*self.count.sums, self.count.row) if self.shares else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is published of a unit: rows, leaves with group rows, ballots in all and by group."""

    rows: frozenset[Row]
    groups: frozenset[str]
    turnout: bool
    group_turnouts: bool


def shown(leaves: Iterable[Leaf], hidden: Suppression) -> Shown:
    """Give what is left to see."""
    return Shown(
        rows=frozenset(row for leaf in leaves for row in leaf.rows) - hidden.rows,
        groups=frozenset(leaf.count.leaf for leaf in leaves) - hidden.groups,
        turnout=not hidden.turnout,
        group_turnouts=not hidden.group_turnouts,
    )


def leaks(
    leaves: list[Leaf], ballots: Mapping[int, GroupBallots], see: Shown, threshold: int
) -> Iterator[str]:
    """Name everything hidden that follows from what is shown of a unit."""
    yield from _leaking_points(leaves, list(_means(leaves, see)), see, threshold)
    yield from _leaking_numbers(leaves, list(_numbers(leaves, ballots, see)), ballots, threshold)


def _leaking_points(
    leaves: list[Leaf], known: list[dict[Cell, Fraction]], see: Shown, threshold: int
) -> Iterator[str]:
    for row in sorted({row for leaf in leaves for row in leaf.rows} - see.rows):
        if is_fixed(known, _points(leaves, row)):
            yield f"points of {row}"
    thin = {
        (leaf.count.leaf, group)
        for leaf in leaves
        if leaf.count.counted < threshold
        for group in leaf.shares
    }
    if alone(known, thin):
        yield "points that rest on thin leaves only"
    for leaf in leaves:
        for few in _few_together(leaf.count.groups, threshold):
            if alone(known, thin | {(leaf.count.leaf, group) for group in few}):
                yield f"means of {few} on {leaf.count.leaf}"


def _leaking_numbers(
    leaves: list[Leaf],
    known: list[dict[Ballots, Fraction]],
    ballots: Mapping[int, GroupBallots],
    threshold: int,
) -> Iterator[str]:
    for leaf in leaves:
        only = frozenset([leaf.count.leaf])
        for few in _few_together(leaf.count.groups, threshold):
            if alone(known, {("valid", group, only) for group in few}):
                yield f"ballots of {few} on {leaf.count.leaf}"
    for group, one in ballots.items():
        for unknown, n in ((_valid(leaves, group), one.valid), (_returned(group), one.returned)):
            if 0 < n < threshold and is_fixed(known, {unknown: ONE}):
                yield f"{unknown[0]} ballots of {group}"


def _means(leaves: list[Leaf], see: Shown) -> Iterator[dict[Cell, Fraction]]:
    for row in sorted(see.rows):
        yield _points(leaves, row)
    for leaf in leaves:
        if leaf.count.leaf in see.groups:
            yield from ({(leaf.count.leaf, group): ONE} for group in leaf.count.groups)


def _points(leaves: list[Leaf], row: Row) -> dict[Cell, Fraction]:
    return {
        (leaf.count.leaf, group): share
        for leaf in leaves
        if row in leaf.rows
        for group, share in leaf.shares.items()
    }


def _numbers(
    leaves: list[Leaf], ballots: Mapping[int, GroupBallots], see: Shown
) -> Iterator[dict[Ballots, Fraction]]:
    """Give the published n: a group's valid ballots are the same where its leaves are."""
    for group in ballots:
        yield {("valid", group, frozenset()): ONE}  # none, where it weighs on no measured leaf
    for row in sorted(see.rows):
        under = [leaf.count for leaf in leaves if row in leaf.rows]
        groups = sorted({group for leaf in under for group in leaf.groups})
        yield {
            ("valid", group, frozenset(leaf.leaf for leaf in under if group in leaf.groups)): ONE
            for group in groups
        }
    for leaf in leaves:
        if leaf.count.leaf in see.groups:
            for group in leaf.count.groups:
                yield {("valid", group, frozenset([leaf.count.leaf])): ONE}
    if see.turnout:
        yield {_valid(leaves, group): ONE for group in ballots}
        yield {_returned(group): ONE for group in ballots}
    if see.group_turnouts:
        for group in ballots:
            yield {_valid(leaves, group): ONE}
            yield {_returned(group): ONE}


def _valid(leaves: list[Leaf], group: int) -> Ballots:
    measured = (leaf.count for leaf in leaves if leaf.shares)
    return "valid", group, frozenset(leaf.leaf for leaf in measured if group in leaf.groups)


def _returned(group: int) -> Ballots:
    return "returned", group, frozenset()


def _few_together(groups: Mapping[int, int], threshold: int) -> Iterator[tuple[int, ...]]:
    """Give the largest sets of groups that have fewer ballots together than the threshold."""
    some = sorted(group for group, n in groups.items() if n)
    found: list[tuple[int, ...]] = []
    for size in range(len(some), 0, -1):
        for chosen in combinations(some, size):
            few = sum(groups[group] for group in chosen) < threshold
            if few and not any({*chosen} <= {*larger} for larger in found):
                found.append(chosen)
    yield from found
