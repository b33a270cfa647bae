"""Short codes: what stands printed where nobody clicks, and can be typed on a telephone."""

from typing import Final

from survey_service.entropy import Entropy

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, which are taken for 1, 1, 0 and V."""
LENGTH: Final = 12
GROUP: Final = 4
_RANDOM = LENGTH - 1
_ALIKE: Final = str.maketrans("ILO", "110")


def new_code(entropy: Entropy) -> str:
    """Draw a code of 11 random signs (55 bits) and a check sign."""
    number = int.from_bytes(entropy.token(7))
    signs = "".join(ALPHABET[number >> 5 * place & 31] for place in range(_RANDOM))
    return signs + _check(signs)


def written(code: str) -> str:
    """Write a code as it is printed, in groups of four: "7KQ2-M9XD-4TRB"."""
    return "-".join(code[place : place + GROUP] for place in range(0, LENGTH, GROUP))


def read_code(typed: str) -> str | None:
    """Read a code as people type it; None where it cannot be one.

    Case, spaces and dashes do not matter, and the letters that look like digits are taken for
    them. Every single wrong sign is found.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_ALIKE)
    if len(signs) != LENGTH or not set(signs) <= set(ALPHABET):
        return None
    return signs if _check(signs[:-1]) == signs[-1] else None


def _check(signs: str) -> str:
    # Odd factors have an inverse modulo 32, so that no single change leaves the sum as it was.
    total = sum((2 * place + 1) * ALPHABET.index(sign) for place, sign in enumerate(signs))
    return ALPHABET[total % len(ALPHABET)]
