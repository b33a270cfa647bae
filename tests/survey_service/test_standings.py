"""Where the units of a class stand, and what is said where nothing can be."""

from fractions import Fraction

import msgspec
import pytest
from two_waves import province, unit_rows, wave

from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.standings import UNRELIABLE, class_standings
from survey_service.findings.standing import ClassStanding
from survey_service.sheet.score_sheet import Published


def standing(analysed: Analysed) -> ClassStanding:
    (one,) = class_standings(analysed, Clearance(analysed.scored))
    return one


def test_every_class_of_the_province_has_tiers_within_its_simultaneous_sets() -> None:
    analysed = province()
    lines = {unit.code: unit for unit in analysed.sheet.units}
    for one in class_standings(analysed, Clearance(analysed.scored)):
        assert [unit.unit for unit in one.units] == list(
            next(c for c in analysed.sheet.classes if c.code == one.unit_class).ranking
        )
        tiers = [unit.tier for unit in one.units]
        assert tiers == sorted(tiers)
        assert one.tiers == tiers[-1]
        for unit in one.units:
            wide = lines[unit.unit].rank_set
            assert wide is not None
            assert wide.best <= unit.best <= unit.worst <= wide.worst


def test_differences_are_from_the_mean_of_the_published_totals() -> None:
    analysed = province()
    totals = {
        unit.code: Fraction(unit.result.points)
        for unit in analysed.sheet.units
        if isinstance(unit.result, Published)
    }
    one = class_standings(analysed, Clearance(analysed.scored))[0]
    mean = sum(totals[unit.unit] for unit in one.units) / len(one.units)
    assert Fraction(one.average or 0) == pytest.approx(mean, abs=0.005)
    for unit in one.units:
        assert float(unit.difference) == pytest.approx(float(totals[unit.unit] - mean), abs=0.006)
    assert abs(sum(Fraction(unit.difference) for unit in one.units)) < Fraction(1, 10)
    assert sum(Fraction(unit.top_three) for unit in one.units) == pytest.approx(300, abs=1)


def test_a_clear_difference_is_both_certain_and_large_enough() -> None:
    for one in class_standings(province(), Clearance(province().scored)):
        for unit in one.units:
            clear = float(unit.p) < 0.05 and abs(Fraction(unit.difference)) >= Fraction(1, 2)
            assert (unit.clear != "unclear") == clear
            assert unit.clear != ("below" if Fraction(unit.difference) > 0 else "above")


def test_equal_units_are_one_tier_that_carries_no_ranking() -> None:
    one = standing(wave({"A": 4, "B": 4, "C": 4, "D": 4}))
    assert (one.tiers, one.between_variance, one.reliability) == (1, "0.000", "0.000")
    assert (one.carries_ranking, one.remarks[0]) == (False, UNRELIABLE)
    assert {(unit.best, unit.worst, unit.clear) for unit in one.units} == {(1, 4, "unclear")}


def test_units_far_apart_carry_a_ranking() -> None:
    one = standing(wave({"A": 5, "B": 4, "C": 3, "D": 2}))
    assert one.carries_ranking is True
    assert [unit.tier for unit in one.units] == [1, 2, 3, 4]
    assert [unit.top_three for unit in one.units] == ["100.0", "100.0", "100.0", "0.0"]


def test_two_units_have_no_reliability_but_a_difference() -> None:
    one = standing(wave({"A": 5, "B": 3}))
    assert (one.reliability, one.carries_ranking, one.missing) == (None, None, None)
    assert [unit.clear for unit in one.units] == ["above", "below"]


def test_one_unit_is_compared_with_nobody() -> None:
    one = standing(wave({"A": 4}))
    assert (one.missing, one.units, one.average) == ("too_few", (), None)


def test_a_nominated_list_leaves_no_standing() -> None:
    one = standing(wave({"A": 5, "B": 3, "C": 4}, list_kinds={"CX": "nominated"}))
    assert (one.missing, one.units) == ("not_applicable", ())
    assert "giới thiệu" in one.remarks[0].vi


def test_a_unit_without_a_shown_total_takes_no_part() -> None:
    thin = [("ND", "C", 2, {"S3": "5", "S4": "5"})]
    analysed = wave({"A": 5, "B": 3}, rows=thin)
    clearance = Clearance(analysed.scored)
    (one,) = class_standings(analysed, clearance)
    assert {unit.unit for unit in one.units} == {"A", "B"}
    assert [(row.table, row.figures) for row in clearance.audit()] == [("trust.standing", 1)]


def test_a_class_without_a_shown_total_says_so() -> None:
    analysed = wave(rows=[("ND", "C", 2, {"S3": "5", "S4": "5"})])
    assert standing(analysed).missing == "suppressed"
    silent = wave(rows=[("ND", "C", 4, {"S3": "dk", "S4": "dk"})])
    assert standing(silent).missing == "not_measurable"


def test_the_order_of_the_ballots_does_not_matter() -> None:
    rows = [*unit_rows("A", 5), *unit_rows("B", 4), *unit_rows("C", 3)]
    one, other = standing(wave(rows=rows)), standing(wave(rows=rows[::-1]))
    units = {unit.unit: unit for unit in other.units}
    assert (one.average, one.reliability) == (other.average, other.reliability)
    for unit in one.units:
        again = units[unit.unit]
        assert msgspec.structs.replace(again, top_three="", bottom_three="") == (
            msgspec.structs.replace(unit, top_three="", bottom_three="")
        )
