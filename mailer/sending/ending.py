"""What the end of an SMTP conversation makes of its letter."""

from datetime import datetime, timedelta

from mailer.sending.outbox import Settled, State, Ticket
from mailer.smtp.failure import Failure
from mailer.smtp.outcome import Outcome, Phase, Verdict


class NotNowError(Exception):
    """A letter cannot be written for now, and the fault is not its own: the run ends instead."""


_STATES = {
    Verdict.SENT: State.SENT,
    Verdict.DEFERRED: State.DEFERRED,
    Verdict.FAILED: State.FAILED,
    Verdict.NOT_STARTED: State.QUEUED,
    Verdict.UNCERTAIN: State.UNCERTAIN,
}


def ending(
    ticket: Ticket,
    outcome: Outcome,
    *,
    at: datetime,
    retry: timedelta | None,
    aside: timedelta | None = None,
) -> Settled:
    """Settle an attempt; `retry` is the wait before the next, None where this was the last.

    `aside` is how long a letter lets others go first that did not start.
    """
    not_before = None
    if outcome.verdict is Verdict.NOT_STARTED and aside is not None:
        not_before = at + aside
    if outcome.verdict is Verdict.DEFERRED:
        if retry is None:
            outcome = _expired(outcome)
        else:
            not_before = at + retry
    return Settled(
        ticket=ticket,
        state=_STATES[outcome.verdict],
        at=at,
        outcome=outcome,
        not_before=not_before,
    )


def unwritten(error: Exception) -> Outcome:
    """Give the end of a letter that could not be written."""
    return Outcome(
        verdict=Verdict.FAILED,
        phase=Phase.CONNECT,
        text=f"{type(error).__name__}: {error}"[:500],
        failure=Failure.LETTER,
    )


def _expired(outcome: Outcome) -> Outcome:
    return Outcome(
        verdict=Verdict.FAILED,
        phase=outcome.phase,
        code=outcome.code,
        text=outcome.text,
        failure=Failure.EXPIRED,
    )


def words(outcome: Outcome) -> str:
    """Say in the server's words what an attempt ended in."""
    return f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
