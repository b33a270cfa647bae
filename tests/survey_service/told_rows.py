"""What a publication tells of: its units, groups and items, and what its rows are made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from attack import Leaf, Shown
from seen_sheets import leaf_lines, to_be_seen, truth

from questionnaires.definition import Item
from survey_service.analysing.computing import Results
from survey_service.findings.answers import Distribution
from survey_service.sheet.score_sheet import UnitSheet

Unknown = tuple[object, ...]
"""("mean", year, unit, leaf, group), ("valid", year, unit, group, leaves) and so on."""
Equation = Mapping[Unknown, Fraction | int]
Cell = tuple[int, int]
"""Unit and group."""
BY_UNIT = {"own", "transaction"}


@dataclass(frozen=True)
class Told:
    """One publication, and the truth behind it to check by."""

    results: Results
    year: int = 0

    @cached_property
    def groups(self) -> list[str]:
        return [group.code for group in self.results.scored.content.framework.groups]

    @cached_property
    def sheets(self) -> list[UnitSheet]:
        lines = {unit.code: unit for unit in self.results.sheet.units}
        return [lines[unit.code] for unit in self.results.scored.content.design.units]

    @cached_property
    def places(self) -> dict[str, int]:
        return {unit.code: place for place, unit in enumerate(self.sheets)}

    @cached_property
    def leaves(self) -> list[dict[str, Leaf]]:
        return [
            {leaf.count.leaf: leaf for leaf in truth(self.results.scored, place)}
            for place in range(len(self.sheets))
        ]

    @cached_property
    def shown(self) -> list[Shown]:
        return [to_be_seen(unit) for unit in self.sheets]

    def members(self, unit_class: str) -> list[int]:
        return [place for place, unit in enumerate(self.sheets) if unit.unit_class == unit_class]

    def mean(self, unit: int, leaf: str, group: int) -> Unknown:
        return "mean", self.year, unit, leaf, group

    def valid(self, unit: int, leaves: Iterable[str], group: int) -> Unknown:
        return "valid", self.year, unit, group, frozenset(leaves)

    def returned(self, unit: int, group: int) -> Unknown:
        return "returned", self.year, unit, group

    def asked(self, item: Item, unit_class: str) -> list[int]:
        return self._put_to.get((item.code, unit_class), [])

    @cached_property
    def _put_to(self) -> dict[tuple[str, str], list[int]]:
        content = self.results.scored.content
        found: dict[tuple[str, str], list[int]] = {}
        for unit_class in content.framework.unit_classes:
            for place, group in enumerate(self.groups):
                for item in content.questionnaires.asked(content.framework, group, unit_class.code):
                    found.setdefault((item.code, unit_class.code), []).append(place)
        return found

    def leaf_of(self, item: Item, unit_class: str, group: int) -> str | None:
        """Give the leaf whose mean an item alone is for a group; None where there is more to it."""
        leaf = item.leaves.get(unit_class)
        beside = [
            other
            for other in self.results.scored.content.questionnaires.items
            if other.leaves.get(unit_class) == leaf and group in self.asked(other, unit_class)
        ]
        return leaf if leaf is not None and len(beside) == 1 else None

    def units_of(self, row: Distribution) -> list[int]:
        """Find of which units a row about a class was made: of all, or of those with own rows."""
        if row.unit is not None:
            return [self.places[row.unit]]
        members = self.members(row.unit_class)
        if row.units == len(members):
            return members
        own = [
            self.places[other.unit]
            for other in self.results.findings.answers.distributions
            if (other.item, other.unit_class) == (row.item, row.unit_class)
            and other.unit is not None
            and other.missing is None
        ]
        assert len(own) == row.units, (row, own)
        return own

    def counting(self, unit_class: str, leaves: Sequence[str], groups: set[int]) -> list[int]:
        """Find the units on which these groups count, from what the sheet says of each."""
        found: list[int] = []
        for place in self.members(unit_class):
            lines = {line.code: line for line in leaf_lines(self.sheets[place])}
            if all(
                groups.isdisjoint(self.groups.index(code) for code in lines[leaf].left_out)
                for leaf in leaves
            ):
                found.append(place)
        return found
