"""A whole publication as equations: what an attacker who knows the method reads from it.

Unknown are the mean of every group on every leaf of every unit, and how many ballots stand behind
it. Which units a figure was made of is worked out from what is published; only what the attacker
may know from elsewhere, and is given here to be safe (every number of ballots as a factor of a
pooled share), comes from the truth.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain

from attack import Leaf, Shown
from seen_sheets import leaf_lines, to_be_seen, truth

from analysis.scoring.columns import NOT_ASKED
from questionnaires.definition import Item
from survey_service.analysing.computing import Results
from survey_service.findings.answers import Distribution, GroupDifference, SatisfactionLine
from survey_service.sheet.score_sheet import Published, Turnout, UnitSheet

Unknown = tuple[object, ...]
"""("mean", year, unit, leaf, group), ("valid", year, unit, group, leaves) and so on."""
Equation = Mapping[Unknown, Fraction | int]
Cell = tuple[int, int]
"""Unit and group."""
BY_UNIT = {"own", "transaction"}


@dataclass(frozen=True)
class Seen:
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

    # --- what rows are made of ---------------------------------------------------------------

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

    # --- means -------------------------------------------------------------------------------

    def means(self) -> Iterator[Equation]:
        yield from self._sheet_means()
        for row in self.results.findings.answers.distributions:
            if row.missing is None:
                yield self.shares(row)
        for line in self.results.findings.answers.satisfaction:
            if line.missing is None:
                yield self.index(line)
        for one in self.results.findings.answers.group_differences:
            yield self.difference(one)
        for weak in self.results.findings.answers.weak_points:
            yield self.points(self.places[weak.unit], ("leaf", weak.leaf))
        for standing in self.results.findings.trust.classes:
            for unit in standing.units:
                yield self.points(self.places[unit.unit], ("total", ""))

    def _sheet_means(self) -> Iterator[Equation]:
        for unit, see in enumerate(self.shown):
            for row in sorted(see.rows):
                yield self.points(unit, row)
            for leaf in sorted(see.groups):
                for group in self.leaves[unit][leaf].count.groups:
                    yield {self.mean(unit, leaf, group): 1}

    def points(self, unit: int, row: tuple[str, str]) -> Equation:
        return {
            self.mean(unit, code, group): share
            for code, leaf in self.leaves[unit].items()
            if row in leaf.rows
            for group, share in leaf.shares.items()
        }

    def shares(self, row: Distribution) -> Equation:
        """Write the shares of one option, or any scoring of them, times the answers behind."""
        item = self.results.scored.content.questionnaires.item(row.item)
        groups = (
            self.asked(item, row.unit_class)
            if row.group is None
            else [self.groups.index(row.group)]
        )
        equation: dict[Unknown, Fraction | int] = {}
        for group in groups:
            leaf = self.leaf_of(item, row.unit_class, group)
            for unit in self.units_of(row):
                n = self.answered(item, unit, group)
                if leaf is not None:
                    equation[self.mean(unit, leaf, group)] = n
                elif n:
                    equation["item", self.year, unit, item.code, group] = n
        return equation

    def answered(self, item: Item, unit: int, group: int) -> int:
        return self._cells[item.code][0].get((unit, group), 0)

    @cached_property
    def _cells(self) -> dict[str, tuple[Counter[Cell], Counter[Cell]]]:
        """Count the answers to each item, and who was asked it, per unit and group."""
        ballots = self.results.scored.columns.ballots
        cells = list(zip(ballots.unit.tolist(), ballots.group.tolist(), strict=True))
        bank = self.results.scored.content.questionnaires
        items = [item for item in bank.items if item.kind != "text"]
        return {
            item.code: (
                Counter(cell for cell, one in zip(cells, column, strict=True) if one > 0),
                Counter(cell for cell, one in zip(cells, column, strict=True) if one != NOT_ASKED),
            )
            for item, column in zip(items, ballots.answers.T.tolist(), strict=True)
        }

    def index(self, line: SatisfactionLine) -> Equation:
        leaves = self.satisfaction_leaves(line.unit_class)
        members = self.members(line.unit_class)
        if line.group is None:
            own = [
                self.places[other.unit]
                for other in self.results.findings.answers.satisfaction
                if (other.unit_class, other.group) == (line.unit_class, None)
                and other.unit is not None
                and other.missing is None
            ]
            units = own if line.unit is None else [self.places[line.unit]]
            return {
                unknown: share
                for unit in units
                for leaf in leaves
                for unknown, share in self.points(unit, ("leaf", leaf)).items()
            }
        group = self.groups.index(line.group)
        weighing = [leaf for leaf in leaves if group in self.leaves[members[0]][leaf].count.groups]
        units = [] if line.unit is None else [self.places[line.unit]]
        if line.unit is None:
            counting = self.counting(line.unit_class, weighing, {group})
            fully_shown = self.open_units(line.unit_class, weighing)
            units = counting if len(counting) == line.units else fully_shown
            assert len(units) == line.units
        return {
            self.mean(unit, leaf, group): self.maximum(line.unit_class, leaf)
            for unit in units
            for leaf in weighing
        }

    def maximum(self, unit_class: str, leaf: str) -> Fraction:
        framework = self.results.scored.content.framework
        return Fraction(framework.unit_class(unit_class).leaf(leaf).max)

    def open_units(self, unit_class: str, leaves: Sequence[str]) -> list[int]:
        return [
            unit
            for unit in self.members(unit_class)
            if all(leaf in self.shown[unit].groups for leaf in leaves)
        ]

    def satisfaction_leaves(self, unit_class: str) -> list[str]:
        """Give the leaves that only service users are asked about, on satisfaction scales only."""
        content = self.results.scored.content
        bank = content.questionnaires
        served = [one.group for one in bank.relations if one.rates.units == "transaction"]
        users = {self.groups.index(group) for group in served or self.groups}
        scales = {scale.code for scale in bank.scales if scale.role == "satisfaction"}
        found: list[str] = []
        for leaf in content.framework.unit_class(unit_class).survey_leaves():
            items = [
                item
                for item in bank.items
                if item.leaves.get(unit_class) == leaf.code and self.asked(item, unit_class)
            ]
            groups = {group for item in items for group in self.asked(item, unit_class)}
            satisfies = not scales or {item.scale for item in items} <= scales
            if items and groups <= users and satisfies:
                found.append(leaf.code)
        return found

    def difference(self, one: GroupDifference) -> Equation:
        first, second = self.groups.index(one.one), self.groups.index(one.other)
        members = self.members(one.unit_class)
        every = set(self.leaves[members[0]][one.leaf].count.groups)
        units = self.counting(one.unit_class, [one.leaf], every)
        if len(units) != one.units:
            units = self.open_units(one.unit_class, [one.leaf])
        assert len(units) == one.units
        return {self.mean(unit, one.leaf, first): 1 for unit in units} | {
            self.mean(unit, one.leaf, second): -1 for unit in units
        }

    # --- numbers of ballots ------------------------------------------------------------------

    def numbers(self) -> Iterator[Equation]:
        for unit, see in enumerate(self.shown):
            leaves = self.leaves[unit]
            for row in sorted(see.rows):
                yield self.behind(unit, row)
            for leaf in sorted(see.groups):
                for group in leaves[leaf].count.groups:
                    yield {self.valid(unit, [leaf], group): 1}
            yield from self._turnouts(unit)
        for row in self.results.findings.answers.distributions:
            if row.missing is None:
                yield self.answers(row)
        yield from self._left_out()
        yield from self._people()

    def behind(self, unit: int, row: tuple[str, str]) -> Equation:
        under = [leaf.count for leaf in self.leaves[unit].values() if row in leaf.rows]
        groups = sorted({group for leaf in under for group in leaf.groups})
        return {
            self.valid(unit, [leaf.leaf for leaf in under if group in leaf.groups], group): 1
            for group in groups
        }

    def whole(self, unit: int, group: int) -> Unknown:
        """Name the valid ballots of a group about a unit; the same where its leaves are."""
        measured = (leaf.count for leaf in self.leaves[unit].values() if leaf.shares)
        return self.valid(unit, [leaf.leaf for leaf in measured if group in leaf.groups], group)

    def _turnouts(self, unit: int) -> Iterator[Equation]:
        sheet = self.sheets[unit]
        own = [self.groups.index(line.group) for line in sheet.groups]
        if isinstance(sheet.turnout, Turnout):
            yield {self.returned(unit, group): 1 for group in own}
            yield {self.whole(unit, group): 1 for group in own}
        for line in sheet.groups:
            if isinstance(line.turnout, Turnout):
                yield {self.returned(unit, self.groups.index(line.group)): 1}
                yield {self.whole(unit, self.groups.index(line.group)): 1}

    def answers(self, row: Distribution) -> Equation:
        item = self.results.scored.content.questionnaires.item(row.item)
        groups = (
            self.asked(item, row.unit_class)
            if row.group is None
            else [self.groups.index(row.group)]
        )
        return {
            self.number(item, row.unit_class, unit, group): 1
            for group in groups
            for unit in self.units_of(row)
        }

    def number(self, item: Item, unit_class: str, unit: int, group: int) -> Unknown:
        leaf = self.leaf_of(item, unit_class, group)
        if leaf is not None:
            return self.valid(unit, [leaf], group)
        return "answered", self.year, unit, item.code, group

    def _left_out(self) -> Iterator[Equation]:
        """Read how many answered an item, per group and in all."""
        bank = self.results.scored.content.questionnaires
        lines = [line for line in self.results.findings.quality.items if line.missing is None]
        told = {(line.item, line.group): line.asked for line in lines}
        for line in lines:
            item = bank.item(line.item)
            groups = [
                place
                for place, group in enumerate(self.groups)
                if group in item.groups and line.group in {None, group}
            ]
            yield {
                self.number(item, self.sheets[unit].unit_class, unit, group): 1
                for group in groups
                for unit in self._counted_of(item, group, told, alone=len(groups) == 1)
            }

    def _counted_of(
        self,
        item: Item,
        group: int,
        told: Mapping[tuple[str, str | None], int | None],
        *,
        alone: bool,
    ) -> list[int]:
        """Find of which units a group's answers were counted, by how many were asked."""
        asked = [
            unit
            for unit, sheet in enumerate(self.sheets)
            if group in self.asked(item, sheet.unit_class)
        ]
        own = told.get((item.code, self.groups[group]))
        if own is None and alone:
            own = told.get((item.code, None))
        counts = self._cells[item.code][1]
        return (
            asked
            if own == sum(counts[unit, group] for unit in asked)
            else [
                unit
                for unit in asked
                if all(isinstance(line.turnout, Turnout) for line in self.sheets[unit].groups)
                and item.leaves.get(self.sheets[unit].unit_class, "")
                in {"", *self.shown[unit].groups}
            ]
        )

    def _people(self) -> Iterator[Equation]:
        """Read who answered, for groups whose people rate one unit each."""
        relations = self.results.scored.content.questionnaires.relations
        by_unit = {one.group for one in relations if one.rates.units in BY_UNIT}
        strata = {one.code: one for one in self.results.scored.content.design.strata}
        for line in self.results.findings.responding.lines:
            if line.missing is not None or line.rates is None or line.level == "wave":
                continue
            code = line.code if line.level == "group" else strata[line.code].group
            if code not in by_unit:
                continue
            unit = line.code.partition("/")[2] if line.level == "stratum" else ""
            places = [self.places[unit]] if unit in self.places else range(len(self.sheets))
            if line.level == "group" or unit in self.places:
                yield {self.returned(place, self.groups.index(code)): 1 for place in places}


def shown_results(seen: Seen) -> Iterator[Published]:
    """Walk every published figure of the sheet that has a number of ballots."""
    for unit in seen.sheets:
        lines = list(chain.from_iterable((line, *line.groups) for line in leaf_lines(unit)))
        for one in (unit, *unit.components, *lines):
            if isinstance(one.result, Published):
                yield one.result
