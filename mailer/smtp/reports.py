"""Asking for delivery reports (RFC 3461): what MAIL and RCPT say where the server knows of them."""

import re

from mailer.smtp.envelope import Envelope

_ESCAPED = re.compile(rb"[^\x21-\x2a\x2c-\x3c\x3e-\x7e]")


def xtext(text: str) -> bytes:
    """Write ASCII text as xtext: `+` and two hexadecimal digits for all but plain characters.

    RFC 3461 sec. 4. Raises UnicodeEncodeError for any other text.
    """
    return _ESCAPED.sub(lambda found: b"+%02X" % found[0][0], text.encode("ascii"))


def mail_options(envelope: Envelope) -> bytes:
    """Ask that reports hold the headers alone, and name the letter by its envelope id."""
    named = b" ENVID=" + xtext(envelope.envelope_id) if envelope.envelope_id else b""
    return b" RET=HDRS" + named


def rcpt_options(envelope: Envelope, *, success: bool) -> bytes:
    """Ask for a report of failure and delay, and where wanted of success.

    The original recipient is left out where it is not ASCII: its form (RFC 6533 sec. 3) is known
    to few servers, and ours is told by the envelope id anyway.
    """
    wanted = b" NOTIFY=SUCCESS,FAILURE,DELAY" if success else b" NOTIFY=FAILURE,DELAY"
    if not envelope.recipient.isascii():
        return wanted
    return wanted + b" ORCPT=rfc822;" + xtext(envelope.recipient)
