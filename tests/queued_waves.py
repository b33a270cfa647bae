"""More waves beside the made one, each with letters of one step queued."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from made_waves import NOW, PLAN
from sqlalchemy import select

from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.plan import WavePlan


def queue_beside(
    database: Database,
    code: str,
    domains: Sequence[str],
    *,
    plan: WavePlan = PLAN,
    not_before: datetime = NOW - timedelta(hours=1),
) -> tuple[int, ...]:
    """Write an open wave with one invitation queued to each domain; gives the letters' ids."""
    with database.writing() as session:
        wave = Wave(
            code=code,
            state="open",
            plan=msgspec.json.encode(msgspec.structs.replace(plan, code=code)),
            framework=b"{}",
            questionnaires=b"{}",
            framework_hash="",
            questionnaires_hash="",
            opens_at=plan.opens_at(),
            closes_at=plan.closes_at(),
        )
        session.add(wave)
        session.flush()
        letters: list[Letter] = []
        for number, domain in enumerate(domains):
            email = f"{code}.{number}@{domain}"
            contact = Contact(
                wave_id=wave.id, email=email, email_key=email, name="Người", group="ND"
            )
            session.add(contact)
            session.flush()
            invitation = Invitation(
                wave_id=wave.id,
                contact_id=contact.id,
                public_id=(wave.id * 1_000_000 + number).to_bytes(8),
                units=["XA1"],
            )
            session.add(invitation)
            session.flush()
            letter = Letter(
                wave_id=wave.id,
                invitation_id=invitation.id,
                step="invitation",
                domain=domain,
                not_before=not_before,
            )
            session.add(letter)
            letters.append(letter)
        session.flush()
        return tuple(letter.id for letter in letters)


def queue_step(
    database: Database, wave: int, step: str, *, not_before: datetime
) -> tuple[int, ...]:
    """Queue another step for everybody of a wave; gives the letters' ids."""
    with database.writing() as session:
        invitations = session.scalars(
            select(Invitation.id).where(Invitation.wave_id == wave).order_by(Invitation.id)
        ).all()
        letters = [
            Letter(
                wave_id=wave,
                invitation_id=invitation,
                step=step,
                domain="hop-thu.example",
                not_before=not_before,
            )
            for invitation in invitations
        ]
        session.add_all(letters)
        session.flush()
        return tuple(letter.id for letter in letters)
