"""How a person is reached, in the one form that is compared: e-mail address and telephone."""

import re
from typing import Final

from mailer.writing.address import Address, parse_address

_PLAIN = re.compile(r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9.-]+)")
_FORMULA = ("=", "+", "-", "@")
_LONGEST_PLAIN: Final = 60
_CACHED: Final = 50_000

_APART = re.compile(r"[;,/|\n]|\s[-–]\s|\s(?:và|hoặc|or)\s")
_BESIDE = str.maketrans("", "", " \u00a0.-–()'\u200b\u200c\u200d\u2060\ufeff")
_HOME = re.compile(r"0[1-9]\d{8,9}")
_ABROAD = re.compile(r"\+[1-9]\d{7,14}")


class AddressReader:
    """Reads e-mail addresses as `mailer.writing.address` does, and remembers their domains.

    Most addresses are plain ASCII at a domain that was seen before; only the others go the long
    way.
    """

    def __init__(self) -> None:
        self._domains: dict[str, str | None] = {}

    def __call__(self, raw: str) -> tuple[str, str] | None:
        """Give an address as it is sent to and as it is compared; None where letters cannot go.

        One that begins like a formula is not used: lists are opened in spreadsheets again.
        """
        if not raw or raw[0] in _FORMULA:
            return None
        plain = _PLAIN.fullmatch(raw)
        if plain is None or len(plain[1]) > _LONGEST_PLAIN or len(plain[2]) > _LONGEST_PLAIN:
            found = parse_address(raw)
            if isinstance(found, Address) and not found.wire.startswith(_FORMULA):
                return found.wire, found.key
            return None
        domain = self._domain(plain[2])
        if domain is None:
            return None
        wire = f"{plain[1]}@{domain}"
        return wire, wire.lower()

    def _domain(self, written: str) -> str | None:
        if written in self._domains:
            return self._domains[written]
        found = parse_address(f"a@{written}")
        domain = found.wire.partition("@")[2] if isinstance(found, Address) else None
        if len(self._domains) >= _CACHED:
            self._domains.clear()
        self._domains[written] = domain
        return domain


def read_telephone(raw: str) -> str | None:
    """Give the first telephone number in a cell; None where there is none.

    Numbers of Viet Nam as 0 and nine or ten digits, whether written with +84, 0084, 84, or
    without the 0 that spreadsheets drop; others as + and country code (E.164).
    """
    if len(raw) == 10 and raw.isascii() and raw.isdigit() and raw[0] == "0":
        return _genuine(raw)
    for part in _APART.split(raw):
        number = _normal(part.translate(_BESIDE))
        if number is not None:
            return number
    return None


def _normal(digits: str) -> str | None:
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    plus = digits.startswith("+")
    rest = digits.removeprefix("+")
    if not (rest.isascii() and rest.isdigit()):
        return None
    if rest.startswith("84") and (plus or len(rest) in {11, 12, 13}):
        return _genuine(f"0{rest[2:].removeprefix('0')}")
    if plus:
        return digits if _ABROAD.fullmatch(digits) else None
    return _genuine(rest if rest.startswith("0") else f"0{rest}")


def _genuine(number: str) -> str | None:
    """Refuse what is typed where a number has to stand and there is none: 0000000000."""
    return number if _HOME.fullmatch(number) and len(set(number[1:])) > 1 else None
