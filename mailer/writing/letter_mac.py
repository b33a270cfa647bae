"""A short proof that we named a letter: one key, one proof for each place where the name stands."""

import hmac

MAC_CHARACTERS = 10
"""50 bits: nobody can name letters that were not sent, and the line stays short."""

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_SHIFTS = range(5 * (MAC_CHARACTERS - 1), -1, -5)


def letter_mac(letter: str, *, key: bytes, place: str) -> str:
    """Give 10 characters of a-z and 2-7 that follow from letter, key and place.

    What proves a letter in one place (a Message-ID, say) proves nothing in another.
    """
    digest = hmac.digest(key, f"{place}\0{letter}".encode(), "sha256")
    # Base 32 of RFC 4648, of which the library's own encoder takes five times as long.
    bits = int.from_bytes(digest[:7]) >> 6
    return "".join([_ALPHABET[bits >> shift & 31] for shift in _SHIFTS])


def is_letter_mac(mac: str, letter: str, *, key: bytes, place: str) -> bool:
    """Tell in constant time whether it is the letter's."""
    return hmac.compare_digest(letter_mac(letter, key=key, place=place), mac)
