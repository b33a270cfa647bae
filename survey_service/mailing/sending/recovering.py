"""What a dead worker left: letters taken up again, and doubts, until evidence ends them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.orm import Session

from mailer.sending.outbox import Resolution, State
from survey_service.mailing.sending.expecting import of_waves
from survey_service.mailing.sending.history import Event, record_events
from survey_service.store.letters import Letter

_ENTERED: Final = {State.SENT: "sent", State.QUEUED: "resent"}


def requeue(session: Session, which: ColumnElement[bool]) -> None:
    """Queue letters again whose attempt did not begin."""
    session.execute(
        update(Letter)
        .where(which)
        .values(state=State.QUEUED, attempt=Letter.attempt - 1, lease_until=None)
    )


def recover_letters(session: Session, now: datetime) -> None:
    """Take up what leases run out have left: claimed → queued, intent → uncertain."""
    ended = session.execute(
        select(Letter.id, Letter.state)
        .where(
            of_waves(None),
            Letter.state.in_((State.CLAIMED, State.INTENT)),
            Letter.lease_until <= now,
        )
        # Whoever holds such a row is settling it this moment.
        .with_for_update(of=Letter, skip_locked=True)
    ).all()
    unbegun = [row.id for row in ended if row.state == State.CLAIMED]
    doubtful = [row.id for row in ended if row.state == State.INTENT]
    if unbegun:
        requeue(session, Letter.id.in_(unbegun))
    if doubtful:
        session.execute(
            update(Letter)
            .where(Letter.id.in_(doubtful))
            .values(state=State.UNCERTAIN, settled_at=now, lease_until=None)
        )
        events = [
            Event(letter=letter, at=now, event=State.UNCERTAIN, detail="lease ended")
            for letter in doubtful
        ]
        record_events(session, events)


def doubtful(
    session: Session, *, lane: str, wave: str | None, before: datetime
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Read a lane's letters that became uncertain at or before an instant."""
    return session.execute(
        select(Letter.id, Letter.attempt, Letter.settled_at, Letter.begun_at).where(
            of_waves(wave),
            Letter.state == State.UNCERTAIN,
            Letter.transport == lane,
            Letter.settled_at <= before,
        )
    ).all()


def end_doubts(session: Session, resolutions: Sequence[Resolution]) -> None:
    """Resolve uncertain letters, each with its evidence; one queued again counts as resent."""
    events: list[Event] = []
    for end in sorted(resolutions, key=lambda end: int(end.letter)):
        letter = session.scalar(
            update(Letter)
            .where(
                Letter.id == int(end.letter),
                Letter.attempt == end.attempt,
                Letter.settled_at == end.since,
                Letter.state == State.UNCERTAIN,
            )
            .values(
                state=end.state,
                settled_at=end.at,
                reply=end.evidence,
                resent=Letter.resent + (1 if end.state is State.QUEUED else 0),
            )
            .returning(Letter.id)
        )
        if letter is not None:
            resolved = Event(letter=letter, at=end.at, event="resolved", detail=end.evidence)
            events += [resolved, Event(letter=letter, at=end.at, event=_ENTERED[end.state])]
    record_events(session, events)
