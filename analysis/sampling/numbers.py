"""Permanent random numbers: a seed gives everybody a number that is theirs in every draw.

Ohlsson (1995), Coordination of Samples Using Permanent Random Numbers, in Business Survey Methods,
ch. 9. The numbers are keyed BLAKE2b digests (RFC 7693) of 8 bytes, read with the highest byte
first: without the seed they cannot be foreseen, with it anyone computes them again.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

NumberArray = NDArray[np.uint64]

BITS = 64
LONGEST_SEED = 64
_PEOPLE, _CASES, _LABELS = b"", b"case", b"label"
"""BLAKE2b's personalisation, which makes the streams of one seed independent."""


def permanent_numbers(people: Iterable[bytes], seed: bytes) -> NumberArray:
    """Give each person a number, shape (n,), uniform from 0 to 2⁶⁴ − 1.

    Raises ValueError where the seed is empty or longer than 64 bytes.
    """
    return _array(_digests(people, seed, _PEOPLE))


def permanent_number(person: bytes, seed: bytes) -> int:
    """Give one person's number, as `permanent_numbers` does."""
    return _number(person, seed, _PEOPLE)


def label_numbers(labels: Iterable[str], seed: bytes) -> NumberArray:
    """Give units or strata numbers by their labels, shape (n,), in a stream of their own."""
    return _array(_digests((label.encode() for label in labels), seed, _LABELS))


def chosen_case(person: bytes, seed: bytes, cases: int) -> int:
    """Choose one of a person's cases, from 0, in a stream of its own.

    The chances are equal to within cases/2⁶⁴. Raises ValueError where there is no case.
    """
    if cases < 1:
        raise ValueError("a person has one case or more to choose from")
    return part_of(_number(person, seed, _CASES), cases)


def part_of(number: int, parts: int) -> int:
    """Tell in which of so many equal parts of the numbers' range, from 0, a number lies."""
    return (number * parts) >> BITS


def is_taken(number: int, rate: Fraction) -> bool:
    """Tell whether lot takes whoever has this number at a rate: number/2⁶⁴ < rate.

    Each person by themselves (Poisson sampling: Särndal, Swensson & Wretman 1992, §3.5). Raises
    ValueError where the rate is not in [0, 1].
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate lies between 0 and 1: {rate} does not")
    return number * rate.denominator < rate.numerator << BITS


def _number(one: bytes, seed: bytes, stream: bytes) -> int:
    return int.from_bytes(next(_digests((one,), seed, stream)))


def _array(digests: Iterator[bytes]) -> NumberArray:
    return np.fromiter(digests, dtype="S8").view(">u8").astype(np.uint64)


def _digests(each: Iterable[bytes], seed: bytes, stream: bytes) -> Iterator[bytes]:
    if not 0 < len(seed) <= LONGEST_SEED:
        raise ValueError(f"a seed has 1 to {LONGEST_SEED} bytes, not {len(seed)}")
    keyed = blake2b(digest_size=BITS // 8, key=seed, person=stream)
    for one in each:
        digest = keyed.copy()
        digest.update(one)
        yield digest.digest()
