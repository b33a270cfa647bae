"""Rounding and classes of what is published."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.rounding import round_half_up
from analysis.standing.classification import classify

BANDS = {"D": Decimal(0), "B": Decimal(65), "A": Decimal(80), "C": Decimal("50.00")}


@pytest.mark.parametrize(
    ("figure", "places", "want"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Decimal("0.125"), 2, "0.13"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Fraction(999, 100), 1, "10.0"),
        (Fraction(10**40 + 1, 2), 0, f"{5 * 10**39 + 1}"),
        (7, 2, "7.00"),
    ],
)
def test_halves_go_up(figure: Fraction | Decimal | int, places: int, want: str) -> None:
    assert str(round_half_up(figure, places)) == want


@given(figure=st.fractions(-50, 50), places=st.integers(0, 6))
def test_rounding_is_within_half_a_place(figure: Fraction, places: int) -> None:
    rounded = round_half_up(figure, places)
    assert abs(Fraction(rounded) - figure) <= Fraction(1, 2 * 10**places)
    assert rounded.as_tuple().exponent == -places
    assert round_half_up(-figure, places) == -rounded


@pytest.mark.parametrize(
    ("figure", "want"),
    [("80", "A"), ("79.99", "B"), ("65.00", "B"), ("50", "C"), ("49.99", "D"), ("0", "D")],
)
def test_a_band_begins_at_its_bound(figure: str, want: str) -> None:
    assert classify(Decimal(figure), BANDS) == want


def test_below_every_band_there_is_no_class() -> None:
    assert classify(Decimal("49.99"), {"A": Decimal(50)}) is None
    assert classify(Decimal(50), {}) is None
