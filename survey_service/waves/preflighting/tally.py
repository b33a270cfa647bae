"""Counts taken while people are assigned: ballots issued, loads, and who got no unit."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework
from questionnaires.load import GroupLoad, LoadTable, Spread, group_loads
from survey_service.waves.assignment import Assigned

SHOWN = 5
"""How many of the people without a unit are named."""


class Tally:
    """What a wave's assignment amounts to, in memory that grows with units and not with people."""

    def __init__(self, unit_classes: Mapping[Code, Code]) -> None:
        self._unit_classes = unit_classes
        self.issued: Counter[tuple[Code, Code]] = Counter()
        """Ballots by unit and group."""
        self.without_units: Counter[Code] = Counter()
        """People whom the relation gives nobody, by group."""
        self.examples: dict[Code, list[str]] = defaultdict(list)
        """Addresses of the first of them."""
        self._kinds: dict[Code, Counter[tuple[Code, ...]]] = defaultdict(Counter)

    def watch(self, people: Iterable[Assigned]) -> Iterator[Assigned]:
        """Count people as they pass."""
        for person in people:
            classes = tuple(sorted(self._unit_classes[unit] for unit in person.units))
            self._kinds[person.group][classes] += 1
            self.issued.update((unit, person.group) for unit in person.units)
            if not person.units:
                self.without_units[person.group] += 1
                if len(self.examples[person.group]) < SHOWN:
                    self.examples[person.group].append(person.email)
            yield person

    def persons(self, group: Code) -> int:
        """Tell how many people of a group passed."""
        return self._kinds[group].total() if group in self._kinds else 0

    def groups(self) -> tuple[Code, ...]:
        """List the groups that passed, by code."""
        return tuple(sorted(self._kinds))

    def load(self, framework: Framework, questionnaires: Questionnaires) -> LoadTable:
        """Sum up what answering costs each group, and how many raters each unit has."""
        groups = [group.code for group in framework.groups]
        return LoadTable(
            groups=tuple(
                self._group_load(framework, questionnaires, group)
                for group in groups
                if group in self._kinds
            ),
            raters={
                unit: {group: self.issued[unit, group] for group in groups}
                for unit in sorted(self._unit_classes)
            },
        )

    def _group_load(
        self, framework: Framework, questionnaires: Questionnaires, group: Code
    ) -> GroupLoad:
        kinds = self._kinds[group]
        loads = group_loads(framework, questionnaires, group, kinds)
        return GroupLoad(
            group=group,
            persons=kinds.total(),
            without_units=kinds[()],
            units=_spread([(load.units, persons) for load, persons in loads]),
            items=_spread([(load.items, persons) for load, persons in loads]),
            cells=_spread([(load.cells, persons) for load, persons in loads]),
            minutes=_spread([(load.minutes, persons) for load, persons in loads]),
        )


def _spread(figures: list[tuple[int, int]]) -> Spread:
    persons = sum(count for _, count in figures)
    return Spread(
        least=min(figure for figure, _ in figures),
        mean=Fraction(sum(figure * count for figure, count in figures), persons),
        most=max(figure for figure, _ in figures),
    )
