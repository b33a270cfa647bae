"""A letter's Message-ID: the same on every attempt, and recognisable as ours."""

import re

from mailer.writing.letter_mac import MAC_CHARACTERS, is_letter_mac, letter_mac

_PLACE = "message-id"
_LETTER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_OURS = re.compile(rf"<?([A-Za-z0-9_-]{{1,64}})\.([a-z2-7]{{{MAC_CHARACTERS}}})@[a-z0-9.-]+>?")


def message_id(letter: str, *, key: bytes, domain: str) -> str:
    """Make the Message-ID of a letter, `<letter.mac@domain>` (RFC 5322 sec. 3.6.4).

    It follows from letter and key alone, so that a second attempt carries the same one and a
    relay's log can be asked for it. Raises ValueError for a letter or domain it cannot hold.
    """
    if not _LETTER.fullmatch(letter):
        raise ValueError(f"a letter is named by 1-64 letters, digits, _ or -; not {letter!r}")
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"{domain!r} is no lower-case ASCII domain")
    return f"<{letter}.{letter_mac(letter, key=key, place=_PLACE)}@{domain}>"


def letter_of(text: str, *, key: bytes) -> str | None:
    """Read back the letter from a Message-ID; None for one that we did not make."""
    found = _OURS.fullmatch(text.strip())
    if found is None or not is_letter_mac(found[2], found[1], key=key, place=_PLACE):
        return None
    return found[1]
