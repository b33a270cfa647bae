"""Between-unit variance and reliability, against published and hand-worked figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.standing.reliability import (
    between_variance,
    dersimonian_laird,
    moment_variance,
    reliability,
)

BCG = (
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
)  # fmt: skip
"""Thirteen trials of a vaccine (Colditz et al. 1994): ill and well, with and without."""

SCORES = st.lists(st.floats(-10, 40), min_size=2, max_size=12)


def bcg() -> tuple[list[float], list[float]]:
    ratios = [math.log(a / (a + b)) - math.log(c / (c + d)) for a, b, c, d in BCG]
    return ratios, [1 / a - 1 / (a + b) + 1 / c - 1 / (c + d) for a, b, c, d in BCG]


def test_three_estimates_equal_those_that_metafor_gives_for_the_vaccine_trials() -> None:
    scores, variances = bcg()
    assert dersimonian_laird(scores, variances) == pytest.approx(0.3088, abs=5e-5)
    assert between_variance(scores, variances) == pytest.approx(0.3132, abs=5e-5)
    assert moment_variance(scores, variances) == pytest.approx(0.3286, abs=5e-5)


def test_dersimonian_laird_by_hand() -> None:
    """With w = 4, 4, 1: mean 30/9, Q = 16, and (16 − 2)/(9 − 33/9) = 21/8."""
    assert dersimonian_laird([2, 4, 6], [0.25, 0.25, 1]) == pytest.approx(21 / 8)


def test_equal_errors_give_the_variance_less_the_error_whatever_the_method() -> None:
    for estimate in (between_variance, dersimonian_laird, moment_variance):
        assert estimate([1, 2, 3, 5], [0.5] * 4) == pytest.approx(35 / 12 - 0.5)
        assert estimate([1, 2, 3, 5], [9.0] * 4) == 0


def test_units_without_error_differ_in_truth() -> None:
    assert between_variance([1, 2, 3], [0, 0, 0]) == pytest.approx(1)
    assert between_variance([2, 2, 2], [0, 0, 0]) == between_variance([2, 2], [1, 1]) == 0


@given(SCORES, st.data())
def test_the_order_and_the_zero_of_the_scale_do_not_matter(
    scores: list[float], data: st.DataObject
) -> None:
    variances = data.draw(st.lists(st.floats(0.01, 4), min_size=len(scores), max_size=len(scores)))
    between = between_variance(scores, variances)
    backwards = between_variance(scores[::-1], variances[::-1])
    assert backwards == pytest.approx(between, rel=1e-6, abs=1e-9)
    moved = between_variance([score + 8 for score in scores], variances)
    assert moved == pytest.approx(between, rel=1e-6, abs=1e-6)


def test_reliability_lies_between_0_and_1() -> None:
    assert reliability(3, 1) == 0.75
    assert reliability(3, 0) == 1
    assert reliability(0, 1) == reliability(0, 0) == 0


def test_what_has_no_variance_between_is_refused() -> None:
    for estimate in (between_variance, dersimonian_laird, moment_variance):
        with pytest.raises(ValueError, match="two units or more"):
            estimate([1], [1])
        with pytest.raises(ValueError, match="two units or more"):
            estimate([1, 2], [1])
    with pytest.raises(ValueError, match="above 0"):
        dersimonian_laird([1, 2], [1, 0])
