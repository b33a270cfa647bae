"""A letter's envelope id: what a server's report names it by, where it knows such ids."""

import re

from mailer.writing.letter_mac import MAC_CHARACTERS, is_letter_mac, letter_mac

_PLACE = "envelope-id"
_LETTER = re.compile(r"[a-z0-9_-]{1,22}")
_OURS = re.compile(rf"([a-z0-9_-]{{1,22}})\.([a-z2-7]{{{MAC_CHARACTERS}}})")


def envelope_id(letter: str, *, key: bytes) -> str:
    """Make the ENVID of a letter, `letter.mac` (RFC 3461 sec. 4.4), of at most 33 characters.

    Raises ValueError for a letter it cannot hold.
    """
    if not _LETTER.fullmatch(letter):
        raise ValueError(f"a letter is named by 1-22 of a-z, 0-9, _ and -; not {letter!r}")
    return f"{letter}.{letter_mac(letter, key=key, place=_PLACE)}"


def letter_of_envelope_id(text: str, *, key: bytes) -> str | None:
    """Read back the letter from a report's Original-Envelope-Id; None for one not ours."""
    found = _OURS.fullmatch(text.strip().lower())
    if found is None or not is_letter_mac(found[2], found[1], key=key, place=_PLACE):
        return None
    return found[1]
