"""Mailboxes that fail for a time: when that has happened often enough to write there no more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from mailer.smtp.failure import Failure
from survey_service.store.letters import Letter
from survey_service.store.mail import ReturnedMail
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave

SOFT = (Failure.SOFT_MAILBOX, Failure.EXPIRED)
ENOUGH = 3
"""Failures, each on a day and in a wave of its own."""
GOOD_FOR = timedelta(days=30)
"""A letter sent after the failure, and not heard of for so long, has arrived."""


def has_failed_too_often(session: Session, email_key: str, now: datetime) -> bool:
    """Tell whether a mailbox failed in three waves, on three days, with no success in between."""
    days: set[object] = set()
    waves: set[str] = set()
    for at, wave in _counted(session, email_key, now):
        if at.date() not in days and wave not in waves:
            days.add(at.date())
            waves.add(wave)
    return len(waves) >= ENOUGH


def _counted(session: Session, email_key: str, now: datetime) -> Sequence[tuple[datetime, str]]:
    rows = session.execute(
        select(ReturnedMail.at, ReturnedMail.wave)
        .where(
            ReturnedMail.email_key == email_key,
            ReturnedMail.failure.in_(SOFT),
            ReturnedMail.wave.is_not(None),
            ~_is_outlived(now),
        )
        .order_by(ReturnedMail.at, ReturnedMail.id)
    )
    return [(row.at, row.wave) for row in rows]


def _is_outlived(now: datetime) -> ColumnElement[bool]:
    """Say that a person was reached after a failure: they answered, or a letter stayed there."""
    failed_in, answered_in = aliased(Wave), aliased(Wave)
    answered = (
        exists()
        .where(
            Contact.email_key == ReturnedMail.email_key,
            Invitation.contact_id == Contact.id,
            Invitation.answered,
            answered_in.id == Contact.wave_id,
            failed_in.code == ReturnedMail.wave,
            # An answer has no date; one in an earlier wave says nothing about a later failure.
            answered_in.opens_at >= failed_in.opens_at,
        )
        .correlate(ReturnedMail)
    )
    came_back = aliased(ReturnedMail)
    arrived = (
        exists()
        .where(
            Contact.email_key == ReturnedMail.email_key,
            Invitation.contact_id == Contact.id,
            Letter.invitation_id == Invitation.id,
            Letter.state == "sent",
            Letter.settled_at > ReturnedMail.at,
            Letter.settled_at <= now - GOOD_FOR,
            ~exists().where(and_(came_back.letter_id == Letter.id, came_back.failure.is_not(None))),
        )
        .correlate(ReturnedMail)
    )
    return or_(answered, arrived)
