"""A written letter, read back by the standard library to see that it says what was meant."""

import email
import email.policy
from collections.abc import Mapping
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import EmailMessage

from mailer.writing.header import Mailbox, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a reader must find: headers by name, decoded, and the bodies in their order."""

    headers: Mapping[str, str]
    bodies: tuple[tuple[str, str], ...]
    """Content type and text of each, lines ending in LF."""


def reads_back(written: bytes, meant: Meant) -> bool:
    """Tell whether the letter parses without a defect and reads as it was meant."""
    read = email.message_from_bytes(written, _class=EmailMessage, policy=email.policy.SMTP)
    raw = email.message_from_bytes(written)
    parts = list(read.iter_parts())
    if read.defects or any(part.defects for part in parts):
        return False
    found = tuple(
        (part.get_content_type(), part.get_content().replace("\r\n", "\n")) for part in parts
    )
    return found == meant.bodies and all(
        _decoded(raw.get_all(name, [])) == [value] for name, value in meant.headers.items()
    )


def shown(box: Mailbox) -> str:
    """Give a mailbox as a reader decodes it."""
    name = one_line(box.name)
    return f"{name} <{box.address}>" if name else f"<{box.address}>"


def _decoded(values: list[str]) -> list[str]:
    # Up to Python 3.12 the policies' own parser puts a space between the encoded words of a
    # display name (python/cpython#128110); decode_header follows RFC 2047 sec. 6.2.
    return [str(make_header(decode_header(value))).replace("\r\n", "") for value in values]
