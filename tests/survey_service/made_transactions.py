"""Transactions written straight into their table, as an import leaves them."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert

from survey_service.entropy import SeededEntropy
from survey_service.keys import KeyRing, new_key_ring
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.store.transactions import Transaction

KEYS: KeyRing = new_key_ring(SeededEntropy(1))
PSEUDONYMS = Pseudonyms(KEYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCase:
    """A transaction of somebody: by an address, or else a telephone number, or neither."""

    number: str
    email: str = ""
    telephone: str = ""
    unit: str = "XA1"
    service: str = "KS"
    channel: str = "online"
    returned: date = date(2025, 2, 10)
    name: str = "Nguyễn Thị Na"
    source: str = "mot-cua"


def person_of(contact: str) -> bytes:
    """Give the digest of an address or a telephone number."""
    return PSEUDONYMS.person(contact)


def write_cases(database: Database, cases: Iterable[MadeCase]) -> None:
    """Write transactions in the order given."""
    rows = [
        {
            "source": case.source,
            "number": case.number,
            "service": case.service,
            "unit": case.unit,
            "channel": case.channel,
            "returned": case.returned,
            "name": case.name,
            "email": case.email,
            "person": person_of(case.email or case.telephone)
            if case.email or case.telephone
            else None,
            "telephone": person_of(case.telephone) if case.telephone else None,
            "content": b"",
            "delivered_on": date(2025, 2, 20),
        }
        for case in cases
    ]
    with database.writing() as session:
        session.execute(insert(Transaction), rows)


def made_cases(
    people: int,
    *,
    units: tuple[str, ...] = ("XA1", "XA2"),
    services: tuple[str, ...] = ("KS", "KT"),
    twice: int = 5,
) -> list[MadeCase]:
    """Make cases of so many people with addresses; every `twice`-th has a second case elsewhere."""
    cases: list[MadeCase] = []
    for number in range(people):
        unit, service = units[number % len(units)], services[number // 2 % len(services)]
        channel = "online" if number % 3 else "counter"
        cases.append(
            MadeCase(
                number=f"A{number:05d}",
                email=f"dan{number}@hop-thu.example",
                unit=unit,
                service=service,
                channel=channel,
            )
        )
        if number % twice == 0:
            other = units[(number + 1) % len(units)]
            cases.append(
                MadeCase(
                    number=f"B{number:05d}",
                    email=f"dan{number}@hop-thu.example",
                    unit=other,
                    service=service,
                    returned=date(2025, 1, 20),
                )
            )
    return cases


def shuffled_cases(cases: Iterable[MadeCase], seed: int = 3) -> list[MadeCase]:
    """Give cases in another order, as another import would bring them."""
    mixed = list(cases)
    random.Random(seed).shuffle(mixed)
    return mixed
