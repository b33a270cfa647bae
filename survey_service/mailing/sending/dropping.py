"""Whether a letter is still to be sent: asked when it is claimed, and again when it goes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Row,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from mailer.sending.outbox import State
from survey_service.mailing.sending.history import Event, record_events
from survey_service.store.base import Instant
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.steps import INVITATION, LINKS, STEPS, Step

WAITING: Final = (State.QUEUED, State.DEFERRED)
STOPPED: Final = "paused"
"""The state in which a wave's letters wait for staff."""

_ASKED_FOR: Final = tuple(step.name for step in LINKS)

_suppressed = (
    # In the order of the alphabet the person's own word comes first.
    select(func.min(case((Suppression.reason == "opt-out", "opt-out"), else_="suppressed")))
    .where(
        Suppression.email_key == Contact.email_key,
        Suppression.released_at.is_(None),
        or_(Suppression.wave.is_(None), Suppression.wave == Wave.code),
        # Whoever opted out and asks for their link gets it.
        or_(Suppression.reason != "opt-out", Letter.step.not_in(_ASKED_FOR)),
    )
    .correlate(Contact, Letter, Wave)
    .scalar_subquery()
)

FACTS: Final[tuple[ColumnElement[Any] | Any, ...]] = (
    Letter.id,
    Letter.wave_id,
    Letter.attempt,
    Letter.lease_owner,
    Letter.state,
    Letter.step,
    Letter.domain,
    Letter.not_before,
    Invitation.answered,
    Invitation.revoked,
    Invitation.withdrawn,
    Wave.state.label("wave_state"),
    Wave.closes_at,
    _suppressed.label("suppressed"),
)
"""What a decision about a letter rests on, of Letter joined with invitation, contact and wave."""


def step_of(name: str) -> Step:
    """Give a step by its name in the outbox; one that is not known is held to ask."""
    return STEPS.get(name, INVITATION)


def is_over(step: Step, state: str, closes_at: datetime, now: datetime) -> bool:
    """Tell whether a wave can never again send a step (short of an extension)."""
    if step.until_cut_off:
        return state not in {"draft", "open", STOPPED, "closed"}
    if step.after == "open":
        return state not in {"draft", "open", STOPPED} or closes_at <= now
    return state == "cancelled"


def reason_to_drop(row: Row[*tuple[Any, ...]], now: datetime) -> str | None:
    """Say why a letter is not to be sent any more; None where it still is.

    A link that was asked for goes out whether there is an answer or not, and so says nothing of it.
    """
    step = step_of(row.step)
    reasons = (
        ("wave-over", is_over(step, row.wave_state, row.closes_at, now)),
        ("revoked", row.revoked),
        ("withdrawn", row.withdrawn and step not in LINKS),
        ("answered", row.answered and step.asks),
    )
    return next((reason for reason, applies in reasons if applies), row.suppressed)


_DROP = (
    update(Letter)
    .where(Letter.id == bindparam("key"))
    .values(
        state=State.DROPPED,
        reason=bindparam("why"),
        settled_at=bindparam("at", type_=Instant),
        lease_until=None,
    )
)


def drop(session: Session, dropped: Sequence[tuple[int, str]], now: datetime) -> None:
    """Drop letters that this transaction holds, each for its reason."""
    if dropped:
        rows = [{"key": letter, "why": reason, "at": now} for letter, reason in dropped]
        session.connection().execute(_DROP, rows)
        record_events(
            session,
            [
                Event(letter=letter, at=now, event=State.DROPPED, detail=reason)
                for letter, reason in dropped
            ],
        )


def drop_all(session: Session, wave: int, steps: Sequence[str], now: datetime, limit: int) -> int:
    """Drop the waiting letters of a wave's steps that are over; gives how many, up to `limit`."""
    due = (
        select(Letter.id)
        .where(
            Letter.wave_id == wave,
            Letter.state.in_(WAITING),
            Letter.not_before <= now,
            Letter.step.in_(steps),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(due).all()
    if ids:
        log = insert(LetterEvent).from_select(
            ["letter_id", "at", "event", "detail"],
            select(
                Letter.id, literal(now, Instant), literal(State.DROPPED), literal("wave-over")
            ).where(Letter.id.in_(ids)),
        )
        session.execute(log)
        session.execute(
            update(Letter)
            .where(Letter.id.in_(ids))
            .values(state=State.DROPPED, reason="wave-over", settled_at=now, lease_until=None)
        )
    return len(ids)
