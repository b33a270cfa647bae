"""One durable step of sending: how attempts ended, and which letters go next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from mailer.sending.outbox import Marked, Settled, State, Ticket
from survey_service.mailing.sending.claiming import AT_ANY_TIME
from survey_service.mailing.sending.dropping import FACTS, drop, reason_to_drop, step_of
from survey_service.mailing.sending.history import Event, record_events, without_addresses
from survey_service.mailing.sending.lanes import Lane
from survey_service.mailing.sending.pace import Quota, read_quota, write_quota
from survey_service.store.base import Instant
from survey_service.store.letters import Letter
from survey_service.store.mail import PausedTransport
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.plan import WavePlan

_ENDABLE: Final = frozenset({State.CLAIMED, State.INTENT, State.UNCERTAIN})
_UNDERWAY: Final = frozenset({State.INTENT, State.UNCERTAIN})

_IN_HAND: Final = (
    select(
        *FACTS,
        exists().where(PausedTransport.name == bindparam("lane")).label("paused"),
    )
    .join(Wave, Wave.id == Letter.wave_id)
    .join(Invitation, Invitation.id == Letter.invitation_id)
    .join(Contact, Contact.id == Invitation.contact_id)
    .where(Letter.id.in_(bindparam("ids", expanding=True)))
    .order_by(Letter.id)
    .with_for_update(of=Letter)
)
"""Locked in one order; what is decided of these rows holds until the commit."""

_END: Final = (
    update(Letter)
    .where(Letter.id == bindparam("key"))
    .values(
        state=bindparam("new_state"),
        attempt=Letter.attempt - bindparam("uncounted"),
        not_before=func.coalesce(bindparam("next", type_=Instant), Letter.not_before),
        settled_at=bindparam("at", type_=Instant),
        lease_until=None,
        reason=bindparam("why"),
        reply=bindparam("words"),
    )
)
_GO: Final = (
    update(Letter)
    .where(Letter.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=State.INTENT,
        transport=bindparam("lane"),
        begun_at=bindparam("at", type_=Instant),
    )
)
_PUT_BACK: Final = (
    update(Letter)
    .where(Letter.id == bindparam("key"))
    .values(
        state=State.QUEUED,
        attempt=Letter.attempt - 1,
        lease_until=None,
        not_before=func.coalesce(bindparam("next", type_=Instant), Letter.not_before),
    )
)


@dataclass(slots=True, kw_only=True)
class Marking:
    """One transaction's worth of ends and intents of a lane.

    `plans` are the plans of the waves that letters were claimed from, for their send windows.
    """

    session: Session
    now: datetime
    lane: Lane
    plans: Mapping[int, WavePlan]
    _events: list[Event] = field(default_factory=list[Event])
    _permitted: list[Ticket] = field(default_factory=list[Ticket])
    _dropped: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    _put_back: list[tuple[int, datetime | None]] = field(
        default_factory=list[tuple[int, datetime | None]]
    )

    def mark(self, settled: Sequence[Settled], tickets: Sequence[Ticket]) -> Marked:
        """Note ends, then let go what is still to be sent and has a token."""
        ids = [int(end.ticket.letter) for end in settled]
        ids += [int(ticket.letter) for ticket in tickets]
        rows = (
            self.session.connection().execute(_IN_HAND, {"ids": ids, "lane": self.lane.name}).all()
        )
        held = {_ticket(row): row for row in rows}
        quota = self._quota(rows)
        ends = [
            (end, row)
            for end in settled
            if (row := held.get(end.ticket)) is not None and row.state in _ENDABLE
        ]
        self._end(ends, quota)
        for ticket in tickets:
            row = held.get(ticket)
            if row is not None and row.state == State.CLAIMED:
                self._decide(ticket, row, quota)
        self._write(quota)
        return Marked(permitted=frozenset(self._permitted), dropped=len(self._dropped))

    def _quota(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> Quota:
        # Letters are locked before buckets, by everybody.
        domains = {row.domain for row in rows}
        return read_quota(self.session, self.lane, domains, self.now, lock=True)

    def _end(self, ends: Sequence[tuple[Settled, Row[*tuple[Any, ...]]]], quota: Quota) -> None:
        values: list[dict[str, object]] = []
        for end, row in ends:
            failure = end.outcome.failure
            words = _words(end)
            not_started = end.state is State.QUEUED
            values.append(
                {
                    "key": row.id,
                    "new_state": end.state,
                    "uncounted": 1 if not_started else 0,
                    "next": end.not_before,
                    "at": end.at,
                    "why": None if failure is None else str(failure),
                    "words": words,
                }
            )
            if not_started:
                if row.state in _UNDERWAY:
                    quota.give_back(row.domain)
                continue
            detail = words if failure is None else f"{failure}: {words or ''}".rstrip(": ")
            self._events.append(Event(letter=row.id, at=end.at, event=end.state, detail=detail))
        if values:
            self.session.connection().execute(_END, values)

    def _decide(self, ticket: Ticket, row: Row[*tuple[Any, ...]], quota: Quota) -> None:
        reason = reason_to_drop(row, self.now)
        if reason is not None:
            self._dropped.append((row.id, reason))
        elif row.paused or not self._may_go(row):
            self._put_back.append((row.id, None))
        elif (ready_at := quota.take(row.domain)) is not None:
            self._put_back.append((row.id, ready_at))
        else:
            self._permitted.append(ticket)

    def _may_go(self, row: Row[*tuple[Any, ...]]) -> bool:
        if not step_of(row.step).goes_in(row.wave_state):
            return False
        plan = self.plans.get(row.wave_id)
        if plan is None or row.step in AT_ANY_TIME:
            return True
        return next_opening(plan, self.now) <= self.now

    def _write(self, quota: Quota) -> None:
        if self._permitted:
            ids = [int(ticket.letter) for ticket in self._permitted]
            go = {"ids": ids, "lane": self.lane.name, "at": self.now}
            self.session.connection().execute(_GO, go)
        if self._put_back:
            back = [{"key": letter, "next": moment} for letter, moment in self._put_back]
            self.session.connection().execute(_PUT_BACK, back)
        record_events(self.session, self._events)
        drop(self.session, self._dropped, self.now)
        write_quota(self.session, quota)


def _ticket(row: Row[*tuple[Any, ...]]) -> Ticket:
    return Ticket(letter=str(row.id), attempt=row.attempt, lease=row.lease_owner or "")


def _words(end: Settled) -> str | None:
    words = " ".join(str(part) for part in (end.outcome.code, end.outcome.text) if part)
    return without_addresses(words) or None
