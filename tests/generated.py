"""Generated ballots: a whole dataset from a seed, without letters, forms or a database."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
from drawn_citizens import Asked, DrawnCitizens, ask, definitions_with_services, weighted

from questionnaires.catalogue import folder
from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Code
from questionnaires.loading import Definitions, load_definitions
from questionnaires.packing import pack
from questionnaires.relations import RatedUnit, Rater, assign
from questionnaires.relevance import is_asked
from questionnaires.text import Text
from survey_service.dataset.content import BallotRow, DatasetContent, FreeText
from survey_service.dataset.design import DatasetUnit, Design, Issued, WaveLabel
from survey_service.demo.programme import read_programme, read_units
from survey_service.freezing.coarsening import coarsen
from survey_service.freezing.narrowing import InvitedPerson

LISTED = {"census": 1, "drawn": 8, "nominated": 1}
"""How many people a list holds for one who is invited."""
BY_UNIT = frozenset({"own", "transaction"})
UNFAMILIAR, DONT_KNOW, BLANK, WRITES = 0.05, 0.06, 0.02, 0.1


def generated(name: str, *, seed: int) -> DatasetContent:
    """Generate the ballots of a catalogue entry: "two-units" or "par-index-2022".

    "drawn-citizens" are the two units with citizens drawn by service and channel, some of whom
    have a short form, and with letters and receipts. Raises KeyError for another name.
    """
    if name == "drawn-citizens":
        units, people = _two_units()
        rest = {group: count for group, count in people.items() if group != "ND"}
        citizens = DrawnCitizens(letters=20, receipts=15, target="transactions")
        definitions = definitions_with_services(rotated=True)
        return generate(definitions, units, rest, seed=seed, citizens=citizens)
    units, people = {"two-units": _two_units, "par-index-2022": _round_of_2022}[name]()
    return generate(load_definitions(folder(name)), units, people, seed=seed)


def generate(
    definitions: Definitions,
    units: Sequence[DatasetUnit],
    people: Mapping[Code, int],
    *,
    seed: int,
    citizens: DrawnCitizens | None = None,
) -> DatasetContent:
    """Generate ballots of so many invited people per group, who answer as often as stated.

    Opinions differ by unit, item and person; some answers are "don't know", some are left out.
    `citizens` are drawn from transactions, and weighted.
    """
    questionnaires, framework = definitions.questionnaires, definitions.framework
    chance = random.Random(f"ballots {seed}")
    asked = None if citizens is None else ask(citizens, units, seed=seed)
    listed = list(_invite(questionnaires, units, people, seed))
    invited = listed + _citizens(asked)
    threshold = framework.rules.disclosure_threshold
    coarsened = coarsen(
        [person.frame for person in invited],
        threshold,
        {relation.group: relation.list_kind for relation in questionnaires.relations},
    )
    opinions = _Opinions(definitions, {unit.code: unit.unit_class for unit in units}, chance)
    rows: list[list[BallotRow]] = []
    texts: list[FreeText] = []
    for person, stratum in zip(invited, coarsened.stratum_of, strict=True):
        rate = questionnaires.relation(person.frame.group).response_rate
        answers = chance.random() * 100 < rate or person.frame.mode == "receipt"
        own = list(opinions.ballots(person, stratum)) if answers else []
        rows.append(own)
        if answers:
            texts += opinions.texts(person, [row.unit for row in own if row.familiar])
    sampling = None
    if asked is not None:
        start = len(listed)
        answered = [bool(own) for own in rows[start:]]
        weights, sampling = weighted(
            asked, coarsened, coarsened.stratum_of[start:], answered, threshold
        )
        rows[start:] = [
            [replace(row, weight=weight) for row in own]
            for own, weight in zip(rows[start:], weights, strict=True)
        ]
    issued = Counter(
        (unit, person.frame.group)
        for person in invited
        if person.frame.mode in framework.rules.modes
        for unit in person.units
    )
    return DatasetContent(
        framework=framework,
        questionnaires=questionnaires,
        design=Design(
            wave=WaveLabel(
                code=f"{framework.code}-{seed}", title=framework.title, year=framework.year
            ),
            units=tuple(units),
            strata=coarsened.strata,
            issued=tuple(
                Issued(unit=unit, group=group, ballots=count)
                for (unit, group), count in sorted(issued.items())
            ),
            seed=seed,
            threshold=threshold,
            coarsened=coarsened.coarsened,
            declared=coarsened.declared,
            sampling=sampling,
        ),
        ballots=[row for own in rows for row in own],
        free_text=texts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    frame: InvitedPerson
    units: tuple[Code, ...]
    number: int = 0


def _citizens(asked: Asked | None) -> list[_Person]:
    return [
        _Person(frame=one.frame, units=(one.frame.unit,), number=number)
        for number, one in enumerate([] if asked is None else asked.people)
    ]


def _invite(
    questionnaires: Questionnaires,
    units: Sequence[DatasetUnit],
    people: Mapping[Code, int],
    seed: int,
) -> Iterator[_Person]:
    """Put people on the lists, their own unit or that of their transaction in turn."""
    rated = [RatedUnit(code=unit.code, unit_class=unit.unit_class) for unit in units]
    for group, count in people.items():
        relation = questionnaires.relation(group).rates
        pool = [unit for unit in rated if unit.unit_class in relation.classes] or rated
        raters = [
            Rater(
                key=f"{place:06d}",
                own_unit=pool[place % len(pool)].code,
                transactions=(pool[place % len(pool)].code,),
            )
            for place in range(count)
        ]
        assigned = assign(relation, raters, rated, seed=seed)
        eligible = assign(msgspec.structs.replace(relation, subset=None), raters, rated, seed=seed)
        for rater in raters:
            given = assigned[rater.key]
            by_unit = relation.units in BY_UNIT
            sharing = sum(other == given for other in assigned.values()) if by_unit else count
            frame = InvitedPerson(
                group=group,
                eligible=frozenset(eligible[rater.key]),
                assigned=frozenset(given),
                unit=min(given, default="") if by_unit else "",
                population=sharing * LISTED[questionnaires.relation(group).list_kind],
            )
            yield _Person(frame=frame, units=given, number=int(rater.key))


class _Opinions:
    """Answers in people's place, from one stream of chance."""

    def __init__(
        self, definitions: Definitions, classes: Mapping[Code, Code], chance: random.Random
    ) -> None:
        self._framework = definitions.framework
        self._questionnaires = definitions.questionnaires
        self._classes = classes
        self._chance = chance
        self._quality = {code: chance.uniform(0.45, 0.85) for code in classes}
        self._items = {item.code: chance.uniform(-0.1, 0.1) for item in self._questionnaires.items}

    def ballots(self, person: _Person, stratum: Code) -> Iterator[BallotRow]:
        """Rate every unit given to a person; what is asked once stands on the first ballot."""
        group = person.frame.group
        key, mood = self._key(), self._chance.gauss(0, 0.12)
        once = self._answers(self._questionnaires.asked_once(group), 0.6 + mood)
        for number, unit in enumerate(person.units):
            familiar = len(person.units) == 1 or self._chance.random() >= UNFAMILIAR
            every = self._questionnaires.asked(self._framework, group, self._classes[unit])
            sets = len(self._questionnaires.sets(group))
            rotation = person.number % sets if sets else None
            items = self._questionnaires.put_to(every, group, rotation)
            level = self._quality[unit] + mood + self._chance.gauss(0, 0.08)
            answers = self._answers(items, level) if familiar else {}
            if number == 0:
                answers |= once
            yield BallotRow(
                ballot=self._key(),
                respondent=key,
                stratum=stratum,
                unit=unit,
                familiar=familiar,
                answers=pack(self._questionnaires, answers),
                weight=person.frame.weight,
            )

    def texts(self, person: _Person, familiar: Sequence[Code]) -> Iterator[FreeText]:
        """Write something now and then, about no unit or one that the person works with."""
        about = {"respondent": ("",), "unit": familiar}
        for item in self._questionnaires.items:
            if item.kind == "text" and person.frame.group in item.groups:
                for unit in about[item.about]:
                    if self._chance.random() < WRITES:
                        number = self._chance.randrange(100)
                        yield FreeText(
                            item=item.code, unit=unit, text=f"Đề nghị rút ngắn thời gian ({number})"
                        )

    def _answers(self, items: Sequence[Item], level: float) -> dict[Code, str]:
        answers: dict[Code, str] = {}
        for item in items:
            if item.kind != "text" and is_asked(item, answers):
                answers[item.code] = self._answer(item, level + self._items[item.code])
        return answers

    def _answer(self, item: Item, level: float) -> str:
        scale = self._questionnaires.scale(item.scale) if item.scale else None
        luck = self._chance.random()
        if luck < BLANK:
            return ""
        if scale is not None and scale.dont_know is not None and luck < BLANK + DONT_KNOW:
            return "dk"
        if item.kind == "number":
            return str(item.minimum or 0)
        options = self._questionnaires.options(item)
        if item.kind != "scale":
            return self._chance.choice(options).code
        felt = min(max(level + self._chance.gauss(0, 0.22), 0.0), 1.0)
        return options[round((1 - felt) * (len(options) - 1))].code

    def _key(self) -> str:
        return f"{self._chance.getrandbits(64):016x}"


def _two_units() -> tuple[tuple[DatasetUnit, ...], dict[Code, int]]:
    names = {"XA1": ("Xã thứ nhất", "First commune"), "XA2": ("Xã thứ hai", "Second commune")}
    units = tuple(
        DatasetUnit(code=code, name=Text(vi=vi, en=en), unit_class="XA")
        for code, (vi, en) in names.items()
    )
    return units, {"CX": 24, "CB": 20, "ND": 60}


def _round_of_2022() -> tuple[tuple[DatasetUnit, ...], dict[Code, int]]:
    (played,) = read_programme("par-index-2022").rounds
    units = tuple(
        DatasetUnit(
            code=unit.code,
            name=Text(vi=unit.name_vi, en=unit.name_en),
            unit_class=unit.unit_class,
        )
        for unit in read_units("par-index-2022")
    )
    return units, {people.group: people.count for people in played.people}
