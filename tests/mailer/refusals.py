"""What a relay may refuse, at which command, and in which state each refusal leaves a letter."""

from dataclasses import dataclass

from scripted_server import Drop, Stall, Step

from mailer.sending.outbox import State
from mailer.smtp.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reply to a command, once; QUEUED says that it counts for nothing and is tried anew."""

    sentence: str
    verb: str
    step: Step
    state: State
    failure: Failure | None = None


def _again(sentence: str, verb: str, step: Step) -> Refusal:
    return Refusal(sentence=sentence, verb=verb, step=step, state=State.QUEUED)


def _later(sentence: str, verb: str, step: str, failure: Failure) -> Refusal:
    return Refusal(sentence=sentence, verb=verb, step=step, state=State.DEFERRED, failure=failure)


def _never(sentence: str, verb: str, step: str, failure: Failure) -> Refusal:
    return Refusal(sentence=sentence, verb=verb, step=step, state=State.FAILED, failure=failure)


def _unknown(sentence: str, step: Step) -> Refusal:
    return Refusal(sentence=sentence, verb="DOT", step=step, state=State.UNCERTAIN)


REFUSALS = (
    _again("421 instead of a greeting is about the session", "GREETING", "421 4.3.2 busy"),
    _again("554 instead of a greeting is about ourselves", "GREETING", "554 5.7.1 not you"),
    _again("421 to EHLO is about the session", "EHLO", "421 4.3.2 busy"),
    _again("535 to the login is about our password", "AUTH", "535 5.7.8 bad credentials"),
    _again("454 to the login is about the session", "AUTH", "454 4.7.0 try again"),
    _again("432 to the login is one connection too many", "AUTH", "432 4.3.2 concurrent limit"),
    _again("421 to MAIL is about the session", "MAIL", "421 4.4.2 closing"),
    _again("450 to MAIL is about our sender", "MAIL", "450 4.1.8 sender unknown"),
    _again("451 to MAIL is about the server", "MAIL", "451 4.3.0 try again"),
    _again("452 to MAIL is about the server", "MAIL", "452 4.3.1 disk full"),
    _again("454 to MAIL is a throttle", "MAIL", "454 Throttling failure: rate exceeded"),
    _again("503 to MAIL is about the session", "MAIL", "503 5.5.1 nested MAIL command"),
    _again("535 to MAIL is about our login", "MAIL", "535 5.7.0 authenticate first"),
    _again("550 5.7.1 to MAIL is about our sender", "MAIL", "550 5.7.1 sender not authorised"),
    _again("553 to MAIL is about our sender", "MAIL", "553 5.1.8 sender's domain unknown"),
    _never("552 to MAIL is a letter too large", "MAIL", "552 5.3.4 too large", Failure.CONTENT),
    _again("silence to MAIL is about the session", "MAIL", Stall(2)),
    _again("421 to RCPT is about the session", "RCPT", "421 4.7.0 too fast"),
    _later("450 to RCPT is tried later", "RCPT", "450 4.2.0 greylisted", Failure.SOFT_MAILBOX),
    _later("451 to RCPT is tried later", "RCPT", "451 4.3.2 later", Failure.SOFT_MAILBOX),
    _later("452 to RCPT is a full mailbox", "RCPT", "452 4.2.2 full", Failure.SOFT_MAILBOX),
    _again("454 to RCPT is a throttle", "RCPT", "454 4.7.0 throttled"),
    _again("503 to RCPT is about the session", "RCPT", "503 5.5.1 out of order"),
    _again("530 to RCPT is about our login", "RCPT", "530 5.7.0 authentication required"),
    _never("550 5.1.1 to RCPT is no such person", "RCPT", "550 5.1.1 no", Failure.HARD_ADDRESS),
    _never("550 5.7.1 to RCPT is our reputation", "RCPT", "550 5.7.1 no", Failure.POLICY),
    _never("552 to RCPT is a full mailbox", "RCPT", "552 5.2.2 quota", Failure.SOFT_MAILBOX),
    _never("553 to RCPT is no such address", "RCPT", "553 bad mailbox", Failure.HARD_ADDRESS),
    _again("a hang-up at RCPT is about the session", "RCPT", Drop()),
    _again("421 to DATA is about the session", "DATA", "421 4.3.2 closing"),
    _later("451 to DATA is tried later", "DATA", "451 4.3.0 not now", Failure.SOFT_MAILBOX),
    _again("503 to DATA is about the session", "DATA", "503 5.5.1 need RCPT"),
    _never("554 5.7.1 to DATA is our reputation", "DATA", "554 5.7.1 no", Failure.POLICY),
    _again("silence to DATA is about the session", "DATA", Stall(2)),
    _again("421 after the dot is a certain no", "DOT", "421 4.3.2 shutting down"),
    _later("450 after the dot is tried later", "DOT", "450 4.7.1 later", Failure.POLICY),
    _later("451 after the dot is tried later", "DOT", "451 4.3.0 error", Failure.SOFT_MAILBOX),
    _later("452 after the dot is tried later", "DOT", "452 4.3.1 disk full", Failure.SOFT_MAILBOX),
    _again("454 after the dot is a throttle", "DOT", "454 Throttling failure"),
    _never("550 5.1.1 after the dot is no such person", "DOT", "550 5.1.1 x", Failure.HARD_ADDRESS),
    _never("550 5.7.1 after the dot is our reputation", "DOT", "550 5.7.1 spam", Failure.POLICY),
    _never("552 after the dot is a letter too large", "DOT", "552 5.3.4 large", Failure.CONTENT),
    _never("553 after the dot says no more than no", "DOT", "553 no", Failure.UNKNOWN),
    _unknown("silence after the dot is uncertain", Stall(2)),
    _unknown("a hang-up after the dot is uncertain", Drop()),
    _unknown("a hang-up after the letter was taken is uncertain", Drop(keep=True)),
)
