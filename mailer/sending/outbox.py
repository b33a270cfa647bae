"""What the mailer asks of whoever keeps the letters.

```
queued ──claim──▶ claimed ──record_intent──▶ intent ──settle──▶ sent | deferred | failed | uncertain
  ▲  ▲               │                         │                          │
  │  └────release────┘  not started: uncounted │                          │ not_before reached:
  └────────────────────────────────────────────┘◀─────────────────────────┘ claimable again
uncertain ──resolve──▶ sent | queued;      claimed | intent | queued ──▶ dropped (with its reason)
```

The calls are synchronous: the courier makes them one at a time from one thread of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from mailer.smtp.outcome import Outcome


class State(StrEnum):
    """The states of a letter."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    INTENT = "intent"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The right to act on one letter: whoever holds an older attempt or lease is fenced off."""

    letter: str
    attempt: int
    """This attempt's number, from 1; an attempt that never started is not counted."""
    lease: str


Cargo_co = TypeVar("Cargo_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Generic[Cargo_co]):
    """A letter to be carried: the ticket, and what the renderer needs to write it."""

    ticket: Ticket
    cargo: Cargo_co


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How an attempt ended.

    `state` is sent, deferred, failed or uncertain, or queued where the attempt never started
    (the attempt is then taken back). `not_before` is set with deferred, and with queued where the
    letter is to let others go first.
    """

    ticket: Ticket
    state: State
    at: datetime
    outcome: Outcome
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """A letter of which nobody here knows whether it was accepted."""

    letter: str
    attempt: int
    message_id: str
    since: datetime
    begun: datetime | None = None
    """An instant before which this attempt had not begun; only a record that reaches back to it
    can say that the letter was not accepted. None where nobody knows one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What an uncertain letter turned out to be: sent, or queued again under its Message-ID."""

    letter: str
    attempt: int
    since: datetime
    """When the doubt began: what was learnt about an older doubt says nothing of a newer one."""
    state: State
    at: datetime
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What came of asking for letters to go: those that may, and how many were dropped.

    The others were put back (their wave is paused, their pace is used up) or are no longer ours.
    """

    permitted: Collection[Ticket]
    dropped: int = 0


class Outbox(Protocol[Cargo_co]):
    """Keeps letters and their states; the application's database implements it.

    Every change of a letter names its ticket, and a ticket that is no longer the letter's own
    changes nothing. What is written below as durable must be on disk when the call returns: the
    mailer builds on it that no letter is lost and none doubled.
    """

    def claim(self, limit: int) -> Sequence[Claimed[Cargo_co]]:
        """Lease up to `limit` letters that are due (queued or deferred, not_before reached).

        In the same step letters that are no longer to be sent (answered, opted out, cancelled)
        become dropped, and those of a paused wave are left alone. Durable before it returns.
        """
        ...

    def record_intent(self, tickets: Sequence[Ticket]) -> Collection[Ticket]:
        """Note that these letters go to the server now; durable before it returns.

        Gives the tickets that may go. A ticket left out is no longer ours, or its letter was
        dropped or put back in the same step.
        """
        ...

    def settle(self, settled: Sequence[Settled]) -> None:
        """Note how attempts ended; durable before it returns.

        Taken from claimed (a letter that could not be written), from intent, and from uncertain
        while the ticket is still the letter's newest: a late reply is a certainty.
        """
        ...

    def mark(self, settled: Sequence[Settled], tickets: Sequence[Ticket]) -> Marked:
        """Do `settle`, then `record_intent`, in one durable step: half the commits."""
        ...

    def release(self, tickets: Sequence[Ticket]) -> None:
        """Give back claimed letters that were not begun: queued, attempt uncounted.

        Need not be durable: an unreleased lease runs out by itself.
        """
        ...

    def renew(self, tickets: Sequence[Ticket]) -> None:
        """Extend the leases of letters in hand. Need not be durable."""
        ...

    def recover(self) -> None:
        """Take up what a dead courier left; durable before it returns.

        Of leases that have run out, claimed → queued (uncounted) and intent → uncertain. An outbox
        that knows its former courier to be dead may take its leases as run out at once.
        """
        ...

    def uncertain(self, before: datetime) -> Sequence[Uncertain]:
        """List the letters that became uncertain at or before an instant."""
        ...

    def resolve(self, resolutions: Sequence[Resolution]) -> None:
        """Settle uncertain letters by evidence or policy; durable before it returns."""
        ...

    def next_due(self) -> datetime | None:
        """Tell when there will be something to claim or to recover; None where nothing will.

        The earliest not_before of queued and deferred letters, put off to where their pace lets
        them go, and the earliest end of a lease.
        """
        ...
