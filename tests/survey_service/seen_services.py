"""What a publication tells of the people of each unit, service and channel, as equations.

Unknown are, for each leaf of the index, the sum of the scores of the people of a cell and their
number. The attacker is given more than the document says: every line leaf by leaf, and which
units a line is made of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from elimination import among_few
from seen_sheets import leaf_lines
from told_rows import Equation, Unknown

from questionnaires.definition import Item
from questionnaires.index import Code
from survey_service.analysing.analysed import analyse
from survey_service.analysing.basis import basis_of
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.computing import Results, Sources, compute_results
from survey_service.analysing.services_facts import (
    answers_by_service,
    fact_totals,
    factual_items,
)
from survey_service.analysing.services_hiding import ShownServices, shown_services
from survey_service.analysing.services_sample import ServiceSample, service_samples
from survey_service.analysing.services_scoring import valid_counts
from survey_service.analysing.services_totals import Total
from survey_service.dataset.content import Dataset
from survey_service.findings.services import ServiceLine, Services
from survey_service.sheet.score_sheet import Published

Place = tuple[int, int, int]
"""Unit, service and channel by their places; 0 where a service or channel is not known."""


@dataclass(frozen=True)
class SeenServices:
    """One publication about services, and the truth behind it to check by."""

    dataset: Dataset
    results: Results

    @classmethod
    def of(cls, dataset: Dataset) -> "SeenServices":
        return cls(dataset, compute_results(Sources(dataset=dataset)))

    @property
    def services(self) -> Services:
        found = self.results.findings.by_service()
        assert found is not None
        return found

    @cached_property
    def sample(self) -> ServiceSample:
        analysed = analyse(self.dataset)
        (sample,) = service_samples(basis_of(analysed, Clearance(analysed.scored)))
        return sample.among(sample.drawn)

    @cached_property
    def shown(self) -> ShownServices:
        return shown_services(self.sample, 0, self.sample.basis.clearance)

    @cached_property
    def people(self) -> list[dict[Place, int]]:
        """Count the people who count on each leaf, cell by cell."""
        sample = self.sample
        shape = (len(sample.basis.units), len(sample.services), len(sample.channels))
        cell = np.ravel_multi_index((sample.unit, sample.service, sample.channel), shape)
        counts = valid_counts(sample, cell.astype(np.int64), int(np.prod(shape)), 0)
        return [
            {
                (int(place[0]), int(place[1]), int(place[2])): int(leaf[at])
                for at in np.flatnonzero(leaf).tolist()
                for place in [np.unravel_index(at, shape)]
            }
            for leaf in counts
        ]

    def within(self, line: ServiceLine) -> list[Place]:
        """Find the cells that a line is made of."""
        sample = self.sample
        unit = None if line.unit is None else sample.basis.units.index(line.unit)
        service = None if line.service is None else sample.services.index(line.service)
        channel = None if line.channel is None else sample.channels.index(line.channel)
        cells = sorted({place for leaf in self.people for place in leaf})
        return [
            place
            for place in cells
            if unit in {None, place[0]}
            and service in {None, place[1]}
            and channel in {None, place[2]}
            and place[0] in self._units(line, place)
        ]

    def _units(self, line: ServiceLine, place: Place) -> frozenset[int]:
        if line.level in {"unit", "unit_service"}:
            return frozenset({place[0]})
        if line.level == "service":
            return self.shown.totals[place[1]].units
        return self.shown.channelled[place[1]].units if place[1] else frozenset()

    def _totals(self, line: ServiceLine, cells: list[Place]) -> list[Total]:
        if line.level in {"unit", "unit_service"}:
            return []
        by = self.shown.totals if line.level == "service" else self.shown.channelled
        return [by[place[1]] for place in cells]

    def told(self, leaf: Code) -> Iterator[tuple[list[Place], bool]]:
        """Walk what is told of a leaf: the cells added up, and whether their number is exact."""
        for line in self.services.lines:
            if line.missing is None:
                cells = self.within(line)
                yield cells, all(one.exact for one in self._totals(line, cells))
        cells = sorted({place for leaf in self.people for place in leaf})
        for unit in self.results.sheet.units:
            at = self.sample.basis.units.index(unit.code)
            shown = {one.code for one in leaf_lines(unit) if isinstance(one.result, Published)}
            if leaf in shown:
                yield [place for place in cells if place[0] == at], True

    def strata(self) -> Iterator[list[Place]]:
        """Walk the cells whose people are counted among those who answered.

        They say nothing of a leaf that some of these people left out. A stratum that was put
        together from several units is left out.
        """
        if any(leaf != self.people[0] for leaf in self.people):
            return
        known = {one.code: one for one in self.dataset.content.design.strata}
        sample = self.sample
        for line in self.results.findings.responding.lines:
            one = known.get(line.code)
            if line.level == "stratum" and line.missing is None and one and one.unit:
                yield [
                    (
                        sample.basis.units.index(one.unit),
                        sample.services.index(one.service),
                        sample.channels.index(one.channel),
                    )
                ]

    def leaks(
        self, *, more: tuple[list[Place], ...] = ()
    ) -> list[tuple[str, Code, tuple[Place, ...]]]:
        """Name the sets of cells that hold too few people and yet follow."""
        found: list[tuple[str, Code, tuple[Place, ...]]] = []
        for leaf, people in enumerate(self.people):
            told = list(self.told(self.sample.leaves(0)[leaf].code))
            scores = [self._sum("score", leaf, cells) for cells, _ in told]
            scores += [self._sum("score", leaf, cells) for cells in more]
            numbers = [self._sum("number", leaf, cells) for cells, exact in told if exact]
            numbers += [self._sum("number", leaf, cells) for cells in (*self.strata(), *more)]
            for kind, known in (("score", scores), ("number", numbers)):
                found += [
                    (kind, self.sample.leaves(0)[leaf].code, few)
                    for few in follow(known, kind, leaf, people, self.results.findings.threshold)
                ]
        return found

    def fact_leaks(
        self, *, more: Mapping[Code, list[Place]] | None = None
    ) -> list[tuple[Code, tuple[Place, ...]]]:
        """Do as `leaks` for every fact; every unit's own row of enough answers is given."""
        found: list[tuple[Code, tuple[Place, ...]]] = []
        for item in factual_items(self.sample.basis):
            people, told = self._facts(item)
            told += [(cells, True) for code, cells in (more or {}).items() if code == item.code]
            for among in (told, [one for one in told if one[1]]):
                known: list[Equation] = [
                    {("fact", 0, *place): 1 for place in cells} for cells, _ in among
                ]
                few = follow(known, "fact", 0, people, self.results.findings.threshold)
                found += [(item.code, one) for one in few]
        return found

    def _facts(self, item: Item) -> tuple[dict[Place, int], list[tuple[list[Place], bool]]]:
        """Give the people of each cell, and what is told of them: services, units, classes."""
        sample, threshold = self.sample, self.results.findings.threshold
        codes = sample.ballots.answers[:, sample.basis.column[item.code]]
        counts = answers_by_service(sample, codes > 0)
        made = fact_totals(sample, item, counts, self.shown.units)
        people = {
            (unit, service, 0): int(counts[unit, service])
            for unit, service in np.argwhere(counts).tolist()
        }
        told: list[tuple[list[Place], bool]] = []
        for line in self.services.facts:
            if line.item == item.code and line.missing is None:
                service = sample.services.index(line.service)
                units = made[service].units
                cells = [one for one in people if one[0] in units and one[1] == service]
                told.append((cells, made[service].exact))
        for unit, answers in enumerate(counts.sum(axis=1).tolist()):
            if answers >= threshold:
                told.append(([one for one in people if one[0] == unit], True))
        for row in self.results.findings.answers.distributions:
            whole = row.unit is None and row.missing is None and row.units == row.of
            if row.item == item.code and whole:
                told.append((list(people), True))
        return people, told

    def _sum(self, kind: str, leaf: int, cells: list[Place]) -> Equation:
        return {(kind, leaf, *place): 1 for place in cells if place in self.people[leaf]}


def follow(
    known: list[Equation], kind: str, leaf: int, people: dict[Place, int], threshold: int
) -> Iterator[tuple[Place, ...]]:
    """Find the sets of too few people of which some sum follows, by exact elimination."""
    small = sorted(place for place, n in people.items() if n < threshold)
    every: set[Unknown] = {(kind, leaf, *place) for place in small}
    narrow = among_few(known, every)
    for size in range(1, len(small) + 1):
        sets = [
            few for few in combinations(small, size) if sum(people[one] for one in few) < threshold
        ]
        if not sets:
            return
        for few in sets:
            own: set[Unknown] = {(kind, leaf, *place) for place in few}
            if among_few([row for row in narrow if own & row.keys()], own):
                yield few
