"""A wave with a whole plan of letters, and what its outbox and journal say."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from staged import CODE, FIRST_DAY, WAVE, Stage, contacts

from survey_service.store.answers import Response
from survey_service.store.journal import JournalEntry
from survey_service.store.letters import Letter
from survey_service.store.mail import WaveStep
from survey_service.store.people import Invitation
from survey_service.waves.mail_plan.scheduling import Scheduled, schedule

WHOLE = "closing_notice = 1\nthank_you = true\nresults = true"
MIDNIGHT = FIRST_DAY - timedelta(hours=8)
"""The beginning of the first day in Viet Nam."""


def with_mail(table: str, wave: str = WAVE) -> str:
    """Give a wave file with a table of letters."""
    return wave.replace("[privacy]", f"[mail]\n{table}\n\n[privacy]")


def day(number: int, hours: float = 8) -> datetime:
    """Give an hour of the so-many-th day after the first, in Viet Nam."""
    return (MIDNIGHT + timedelta(days=number, hours=hours)).astimezone(UTC)


class Plan:
    """A staged wave whose steps come due as its clock is moved."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def open(self, table: str = WHOLE, *, at: datetime = FIRST_DAY, wave: str = WAVE) -> None:
        """Open the wave of 36 people at an instant."""
        self.stage.create(wave=with_mail(table, wave))
        self.stage.invite(contacts())
        self.stage.clock.move_to(at)
        self.stage.open()

    def at(self, instant: datetime) -> Scheduled:
        """Move the clock and look once at what is due."""
        self.stage.clock.move_to(instant)
        return schedule(self.stage.database, self.stage.clock)

    def deliver(self, *steps: str) -> None:
        """Let what waits of some steps be sent now."""
        with self.stage.database.writing() as session:
            session.execute(
                update(Letter)
                .where(Letter.step.in_(steps), Letter.state == "queued")
                .values(state="sent", settled_at=self.stage.clock.now())
            )

    def people(self) -> list[int]:
        """Give the invitations."""
        with self.stage.database.reading() as session:
            return list(session.scalars(select(Invitation.id).order_by(Invitation.id)))

    def let(self, invitations: Collection[int], **facts: bool) -> None:
        """Note something about people."""
        with self.stage.database.writing() as session:
            which = update(Invitation).where(Invitation.id.in_(invitations))
            session.execute(which.values(**facts))

    def answer(self, invitations: Collection[int]) -> None:
        """Let people answer now."""
        self.let(invitations, answered=True)
        with self.stage.database.writing() as session:
            session.add_all(
                Response(invitation_id=one, submitted_at=self.stage.clock.now(), texts=[])
                for one in invitations
            )

    def letters(self, step: str) -> dict[str, int]:
        """Count a step's letters by state."""
        with self.stage.database.reading() as session:
            rows = session.execute(
                select(Letter.state, func.count().label("letters"))
                .where(Letter.step == step)
                .group_by(Letter.state)
            )
            return {row.state: row.letters for row in rows}

    def whom(self, step: str) -> set[int]:
        """Give the invitations that have a letter of a step."""
        with self.stage.database.reading() as session:
            return set(session.scalars(select(Letter.invitation_id).where(Letter.step == step)))

    def steps(self) -> dict[str, str]:
        """Give what was noted about the steps."""
        with self.stage.database.reading() as session:
            rows = session.scalars(select(WaveStep).order_by(WaveStep.id))
            return {row.step: row.state for row in rows}

    def journaled(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Give what the journal says about steps, with the details."""
        with self.stage.database.reading() as session:
            rows = session.scalars(
                select(JournalEntry)
                .where(JournalEntry.wave == CODE, JournalEntry.event.startswith("step "))
                .order_by(JournalEntry.sequence)
            )
            return [(row.event, row.details) for row in rows]
