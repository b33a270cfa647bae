"""Refusals for our own reputation: they suppress nobody, but too many stop the relay."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from mailer.returns.returned import Kind
from mailer.sending.outbox import State
from mailer.smtp.failure import Failure
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.letters import Letter
from survey_service.store.mail import PausedTransport, ReturnedMail

PAUSED = "transport-paused"
RESUMED = "transport-resumed"
ACTOR = "mail"
_REFUSED = (
    ReturnedMail.failure == Failure.POLICY,
    ReturnedMail.kind == Kind.BOUNCE,
    ReturnedMail.wave.is_not(None),
)
"""Proven refusals; a letter that is only late for policy (greylisting) may still arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """When refusals are too many: so many of a relay's last letters, or so many in a short time."""

    refused: int = 20
    of_letters: int = 200
    in_a_rush: int = 10
    rush: timedelta = timedelta(minutes=10)


def pause_where_unwanted(
    database: Database, session: Session, clock: Clock, transport: str, watch: Watch
) -> bool:
    """Pause a relay whose letters are refused too often, and journal it; staff let it go on.

    Refusals from before it was last paused or let go on count no more. One recipient domain of
    several pauses nobody's mail: it may be at odds with us alone, or wish the survey away.
    """
    now = clock.now()
    since = _last_decision(session, transport)
    rush = _refused(session, transport, max(since, now - watch.rush) if since else now - watch.rush)
    last = (
        select(Letter.id)
        .where(Letter.transport == transport, Letter.state.in_((State.SENT, State.FAILED)))
        .order_by(Letter.settled_at.desc(), Letter.id.desc())
        .limit(watch.of_letters)
    ).subquery()
    among = select(func.count(func.distinct(ReturnedMail.letter_id))).where(
        *_REFUSED, ReturnedMail.letter_id.in_(select(last.c.id))
    )
    if since is not None:
        among = among.where(ReturnedMail.at > since)
    refused = session.scalar(among) or 0
    if rush < watch.in_a_rush and refused < watch.refused:
        return False
    served = select(Letter.domain).where(Letter.id.in_(select(last.c.id)))
    if _refusing_domains(session, transport, since) < min(2, _distinct(session, served)):
        return False
    counts = max(rush, refused)
    paused = session.execute(
        database.insert_missing(PausedTransport)
        .values(
            name=transport,
            reason=f"{counts} thư bị từ chối vì uy tín hoặc chính sách / "
            f"{counts} letters were refused for reputation or policy",
            at=now,
        )
        .returning(PausedTransport.name)
    ).first()
    if paused is None:
        return False
    record(
        session,
        clock,
        actor=ACTOR,
        wave="",
        event=PAUSED,
        details={"transport": transport, "reason": Failure.POLICY, "refused": counts},
    )
    return True


def _refused(session: Session, transport: str, after: datetime) -> int:
    return (
        session.scalar(
            select(func.count(func.distinct(ReturnedMail.letter_id))).where(
                *_REFUSED,
                ReturnedMail.transport == transport,
                ReturnedMail.at > after,
            )
        )
        or 0
    )


def _refusing_domains(session: Session, transport: str, since: datetime | None) -> int:
    refusing = (
        select(Letter.domain)
        .join(ReturnedMail, ReturnedMail.letter_id == Letter.id)
        .where(*_REFUSED, ReturnedMail.transport == transport)
    )
    if since is not None:
        refusing = refusing.where(ReturnedMail.at > since)
    return _distinct(session, refusing)


def _distinct(session: Session, values: Select[str]) -> int:
    return session.scalar(select(func.count()).select_from(values.distinct().subquery())) or 0


def _last_decision(session: Session, transport: str) -> datetime | None:
    decisions = session.scalars(
        select(JournalEntry).where(JournalEntry.event.in_((PAUSED, RESUMED)))
    )
    return max(
        (entry.at for entry in decisions if entry.details.get("transport") == transport),
        default=None,
    )
