from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import comb

import msgspec
import pytest
from scipy.stats import binom

from questionnaires import catalogue
from questionnaires.loading import Definitions, load_definitions
from survey_service.waves.preflighting.chances import (
    INVALID_PERCENT,
    RISK,
    ballots_needed,
    chance_under,
)
from survey_service.waves.preflighting.expectation import expect_ballots
from survey_service.waves.preflighting.forecasts import forecast_groups, forecast_units
from survey_service.waves.preflighting.prospects import ExpectedUnit, expect_units

GROUPS = ("HDND", "LDS", "LDH", "LDP", "CCVC", "ND", "DN")


@pytest.fixture(scope="module")
def par() -> Definitions:
    return load_definitions(catalogue.folder("par-index-2022"))


@pytest.fixture(scope="module")
def two_units() -> Definitions:
    return load_definitions(catalogue.folder("two-units"))


@pytest.mark.parametrize("issued", [0, 1, 4, 5, 17, 35, 400])
@pytest.mark.parametrize("rate", [0, 1, 30, 85, 100])
@pytest.mark.parametrize("count", [0, 1, 5, 10])
def test_the_chance_is_the_binomial_s(issued: int, rate: int, count: int) -> None:
    valid = rate / 100 * (1 - INVALID_PERCENT / 100)
    expected = float(binom.cdf(count - 1, issued, valid))
    assert float(chance_under(issued, rate, count)) == pytest.approx(expected, abs=6e-7)


def test_the_chance_is_exact_before_its_rounding() -> None:
    valid = Fraction(30 * (100 - INVALID_PERCENT), 10_000)
    exact = sum(comb(17, k) * valid**k * (1 - valid) ** (17 - k) for k in range(5))
    assert abs(Fraction(chance_under(17, 30, 5)) - exact) <= Fraction(1, 2_000_000)


@pytest.mark.parametrize("rate", [1, 30, 40, 85, 100])
@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_the_ballots_needed_are_the_fewest(rate: int, count: int) -> None:
    needed = ballots_needed(rate, count)
    assert needed is not None
    assert chance_under(needed, rate, count) <= RISK < chance_under(needed - 1, rate, count)


def test_no_number_of_ballots_suffices_where_nobody_answers() -> None:
    assert ballots_needed(0, 5) is None


def test_five_expected_ballots_are_a_risk_where_the_minimum_is_five(par: Definitions) -> None:
    classes = {f"S{number:02}": "SBN" for number in range(15)}
    counts = {(unit, group): 17 if group == "DN" else 60 for unit in classes for group in GROUPS}
    expected = expect_ballots(par.framework, par.questionnaires, classes, counts)
    row = next(row for row in expected if row.group == "DN")
    assert (row.expected, row.minimum) == (Decimal("5.1"), 5)
    assert row.at_risk
    assert row.needed == 26
    thin = [one for one in forecast_groups(par.framework, expected) if "minimum" in one.message.en]
    assert [one.where for one in thin] == ["nhóm/group DN"]
    assert "trên 10 % ở 15 đơn vị: S00 (5,1 phiếu thu về, 44 %)" in thin[0].message.vi
    assert "và 7 đơn vị nữa" in thin[0].message.vi
    assert "khoảng 26 phiếu phát ra cho mỗi đơn vị" in thin[0].message.vi


def test_the_worst_units_are_named_first(two_units: Definitions) -> None:
    classes = {"XA1": "XA", "XA2": "XA", "XA3": "XA"}
    counts = {("XA1", "ND"): 8, ("XA2", "ND"): 4, ("XA3", "ND"): 200}
    expected = expect_ballots(two_units.framework, two_units.questionnaires, classes, counts)
    found = [
        one
        for one in forecast_groups(two_units.framework, expected)
        if one.where.endswith("ND") and "minimum" in one.message.en
    ]
    words = found[0].message.en
    assert "for 2 units" in words
    assert words.index("XA2") < words.index("XA1")
    assert "XA3" not in words


@pytest.mark.parametrize("below", ["renormalise", "flag"])
@pytest.mark.parametrize("issued", [0, 1, 3, 6, 40])
def test_units_are_judged_as_by_counting_out_every_case(
    two_units: Definitions, below: str, issued: int
) -> None:
    rules = msgspec.structs.replace(two_units.framework.rules, below_minimum=below)
    framework = msgspec.structs.replace(two_units.framework, rules=rules)
    counts = {("XA1", "CX"): issued, ("XA1", "CB"): 2, ("XA1", "ND"): issued + 1}
    expected = expect_ballots(framework, two_units.questionnaires, {"XA1": "XA"}, counts)
    (unit,) = expect_units(framework, {"XA1": "XA"}, expected)

    # Every number of valid ballots that each group may have, one after the other.
    rates = {
        relation.group: relation.response_rate for relation in two_units.questionnaires.relations
    }
    valid = {group: rates[group] / 100 * (1 - INVALID_PERCENT / 100) for group in rates}
    leaves = framework.unit_class("XA").survey_leaves()
    lost = dict.fromkeys((leaf.code for leaf in leaves), 0.0)
    unranked = 0.0
    ranges = [range(counts["XA1", group] + 1) for group in ("CX", "CB", "ND")]
    for case in product(*ranges):
        back: dict[str, int] = dict(zip(("CX", "CB", "ND"), case, strict=True))
        chance = 1.0
        for group, count in back.items():
            chance *= float(binom.pmf(count, counts["XA1", group], valid[group]))
        points = Decimal(0)
        for leaf in leaves:
            cover = sum(
                weight
                for group, weight in leaf.weights.items()
                if back[group]
                >= (1 if below == "flag" else leaf.minimum_counts.get(group, rules.minimum_count))
            )
            if cover and cover >= rules.minimum_cover * 100:
                points += leaf.max
            else:
                lost[leaf.code] += chance
        whole = sum(leaf.max for leaf in leaves)
        unranked += chance * (points < rules.minimum_measured * whole)

    assert float(unit.unranked) == pytest.approx(unranked, abs=1e-5)
    for code, chance in lost.items():
        assert float(unit.unmeasurable.get(code, 0)) == pytest.approx(chance, abs=1e-5)


def test_a_unit_is_warned_of_above_ten_percent_only() -> None:
    def about(leaf: str, unranked: str) -> list[str]:
        unit = ExpectedUnit(
            unit="XA1", unmeasurable={"A.1": Decimal(leaf)}, unranked=Decimal(unranked)
        )
        return [one.message.en for one in forecast_units([unit])]

    assert about("0.1", "0.1") == []
    (leaf,) = about("0.11", "0.002")
    assert "A.1 (11 %); the chance of staying unranked is < 1 %" in leaf
    (unit,) = about("0.05", "0.4")
    assert unit.startswith("the chance of staying unranked is 40 %")
