"""What the outbox's tests share: an outbox over a stepped clock, and ends of attempts."""

from datetime import datetime, timedelta

from made_waves import NOW
from sqlalchemy import select

from mailer.sending.outbox import Settled, State, Ticket
from mailer.smtp.failure import Failure
from mailer.smtp.outcome import Outcome, Phase, Verdict
from survey_service.clock import Clock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import new_key_ring
from survey_service.mailing.sending.lanes import Lane
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent

LEASE = timedelta(minutes=5)
KEYS = new_key_ring(SystemEntropy())
SENT = Outcome(verdict=Verdict.SENT, phase=Phase.DOT, code=250, text="2.0.0 ok")
LOST = Outcome(verdict=Verdict.UNCERTAIN, phase=Phase.DOT, text="connection reset")
REFUSED = Outcome(
    verdict=Verdict.FAILED,
    phase=Phase.RCPT,
    code=550,
    text="5.1.1 <p0@hop-thu.example> unknown, see https://mx.example/why?p0",
    failure=Failure.HARD_ADDRESS,
)
NOBODY = Outcome(verdict=Verdict.NOT_STARTED, phase=Phase.CONNECT, text="connection refused")


def lane_outbox(database: Database, clock: Clock, lane: Lane | None = None) -> SqlOutbox:
    letters = Letters(read_settings({}), KEYS)
    return SqlOutbox(database, clock, SystemEntropy(), letters, lease=LEASE, lane=lane or Lane())


def claimed_ids(outbox: SqlOutbox, limit: int = 100) -> list[int]:
    return [claimed.cargo.letter for claimed in outbox.claim(limit)]


def claimed_tickets(outbox: SqlOutbox, limit: int = 100) -> list[Ticket]:
    return [claimed.ticket for claimed in outbox.claim(limit)]


def ended(
    ticket: Ticket, state: State, outcome: Outcome = SENT, *, next_try: datetime | None = None
) -> Settled:
    return Settled(ticket=ticket, state=state, at=NOW, outcome=outcome, not_before=next_try)


def states_of(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Letter.state).order_by(Letter.id)))


def row_of(database: Database, letter: int) -> Letter:
    with database.reading() as session:
        return session.execute(select(Letter).where(Letter.id == letter)).scalar_one()


def log_of(database: Database, letter: int) -> list[tuple[str, str | None]]:
    with database.reading() as session:
        rows = session.execute(
            select(LetterEvent.event, LetterEvent.detail)
            .where(LetterEvent.letter_id == letter)
            .order_by(LetterEvent.id)
        ).all()
    return [(row.event, row.detail) for row in rows]
