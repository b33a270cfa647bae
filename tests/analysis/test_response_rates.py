"""AAPOR rates: worked by hand, and against the worked case of R's outcomerate."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.quality.likeness import dissimilarity, r_indicator, shares
from analysis.quality.response_rates import Dispositions, response_rates

WAVE = Dispositions(
    complete=60,
    partial=5,
    refusal=10,
    non_contact=4,
    other=1,
    unknown=15,
    unknown_other=5,
    not_eligible=20,
)
COUNTS = st.builds(Dispositions, **{
    name: st.integers(0, 50) for name in (
        "complete", "partial", "refusal", "non_contact", "other", "unknown", "unknown_other",
        "not_eligible",
    )
})  # fmt: skip


def test_the_worked_case_of_outcomerate() -> None:
    people = Dispositions(
        complete=5,
        partial=3,
        refusal=2,
        non_contact=1,
        other=2,
        unknown=1,
        unknown_other=1,
        not_eligible=1,
    )
    rates = response_rates(people, e=Fraction(1, 2))
    assert (rates.rr1, rates.rr2) == (Fraction(1, 3), Fraction(8, 15))
    assert (rates.rr3, rates.rr4) == (Fraction(5, 14), Fraction(4, 7))
    assert (rates.rr5, rates.rr6) == (Fraction(5, 13), Fraction(8, 13))
    assert (rates.coop1, rates.ref1, rates.con1) == (
        Fraction(5, 12),
        Fraction(2, 15),
        Fraction(4, 5),
    )


def test_rates_of_a_wave_estimate_e_from_those_whose_eligibility_is_known() -> None:
    rates = response_rates(WAVE)
    assert rates.e == Fraction(80, 100)
    assert (rates.rr1, rates.rr2) == (Fraction(60, 100), Fraction(65, 100))
    assert (rates.rr3, rates.rr4) == (Fraction(60, 96), Fraction(65, 96))
    assert (rates.rr5, rates.rr6) == (Fraction(60, 80), Fraction(65, 80))
    assert (rates.coop1, rates.coop2) == (Fraction(60, 76), Fraction(65, 76))
    assert (rates.coop3, rates.coop4) == (Fraction(60, 75), Fraction(65, 75))
    assert (rates.ref1, rates.ref2, rates.ref3) == (
        Fraction(10, 100),
        Fraction(10, 96),
        Fraction(10, 80),
    )
    assert (rates.con1, rates.con2, rates.con3) == (
        Fraction(76, 100),
        Fraction(76, 96),
        Fraction(76, 80),
    )


def test_a_wave_without_known_people_has_no_rates_on_them() -> None:
    rates = response_rates(Dispositions(complete=0, unknown_other=3))
    assert (rates.rr1, rates.rr5, rates.coop1) == (0, None, None)
    assert (rates.rr3, rates.ref2, rates.con2, rates.e) == (None, None, None, None)


def test_a_wave_that_asked_nobody_has_no_rates() -> None:
    rates = response_rates(Dispositions(complete=0))
    assert {getattr(rates, name) for name in ("rr1", "rr3", "rr5", "coop3", "ref1", "con3")} == {
        None
    }


@pytest.mark.parametrize("e", [Fraction(-1, 2), Fraction(3, 2)])
def test_an_e_that_is_no_share_is_refused(e: Fraction) -> None:
    with pytest.raises(ValueError, match="share"):
        response_rates(WAVE, e)


@given(COUNTS)
def test_rates_are_shares_and_grow_as_their_base_shrinks(people: Dispositions) -> None:
    rates = response_rates(people)
    for small, large in (
        (rates.rr1, rates.rr3), (rates.rr3, rates.rr5), (rates.rr1, rates.rr2),
        (rates.rr2, rates.rr4), (rates.rr4, rates.rr6), (rates.ref1, rates.ref2),
        (rates.ref2, rates.ref3), (rates.con1, rates.con2), (rates.con2, rates.con3),
        (rates.coop1, rates.coop2), (rates.coop1, rates.coop3),
    ):  # fmt: skip
        if small is not None and large is not None:
            assert 0 <= small <= large <= 1


@given(COUNTS, st.integers(2, 9))
def test_equal_weights_change_no_rate(people: Dispositions, weight: int) -> None:
    heavier = Dispositions(
        **{name: weight * getattr(people, name) for name in Dispositions.__dataclass_fields__}
    )
    assert response_rates(heavier) == response_rates(people)


def test_strata_that_answer_alike_are_like_the_list() -> None:
    strata = [(100, 50), (20, 10), (40, 20)]
    assert r_indicator([strata]) == 1
    assert dissimilarity([strata]) == 0


def test_unlike_strata_worked_by_hand() -> None:
    strata = [(50, 50), (50, 0)]
    assert r_indicator([strata]) == pytest.approx(1 - 2 * (25 / 99) ** 0.5)
    assert shares(strata) == [(Fraction(1, 2), 1), (Fraction(1, 2), 0)]
    assert dissimilarity([strata]) == Fraction(1, 2)


def test_groups_are_not_compared_with_each_other() -> None:
    alike = [[(10, 9), (20, 18)], [(30, 3), (10, 1)]]
    assert r_indicator(alike) == 1
    assert dissimilarity(alike) == 0


def test_nobody_invited_or_nobody_answering_has_no_likeness() -> None:
    assert r_indicator([]) is None
    assert dissimilarity([[(10, 0), (5, 0)]]) is None
    assert shares([(0, 0)]) is None
