import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_service.findings.terms import Interval
from survey_service.reports.wording import Wording

VI, EN = Wording(language="vi"), Wording(language="en")


def test_figures_are_written_as_readers_of_the_language_expect() -> None:
    assert (VI.figure("12.30"), EN.figure("12.30")) == ("12,30", "12.30")
    assert (VI.count(1611), EN.count(1611)) == ("1.611", "1,611")
    assert (VI.percent("62.4"), EN.percent("62.4")) == ("62,4%", "62.4%")


def test_a_figure_keeps_its_places_and_is_cut_half_up_where_there_are_more() -> None:
    assert VI.figure("0.125", 2) == "0,13"
    assert VI.figure("12.3", 2) == "12,3"


def test_a_difference_shows_its_sign_and_zero_has_none() -> None:
    assert [VI.signed(x, 2) for x in ("0.52", "-0.41", "0.00")] == ["+0,52", "−0,41", "0,00"]


def test_an_interval_below_zero_is_not_read_as_a_row_of_dashes() -> None:
    assert VI.interval(Interval(low="15.02", high="17.18")) == "15,02–17,18"
    assert VI.interval(Interval(low="-0.41", high="0.20")) == "−0,41 đến 0,20"


@pytest.mark.parametrize(
    ("p", "said"), [("0.0004", "< 0,001"), ("0.0010", "0,001"), ("0.4410", "0,441"), (None, "–")]
)
def test_a_small_p_value_is_never_zero(p: str | None, said: str) -> None:
    assert VI.p_value(p) == said


def test_names_are_joined_as_a_sentence_does() -> None:
    assert VI.names(["A", "B", "C"]) == "A, B và C"
    assert EN.names(["A", "B"]) == "A and B"
    assert (VI.names(["A"]), VI.names([])) == ("A", "")


@pytest.mark.parametrize("reason", ["suppressed", "not_measurable", "too_few", "not_applicable"])
def test_every_reason_for_no_figure_has_its_own_words(reason: str) -> None:
    assert VI.missing(reason) != EN.missing(reason)
    assert not any(letter.isdigit() for letter in VI.missing(reason))


@given(st.decimals(min_value=-1000, max_value=1000, places=2, allow_nan=False))
def test_both_languages_write_the_same_figure(value: object) -> None:
    assert VI.figure(str(value)).replace(",", ".") == EN.figure(str(value))


def test_a_share_of_draws_is_never_called_certain() -> None:
    assert [VI.chance(x) for x in ("0.0", "12.5", "100.0")] == ["< 0,1%", "12,5%", "> 99,9%"]
