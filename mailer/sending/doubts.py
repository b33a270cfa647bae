"""Clearing up uncertain letters: by evidence, else by the policy that was chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from mailer.resolving.resolver import Answer, Resolver
from mailer.sending.outbox import Resolution, State, Uncertain


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
    if not settings.can_clear:
        return 0
    doubts = outbox.uncertain(now - settings.settle_time)
    if not doubts:
        return 0
    ids = [doubt.message_id for doubt in doubts]
    answers: Mapping[str, Answer] = settings.resolver.accepted(ids) if settings.resolver else {}
    resolutions: list[Resolution] = []
    for doubt in doubts:
        resolution = _resolve(doubt, answers.get(doubt.message_id, Answer.UNKNOWN), settings, now)
        if resolution is not None:
            resolutions.append(resolution)
    if resolutions:
        outbox.resolve(resolutions)
    return len(resolutions)


def _resolve(
    doubt: Uncertain, answer: Answer, settings: DoubtSettings, now: datetime
) -> Resolution | None:
    source = settings.resolver.name if settings.resolver else "no resolver"
    if answer is Answer.YES:
        state, evidence = State.SENT, f"{source}: accepted"
    elif answer is Answer.NO:
        state, evidence = State.QUEUED, f"{source}: not accepted"
    elif settings.policy is Policy.RESEND:
        state, evidence = State.QUEUED, f"{source}: unknown; resent by policy"
    else:
        return None
    return Resolution(
        letter=doubt.letter, attempt=doubt.attempt, state=state, at=now, evidence=evidence
    )
