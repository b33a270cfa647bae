"""Floods: many one-click opt-outs of one domain at once, most likely its scanner and no person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select, update
from sqlalchemy.orm import Session

from survey_service import journal
from survey_service.clock import Clock
from survey_service.mailing.wishes.opting_out import REASON, RESPONDENT, Recipient
from survey_service.store.mail import Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave

FLAG = "flood"
"""What an opt-out of a flood has as its evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodRule:
    """What is taken for a flood: more than `share` of a domain's invitations within `window`.

    Fewer than `least` never are: the four people of a small office may well agree.
    """

    share: float = 0.2
    least: int = 10
    window: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """A flood that still stops mail: how many of a domain's people, and since when."""

    domain: str
    people: int
    since: datetime


def flag_flood(session: Session, clock: Clock, recipient: Recipient, rule: FloodRule) -> bool:
    """Flag the one-click opt-outs around a person's, where they are a flood; tells whether so.

    They go on ruling. The journal gets a flood once, by its domain and the count at that moment.
    """
    domain = recipient.email_key.rpartition("@")[2]
    recent = (*_one_clicks(recipient.wave), _at(Suppression.email_key, domain))
    recent = (*recent, Suppression.at > clock.now() - rule.window)
    people = session.scalar(select(func.count()).where(*recent)) or 0
    if people < rule.least or people <= rule.share * _invited(session, recipient.wave, domain):
        return False
    flagged = (*_one_clicks(recipient.wave), Suppression.evidence == FLAG)
    known = select(func.count()).where(*flagged, _at(Suppression.email_key, domain))
    is_new = not session.scalar(known)
    session.execute(update(Suppression).where(*recent).values(evidence=FLAG))
    if is_new:
        journal.record(
            session,
            clock,
            actor=RESPONDENT,
            wave=recipient.wave,
            event="opt-out flood",
            details={"domain": domain, "count": people},
        )
    return True


def floods(session: Session, wave: str) -> Sequence[Flood]:
    """List the floods of a wave that nobody has released, by domain."""
    rows = session.execute(
        select(Suppression.email_key, Suppression.at).where(
            *_one_clicks(wave), Suppression.evidence == FLAG
        )
    )
    moments: dict[str, list[datetime]] = {}
    for row in rows:
        moments.setdefault(row.email_key.rpartition("@")[2], []).append(row.at)
    return [
        Flood(domain=domain, people=len(at), since=min(at))
        for domain, at in sorted(moments.items())
    ]


def release_flood(session: Session, clock: Clock, *, wave: str, domain: str, actor: str) -> int:
    """Let the mail of a flood's people go again; tells how many, and the journal by whom."""
    released = session.execute(
        update(Suppression)
        .where(*_one_clicks(wave), Suppression.evidence == FLAG, _at(Suppression.email_key, domain))
        .values(released_at=clock.now(), released_by=actor)
        .returning(Suppression.id)
    ).all()
    if released:
        journal.record(
            session,
            clock,
            actor=actor,
            wave=wave,
            event="opt-out flood released",
            details={"domain": domain, "count": len(released)},
        )
    return len(released)


def _one_clicks(wave: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Suppression.wave == wave,
        Suppression.reason == REASON,
        Suppression.source == "one-click",
        Suppression.released_at.is_(None),
    )


def _at(key: SQLColumnExpression[str], domain: str) -> ColumnElement[bool]:
    return key.endswith(f"@{domain}", autoescape=True)


def _invited(session: Session, wave: str, domain: str) -> int:
    counted = (
        select(func.count())
        .select_from(Invitation)
        .join(Contact, Contact.id == Invitation.contact_id)
        .join(Wave, Wave.id == Invitation.wave_id)
        .where(Wave.code == wave, _at(Contact.email_key, domain))
    )
    return session.scalar(counted) or 0
