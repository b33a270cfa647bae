import random
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.standing.control_limits import BASE, RUN, Control, Observation, control


def steady(value: float, n: int = 25, error: float = 3.0) -> Observation:
    return Observation(value=value, standard_error=error, n=n)


def test_limits_begin_after_six_months_and_the_centre_line_after_one() -> None:
    judged = control([steady(80.0)] * (BASE + 2))
    assert [one.centre for one in judged] == [None, *[80.0] * (BASE + 1)]
    assert [one.low is not None for one in judged] == [False] * BASE + [True] * 2


def test_limits_by_hand() -> None:
    months = [steady(80 + step, n=20, error=4.0) for step in (-2, -1, 0, 0, 1, 2)]
    last = control([*months, steady(63.0, n=10)])[-1]
    # v̄ = 20·4² = 320 per answer; 3·√(320·(1/10 + 1/120)).
    assert last.centre == pytest.approx(80.0)
    assert last.low == pytest.approx(80 - 3 * (320 * (1 / 10 + 1 / 120)) ** 0.5)
    assert last.high == pytest.approx(80 + 3 * (320 * (1 / 10 + 1 / 120)) ** 0.5)
    assert last.beyond is None
    assert control([*months, steady(63.0, n=20)])[-1].beyond == "below"
    assert control([*months, steady(95.0, n=20)])[-1].beyond == "above"


def test_a_month_with_few_answers_has_wider_limits() -> None:
    months = [steady(80.0)] * BASE
    few, many = (control([*months, steady(80.0, n=n)])[-1] for n in (10, 100))
    assert few.high is not None
    assert many.high is not None
    assert few.high > many.high


def test_eight_months_on_one_side_are_a_signal_and_seven_are_not() -> None:
    months = [steady(80 + (-1) ** step * 0.5) for step in range(BASE)]
    judged = control([*months, *[steady(81.5)] * RUN])
    assert [one.run for one in judged[: BASE + RUN - 1]] == [None] * (BASE + RUN - 1)
    assert judged[-1].run == "above"
    assert judged[-1].beyond is None


def test_a_month_on_the_line_itself_ends_a_run() -> None:
    months = [steady(80.0)] * (BASE + RUN)
    assert all(one.run is None for one in control(months))


@given(
    st.lists(st.tuples(st.floats(0, 100), st.integers(10, 90)), min_size=1, max_size=20),
    st.sets(st.integers(0, 19)),
)
def test_a_gap_changes_nothing_for_the_months_that_are_shown(
    months: list[tuple[float, int]], hidden: set[int]
) -> None:
    seen = [Observation(value=value, standard_error=2.0, n=n) for value, n in months]
    with_gaps: list[Observation | None] = []
    for place, month in enumerate(seen):
        with_gaps += [None, month] if place in hidden else [month]
    judged = control(with_gaps)
    shown = [one for one, month in zip(judged, with_gaps, strict=True) if month is not None]
    assert tuple(shown) == control(seen)
    assert all(
        one == Control() for one, month in zip(judged, with_gaps, strict=True) if month is None
    )


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20))
def test_no_later_month_changes_what_was_said_of_an_earlier_one(values: list[float]) -> None:
    months = [steady(value) for value in values]
    assert control(months[:-1]) == control(months)[:-1]


def test_months_without_a_sampling_error_are_in_no_line() -> None:
    listed = Observation(value=10.0, standard_error=None, n=30)
    judged = control([*[steady(80.0)] * BASE, listed, steady(80.0)])
    assert judged[BASE] == Control()
    assert judged[-1].centre == pytest.approx(80.0)


def test_where_everybody_always_said_the_same_there_are_no_limits() -> None:
    same = Observation(value=100.0, standard_error=0.0, n=20)
    judged = control([same] * (BASE + 1))
    assert (judged[-1].centre, judged[-1].low) == (100.0, None)


def test_a_figure_resting_on_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="rests on somebody"):
        control([Observation(value=50.0, standard_error=1.0, n=0)])


def _month(chance: random.Random, shares: list[float], shift: float = 0.0) -> Observation:
    n = chance.randint(12, 40)
    answers = chance.choices((0, 25, 50, 75, 100), weights=shares, k=n)
    value = fmean(answers)
    return Observation(
        value=value + shift, standard_error=(pvariance(answers) / (n - 1)) ** 0.5, n=n
    )


@pytest.mark.parametrize(
    ("shares", "most"), [([5, 10, 20, 40, 25], 0.006), ([1, 1, 3, 25, 70], 0.015)]
)
def test_few_months_of_a_desk_that_never_changes_are_alarms(
    shares: list[float], most: float
) -> None:
    # With each month's own SE it would be 1 to 3 % of the months, and 20 % for the best desks.
    chance = random.Random(11)
    beyond = runs = judged = 0
    for _ in range(600):
        found = control([_month(chance, shares) for _ in range(18)])[BASE:]
        judged += len(found)
        beyond += sum(one.beyond is not None for one in found)
        runs += sum(one.run is not None for one in found)
    assert beyond / judged < most
    assert runs / judged < 0.01


def test_a_desk_that_falls_by_a_quarter_is_found_at_once() -> None:
    chance = random.Random(12)
    shares = [5.0, 10, 20, 40, 25]
    found = 0
    for _ in range(200):
        months = [_month(chance, shares) for _ in range(12)]
        found += control([*months, _month(chance, shares, shift=-25)])[-1].beyond == "below"
    assert found / 200 > 0.8
