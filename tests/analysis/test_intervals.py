"""Intervals inside their range."""

import math

import pytest
from scipy import stats

from analysis.intervals import beta_interval, expit, interval


def test_logit_t_by_hand() -> None:
    low, high = interval(21.0, 0.6, 14.2, maximum=30.0, respondents=40)
    half = stats.t.ppf(0.975, 14.2) * 0.6 / (30 * 0.7 * 0.3)
    centre = math.log(0.7 / 0.3)
    assert low == pytest.approx(30 / (1 + math.exp(half - centre)))
    assert high == pytest.approx(30 / (1 + math.exp(-half - centre)))


@pytest.mark.parametrize("figure", [0.0, 30.0])
def test_the_ends_of_the_scale_get_the_exact_binomial_interval(figure: float) -> None:
    low, high = interval(figure, 0.0, 0.0, maximum=30.0, respondents=10)
    exact = stats.binomtest(round(figure / 3), 10).proportion_ci(method="exact")
    assert (low / 30, high / 30) == pytest.approx((exact.low, exact.high))


def test_no_error_in_the_middle_is_still_an_interval() -> None:
    low, high = interval(15.0, 0.0, 5.0, maximum=30.0, respondents=11)
    assert (low, high) == pytest.approx((15 - (high - 15), high))
    assert high - low > 10


def test_a_wild_error_stays_inside() -> None:
    low, high = interval(29.9, 40.0, 1.0, maximum=30.0, respondents=3)
    assert 0 <= low < 1e-6
    assert high == 30


def test_intervals_need_respondents_and_a_maximum() -> None:
    with pytest.raises(ValueError, match="above 0"):
        interval(0.0, 0.0, 0.0, maximum=30.0, respondents=0)
    with pytest.raises(ValueError, match="above 0"):
        interval(0.0, 0.0, 0.0, maximum=0.0, respondents=3)


def test_the_level_widens_the_interval() -> None:
    narrow, wide = beta_interval(0.3, 20, level=0.8), beta_interval(0.3, 20, level=0.99)
    assert wide[0] < narrow[0] < 0.3 < narrow[1] < wide[1]


def test_expit_does_not_overflow() -> None:
    assert (expit(-1e6), expit(0), expit(1e6)) == (0, 0.5, 1)
