"""An outbox in memory: every rule of the outbox, no disk."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.sending.outbox import Claimed, Marked, Resolution, Settled, State, Ticket, Uncertain
from mailer.smtp.outcome import Outcome


@dataclass(slots=True, kw_only=True)
class Entry:
    """One letter's row."""

    letter: str
    message_id: str
    state: State = State.QUEUED
    attempt: int = 0
    lease: str = ""
    lease_until: datetime | None = None
    not_before: datetime | None = None
    since: datetime | None = None
    begun: datetime | None = None
    outcome: Outcome | None = None
    dropped_for: str = ""


class MemoryOutbox:
    """Keeps letters in a dictionary; cargo is the letter's name.

    A courier that dies leaves it as a database would be left: holding what had been committed.
    `drop_reason` stands for whatever makes a letter needless: answered, opted out, cancelled.
    """

    def __init__(
        self,
        letters: Iterable[tuple[str, str]],
        *,
        now: Callable[[], datetime],
        lease: timedelta = timedelta(minutes=5),
        drop_reason: Callable[[str], str | None] = lambda _letter: None,
    ) -> None:
        self.entries = {
            letter: Entry(letter=letter, message_id=message_id) for letter, message_id in letters
        }
        self._now = now
        self._lease = lease
        self._drop_reason = drop_reason
        self._leases = 0

    def count(self, state: State) -> int:
        """Count the letters in a state."""
        return sum(entry.state is state for entry in self.entries.values())

    def claim(self, limit: int) -> Sequence[Claimed[str]]:
        """Lease what is due."""
        now = self._now()
        self._leases += 1
        claimed: list[Claimed[str]] = []
        for entry in self.entries.values():
            if len(claimed) == limit:
                break
            due = entry.not_before is None or entry.not_before <= now
            if entry.state not in {State.QUEUED, State.DEFERRED} or not due:
                continue
            if self._drop(entry):
                continue
            entry.state = State.CLAIMED
            entry.attempt += 1
            entry.lease = f"lease-{self._leases}"
            entry.lease_until = now + self._lease
            claimed.append(Claimed(ticket=_ticket(entry), cargo=entry.letter))
        return claimed

    def record_intent(self, tickets: Sequence[Ticket]) -> Collection[Ticket]:
        """Let go what is still ours and still to be sent."""
        permitted: set[Ticket] = set()
        for ticket in tickets:
            entry = self._held(ticket, State.CLAIMED)
            if entry is not None and not self._drop(entry):
                entry.state, entry.begun = State.INTENT, self._now()
                permitted.add(ticket)
        return permitted

    def settle(self, settled: Sequence[Settled]) -> None:
        """Note ends; a late one counts while its ticket is the newest."""
        for end in settled:
            entry = self._held(end.ticket, State.CLAIMED, State.INTENT, State.UNCERTAIN)
            if entry is None:
                continue
            if end.state is State.QUEUED:
                entry.attempt -= 1
            entry.state, entry.outcome = end.state, end.outcome
            entry.not_before, entry.since, entry.lease_until = end.not_before, end.at, None

    def mark(self, settled: Sequence[Settled], tickets: Sequence[Ticket]) -> Marked:
        """Settle, then let go."""
        if settled:
            self.settle(settled)
        permitted = self.record_intent(tickets) if tickets else ()
        entries = [self.entries[ticket.letter] for ticket in tickets]
        return Marked(
            permitted=permitted, dropped=sum(entry.state is State.DROPPED for entry in entries)
        )

    def release(self, tickets: Sequence[Ticket]) -> None:
        """Queue again what was not begun."""
        for ticket in tickets:
            entry = self._held(ticket, State.CLAIMED)
            if entry is not None:
                _requeue(entry)

    def renew(self, tickets: Sequence[Ticket]) -> None:
        """Extend leases."""
        for ticket in tickets:
            entry = self._held(ticket, State.CLAIMED, State.INTENT)
            if entry is not None:
                entry.lease_until = self._now() + self._lease

    def recover(self) -> None:
        """Take up what leases run out have left."""
        now = self._now()
        for entry in self.entries.values():
            if entry.lease_until is None or entry.lease_until > now:
                continue
            if entry.state is State.CLAIMED:
                _requeue(entry)
            elif entry.state is State.INTENT:
                entry.state, entry.since, entry.lease_until = State.UNCERTAIN, now, None

    def uncertain(self, before: datetime) -> Sequence[Uncertain]:
        """List the doubts."""
        return [
            Uncertain(
                letter=entry.letter,
                attempt=entry.attempt,
                message_id=entry.message_id,
                since=entry.since,
                begun=entry.begun,
            )
            for entry in self.entries.values()
            if entry.state is State.UNCERTAIN and entry.since is not None and entry.since <= before
        ]

    def resolve(self, resolutions: Sequence[Resolution]) -> None:
        """End doubts."""
        for resolution in resolutions:
            entry = self.entries[resolution.letter]
            same = (entry.attempt, entry.since) == (resolution.attempt, resolution.since)
            if entry.state is State.UNCERTAIN and same:
                entry.state, entry.since = resolution.state, resolution.at
                entry.not_before = None

    def next_due(self) -> datetime | None:
        """Tell when there is something to do."""
        waiting = [
            entry.not_before or self._now()
            for entry in self.entries.values()
            if entry.state in {State.QUEUED, State.DEFERRED}
        ]
        leased = [
            entry.lease_until for entry in self.entries.values() if entry.lease_until is not None
        ]
        return min(waiting + leased, default=None)

    def _held(self, ticket: Ticket, *states: State) -> Entry | None:
        entry = self.entries[ticket.letter]
        return entry if _ticket(entry) == ticket and entry.state in states else None

    def _drop(self, entry: Entry) -> bool:
        reason = self._drop_reason(entry.letter)
        if reason is None:
            return False
        entry.state, entry.dropped_for, entry.lease_until = State.DROPPED, reason, None
        return True


def _ticket(entry: Entry) -> Ticket:
    return Ticket(letter=entry.letter, attempt=entry.attempt, lease=entry.lease)


def _requeue(entry: Entry) -> None:
    entry.state, entry.lease_until = State.QUEUED, None
    entry.attempt -= 1
