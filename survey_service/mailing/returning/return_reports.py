"""One report about a letter, wherever it came from, taken into the database and acted upon once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailer.returns.returned import Kind
from mailer.sending.outbox import State
from mailer.smtp.failure import Failure
from survey_service.clock import Clock
from survey_service.mailing.quoted_links import without_links, without_tokens
from survey_service.mailing.returning.scoring_bounces import SOFT, has_failed_too_often
from survey_service.mailing.returning.suppressing import suppress
from survey_service.mailing.returning.watching_policy import Watch, pause_where_unwanted
from survey_service.mailing.sending.history import Event, record_events, without_addresses
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import ReturnedMail
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave

Source = Literal["imap", "pipe", "webhook", "smtp"]
"""A mailbox, the relay's pipe, a provider's webhook, or the refusal of a letter that was sent."""
EVIDENCE = 64 << 10
"""Octets of a mail that are kept as evidence, without the links that it quotes."""
EVIDENCE_KEPT = timedelta(days=90)
SCORES_KEPT = timedelta(days=4 * 366)
"""Three yearly waves, and a year of slack."""
_DETAIL = 300
_EVENTS = {
    Kind.BOUNCE: "bounced",
    Kind.DELAY: "delayed",
    Kind.DELIVERY: "delivered",
    Kind.COMPLAINT: "complained",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came back, judged: its kind, and the letter that our own signature in it names.

    `trusted` tells whether its shape is that of a server's report, so that it may act; without a
    letter it never does. `address` is whom an unsigned report names, for staff to see.
    """

    digest: bytes
    source: Source
    kind: Kind
    trusted: bool = False
    letter: int | None = None
    address: str | None = None
    failure: Failure | None = None
    status: str = ""
    diagnostic: str = ""
    raw: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a report: `new` is False for one that was taken before."""

    kind: Kind
    new: bool
    known: bool = False
    """Whether it is about a letter of ours."""
    suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    letter: int
    email_key: str
    wave: str
    transport: str | None


def take_report(
    database: Database,
    session: Session,
    clock: Clock,
    report: Report,
    *,
    watch: Watch,
) -> Taken:
    """Take a report in the session's transaction; the same one a second time changes nothing."""
    now = clock.now()
    about = None if report.letter is None else _find(session, report.letter)
    if not _keep(database, session, report, about, now):
        kind = session.scalar(select(ReturnedMail.kind).where(ReturnedMail.digest == report.digest))
        return Taken(kind=Kind(kind or report.kind), new=False, known=about is not None)
    if about is None or not report.trusted:
        return Taken(kind=report.kind, new=True, known=about is not None)
    if report.source != "smtp":
        _note(session, report, about, now)
    suppressed = _act(session, report, about, now)
    refused = report.kind is Kind.BOUNCE and report.failure is Failure.POLICY
    if refused and about.transport is not None:
        pause_where_unwanted(database, session, clock, about.transport, watch)
    return Taken(kind=report.kind, new=True, known=True, suppressed=suppressed)


def _find(session: Session, letter: int) -> _About | None:
    row = session.execute(
        select(Letter.id, Letter.transport, Contact.email_key, Wave.code)
        .join(Invitation, Invitation.id == Letter.invitation_id)
        .join(Contact, Contact.id == Invitation.contact_id)
        .join(Wave, Wave.id == Letter.wave_id)
        .where(Letter.id == letter)
    ).one_or_none()
    if row is None:
        return None
    return _About(letter=row.id, email_key=row.email_key, wave=row.code, transport=row.transport)


def _keep(
    database: Database, session: Session, report: Report, about: _About | None, now: datetime
) -> bool:
    # What a mail in a person's name says of a failure is no more than an address's: unproven.
    proven = about if report.trusted or report.failure is None else None
    kept = session.execute(
        database.insert_missing(ReturnedMail)
        .values(
            digest=report.digest,
            at=now,
            source=report.source,
            kind=report.kind,
            letter_id=None if about is None else about.letter,
            # Without a wave the address is only what an unproven mail says.
            email_key=report.address if proven is None else proven.email_key,
            wave=None if proven is None else proven.wave,
            transport=None if proven is None else proven.transport,
            failure=report.failure,
            status=report.status[:12] or None,
            diagnostic=without_tokens(report.diagnostic) or None,
            raw=None if report.raw is None else without_links(report.raw)[:EVIDENCE],
        )
        .returning(ReturnedMail.id)
    )
    return kept.first() is not None


def _note(session: Session, report: Report, about: _About, now: datetime) -> None:
    event = _EVENTS.get(report.kind)
    if event is None:
        return
    words = " ".join(word for word in (report.failure, report.status, report.diagnostic) if word)
    detail = without_addresses(words)[:_DETAIL] or None
    events = [Event(letter=about.letter, at=now, event=event, detail=detail)]
    # Whoever reports on a letter had been given it.
    accepted = session.scalar(
        update(Letter)
        .where(Letter.id == about.letter, Letter.state == State.UNCERTAIN)
        .values(state=State.SENT, settled_at=now, lease_until=None, reply=event)
        .returning(Letter.id)
    )
    if accepted is not None:
        events += [
            Event(letter=about.letter, at=now, event="resolved", detail=event),
            Event(letter=about.letter, at=now, event=State.SENT),
        ]
    record_events(session, events)


def _act(session: Session, report: Report, about: _About, now: datetime) -> bool:
    source = "webhook" if report.source == "webhook" else "bounce"
    evidence = without_addresses(f"{report.status} {report.diagnostic}".strip())[:_DETAIL] or None
    if report.kind is Kind.COMPLAINT:
        reason = "complaint"
    elif report.kind is Kind.BOUNCE and report.failure is Failure.HARD_ADDRESS:
        reason = "hard-address"
    elif report.failure in SOFT and has_failed_too_often(session, about.email_key, now):
        reason = "soft-mailbox"
    else:
        return False
    return suppress(
        session,
        email_key=about.email_key,
        reason=reason,
        source=source,
        at=now,
        evidence=evidence,
    )
