"""Doubts end by evidence, else by policy, and never before the settle time."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from mailer.resolving.resolver import Answer
from mailer.sending.doubts import DoubtSettings, Policy, clear_doubts
from mailer.sending.memory import MemoryOutbox
from mailer.sending.outbox import Resolution, Settled, State
from mailer.smtp.outcome import Outcome, Phase, Verdict

START = datetime(2023, 2, 20, tzinfo=UTC)
SILENCE = Outcome(verdict=Verdict.UNCERTAIN, phase=Phase.DOT)


class Log:
    """A relay's log that says one thing."""

    name = "log"

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def accepted(self, message_ids: Collection[str]) -> Mapping[str, Answer]:
        self.asked += message_ids
        return dict.fromkeys(message_ids, self.answer)


def doubtful() -> MemoryOutbox:
    outbox = MemoryOutbox([("l1", "<l1@x>")], now=lambda: START)
    (claimed,) = outbox.claim(1)
    outbox.record_intent([claimed.ticket])
    outbox.settle(
        [Settled(ticket=claimed.ticket, state=State.UNCERTAIN, at=START, outcome=SILENCE)]
    )
    return outbox


@pytest.mark.parametrize(
    ("answer", "policy", "state"),
    [
        (Answer.YES, Policy.HOLD, State.SENT),
        (Answer.YES, Policy.RESEND, State.SENT),
        (Answer.NO, Policy.HOLD, State.QUEUED),
        (Answer.NO, Policy.RESEND, State.QUEUED),
        (Answer.UNKNOWN, Policy.HOLD, State.UNCERTAIN),
        (Answer.UNKNOWN, Policy.RESEND, State.QUEUED),
        (None, Policy.HOLD, State.UNCERTAIN),
        (None, Policy.RESEND, State.QUEUED),
    ],
)
def test_a_doubt_ends_by_evidence_then_by_policy(
    answer: Answer | None, policy: Policy, state: State
) -> None:
    outbox = doubtful()
    resolver = None if answer is None else Log(answer)
    settings = DoubtSettings(resolver=resolver, policy=policy)
    resolved = clear_doubts(outbox, settings, now=START + timedelta(minutes=10))
    assert outbox.entries["l1"].state is state
    assert resolved == (state is not State.UNCERTAIN)


def test_nobody_is_asked_before_the_settle_time() -> None:
    outbox, log = doubtful(), Log(Answer.NO)
    settings = DoubtSettings(resolver=log, settle_time=timedelta(minutes=10))
    assert clear_doubts(outbox, settings, now=START + timedelta(minutes=9, seconds=59)) == 0
    assert log.asked == []
    assert clear_doubts(outbox, settings, now=START + timedelta(minutes=10)) == 1
    assert log.asked == ["<l1@x>"]


def test_a_resolution_that_came_late_changes_nothing() -> None:
    outbox = doubtful()
    late = Resolution(letter="l1", attempt=7, state=State.SENT, at=START, evidence="log")
    outbox.resolve([late])
    assert outbox.entries["l1"].state is State.UNCERTAIN
