"""The chance that too few of the ballots issued come back valid: an exact binomial."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

INVALID_PERCENT = 5
"""Of the ballots that come back, how many hold no valid answer on a leaf (“không biết”, a unit the
person does not know). Definitions state no such share; 5 % is the assumption of this release, on
the cautious side of the few percent that a question on one's own dealings usually has."""
RISK = Decimal("0.1")
"""A chance above this is worth a warning."""
_PLACES = 6


@lru_cache(maxsize=10_000)
def chance_under(issued: int, rate: int, count: int) -> Decimal:
    """Give the chance that fewer than `count` of the `issued` ballots come back valid.

    Each is valid with the response rate (percent) less INVALID_PERCENT of it, independently of
    the others. Summed in whole numbers and rounded half-up to 6 places.
    """
    valid = Fraction(rate * (100 - INVALID_PERCENT), 10_000)
    yes, whole = valid.numerator, valid.denominator
    no = whole - yes
    if count <= 0:
        return Decimal(0)
    if count > issued or yes == 0:
        return Decimal(1)
    # The term for k is C(n, k) yes^k no^(n-k); each follows from the one before.
    term = total = no**issued
    for k in range(1, count):
        term = term * (issued - k + 1) * yes // (k * no)
        total += term
    return _rounded(Fraction(total, whole**issued))


@lru_cache(maxsize=1_000)
def ballots_needed(rate: int, count: int) -> int | None:
    """Give the fewest ballots with which that chance is at most RISK; None where none suffice."""
    if rate <= 0:
        return None
    low, high = 0, max(1, count)
    while chance_under(high, rate, count) > RISK:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if chance_under(middle, rate, count) > RISK else (low, middle)
    return high


def _rounded(chance: Fraction) -> Decimal:
    scale = 10**_PLACES
    halves = 2 * chance.numerator * scale + chance.denominator
    return Decimal(halves // (2 * chance.denominator)) / scale
