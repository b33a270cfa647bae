from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.charts.axis import Axis, spread, ticks

PLACES = st.lists(st.floats(-1000, 1000), min_size=1, max_size=60).map(sorted)


def test_an_axis_maps_its_ends_to_its_pixels() -> None:
    axis = Axis(low=10, high=30, start=100, end=500)
    assert [axis.at(figure) for figure in (10, 20, 30)] == [100, 300, 500]


@given(st.floats(-500, 500), st.floats(1, 900), st.integers(2, 15))
def test_ticks_are_round_within_the_axis_and_not_too_many(
    low: float, length: float, most: int
) -> None:
    marks = ticks(low, low + length, most)
    assert len(marks) <= most
    assert all(low <= mark <= low + length for mark in marks)
    steps = {later - earlier for earlier, later in pairwise(marks)}
    assert len(steps) <= 1
    assert all(str(step).rstrip("0") in {"1", "2", "5"} for step in steps)


def test_an_axis_without_length_has_no_ticks() -> None:
    for low, high, most in ((3, 3, 5), (4, 3, 5), (0, 9, 1)):
        with pytest.raises(ValueError, match="no ticks"):
            ticks(low, high, most)


@given(PLACES, st.floats(1, 40))
def test_labels_keep_their_order_and_their_distance(places: list[float], gap: float) -> None:
    moved = spread(places, [gap] * (len(places) - 1))
    assert all(later - earlier >= gap - 1e-6 for earlier, later in pairwise(moved))
    assert sum(moved) == pytest.approx(sum(places), abs=1e-6 * len(places) + 1e-6)


@given(PLACES)
def test_labels_that_are_apart_stay_where_they_are(places: list[float]) -> None:
    apart = [place + 10.0 * n for n, place in enumerate(places)]
    assert spread(apart, [9.0] * (len(apart) - 1)) == pytest.approx(apart)


def test_equal_places_are_spread_about_their_own() -> None:
    assert spread([5, 5, 5], [10, 10]) == pytest.approx((-5, 5, 15))
