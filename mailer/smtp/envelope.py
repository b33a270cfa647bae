"""A letter ready for the wire: who sends it, who gets it, and its octets."""

import re
from dataclasses import dataclass

_PATH = re.compile(r"[^\s<>\"\x00-\x1f\x7f-\x9f@]{1,64}@[A-Za-z0-9.-]{1,253}")
_ENVELOPE_ID = re.compile(r"[\x21-\x7e]{0,33}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Sender, recipient and message; checked on making, before any server hears of it.

    `message` has CRLF lines and ends with one. `envelope_id` is what reports about the letter
    will name (RFC 3461 sec. 4.4): up to 33 visible ASCII characters, so that it fits however it
    is escaped; empty for none. Raises ValueError where the octets or the addresses could make a
    server misread them (RFC 5321 sec. 2.3.8).
    """

    sender: str
    recipient: str
    message: bytes
    envelope_id: str = ""

    def __post_init__(self) -> None:
        if not _PATH.fullmatch(self.sender) or not self.sender.isascii():
            raise ValueError(f"{self.sender!a} cannot be a sender's address")
        if not _PATH.fullmatch(self.recipient):
            raise ValueError(f"{self.recipient!a} cannot be a recipient's address")
        if not _ENVELOPE_ID.fullmatch(self.envelope_id):
            raise ValueError(f"{self.envelope_id!a} cannot be an envelope's id")
        lines = self.message.count(b"\r\n")
        if lines != self.message.count(b"\n") or lines != self.message.count(b"\r"):
            raise ValueError("a line of the message ends in a bare CR or LF")
        if not self.message.endswith(b"\r\n"):
            raise ValueError("the message does not end with CRLF")

    @property
    def needs_smtputf8(self) -> bool:
        """Whether the recipient's address is not ASCII (RFC 6531)."""
        return not self.recipient.isascii()

    def stuffed(self) -> bytes:
        """Give the octets that follow the 354: dots doubled, final dot set (RFC 5321 4.5.2)."""
        message = self.message
        if b"\r\n." in message:
            message = message.replace(b"\r\n.", b"\r\n..")
        return (b"." if message.startswith(b".") else b"") + message + b".\r\n"
