"""A small wave as opening leaves it, written straight into the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from questionnaires import catalogue
from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.loading import load_definitions
from questionnaires.text import Text
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.plan import OfficialLetter, Privacy, Sender, WavePlan

NOW = datetime(2025, 3, 3, 2, tzinfo=UTC)

UNITS = (
    {"code": "XA1", "name_vi": "UBND xã Một", "name_en": "Commune One", "unit_class": "XA"},
    {"code": "XA2", "name_vi": "UBND xã Hai", "name_en": "Commune Two", "unit_class": "XA"},
)

PLAN = WavePlan(
    code="hai-xa-2025",
    title=Text(vi="Đánh giá sự phục vụ của hai xã", en="Rating of two communes"),
    definitions="two-units",
    opens=date(2025, 3, 3),
    closes=date(2025, 3, 14),
    letter=OfficialLetter(number="12/UBND", date=date(2025, 2, 20), signatory="Chủ tịch UBND"),
    sender=Sender(
        organisation=Text(vi="Phòng Nội vụ", en="Office of Home Affairs"),
        telephone="0213 300 000",
        page="https://noivu.example/thong-bao",
        reply_to="hotro@khaosat.example",
    ),
    privacy=Privacy(
        legal_basis=Text(vi="nhiệm vụ công", en="public task"),
        kept_until=date(2025, 12, 31),
        contact="hotro@khaosat.example",
    ),
    seed=7,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePerson:
    """Somebody to invite."""

    name: str
    group: str = "ND"
    units: Sequence[str] = ("XA1",)
    language: str = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWave:
    """What was made: the wave's id, and invitations and letters in the order of the people."""

    wave: int
    invitations: tuple[int, ...]
    letters: tuple[int, ...]


def make_wave(
    database: Database, people: Sequence[MadePerson], *, plan: WavePlan = PLAN, state: str = "open"
) -> MadeWave:
    """Write a wave with one invitation and one queued letter for each person."""
    definitions = load_definitions(catalogue.folder(plan.definitions))
    with database.writing() as session:
        wave = Wave(
            code=plan.code,
            state=state,
            plan=msgspec.json.encode(plan),
            framework=canonical_json(definitions.framework),
            questionnaires=canonical_json(definitions.questionnaires),
            framework_hash=fingerprint(definitions.framework),
            questionnaires_hash=fingerprint(definitions.questionnaires),
            units=[dict(unit) for unit in UNITS],
            opens_at=plan.opens_at(),
            closes_at=plan.closes_at(),
        )
        session.add(wave)
        session.flush()
        invitations: list[Invitation] = []
        for number, person in enumerate(people):
            contact = Contact(
                wave_id=wave.id,
                email=f"p{number}@hop-thu.example",
                email_key=f"p{number}@hop-thu.example",
                name=person.name,
                group=person.group,
                own_unit=person.units[0] if person.group == "CB" else None,
                language=person.language,
                transactions=[
                    {"unit": unit, "service": "Khai sinh", "month": "02/2025"}
                    for unit in person.units
                    if person.group == "ND"
                ],
            )
            session.add(contact)
            session.flush()
            invitations.append(
                Invitation(
                    wave_id=wave.id,
                    contact_id=contact.id,
                    public_id=number.to_bytes(8),
                    units=list(person.units),
                )
            )
        session.add_all(invitations)
        session.flush()
        letters = [
            Letter(
                wave_id=wave.id,
                invitation_id=invitation.id,
                step="invitation",
                domain="hop-thu.example",
                not_before=NOW - timedelta(hours=1),
            )
            for invitation in invitations
        ]
        session.add_all(letters)
        session.flush()
        return MadeWave(
            wave=wave.id,
            invitations=tuple(invitation.id for invitation in invitations),
            letters=tuple(letter.id for letter in letters),
        )
