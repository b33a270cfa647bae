"""A mail's octets taken apart within bounds: size, depth, number of parts, length of a text."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from typing import TYPE_CHECKING, TypeAlias, cast

LARGEST = 1 << 20
"""Octets of a mail that are taken in at all."""
READ = 256 << 10
"""Octets that are read: a report stands before the mail that it returns."""
_LONG_LINE = re.compile(rb"([^\n]{998})(?=[^\n])")
"""The longest line that RFC 5322 allows (sec. 2.1.1); longer ones cost patterns dearly."""
_LISTS = re.compile(
    rb"^(?:content-[a-z-]+|[a-z-]+-recipient):[^\n]*(?:\n[ \t][^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
MOST_PARAMETERS = 200
"""Semicolons and quotes in a field of parameters; reading one costs the square of them."""
_NESTED = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
MOST_NESTED = 40
"""Multiparts and nested mails; what the parser does for each line grows with their depth."""
MOST_LINES = 6_000
"""Lines that are read; every pattern is tried on each."""
MOST_PARTS = 200
LONGEST_TEXT = 64 << 10
LONGEST_VALUE = 2_000
"""Characters kept of one header."""
_UNKEPT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

if TYPE_CHECKING:
    Mail: TypeAlias = Message[str, str]
else:
    Mail = Message


class TooComplexError(ValueError):
    """The mail is nested deeper, or has more parameters, than any report."""


def take_apart(octets: bytes) -> Mail:
    """Parse the head of a mail; raises TooComplexError before a nested one costs time."""
    octets = octets[:READ]
    if octets.startswith(b"From "):
        octets = octets.partition(b"\n")[2]
    octets = _LONG_LINE.sub(rb"\1\n ", octets.replace(b"\r\n", b"\n"))
    octets = b"\n".join(octets.split(b"\n", MOST_LINES)[:MOST_LINES])
    if len(_NESTED.findall(octets)) > MOST_NESTED or any(
        field.count(b";") + field.count(b'"') > MOST_PARAMETERS for field in _LISTS.findall(octets)
    ):
        raise TooComplexError
    return message_from_bytes(octets)


def parts(mail: Mail, *, inside: bool = False) -> Iterator[Mail]:
    """Walk the parts of a mail, itself first; those of a mail that it holds only if `inside`."""
    waiting = [mail]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        closed = part is not mail and part.get_content_maintype() == "message" and not inside
        if not closed:
            waiting += reversed(held(part))


def held(part: Mail) -> list[Mail]:
    """Give the parts, or the mail, directly inside; none in a part that holds words."""
    content = cast("object", part.get_payload())
    if not isinstance(content, list):
        return []
    within = cast("list[object]", content)
    return [cast("Mail", found) for found in within if isinstance(found, Message)]


def value(mail: Mail, name: str) -> str:
    """Give a header, named in lower case, on one line; empty where there is none."""
    return next(values(mail, name), "")


def values(mail: Mail, name: str) -> Iterator[str]:
    """Give each header of a name, as `value` does."""
    for given, raw in mail.raw_items():
        if given.lower() == name:
            yield " ".join(clean(_decoded(str(raw)[:LONGEST_VALUE])).split())


def text(part: Mail) -> str:
    """Give a text part's words in lines; never fails, whatever its encoding claims."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    words = payload[:LONGEST_TEXT]
    for charset in (part.get_content_charset("utf-8"), "utf-8"):
        try:
            return clean(words.decode(charset))
        except (LookupError, ValueError):
            continue
    return clean(words.decode("latin-1"))


def clean(words: str) -> str:
    """Drop what no database and no terminal takes, and give lines one ending."""
    return _UNKEPT.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(raw: str) -> str:
    # Octets that are not ASCII arrive as surrogates; most often they are UTF-8.
    raw = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "=?" not in raw:
        return raw
    try:
        return "".join(
            chunk if isinstance(chunk, str) else chunk.decode(charset or "ascii", "replace")
            for chunk, charset in decode_header(raw)
        )
    except (LookupError, ValueError):
        return raw
