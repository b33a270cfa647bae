"""Our links in mail that comes back: a quoted letter would open a form to whoever keeps it."""

import binascii
import re
from typing import Final

from survey_service.links import PUBLIC_ID_BYTES, TOKEN_LENGTH

_SAID: Final = -(-(PUBLIC_ID_BYTES + 1) * 4 // 3)
_SIGNED: Final = TOKEN_LENGTH - _SAID - 1
_BREAK: Final = r"(?:[= ]?\r?\n[> ]{0,4})?"
"""Where a mail program may have wrapped it: quoted-printable, flowed or quoted."""
_TOKEN: Final = rf"[\w-](?:{_BREAK}[\w-]){{{_SAID - 1}}}{_BREAK}\.(?:{_BREAK}[\w-]){{{_SIGNED}}}"
_IN_WORDS: Final = re.compile(_TOKEN, re.ASCII)
_IN_OCTETS: Final = re.compile(_TOKEN.encode())
_CODED: Final = re.compile(rb"(?:^[> ]{0,4}[A-Za-z0-9+/]{20,998}={0,2}\r?\n?)+", re.MULTILINE)
"""Lines that may be base64."""
_NOT_CODED: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_HIDDEN: Final = "…"


def without_tokens(words: str) -> str:
    """Take out what has the shape of a personal link's token, however it is wrapped."""
    return _IN_WORDS.sub(_HIDDEN, words)


def without_links(octets: bytes) -> bytes:
    """Take the tokens of our links out of a mail's octets, plain, quoted-printable or base64.

    A run of base64 that holds one goes whole; everything else stays as it came.
    """
    return _CODED.sub(_decoded, _IN_OCTETS.sub(_HIDDEN.encode(), octets))


def _decoded(found: re.Match[bytes]) -> bytes:
    plain = _NOT_CODED.sub(b"", found[0])
    decoded = binascii.a2b_base64(plain[: len(plain) // 4 * 4])
    # UTF-16 has an empty octet beside each letter.
    return f"{_HIDDEN}\n".encode() if _IN_OCTETS.search(decoded.replace(b"\0", b"")) else found[0]
