"""A letter's Message-ID: the same on every attempt, and recognisable as ours."""

import base64
import hmac
import re

_LETTER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_OURS = re.compile(r"<?([A-Za-z0-9_-]{1,64})\.([a-z2-7]{10})@[a-z0-9.-]+>?")
_MAC_CHARACTERS = 10
"""50 bits: nobody can name letters that were not sent, and the line stays short."""


def message_id(letter: str, *, key: bytes, domain: str) -> str:
    """Make the Message-ID of a letter, `<letter.mac@domain>` (RFC 5322 sec. 3.6.4).

    It follows from letter and key alone, so that a second attempt carries the same one and a
    relay's log can be asked for it. Raises ValueError for a letter or domain it cannot hold.
    """
    if not _LETTER.fullmatch(letter):
        raise ValueError(f"a letter is named by 1-64 letters, digits, _ or -; not {letter!r}")
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"{domain!r} is no lower-case ASCII domain")
    return f"<{letter}.{_mac(letter, key)}@{domain}>"


def letter_of(text: str, *, key: bytes) -> str | None:
    """Read back the letter from a Message-ID; None for one that we did not make."""
    found = _OURS.fullmatch(text.strip())
    if found is None or not hmac.compare_digest(_mac(found[1], key), found[2]):
        return None
    return found[1]


def _mac(letter: str, key: bytes) -> str:
    digest = hmac.digest(key, b"message-id\0" + letter.encode(), "sha256")
    return base64.b32encode(digest).decode().lower()[:_MAC_CHARACTERS]
