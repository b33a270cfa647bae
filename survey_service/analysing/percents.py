"""Shares as they are published: percent with one decimal, rounded half-up once."""

from fractions import Fraction

from survey_service.findings.terms import Interval
from survey_service.results.figures import written

PLACES = 1


def percent(share: Fraction | float, places: int = PLACES) -> str:
    """Write a share as percent."""
    return written(100 * Fraction(share), places)


def percent_interval(ends: tuple[float, float]) -> Interval:
    """Write the ends of a share's interval as percents."""
    low, high = ends
    return Interval(low=percent(low), high=percent(high))
