"""Clearing up uncertain letters: by evidence, else by the policy that was chosen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from mailer.resolving.resolver import Answer, Resolver
from mailer.sending.outbox import Resolution, State, Uncertain

TRIES = 3
"""After so many look-ups without an answer nobody waits for one any longer; they still go on."""


class Policy(StrEnum):
    """What becomes of a letter about which nothing can be learnt."""

    HOLD = "hold"
    """It stays uncertain, in sight, until somebody decides: never a double."""
    RESEND = "resend"
    """It goes out again under the same Message-ID: never a loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtSettings:
    """How doubts end."""

    resolver: Resolver | None = None
    policy: Policy = Policy.HOLD
    settle_time: timedelta = timedelta(minutes=10)
    """How long a mail may still be on its way into the server's log after we lost sight of it;
    a minute is enough for a server on this machine."""

    @property
    def can_clear(self) -> bool:
        """Whether a doubt can end without a person."""
        return self.resolver is not None or self.policy is Policy.RESEND

    def due(self, doubt: Uncertain, *, tries: int) -> datetime | None:
        """Tell when a doubt may end next, after so many vain look-ups; None where not soon."""
        if tries < TRIES:
            return doubt.since + self.settle_time
        return None if self.resend_after is None else doubt.since + self.resend_after

    @property
    def resend_after(self) -> timedelta | None:
        """How old a doubt gets before its letter is resent unproven; None where it never is.

        A resolver is asked for twice the settle time: one failed look-up is no reason to double.
        """
        if self.policy is Policy.HOLD:
            return None
        return self.settle_time if self.resolver is None else 2 * self.settle_time


class Doubtful(Protocol):
    """The part of an outbox that keeps doubts."""

    def uncertain(self, before: datetime) -> Sequence[Uncertain]:
        """List letters uncertain since `before` or longer."""
        ...

    def resolve(self, resolutions: Sequence[Resolution]) -> None:
        """End doubts durably."""
        ...


def clear_doubts(outbox: Doubtful, settings: DoubtSettings, *, now: datetime) -> int:
    """Resolve what is uncertain for longer than the settle time; gives how many were resolved.

    Yes → sent; no → queued again; unknown → as the policy says.
    """
    doubts = ripe_doubts(outbox, settings, now=now)
    resolutions = settle_doubts(doubts, look_up(doubts, settings), settings, now=now)
    if resolutions:
        outbox.resolve(resolutions)
    return len(resolutions)


def ripe_doubts(outbox: Doubtful, settings: DoubtSettings, *, now: datetime) -> Sequence[Uncertain]:
    """List the doubts that have settled, where anything can end them."""
    return outbox.uncertain(now - settings.settle_time) if settings.can_clear else ()


def look_up(doubts: Collection[Uncertain], settings: DoubtSettings) -> Mapping[str, Answer]:
    """Ask the resolver; it may read long logs and talk over the network."""
    return settings.resolver.accepted(doubts) if settings.resolver and doubts else {}


def settle_doubts(
    doubts: Collection[Uncertain],
    answers: Mapping[str, Answer],
    settings: DoubtSettings,
    *,
    now: datetime,
) -> Sequence[Resolution]:
    """Decide by the answers, by Message-ID, and the policy; what stays in doubt is left out."""
    decided = (
        _resolve(doubt, answers.get(doubt.message_id, Answer.UNKNOWN), settings, now)
        for doubt in doubts
    )
    return [resolution for resolution in decided if resolution is not None]


def _resolve(
    doubt: Uncertain, answer: Answer, settings: DoubtSettings, now: datetime
) -> Resolution | None:
    source = settings.resolver.name if settings.resolver else "no resolver"
    patience = settings.resend_after
    if answer is Answer.YES:
        state, evidence = State.SENT, f"{source}: accepted"
    elif answer is Answer.NO:
        state, evidence = State.QUEUED, f"{source}: not accepted"
    elif patience is not None and doubt.since + patience <= now:
        state, evidence = State.QUEUED, f"{source}: unknown; resent by policy"
    else:
        return None
    return Resolution(
        letter=doubt.letter,
        attempt=doubt.attempt,
        since=doubt.since,
        state=state,
        at=now,
        evidence=evidence,
    )
