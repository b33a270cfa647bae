"""The contacts of a wave: what is there already, and a list written over it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.frame.contact_list import ContactList
from survey_service.frame.people import Person
from survey_service.frame.values import shown
from survey_service.store.people import Contact

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsImported:
    """How many people an import added and how many it brought up to date."""

    added: int
    updated: int


def refuse_other_groups(session: Session, wave: int, contacts: ContactList) -> None:
    """Gather a problem for everybody whom the wave asks in another group already."""
    for people in _batches(contacts):
        there = _there(session, wave, people)
        for person in people:
            former = there.get(person.key)
            if former is not None and former[1] != person.group:
                contacts.refuse(
                    person,
                    Text(
                        vi=f"địa chỉ {shown(person.email)} đã có trong đợt ở nhóm {former[1]}; "
                        "muốn chuyển nhóm, hãy nhập lại toàn bộ danh sách với --replace.",
                        en=f"the address {shown(person.email)} is in the wave already, in group "
                        f"{former[1]}; to move it, import the whole list anew with --replace.",
                    ),
                )


def write_contacts(
    session: Session, wave: int, contacts: Iterable[Person], *, replace: bool = False
) -> ContactsImported:
    """Write people into a draft wave; whoever is there by address is brought up to date.

    With `replace` the wave's former contacts are removed first.
    """
    if replace:
        session.execute(delete(Contact).where(Contact.wave_id == wave))
    added = updated = 0
    for people in _batches(contacts):
        there = _there(session, wave, people)
        fresh = [_values(wave, person) for person in people if person.key not in there]
        changed = [
            {**_values(wave, person), "id": there[person.key][0]}
            for person in people
            if person.key in there
        ]
        if fresh:
            session.execute(insert(Contact), fresh)
        if changed:
            session.execute(update(Contact), changed)
        added += len(fresh)
        updated += len(changed)
    return ContactsImported(added=added, updated=updated)


def _batches(people: Iterable[Person]) -> Iterator[list[Person]]:
    walking = iter(people)
    while batch := list(islice(walking, BATCH)):
        yield batch


def _there(session: Session, wave: int, people: list[Person]) -> dict[str, tuple[int, str]]:
    """Find which of these people a wave has: address → contact and group."""
    keys = [person.key for person in people]
    rows = session.execute(
        select(Contact.email_key, Contact.id, Contact.group)
        .where(Contact.wave_id == wave)
        .where(Contact.email_key.in_(keys))
    )
    return {row.email_key: (row.id, row.group) for row in rows}


def _values(wave: int, person: Person) -> dict[str, Any]:
    return {
        "wave_id": wave,
        "email": person.email,
        "email_key": person.key,
        "name": person.name,
        "group": person.group,
        "own_unit": person.own_unit,
        "language": person.language,
        "transactions": msgspec.to_builtins(person.transactions),
        "sectors": list(person.sectors),
        "stratum": person.stratum,
        "population": person.population,
        "weight": person.weight,
    }
