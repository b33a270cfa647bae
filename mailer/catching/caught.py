"""Mails that the catcher keeps: listing and reading them."""

import re
from binascii import Error as BinasciiError
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path

RECIPIENT_HEADER = "X-Caught-For"
"""Where the catcher notes the envelope's recipient; Return-Path holds the sender."""

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
_HEAD = 8192
"""Octets read to find a header; the catcher's own letters keep theirs well within."""
_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?\s]*)\?=")
_GAP = re.compile(r"(\?=)\s+(?==\?[^?\s]+\?[bBqQ]\?)")
_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtMail:
    """One caught mail as its reader sees it. `name` orders mails as they came in."""

    name: str
    message_id: str
    sender: str
    to: str
    """The address in To; `recipient` is the envelope's."""
    recipient: str
    subject: str
    date: str
    text: str
    html: str

    @property
    def links(self) -> tuple[str, ...]:
        """The web links of the mail, each once: of its text, then of its HTML."""
        finder = _LinkFinder()
        finder.feed(self.html)
        return tuple(dict.fromkeys([*_LINK.findall(self.text), *finder.found]))


def caught_names(folder: Path) -> list[str]:
    """List the caught mails by name, in the order of their coming."""
    return sorted(path.stem for path in folder.glob("*.eml"))


def read_caught(folder: Path, name: str) -> CaughtMail:
    """Read one caught mail; raises FileNotFoundError where there is none of that name."""
    if not name.isdigit():
        raise FileNotFoundError(f"{name!a} names no caught mail")
    # The classic parser: four times as fast as the policies' and exact on encoded names.
    message = message_from_bytes((folder / f"{name}.eml").read_bytes())
    headers = _headers(message)
    bodies = {part.get_content_type(): _body(part) for part in _leaves(message)}
    return CaughtMail(
        name=name,
        message_id=headers.get("message-id", ""),
        sender=headers.get("from", ""),
        to=parseaddr(headers.get("to", ""))[1],
        recipient=headers.get(RECIPIENT_HEADER.lower(), ""),
        subject=headers.get("subject", ""),
        date=headers.get("date", ""),
        text=bodies.get("text/plain", ""),
        html=bodies.get("text/html", ""),
    )


def message_id_in(path: Path) -> str:
    """Find the Message-ID in a mail's file, or nothing; raises OSError where it is unreadable."""
    with path.open("rb") as file:
        found = _MESSAGE_ID.search(file.read(_HEAD))
    return found[1].decode(errors="replace") if found else ""


def _headers(message: Message) -> dict[str, str]:
    """Decode the headers by lower-case name: encoded words, and UTF-8 as RFC 6532 allows it."""
    decoded: dict[str, str] = {}
    for name, raw in message.raw_items():
        text = str(raw).encode(errors="surrogateescape").decode(errors="replace")
        decoded[name.lower()] = " ".join(_decode_words(text).split())
    return decoded


def _decode_words(text: str) -> str:
    """Decode RFC 2047's words; the space between two of them is not part of the text."""

    def decoded(word: re.Match[str]) -> str:
        charset, encoding, octets = word[1], word[2].lower(), word[3].encode(errors="replace")
        try:
            plain = a2b_base64(octets) if encoding == "b" else a2b_qp(octets, header=True)
        except BinasciiError:
            return word[0]
        return _decode(plain, charset)

    return _WORD.sub(decoded, _GAP.sub(r"\1", text))


def _decode(octets: bytes, charset: str) -> str:
    try:
        return octets.decode(charset, "replace")
    except LookupError:
        return octets.decode(errors="replace")


def _leaves(message: Message) -> Iterator[Message]:
    return (part for part in message.walk() if not part.is_multipart())


def _body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return _decode(payload, part.get_content_charset("utf-8")).replace("\r\n", "\n")


class _LinkFinder(HTMLParser):
    """Collects where the anchors of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an anchor's web address."""
        if tag == "a":
            self.found += [
                value for name, value in attrs if name == "href" and value and _LINK.match(value)
            ]
