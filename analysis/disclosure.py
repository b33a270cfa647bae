"""Which rows of a score sheet are hidden, so that no small cell is shown or can be derived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.derivation import derivable

Reason = Literal["primary", "complementary"]
Kind = Literal["leaf", "component", "total", "class_leaf", "class_component", "class_total"]
Cell = tuple[int, str]
"""A unit and the code of one of its leaves."""
Row = tuple[Kind, int, str]
"""A published row: its kind, its unit or unit class, and its code ("" for a total)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafCount:
    """How many valid ballots each weighted group gave on one leaf of one unit.

    `measured` is False where the leaf has no points, so that no sum contains it.
    """

    unit: int
    unit_class: int
    component: str
    leaf: str
    groups: Mapping[int, int]
    measured: bool = True

    @property
    def n(self) -> int:
        """Count the valid ballots of all groups."""
        return sum(self.groups.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """The rows to hide, each with its reason; they still count in every sum.

    `groups` names leaves of units whose group rows are all hidden; `rows` every hidden leaf,
    component and total of a unit or of a class table; `extremes` the class rows (class, leaf or
    component) whose highest and lowest unit may not be named, though the mean may be.
    """

    groups: dict[Cell, Reason]
    rows: dict[Row, Reason]
    extremes: frozenset[tuple[int, str]]


def suppress(leaves: Sequence[LeafCount], *, threshold: int = 10) -> Suppression:
    """Hide small cells, then what they could be derived from by subtraction.

    Group rows of a leaf are hidden together where one group has fewer ballots than the
    threshold; a leaf with fewer in all is hidden whole. As a unit's components and total are
    sums of its leaves, and a class table's rows are means over its units, further leaves (those
    with the fewest ballots first) and then class rows are hidden until the rows still published
    determine no hidden leaf (Willenborg & de Waal 2001, ch. 6). A leaf that nobody answered
    has nothing to hide but its group rows.
    """
    rows: dict[Row, Reason] = {
        ("leaf", leaf.unit, leaf.leaf): "primary" for leaf in leaves if 0 < leaf.n < threshold
    }
    for unit_class in sorted({leaf.unit_class for leaf in leaves}):
        own = [leaf for leaf in leaves if leaf.unit_class == unit_class and leaf.measured]
        _Table(unit_class, own, rows).protect()
    groups: dict[Cell, Reason] = {}
    for leaf in leaves:
        if any(n < threshold for n in leaf.groups.values()):
            groups[leaf.unit, leaf.leaf] = "primary"
        elif ("leaf", leaf.unit, leaf.leaf) in rows:
            groups[leaf.unit, leaf.leaf] = "complementary"
    return Suppression(groups=groups, rows=rows, extremes=_extremes(leaves, rows))


def _extremes(leaves: Iterable[LeafCount], rows: dict[Row, Reason]) -> frozenset[tuple[int, str]]:
    return frozenset(
        (leaf.unit_class, code)
        for leaf in leaves
        for row, code in (
            (("leaf", leaf.unit, leaf.leaf), leaf.leaf),
            (("component", leaf.unit, leaf.component), leaf.component),
            (("total", leaf.unit, ""), ""),
        )
        if row in rows
    )


class _Table:
    """The measured leaves of one class with the rows published over them; `hidden` grows."""

    def __init__(
        self, unit_class: int, leaves: Sequence[LeafCount], hidden: dict[Row, Reason]
    ) -> None:
        self.unit_class = unit_class
        self.leaves = {(leaf.unit, leaf.leaf): leaf for leaf in leaves}
        self.hidden = hidden
        self.sums: dict[Row, set[Cell]] = {}
        for cell, leaf in self.leaves.items():
            for row in (*self._unit_rows(leaf), *self._class_rows(leaf)):
                self.sums.setdefault(row, set()).add(cell)

    def _unit_rows(self, leaf: LeafCount) -> tuple[Row, Row]:
        return ("component", leaf.unit, leaf.component), ("total", leaf.unit, "")

    def _class_rows(self, leaf: LeafCount) -> tuple[Row, Row, Row]:
        return (
            ("class_leaf", self.unit_class, leaf.leaf),
            ("class_component", self.unit_class, leaf.component),
            ("class_total", self.unit_class, ""),
        )

    def protect(self) -> None:
        """Hide further rows until no hidden leaf can be derived.

        Units are closed first, one row each in a pass, as that often closes the class too.
        """
        while True:
            inside = self._derivable(("component", "total"))
            if inside:
                for leaf in {leaf.unit: leaf for leaf in reversed(inside)}.values():
                    self._close_unit(leaf)
                continue
            across = self._derivable(
                ("component", "total", "class_leaf", "class_component", "class_total")
            )
            if not across:
                return
            for row in [self._first_shown(leaf) for leaf in across]:
                self._hide(row)

    def _derivable(self, kinds: tuple[Kind, ...]) -> list[LeafCount]:
        unknown = {cell for cell in self.leaves if ("leaf", *cell) in self.hidden}
        equations = [
            cells & unknown
            for row, cells in self.sums.items()
            if row[0] in kinds and row not in self.hidden
        ]
        return [self.leaves[cell] for cell in sorted(derivable(equations))]

    def _close_unit(self, leaf: LeafCount) -> None:
        component, total = self._unit_rows(leaf)
        siblings = self._shown(self.sums[component])
        others = self._shown(self.sums[total])
        if siblings:
            self._hide(("leaf", leaf.unit, siblings[0].leaf))
        elif component not in self.hidden:
            self._hide(component)
        elif others:
            self._hide(("leaf", leaf.unit, others[0].leaf))
            self._hide(("component", leaf.unit, others[0].component))
        else:
            self._hide(total)

    def _first_shown(self, leaf: LeafCount) -> Row:
        rows = (*self._class_rows(leaf), *self._unit_rows(leaf))
        return next(row for row in rows if row not in self.hidden)

    def _shown(self, cells: Iterable[Cell]) -> list[LeafCount]:
        """List the leaves still shown, those that cost least to hide first."""
        shown = [self.leaves[cell] for cell in cells if ("leaf", *cell) not in self.hidden]
        return sorted(shown, key=lambda leaf: (leaf.n, leaf.leaf))

    def _hide(self, row: Row) -> None:
        self.hidden.setdefault(row, "complementary")
