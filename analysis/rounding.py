"""Half-up rounding of exact figures to what is published."""

from decimal import Decimal
from fractions import Fraction


def round_half_up(figure: Fraction | Decimal | int, places: int) -> Decimal:
    """Round to so many places, halves away from zero: 0.125 → 0.13, −0.125 → −0.13.

    Exact for any size of figure; zero carries no sign.
    """
    exact = Fraction(figure)
    whole = int(abs(exact) * 10**places + Fraction(1, 2))
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((int(exact < 0 and whole > 0), digits, -places))
