"""Doubts end by evidence, else by policy, and never before the settle time."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from mailer.resolving.resolver import Answer, Doubt
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

    def accepted(self, doubts: Collection[Doubt]) -> Mapping[str, Answer]:
        self.asked += [doubt.message_id for doubt in doubts]
        return dict.fromkeys((doubt.message_id for doubt in doubts), self.answer)


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
    settings = DoubtSettings(resolver=resolver, policy=policy, settle_time=timedelta(minutes=5))
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


def test_one_look_up_that_failed_is_no_reason_to_double() -> None:
    outbox, log = doubtful(), Log(Answer.UNKNOWN)
    settings = DoubtSettings(resolver=log, policy=Policy.RESEND, settle_time=timedelta(minutes=10))
    assert clear_doubts(outbox, settings, now=START + timedelta(minutes=19, seconds=59)) == 0
    log.answer = Answer.YES
    assert clear_doubts(outbox, settings, now=START + timedelta(minutes=20)) == 1
    assert outbox.entries["l1"].state is State.SENT


def test_without_a_resolver_the_policy_waits_for_the_settle_time_alone() -> None:
    outbox = doubtful()
    settings = DoubtSettings(policy=Policy.RESEND, settle_time=timedelta(minutes=10))
    assert clear_doubts(outbox, settings, now=START + timedelta(minutes=10)) == 1


def test_a_resolution_that_came_late_changes_nothing() -> None:
    outbox = doubtful()
    late = Resolution(
        letter="l1", attempt=7, since=START, state=State.SENT, at=START, evidence="log"
    )
    outbox.resolve([late])
    assert outbox.entries["l1"].state is State.UNCERTAIN
