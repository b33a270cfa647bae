"""Inclusion frequencies over 2,000 draws, each with a seed of its own, against what is stated."""

from collections import Counter
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
from inclusion import (
    DRAWS,
    all_samples,
    at_fractional_interval,
    chi_square,
    counts,
    covariance,
    of_samples,
    people,
    proportional_to_size,
    seed,
    two_stages,
    without_replacement,
)
from scipy.special import chdtrc

from analysis.planning.allocation import Method
from analysis.planning.stratum_sizes import stratum_sizes, unit_sizes
from analysis.sampling.first_stage import Chances, draw_units
from analysis.sampling.numbers import (
    chosen_case,
    is_taken,
    label_numbers,
    permanent_number,
    permanent_numbers,
)
from analysis.sampling.selection import (
    BoolArray,
    Drawn,
    IntArray,
    simple,
    stratified,
    systematic,
    two_stage,
)

FEWEST = 0.001
"""The seeds are fixed, so a p-value is the same in every run; docs/sampling.md has those seen."""

STRATA = (30, 12, 5, 3)
CODE = np.repeat(np.arange(4), STRATA)
SIGMAS = tuple(Fraction(one, 10) for one in (1, 4, 5, 3))
UNITS = (6, 8, 9, 11, 16, 60)
OF_UNIT = np.repeat(np.arange(6), UNITS)


def first(drawn: Drawn, code: IntArray) -> BoolArray:
    return (drawn.rank > 0) & (drawn.rank <= np.array(drawn.drawn)[code])


@pytest.mark.parametrize("size", [1, 12])
def test_a_simple_sample_includes_everybody_as_often_as_stated(size: int) -> None:
    def draw(own: bytes) -> BoolArray:
        drawn = simple(permanent_numbers(people(50), own), size, reserve=1)
        assert drawn.probability == (Fraction(size, 50),)
        return first(drawn, np.zeros(50, dtype=np.int64))

    p, df = chi_square(counts(draw), covariance(without_replacement((50,), (size,))))
    assert df == 49
    assert p > FEWEST


@pytest.mark.parametrize("method", get_args(Method))
def test_a_stratified_sample_includes_everybody_as_often_as_stated(method: Method) -> None:
    sizes = stratum_sizes(STRATA, 20, method, floor=2, sigmas=SIGMAS)

    def draw(own: bytes) -> BoolArray:
        drawn = stratified(permanent_numbers(people(50), own), CODE, sizes)
        assert drawn.probability == tuple(map(Fraction, sizes, STRATA))
        return first(drawn, CODE)

    p, df = chi_square(counts(draw), covariance(without_replacement(STRATA, sizes)))
    assert df == sum(m - 1 for n, m in zip(sizes, STRATA, strict=True) if n < m)
    assert p > FEWEST


@pytest.mark.parametrize("sizes", [(7, 5), (10, 1), (29, 6)])
def test_a_systematic_sample_includes_everybody_as_often_as_stated(sizes: tuple[int, int]) -> None:
    strata, days = (30, 8), np.random.default_rng(1).permutation(38)
    code = np.repeat([0, 1], strata)
    # Rows are mixed; the day says where a row stands in its stratum's list.
    joint = np.zeros((38, 38))
    for h, (m, n) in enumerate(zip(strata, sizes, strict=True)):
        rows = np.flatnonzero(code == h)
        listed = rows[np.argsort(days[rows])]
        joint[np.ix_(listed, listed)] = of_samples(at_fractional_interval(m, n), m)
    chance = np.repeat(np.array(sizes) / strata, strata)
    apart = code[:, None] != code
    joint[apart] = np.outer(chance, chance)[apart]

    def draw(own: bytes) -> BoolArray:
        starts = label_numbers(("one", "two"), own).tolist()
        drawn = systematic(
            permanent_numbers(people(38), own), code, sizes, keys=(days,), starts=starts
        )
        assert drawn.probability == tuple(map(Fraction, sizes, strata))
        return first(drawn, code)

    p, _ = chi_square(counts(draw), covariance(joint))
    assert p > FEWEST


@pytest.mark.parametrize("chances", get_args(Chances))
def test_a_two_stage_sample_includes_everybody_as_often_as_stated(chances: Chances) -> None:
    # The unit of 60 people is certain under proportional chances.
    count = 3
    first_chances = draw_units(UNITS, range(6), count, chances).probability
    sizes = unit_sizes(UNITS, first_chances, 24)

    def draw(own: bytes) -> BoolArray:
        *lots, start = label_numbers((*"abcdef", "start"), own).tolist()
        units = draw_units(UNITS, lots, count, chances, start=start)
        drawn = two_stage(
            permanent_numbers(people(110), own), OF_UNIT, sizes, unit=range(6), units=units
        )
        assert sum(units.chosen) == count
        assert drawn.probability == tuple(
            one * Fraction(n, m) for one, n, m in zip(first_chances, sizes, UNITS, strict=True)
        )
        return first(drawn, OF_UNIT)

    if chances == "equal":
        units = without_replacement((6,), (count,))
    else:
        units = np.zeros((6, 6))
        units[:5, :5] = of_samples(proportional_to_size(UNITS[:5], 2), 5)
        units[5, :5] = units[:5, 5] = np.diagonal(units)[:5]
        units[5, 5] = 1
    assert np.diagonal(units) == pytest.approx([float(one) for one in first_chances])
    p, df = chi_square(counts(draw), covariance(two_stages(units, UNITS, sizes)))
    assert df >= 104
    assert p > FEWEST


def test_one_of_a_persons_transactions_is_taken_by_an_even_lot() -> None:
    statistic, freedom = 0.0, 0
    for place, person in enumerate(people(40)):
        cases = 2 + place % 6
        taken = Counter(chosen_case(person, seed(own), cases) for own in range(DRAWS))
        expected = DRAWS / cases
        statistic += sum((taken[case] - expected) ** 2 / expected for case in range(cases))
        freedom += cases - 1
    assert chdtrc(freedom, statistic) > FEWEST


@pytest.mark.parametrize("rate", [Fraction(1, 20), Fraction(1, 3), Fraction(9, 10)])
def test_a_rolling_wave_takes_everybody_at_the_rate(rate: Fraction) -> None:
    def draw(own: bytes) -> BoolArray:
        return np.array([is_taken(permanent_number(one, own), rate) for one in people(50)])

    spread = np.eye(50) * float(rate * (1 - rate))
    p, df = chi_square(counts(draw), (np.full(50, float(rate)), spread))
    assert df == 50
    assert p > FEWEST


@pytest.mark.parametrize(
    ("strata", "sizes"), [((8,), (3,)), ((5, 4), (2, 2)), ((3, 3, 3), (1, 2, 1))]
)
def test_every_sample_that_can_be_drawn_is_as_likely_as_any(
    strata: tuple[int, ...], sizes: tuple[int, ...]
) -> None:
    code = np.repeat(np.arange(len(strata)), strata)
    members = people(len(code))
    drawn = Counter(
        stratified(permanent_numbers(members, seed(own)), code, sizes).rank.astype(bool).tobytes()
        for own in range(DRAWS)
    )
    expected = DRAWS / all_samples(strata, sizes)
    assert len(drawn) == all_samples(strata, sizes)
    statistic = sum((found - expected) ** 2 / expected for found in drawn.values())
    assert chdtrc(len(drawn) - 1, statistic) > FEWEST


def test_a_draw_that_favours_somebody_is_found_out() -> None:
    def draw(own: bytes) -> BoolArray:
        numbers = permanent_numbers(people(50), own)
        numbers[0] -= numbers[0] // 4
        return simple(numbers, 12).rank > 0

    p, _ = chi_square(counts(draw), covariance(without_replacement((50,), (12,))))
    assert p < FEWEST
