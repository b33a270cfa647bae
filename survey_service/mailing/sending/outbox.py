"""The outbox in the database: what the mailer asks for, as short durable transactions."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, literal, tuple_, update
from sqlalchemy.orm import Session

from mailer.sending.outbox import Claimed, Marked, Resolution, Settled, State, Ticket, Uncertain
from questionnaires.text import Language
from survey_service.clock import Clock
from survey_service.entropy import Entropy
from survey_service.mailing.sending.claiming import Claiming, waves_waiting
from survey_service.mailing.sending.dispatching import hold_dispatch, leave_dispatch
from survey_service.mailing.sending.expecting import next_claim, next_lease_end
from survey_service.mailing.sending.lanes import Lane
from survey_service.mailing.sending.marking import Marking
from survey_service.mailing.sending.pace import make_buckets, read_quota
from survey_service.mailing.sending.recovering import doubtful, end_doubts, recover_letters, requeue
from survey_service.mailing.writing.letters import Addressee, LetterOrder, Letters
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import PausedTransport
from survey_service.waves.plan import WavePlan

_ONLY_LANE: Final = Lane()


class SqlOutbox:
    """Implements `mailer.sending.outbox.Outbox` over the `letters` table, for one lane.

    PostgreSQL lets any number of workers claim (SKIP LOCKED); on SQLite one worker at a time
    holds the lane's dispatch, and the others find nothing to claim.
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
        lane: Lane = _ONLY_LANE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._letters = letters
        self._lease = lease
        self._wave = wave
        self._lane = lane
        self._owner = entropy.token(8).hex()
        self._turn = 0
        self._plans: dict[int, WavePlan] = {}
        self._unbegun: set[str] = set()
        """Letters claimed here that have not drawn their token yet."""
        self._has_buckets = False

    def claim(self, limit: int) -> Sequence[Claimed[LetterOrder]]:
        """Lease up to `limit` due letters, of each wave its share; drop those not to be sent."""
        now = self._clock.now()
        lease = f"{self._owner}-{self._entropy.token(8).hex()}"
        with self._database.writing() as session:
            if not self._is_dispatcher(session, now) or self._is_paused(session):
                return []
            quota = read_quota(session, self._lane, self._lane.domain_limits, now)
            room = quota.room()
            if room is not None:
                limit = min(limit, room - len(self._unbegun))
            waves = waves_waiting(session, now, self._wave)
            if waves:
                # Where there is less to claim than there are waves, each is first in its turn.
                self._turn = (self._turn + 1) % len(waves)
                waves = waves[self._turn :] + waves[: self._turn]
            self._plans |= {wave.id: wave.plan for wave in waves}
            claiming = Claiming(
                session=session,
                now=now,
                lane=self._lane,
                quota=quota,
                owner=lease,
                lease=self._lease,
            )
            rows = claiming.of(waves, limit)
        claimed = [_claimed(row, lease) for row in rows]
        self._unbegun.update(letter.ticket.letter for letter in claimed)
        return claimed

    def mark(self, settled: Sequence[Settled], tickets: Sequence[Ticket]) -> Marked:
        """Note ends and intents in one commit; leaves out what was dropped, held back or lost."""
        now = self._clock.now()
        self._make_buckets(now)
        with self._database.writing() as session:
            marking = Marking(session=session, now=now, lane=self._lane, plans=self._plans)
            marked = marking.mark(settled, tickets)
        self._unbegun.difference_update(ticket.letter for ticket in tickets)
        self._unbegun.difference_update(end.ticket.letter for end in settled)
        return marked

    def record_intent(self, tickets: Sequence[Ticket]) -> Collection[Ticket]:
        """Commit that these letters go now, each with its token."""
        return self.mark((), tickets).permitted

    def settle(self, settled: Sequence[Settled]) -> None:
        """Note how attempts ended, all in one commit."""
        if settled:
            self.mark(settled, ())

    def release(self, tickets: Sequence[Ticket]) -> None:
        """Queue again what was claimed and not begun."""
        if not tickets:
            return
        with self._database.writing() as session:
            requeue(session, _held(tickets, State.CLAIMED))
        self._unbegun.difference_update(ticket.letter for ticket in tickets)

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
            if self._is_dispatcher(session, now):
                recover_letters(session, now)

    def uncertain(self, before: datetime) -> Sequence[Uncertain]:
        """List the lane's letters that became uncertain at or before an instant."""
        with self._database.reading() as session:
            rows = doubtful(session, lane=self._lane.name, wave=self._wave, before=before)
        return [
            Uncertain(
                letter=str(row.id),
                attempt=row.attempt,
                message_id=self._letters.message_id(row.id),
                since=row.settled_at,
                begun=row.begun_at,
            )
            for row in rows
        ]

    def resolve(self, resolutions: Sequence[Resolution]) -> None:
        """End doubts by evidence or policy; a letter queued again is counted as resent."""
        with self._database.writing() as session:
            end_doubts(session, resolutions)

    def next_due(self) -> datetime | None:
        """Tell when there will be something to claim, to drop or to take up.

        What the pace, a send window or a pause of the lane holds back is not due before it goes.
        """
        now = self._clock.now()
        with self._database.reading() as session:
            moments = [next_lease_end(session, self._wave)]
            if not self._is_paused(session):
                quota = read_quota(session, self._lane, self._lane.domain_limits, now)
                moments += [
                    next_claim(session, self._lane, wave, quota)
                    for wave in waves_waiting(session, now, self._wave)
                ]
        return min((moment for moment in moments if moment is not None), default=None)

    def leave(self) -> None:
        """Give the dispatch back, so that the next worker need not wait for its end."""
        with self._database.writing() as session:
            leave_dispatch(session, lane=self._lane.name, owner=self._owner)

    def _is_dispatcher(self, session: Session, now: datetime) -> bool:
        return hold_dispatch(
            self._database,
            session,
            lane=self._lane.name,
            owner=self._owner,
            now=now,
            lease=self._lease,
        )

    def _is_paused(self, session: Session) -> bool:
        return session.get(PausedTransport, self._lane.name) is not None

    def _make_buckets(self, now: datetime) -> None:
        if not self._has_buckets:
            make_buckets(self._database, self._lane, now)
            self._has_buckets = True


def _held(tickets: Sequence[Ticket], *states: State) -> ColumnElement[bool]:
    keys = [(int(ticket.letter), ticket.attempt, ticket.lease) for ticket in tickets]
    if not keys:
        return literal(value=False)
    held = tuple_(Letter.id, Letter.attempt, Letter.lease_owner).in_(keys)
    return and_(held, Letter.state.in_(states))


def _claimed(row: Row[*tuple[Any, ...]], lease: str) -> Claimed[LetterOrder]:
    language: Language = "en" if row.language == "en" else "vi"
    return Claimed(
        ticket=Ticket(letter=str(row.id), attempt=row.attempt + 1, lease=lease),
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
                rotation=row.rotation,
            ),
        ),
    )
