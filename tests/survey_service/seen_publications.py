"""A whole publication as equations: what an attacker who knows the method reads from it.

Unknown are the mean of every group on every leaf of every unit, and how many ballots stand behind
it. Which units a figure was made of is worked out from what is published; only what the attacker
may know from elsewhere, and is given here to be safe (every number of ballots as a factor of a
pooled share), comes from the truth.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from seen_means import SeenMeans
from seen_sheets import leaf_lines
from told_rows import BY_UNIT, Equation, Unknown

from questionnaires.definition import Item
from survey_service.findings.answers import Distribution
from survey_service.sheet.score_sheet import Published, Turnout


@dataclass(frozen=True)
class Seen(SeenMeans):
    """One publication, and the truth behind it to check by."""

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
