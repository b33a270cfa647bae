"""A small wave whose citizens the service has drawn from transactions, and who have answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from made_waves import NOW, PLAN, UNITS, MadePerson, make_wave
from msgspec.structs import replace
from sqlalchemy import select, update

from questionnaires.packing import pack
from survey_service.clock import SteppedClock
from survey_service.entropy import SeededEntropy
from survey_service.keys import KeyRing, new_key_ring
from survey_service.pseudonyms import Pseudonyms
from survey_service.sampling.drawing import draw_sample
from survey_service.store.answers import Ballot, Response
from survey_service.store.database import Database
from survey_service.store.people import Contact, Invitation, Unit
from survey_service.store.transactions import Transaction
from survey_service.store.waves import Wave
from survey_service.waves.assignment import assign_people
from survey_service.waves.inviting import invite
from survey_service.waves.plan import WavePlan
from survey_service.waves.reading import load_wave
from survey_service.waves.sample_plan import SamplePlan, SampleSize

SAMPLE = SamplePlan(
    "ND",
    date(2025, 1, 1),
    date(2025, 2, 28),
    size=SampleSize(rule="total", total=40),
    letters=True,
    reserve=Decimal("0.5"),
)
SAMPLED_PLAN = replace(PLAN, sample=SAMPLE)
KEYS: KeyRing = new_key_ring(SeededEntropy(77))
LISTED = (MadePerson(name="Công chức", group="CB", units=("XA1",)),) * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSample:
    """The wave's id, and the invitations of those drawn with the addresses of their contacts."""

    wave: int
    invited: dict[int, str]


def add_transactions(database: Database, *, people: int = 120, service: str = "KS") -> None:
    """Write the lists: every third person has two transactions, every sixth no e-mail address."""
    pseudonyms = Pseudonyms(KEYS)
    with database.writing() as session:
        for number in range(people):
            letter = number % 6 == 0
            email = "" if letter else f"nd{number}@hop-thu.example"
            for again in range(2 if number % 3 == 1 else 1):
                session.add(
                    Transaction(
                        source="mot-cua",
                        number=f"{number:05d}-{again}",
                        service=service,
                        unit=("XA1", "XA2")[(number + again) % 2],
                        channel=("online", "mot-cua")[number % 4 < 2],
                        returned=date(2025, 1, 10) + timedelta(days=number % 40),
                        name=f"Người {number}",
                        email=email,
                        person=pseudonyms.person(email or f"0912{number:06d}"),
                    )
                )


def make_draft(database: Database, plan: WavePlan = SAMPLED_PLAN) -> int:
    """Write a draft wave, its units in the register and the lists; gives the wave's id."""
    made = make_wave(database, LISTED, plan=plan, state="draft")
    with database.writing() as session:
        session.add_all(
            Unit(
                code=unit["code"],
                name_vi=unit["name_vi"],
                name_en=unit["name_en"],
                unit_class=unit["unit_class"],
            )
            for unit in UNITS
        )
    add_transactions(database)
    return made.wave


def make_sample(database: Database, plan: WavePlan = SAMPLED_PLAN) -> MadeSample:
    """Draw a wave's sample and invite those drawn; the wave is open."""
    wave = make_draft(database, plan)
    draw_sample(database, SteppedClock(NOW), SeededEntropy(5), KEYS, code=plan.code, actor="test")
    with database.writing() as session:
        loaded = load_wave(session, plan.code)
        known = set(session.scalars(select(Invitation.contact_id)))
        units = session.scalars(select(Unit)).all()
        people = [
            one for one in assign_people(session, loaded, units, seed=3) if one.contact not in known
        ]
        invite(session, loaded, people, SeededEntropy(6))
        session.execute(update(Wave).values(state="open"))
        rows = session.execute(
            select(Invitation.id, Contact.email)
            .join(Contact, Contact.id == Invitation.contact_id)
            .where(Contact.group == "ND")
            .order_by(Invitation.id)
        ).all()
    return MadeSample(wave=wave, invited={row.id: row.email for row in rows})


def answer(database: Database, invitations: Sequence[int], *, code: str = PLAN.code) -> None:
    """Let people answer whatever is put to citizens."""
    with database.writing() as session:
        bank = load_wave(session, code).questionnaires
        packed = pack(bank, {"S3": "5", "S4": "4", "TRE": "no", "SO-LAN": "1", "UU-TIEN": ""})
        for number in invitations:
            invitation = session.get_one(Invitation, number)
            invitation.answered = True
            session.add(Response(invitation_id=number, submitted_at=NOW, texts=[]))
            session.flush()
            session.add_all(
                Ballot(invitation_id=number, unit=unit, familiar=True, answers=packed)
                for unit in invitation.units
            )


def close(database: Database) -> None:
    """Close every wave."""
    with database.writing() as session:
        session.execute(update(Wave).values(state="closed"))
