"""AAPOR rates worked by hand."""

from fractions import Fraction

from analysis.quality.response_rates import Dispositions, response_rates


def test_rates_of_a_wave() -> None:
    rates = response_rates(
        Dispositions(
            complete=60,
            partial=5,
            refused=10,
            not_contacted=4,
            other=1,
            unknown_address=15,
            unknown_other=5,
            not_eligible=20,
        )
    )
    assert rates.eligible_share == Fraction(80, 100)
    assert (rates.rr1, rates.rr2) == (Fraction(60, 100), Fraction(65, 100))
    assert (rates.rr3, rates.rr4) == (Fraction(60, 96), Fraction(65, 96))
    assert (rates.rr5, rates.rr6) == (Fraction(60, 80), Fraction(65, 80))
    assert rates.cooperation == Fraction(60, 76)
    assert rates.refusal == Fraction(10, 100)


def test_a_wave_without_known_people_has_no_rates_on_them() -> None:
    rates = response_rates(Dispositions(complete=0, unknown_other=3))
    assert (rates.rr1, rates.rr5, rates.cooperation) == (0, None, None)
    assert (rates.rr3, rates.eligible_share) == (None, None)
