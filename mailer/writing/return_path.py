"""The sender's address on a letter's envelope: what comes back to it says which letter it was."""

import re

from mailer.writing.letter_mac import MAC_CHARACTERS, is_letter_mac, letter_mac

_PLACE = "return-path"
_LETTER = re.compile(r"[a-z0-9_-]{1,40}")
_ADDRESS = re.compile(r"([a-z0-9_-]+(?:[.+=][a-z0-9_-]+)*)@([a-z0-9-]+(?:\.[a-z0-9-]+)*)")
_DELIMITERS = "+-=_."
_LOCAL_OCTETS = 64
"""The longest local part (RFC 5321 sec. 4.5.3.1.1)."""


def return_path(letter: str, *, key: bytes, address: str, delimiter: str = "+") -> str:
    """Make a letter's envelope sender, `local+letter.mac@domain` (variable: VERP).

    `address` is the base that bounces reach, such as `thu-ve@coquan.example`. All is lower case,
    since servers on the way may fold it. Raises ValueError for a letter, address or delimiter
    that it cannot hold, or that would make the local part longer than 64 octets.
    """
    if not _LETTER.fullmatch(letter):
        raise ValueError(f"a letter is named by 1-40 of a-z, 0-9, _ and -; not {letter!r}")
    local, domain = _split(address, delimiter)
    variable = f"{local}{delimiter}{letter}.{letter_mac(letter, key=key, place=_PLACE)}"
    if len(variable) > _LOCAL_OCTETS:
        raise ValueError(f"{variable!r} is longer than {_LOCAL_OCTETS} octets")
    return f"{variable}@{domain}"


def letter_of_return_path(
    text: str, *, key: bytes, address: str, delimiter: str = "+"
) -> str | None:
    """Read back the letter; None for an address that we did not make.

    Case may have been folded on the way, and angle brackets may stand around. Raises ValueError
    for a base address or delimiter that `return_path` refuses.
    """
    local, domain = _split(address, delimiter)
    ours = re.compile(
        f"{re.escape(local + delimiter)}([a-z0-9_-]{{1,40}})\\.([a-z2-7]{{{MAC_CHARACTERS}}})"
        f"@{re.escape(domain)}"
    )
    plain = text.strip().removeprefix("<").removesuffix(">")
    if not plain.isascii():
        return None
    found = ours.fullmatch(plain.lower())
    if found is None or not is_letter_mac(found[2], found[1], key=key, place=_PLACE):
        return None
    return found[1]


def _split(address: str, delimiter: str) -> tuple[str, str]:
    base = _ADDRESS.fullmatch(address.lower())
    if base is None:
        raise ValueError(f"{address!r} cannot be the base of an envelope sender")
    if len(delimiter) != 1 or delimiter not in _DELIMITERS:
        raise ValueError(f"a delimiter is one of {_DELIMITERS}; not {delimiter!r}")
    return base[1], base[2]
