"""What a publication tells of means and of single options, as equations."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from told_rows import Cell, Equation, Told, Unknown

from analysis.scoring.columns import NOT_ASKED
from questionnaires.definition import Item
from survey_service.findings.answers import Distribution, GroupDifference, SatisfactionLine


@dataclass(frozen=True)
class SeenMeans(Told):
    """The means of groups, each an unknown."""

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

    def options(self, unit_class: str, leaf: str) -> Iterator[Equation]:
        """Write all that is told of one leaf as equations for how many chose each option.

        The number of a cell's answers is taken as known, so that the last option follows from the
        others. What is told of several leaves together is taken as if the others were known.
        """
        bank = self.results.scored.content.questionnaires
        answers = self.results.findings.answers
        items = [item for item in bank.items if item.leaves.get(unit_class) == leaf]
        values = self._values(items[0])
        two = [Fraction(place < 2) for place in range(len(values))]
        here = [
            unit for unit in self.members(unit_class) if ("leaf", leaf) in self.shown[unit].rows
        ]
        told = [self.points(unit, ("leaf", leaf)) for unit in here]
        told += [
            {self.mean(unit, leaf, group): 1}
            for unit in self.members(unit_class)
            if leaf in self.shown[unit].groups
            for group in self.leaves[unit][leaf].count.groups
        ]
        told += [
            self.difference(one)
            for one in answers.group_differences
            if (one.unit_class, one.leaf) == (unit_class, leaf)
        ]
        index = [
            {unknown: share for unknown, share in self.index(line).items() if unknown[3] == leaf}
            for line in answers.satisfaction
            if line.missing is None and line.unit_class == unit_class
        ]
        yield from (self._scored(equation, values) for equation in (*told, *index))
        yield from (self._scored(equation, two) for equation in index)
        codes = {item.code for item in items}
        for row in answers.distributions:
            if row.missing is None and row.unit_class == unit_class and row.item in codes:
                cells = [cell for cell, n in self.shares(row).items() if n]
                for chosen in range(len(values) - 1):
                    yield {("option", *cell, chosen): 1 for cell in cells}

    def _values(self, item: Item) -> list[Fraction]:
        content = self.results.scored.content
        values = content.framework.rules.option_values[item.scale or ""]
        return [Fraction(values[one.code]) for one in content.questionnaires.options(item)]

    def _scored(self, equation: Equation, values: Sequence[Fraction]) -> Equation:
        """Turn a mean into the numbers of its options, the last one taken out."""
        found: dict[Unknown, Fraction | int] = {}
        for unknown, share in equation.items():
            _, _, unit, leaf, group = unknown
            n = self.leaves[int(str(unit))][str(leaf)].count.groups[int(str(group))]
            for chosen, value in enumerate(values[:-1]):
                if n:
                    found["option", *unknown, chosen] = share * (value - values[-1]) / n
        return found
