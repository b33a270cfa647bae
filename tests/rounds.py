"""A wave that is open, with a few people in it, written straight into the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from questionnaires.catalogue import folder
from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.loading import load_definitions
from questionnaires.text import Text
from survey_service.clock import SteppedClock
from survey_service.config import Settings, read_settings
from survey_service.entropy import SeededEntropy
from survey_service.keys import KeyRing, new_key_ring
from survey_service.links import Links
from survey_service.store.database import Database
from survey_service.store.tables import (
    Ballot,
    Base,
    Contact,
    Draft,
    Invitation,
    Response,
    Wave,
)
from survey_service.waves.plan import OfficialLetter, Privacy, Sender, WavePlan

OPENED = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
UNITS = {
    "BINH-MINH": "UBND xã Bình Minh",
    "TAN-LAP": "UBND xã Tân Lập",
    "HOA-SON": "UBND xã Hòa Sơn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is invited: two units make a form of three pages, one unit a form of one.

    `rotation` is their set of items, where the definitions have a short form.
    """

    group: str = "CX"
    units: tuple[str, ...] = ("TAN-LAP", "HOA-SON")
    language: str = "vi"
    transactions: tuple[Mapping[str, str], ...] = ()
    rotation: int | None = None


CITIZEN = Person(
    group="ND",
    units=("BINH-MINH",),
    transactions=({"unit": "BINH-MINH", "service": "Đăng ký kết hôn", "month": "2025-01"},),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """An open wave and what a process needs to serve it."""

    database: Database
    settings: Settings
    keys: KeyRing
    clock: SteppedClock
    wave: int
    people: tuple[int, ...] = field(default=())

    def links(self) -> Links:
        """Give what signs and opens the round's tokens."""
        return Links(self.keys, self.settings.public_url)

    def token(self, number: int = 0) -> str:
        """Sign the token of the person of that number."""
        with self.database.reading() as session:
            row = session.scalars(select(Invitation).where(Invitation.id == self.people[number]))
            invitation = row.one()
            return self.links().token(invitation.public_id, invitation.generation)

    def change_wave(self, **values: object) -> None:
        """Set columns of the wave."""
        with self.database.writing() as session:
            session.execute(update(Wave).where(Wave.id == self.wave).values(values))

    def change_invitation(self, number: int = 0, **values: object) -> None:
        """Set columns of a person's invitation."""
        with self.database.writing() as session:
            this = Invitation.id == self.people[number]
            session.execute(update(Invitation).where(this).values(values))

    def empty_answers(self) -> None:
        """Delete every answer, as the cut-off does."""
        with self.database.writing() as session:
            for table in (Ballot, Response, Draft):
                session.execute(delete(table))

    def rows(self, table: type[Base]) -> list[dict[str, Any]]:
        """Read a whole table."""
        with self.database.reading() as session:
            return [dict(row) for row in session.execute(select(table.__table__)).mappings()]

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Read every row of every table."""
        with self.database.reading() as session:
            return {
                name: sorted(
                    (dict(row) for row in session.execute(select(table)).mappings()), key=repr
                )
                for name, table in Base.metadata.tables.items()
            }


def plan() -> WavePlan:
    """Give the wave file of the round."""
    return WavePlan(
        code="hai-xa-2025",
        title=Text(vi="Lấy ý kiến về sự phục vụ của các xã", en="Survey on the communes' service"),
        definitions="two-units",
        opens=date(2025, 3, 1),
        closes=date(2025, 3, 31),
        letter=OfficialLetter(
            number="12/SNV-CCHC", date=date(2025, 2, 20), signatory="Phó Giám đốc Sở Nội vụ"
        ),
        sender=Sender(
            organisation=Text(vi="Sở Nội vụ tỉnh Ví Dụ", en="Department of Home Affairs, Ví Dụ"),
            telephone="0213 3000 000",
            page="https://sonoivu.vidu.example/thong-bao/lay-y-kien-2025",
            reply_to="hotro@khaosat.example",
        ),
        privacy=Privacy(
            legal_basis=Text(vi="Kế hoạch số 5/KH-UBND", en="Plan no. 5/KH-UBND"),
            kept_until=date(2026, 3, 31),
            contact="hotro@khaosat.example",
        ),
        seed=1,
    )


def open_round(database: Database, data: Path, *people: Person, entry: str = "two-units") -> Round:
    """Write an open wave of a catalogue entry that rates communes, with these people."""
    definitions = load_definitions(folder(entry))
    written = plan()
    wave = Wave(
        code=written.code,
        state="open",
        plan=msgspec.json.encode(written),
        framework=canonical_json(definitions.framework),
        questionnaires=canonical_json(definitions.questionnaires),
        framework_hash=fingerprint(definitions.framework),
        questionnaires_hash=fingerprint(definitions.questionnaires),
        units=[
            {"code": code, "name_vi": name, "name_en": code.title(), "unit_class": "XA"}
            for code, name in UNITS.items()
        ],
        opens_at=written.opens_at(),
        closes_at=written.closes_at(),
    )
    entropy = SeededEntropy(3)
    with database.writing() as session:
        session.add(wave)
        session.flush()
        invitations = [_invite(session, wave.id, n, p, entropy) for n, p in enumerate(people)]
    settings = read_settings({"SURVEY_DATA": str(data), "DATABASE_URL": str(database.url)})
    return Round(
        database=database,
        settings=settings,
        keys=new_key_ring(entropy),
        clock=SteppedClock(OPENED),
        wave=wave.id,
        people=tuple(invitations),
    )


def _invite(
    session: Session, wave: int, number: int, person: Person, entropy: SeededEntropy
) -> int:
    email = f"nguoi-{number}@xa.example"
    contact = Contact(
        wave_id=wave,
        email=email,
        email_key=email,
        name=f"Người thứ {number}",
        group=person.group,
        language=person.language,
        transactions=[dict(row) for row in person.transactions],
    )
    session.add(contact)
    session.flush()
    invitation = Invitation(
        wave_id=wave,
        contact_id=contact.id,
        public_id=entropy.token(8),
        units=list(person.units),
        rotation=person.rotation,
    )
    session.add(invitation)
    session.flush()
    return invitation.id
