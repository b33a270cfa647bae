"""Exact figures as they are published: rounded once, half-up, and written as text."""

import math
from decimal import Decimal
from fractions import Fraction

from analysis.rounding import round_half_up

UNCERTAINTY_PLACES = 6


def written(figure: Fraction | Decimal, places: int) -> str:
    """Round a figure half-up and write it in plain notation."""
    return f"{round_half_up(figure, places):f}"


def plain(figure: Fraction | Decimal) -> str:
    """Write a terminating decimal exactly, with the places it needs; at least two."""
    exact = Fraction(figure)
    places = 2
    while exact != Fraction(round_half_up(exact, places)):
        places += 1
    return f"{round_half_up(exact, places):f}"


def uncertainty(figure: float | None, places: int = UNCERTAINTY_PLACES) -> str | None:
    """Round a standard error or an interval's end; None where it is not known."""
    if figure is None or not math.isfinite(figure):
        return None
    return written(Fraction(figure), places)
