"""What an SMTP conversation about one letter ended in."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from aiosmtplib.errors import SMTPResponseException

from mailer.smtp.failure import Failure, classify, enhanced_status
from mailer.smtp.words import plain_words


class Phase(IntEnum):
    """How far the conversation had come: the command that was waiting for its reply."""

    CONNECT = 0
    """TCP, greeting, EHLO, TLS and login."""
    MAIL = 1
    RCPT = 2
    DATA = 3
    DOT = 4
    """Text and final dot are written: from here on, silence proves nothing (RFC 1047)."""


class Verdict(StrEnum):
    """The five ends of a conversation."""

    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    NOT_STARTED = "not-started"
    """The session broke before anything was said about the recipient; counts for nothing."""
    UNCERTAIN = "uncertain"
    """The server may have accepted the letter; we have not heard it say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An end and its evidence: phase, reply code, enhanced status and the server's words."""

    verdict: Verdict
    phase: Phase
    code: int | None = None
    text: str = ""
    failure: Failure | None = None

    @property
    def status(self) -> str | None:
        """The enhanced status code in the reply (RFC 3463), if there is one."""
        return enhanced_status(self.text)


_SESSION_CODES = frozenset({421, 454, 500, 502, 503, 504, 530, 534, 535, 538})
"""Replies about the session or ourselves, whoever the recipient is (RFC 5321 sec. 4.2.2;
RFC 4954 sec. 6; 454 is also the throttle of Amazon SES)."""

_TEXT_LIMIT = 500
"""Characters of the server's words that are kept."""


def judge_reply(code: int, text: str, phase: Phase) -> Outcome:
    """Say what a reply means in its phase.

    A reply to the final dot is certainty, but for one that answers no DATA at all. Refusals
    before RCPT are about the session or the sender, never the recipient; only a letter that is
    too large (552 to MAIL) is its own fault.
    """
    text = plain_words(text, _TEXT_LIMIT)
    if phase is Phase.DOT and 200 <= code < 300:
        return Outcome(verdict=Verdict.SENT, phase=phase, code=code, text=text)
    too_large = phase is Phase.MAIL and code == 552
    about_letter = phase >= Phase.RCPT or too_large
    if phase is Phase.DOT and not 400 <= code < 600:
        return Outcome(verdict=Verdict.UNCERTAIN, phase=phase, code=code, text=text)
    if not about_letter or code in _SESSION_CODES or not 400 <= code < 600:
        return Outcome(verdict=Verdict.NOT_STARTED, phase=phase, code=code, text=text)
    return Outcome(
        verdict=Verdict.DEFERRED if code < 500 else Verdict.FAILED,
        phase=phase,
        code=code,
        text=text,
        failure=classify(code=code, text=text, at_recipient=phase is Phase.RCPT),
    )


def judge_error(error: Exception, phase: Phase) -> Outcome:
    """Say what an error of the connection means: a reply speaks for itself, silence by phase."""
    # 1xx, 2xx and -1 reach us as errors where they answer nothing that was asked.
    if isinstance(error, SMTPResponseException) and 400 <= error.code < 600:
        return judge_reply(error.code, error.message, phase)
    return Outcome(
        verdict=Verdict.UNCERTAIN if phase is Phase.DOT else Verdict.NOT_STARTED,
        phase=phase,
        text=plain_words(str(error) or type(error).__name__, _TEXT_LIMIT),
    )
