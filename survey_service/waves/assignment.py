"""Who of a wave rates which units, person by person, as the relations and the seed say."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework
from questionnaires.relations import RatedUnit, Rater, Relation, assign
from survey_service.frame.reach import rated_classes
from survey_service.store.people import Contact, Unit
from survey_service.waves.reading import LoadedWave

CHUNK = 2_000
"""People assigned at a time where nobody's units depend on anybody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A contact and the units they rate, in the order of their pages."""

    contact: int
    email: str
    group: Code
    units: tuple[Code, ...]


def assign_people(
    session: Session, wave: LoadedWave, units: Sequence[Unit], *, seed: int
) -> Iterator[Assigned]:
    """Walk everybody of a wave with their units; the same values and seed give the same units.

    Whoever knows the seed and the list knows everybody's units, and by them finds ballots in a
    dataset: the opening draws the seed afresh and keeps it nowhere.

    A group whose relation draws subsets is balanced as a whole; any other is taken in chunks, in
    the order of the contacts, so that memory does not grow with the list. People of a group that
    the questionnaires do not know get no units.
    """
    known = [rated_unit(unit) for unit in units]
    related = {relation.group for relation in wave.questionnaires.relations}
    groups = session.scalars(
        select(Contact.group).where(Contact.wave_id == wave.id).distinct()
    ).all()
    for group in sorted(groups):
        relation = (
            relation_in(wave.framework, wave.questionnaires, group) if group in related else None
        )
        size = None if relation is not None and relation.subset else CHUNK
        for number, people in enumerate(_people(session, wave.id, group, size)):
            yield from _assign(relation, people, known, group, seed_of(seed, group, number))


def relation_in(
    framework: Framework, questionnaires: Questionnaires, group: Code
) -> Relation | None:
    """Give a group's relation, narrowed to the classes about which it is asked something.

    None where there is no such class.
    """
    classes = rated_classes(framework, questionnaires, group)
    if not classes:
        return None
    return msgspec.structs.replace(questionnaires.relation(group).rates, classes=classes)


def rated_unit(unit: Unit) -> RatedUnit:
    """Give a registered unit as the relations see it."""
    return RatedUnit(
        code=unit.code,
        unit_class=unit.unit_class,
        superior=unit.superior,
        sectors=tuple(unit.sectors),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    contact: int
    email: str
    rater: Rater


def _people(session: Session, wave: int, group: Code, size: int | None) -> Iterator[list[_Person]]:
    """Walk the people of a group in chunks of `size`, or in one."""
    last = 0
    while True:
        statement = (
            select(
                Contact.id,
                Contact.email,
                Contact.email_key,
                Contact.own_unit,
                Contact.sectors,
                Contact.transactions,
            )
            .where(Contact.wave_id == wave, Contact.group == group, Contact.id > last)
            .order_by(Contact.id)
            .limit(size)
        )
        people = [
            _Person(
                contact=row.id,
                email=row.email,
                rater=Rater(
                    key=row.email_key,
                    own_unit=row.own_unit,
                    sectors=tuple(row.sectors),
                    transactions=tuple(done["unit"] for done in row.transactions),
                ),
            )
            for row in session.execute(statement)
        ]
        if not people:
            return
        yield people
        if size is None:
            return
        last = people[-1].contact


def _assign(
    relation: Relation | None,
    people: Sequence[_Person],
    units: Sequence[RatedUnit],
    group: Code,
    seed: int,
) -> Iterator[Assigned]:
    chosen: dict[str, tuple[Code, ...]] = (
        {}
        if relation is None
        else assign(relation, [person.rater for person in people], units, seed=seed)
    )
    for person in people:
        yield Assigned(
            contact=person.contact,
            email=person.email,
            group=group,
            units=chosen.get(person.rater.key, ()),
        )


def seed_of(seed: int, group: Code, number: int) -> int:
    """Give each group and chunk a seed of its own, so that their orders are unrelated."""
    digest = hashlib.sha256(f"{seed}|{group}|{number}".encode()).digest()
    return int.from_bytes(digest[:8])
