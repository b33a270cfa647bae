"""The outbox in the database: what the mailer asks for, as short durable transactions."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from mailer.sending.outbox import Claimed, Resolution, Settled, State, Ticket, Uncertain
from questionnaires.text import Language
from survey_service.clock import Clock
from survey_service.entropy import Entropy
from survey_service.mailing.letters import Addressee, LetterOrder, Letters
from survey_service.store.base import Instant
from survey_service.store.database import Database
from survey_service.store.letters import Dispatcher, Letter
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave

DISPATCHER = "outbox"
_WAITING = (State.QUEUED, State.DEFERRED)


class SqlOutbox:
    """Implements `mailer.sending.outbox.Outbox` over the `letters` table.

    PostgreSQL lets any number of workers claim (SKIP LOCKED); on SQLite one worker at a time
    holds the dispatcher's lease, and the others find nothing to claim.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        letters: Letters,
        *,
        lease: timedelta,
        wave: str | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._letters = letters
        self._lease = lease
        self._wave = wave
        self._owner = entropy.token(8).hex()

    def claim(self, limit: int) -> Sequence[Claimed[LetterOrder]]:
        """Lease up to `limit` due letters of open waves; drop those no longer to be sent."""
        now = self._clock.now()
        lease = f"{self._owner}-{self._entropy.token(8).hex()}"
        with self._database.writing() as session:
            if not self._is_dispatcher(session, now):
                return []
            self._drop(session, Letter.state.in_(_WAITING), Letter.not_before <= now)
            due = (
                select(Letter.id)
                .join(Wave, Wave.id == Letter.wave_id)
                .where(
                    Letter.state.in_(_WAITING),
                    Letter.not_before <= now,
                    Wave.state == "open",
                    Wave.closes_at > now,
                    *self._of_wave(),
                )
                .order_by(Letter.not_before, Letter.id)
                .limit(limit)
            )
            if not self._database.is_sqlite:
                due = due.with_for_update(of=Letter, skip_locked=True)
            ids = session.scalars(due).all()
            session.execute(
                update(Letter)
                .where(Letter.id.in_(ids))
                .values(
                    state=State.CLAIMED,
                    attempt=Letter.attempt + 1,
                    lease_owner=lease,
                    lease_until=now + self._lease,
                )
            )
            rows = session.execute(_orders(ids)).all()
        return [_claimed(row, lease) for row in rows]

    def record_intent(self, tickets: Sequence[Ticket]) -> Collection[Ticket]:
        """Commit that these letters go now; leaves out what was dropped, paused or lost."""
        now = self._clock.now()
        with self._database.writing() as session:
            held = _held(tickets, State.CLAIMED)
            self._drop(session, held)
            open_waves = select(Wave.id).where(Wave.state == "open", Wave.closes_at > now)
            going = session.execute(
                update(Letter)
                .where(held, Letter.wave_id.in_(open_waves))
                .values(state=State.INTENT, settled_at=now)
                .returning(Letter.id)
            ).scalars()
            permitted = {str(letter) for letter in going}
            _requeue(session, held)
        return {ticket for ticket in tickets if ticket.letter in permitted}

    def settle(self, settled: Sequence[Settled]) -> None:
        """Note how attempts ended, all in one commit."""
        if not settled:
            return
        statement = (
            update(Letter)
            .where(
                Letter.id == bindparam("key"),
                Letter.attempt == bindparam("attempt_held"),
                Letter.lease_owner == bindparam("lease_held"),
                # An expanding IN cannot be executed for many rows at once.
                or_(
                    Letter.state == State.CLAIMED,
                    Letter.state == State.INTENT,
                    Letter.state == State.UNCERTAIN,
                ),
            )
            .values(
                state=bindparam("new_state"),
                attempt=Letter.attempt - bindparam("uncounted"),
                not_before=func.coalesce(bindparam("next", type_=Instant), Letter.not_before),
                settled_at=bindparam("at"),
                lease_until=None,
                reason=bindparam("why"),
                reply=bindparam("words"),
            )
        )
        rows = [
            {
                "key": int(end.ticket.letter),
                "attempt_held": end.ticket.attempt,
                "lease_held": end.ticket.lease,
                "new_state": end.state,
                "uncounted": 1 if end.state is State.QUEUED else 0,
                "next": end.not_before,
                "at": end.at,
                "why": None if end.outcome.failure is None else str(end.outcome.failure),
                "words": _reply(end),
            }
            for end in settled
        ]
        with self._database.writing() as session:
            session.connection().execute(statement, rows)

    def release(self, tickets: Sequence[Ticket]) -> None:
        """Queue again what was claimed and not begun."""
        with self._database.writing() as session:
            _requeue(session, _held(tickets, State.CLAIMED))

    def renew(self, tickets: Sequence[Ticket]) -> None:
        """Extend the leases of letters in hand, and the dispatcher's own."""
        now = self._clock.now()
        with self._database.writing() as session:
            self._is_dispatcher(session, now)
            session.execute(
                update(Letter)
                .where(_held(tickets, State.CLAIMED, State.INTENT))
                .values(lease_until=now + self._lease)
            )

    def recover(self) -> None:
        """Take up what leases run out have left: claimed → queued, intent → uncertain."""
        now = self._clock.now()
        with self._database.writing() as session:
            if not self._is_dispatcher(session, now):
                return
            ended = Letter.lease_until <= now
            _requeue(session, and_(ended, Letter.state == State.CLAIMED))
            session.execute(
                update(Letter)
                .where(ended, Letter.state == State.INTENT)
                .values(state=State.UNCERTAIN, settled_at=now, lease_until=None)
            )

    def uncertain(self, before: datetime) -> Sequence[Uncertain]:
        """List letters that became uncertain at or before an instant."""
        with self._database.reading() as session:
            rows = session.execute(
                select(Letter.id, Letter.attempt, Letter.settled_at).where(
                    Letter.state == State.UNCERTAIN, Letter.settled_at <= before, *self._of_wave()
                )
            ).all()
        return [
            Uncertain(
                letter=str(row.id),
                attempt=row.attempt,
                message_id=self._letters.message_id(row.id),
                since=row.settled_at,
            )
            for row in rows
        ]

    def resolve(self, resolutions: Sequence[Resolution]) -> None:
        """End doubts by evidence or policy; a letter queued again is counted as resent."""
        with self._database.writing() as session:
            for end in resolutions:
                session.execute(
                    update(Letter)
                    .where(
                        Letter.id == int(end.letter),
                        Letter.attempt == end.attempt,
                        Letter.state == State.UNCERTAIN,
                    )
                    .values(
                        state=end.state,
                        settled_at=end.at,
                        reply=end.evidence,
                        resent=Letter.resent + (1 if end.state is State.QUEUED else 0),
                    )
                )

    def next_due(self) -> datetime | None:
        """Tell when there will be something to claim or to take up."""
        with self._database.reading() as session:
            moments = session.execute(
                select(
                    func.min(case((Letter.state.in_(_WAITING), Letter.not_before))),
                    func.min(Letter.lease_until),
                )
                .join(Wave, Wave.id == Letter.wave_id)
                .where(
                    or_(
                        Letter.lease_until.is_not(None),
                        and_(Letter.state.in_(_WAITING), Wave.state == "open"),
                    ),
                    *self._of_wave(),
                )
            ).one()
        return min((moment for moment in moments if moment is not None), default=None)

    def leave(self) -> None:
        """Give the dispatcher's lease back, so that the next worker need not wait for its end."""
        with self._database.writing() as session:
            session.execute(
                delete(Dispatcher).where(
                    Dispatcher.name == DISPATCHER, Dispatcher.owner == self._owner
                )
            )

    def _of_wave(self) -> list[ColumnElement[bool]]:
        if self._wave is None:
            return []
        return [Letter.wave_id == select(Wave.id).where(Wave.code == self._wave).scalar_subquery()]

    def _is_dispatcher(self, session: Session, now: datetime) -> bool:
        if not self._database.is_sqlite:
            return True
        session.execute(
            self._database.insert_missing(Dispatcher).values(
                name=DISPATCHER, owner=self._owner, until=now + self._lease
            )
        )
        taken = session.execute(
            update(Dispatcher)
            .where(
                Dispatcher.name == DISPATCHER,
                or_(Dispatcher.owner == self._owner, Dispatcher.until <= now),
            )
            .values(owner=self._owner, until=now + self._lease)
            .returning(Dispatcher.name)
        ).first()
        return taken is not None

    def _drop(self, session: Session, *which: ColumnElement[bool]) -> None:
        now = self._clock.now()
        reasons = (
            ("answered", _invitation(Invitation.answered)),
            ("revoked", _invitation(Invitation.revoked)),
            ("withdrawn", _invitation(Invitation.withdrawn)),
            ("wave-over", _wave(Wave.state.not_in(("open", "paused")))),
            ("wave-over", _wave(Wave.closes_at <= now)),
        )
        for reason, applies in reasons:
            session.execute(
                update(Letter)
                .where(*which, applies)
                .values(state=State.DROPPED, reason=reason, settled_at=now, lease_until=None)
            )


def _invitation(fact: ColumnElement[bool] | Any) -> ColumnElement[bool]:
    return exists().where(Invitation.id == Letter.invitation_id, fact)


def _wave(fact: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Wave.id == Letter.wave_id, fact)


def _held(tickets: Sequence[Ticket], *states: State) -> ColumnElement[bool]:
    keys = [(int(ticket.letter), ticket.attempt, ticket.lease) for ticket in tickets]
    if not keys:
        return literal(value=False)
    held = tuple_(Letter.id, Letter.attempt, Letter.lease_owner).in_(keys)
    return and_(held, Letter.state.in_(states))


def _requeue(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(
        update(Letter)
        .where(which)
        .values(state=State.QUEUED, attempt=Letter.attempt - 1, lease_until=None)
    )


def _reply(end: Settled) -> str | None:
    words = " ".join(str(part) for part in (end.outcome.code, end.outcome.text) if part)
    return words or None


def _orders(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    first = (
        select(func.min(Letter.id))
        .where(Letter.invitation_id == Invitation.id, Letter.step == "invitation")
        .correlate(Invitation)
        .scalar_subquery()
    )
    return (
        select(
            Letter.id,
            Letter.attempt,
            Letter.step,
            Wave.code.label("wave"),
            Wave.closes_at,
            Invitation.public_id,
            Invitation.generation,
            Invitation.units,
            Contact.name,
            Contact.email,
            Contact.group,
            Contact.own_unit,
            Contact.language,
            Contact.transactions,
            first.label("first"),
        )
        .join(Wave, Wave.id == Letter.wave_id)
        .join(Invitation, Invitation.id == Letter.invitation_id)
        .join(Contact, Contact.id == Invitation.contact_id)
        .where(Letter.id.in_(ids))
        .order_by(Letter.not_before, Letter.id)
    )


def _claimed(row: Any, lease: str) -> Claimed[LetterOrder]:
    language: Language = "en" if row.language == "en" else "vi"
    return Claimed(
        ticket=Ticket(letter=str(row.id), attempt=row.attempt, lease=lease),
        cargo=LetterOrder(
            letter=row.id,
            wave=row.wave,
            closes_at=row.closes_at,
            step=row.step,
            follows=None if row.step == "invitation" else row.first,
            addressee=Addressee(
                public_id=row.public_id,
                generation=row.generation,
                name=row.name,
                email=row.email,
                group=row.group,
                own_unit=row.own_unit,
                language=language,
                units=tuple(row.units),
                transactions=tuple(row.transactions),
            ),
        ),
    )
