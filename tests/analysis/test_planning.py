from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intervals import interval
from analysis.planning.allocation import Method, PlannedStratum, allocate
from analysis.planning.power import Side, detectable_difference, power
from analysis.planning.sizes import sample_size, slovin_size
from analysis.planning.widths import PlannedGroup, planned_score

METHODS: tuple[Method, ...] = ("proportional", "neyman", "fixed")
GROUP = PlannedGroup(invited=100, response_rate=0.4, mean=0.8, sigma=0.2, weight=1.0)
strata_lists = st.lists(
    st.builds(
        PlannedStratum,
        population=st.integers(0, 500),
        sigma=st.fractions(0, 2, max_denominator=50),
        floor=st.just(0),
        cap=st.none() | st.integers(0, 300),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize(("population", "size"), [(500, 223), (1_000, 286), (10_000, 385)])
def test_the_official_formula_gives_its_official_examples(population: int, size: int) -> None:
    assert slovin_size(population, Fraction(1, 20)) == size


@given(st.integers(1, 10**7), st.integers(1, 400))
def test_the_official_formula_is_a_special_case(population: int, thousandths: int) -> None:
    general = sample_size(half_width=thousandths / 1000, sigma=0.5, population=population, z=2.0)
    assert general.answers == slovin_size(population, Fraction(thousandths, 1000))


def test_a_size_allows_for_the_list_the_design_and_those_who_do_not_answer() -> None:
    free = sample_size(half_width=0.05, sigma=0.5)
    assert (round(free.unlimited, 2), free.answers, free.invitations) == (384.16, 385, 385)
    assert sample_size(half_width=0.05, sigma=0.5, design_effect=2.0).answers == 769
    listed = sample_size(half_width=0.05, sigma=0.5, population=2000, response_rate=0.4)
    assert (listed.answers, listed.invitations) == (323, 808)
    small = sample_size(half_width=0.05, sigma=0.5, population=200, response_rate=0.4)
    assert (small.answers, small.invitations) == (132, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"half_width": 0.0}, "must be above 0"),
        ({"population": 0}, "must be above 0"),
        ({"response_rate": 1.2}, "response rate"),
    ],
)
def test_a_size_without_sense_is_refused(change: dict[str, float], message: str) -> None:
    given: dict[str, float] = {"half_width": 0.05, "sigma": 0.5, **change}
    with pytest.raises(ValueError, match=message):
        sample_size(**given)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="above 0"):
        slovin_size(0, Fraction(1, 20))


@given(strata_lists, st.sampled_from(METHODS), st.data())
def test_an_allocation_sums_exactly_within_its_bounds(
    strata: list[PlannedStratum], method: Method, data: st.DataObject
) -> None:
    strata = [
        replace(one, floor=data.draw(st.integers(0, one.most), label="floor")) for one in strata
    ]
    lowest, highest = sum(one.floor for one in strata), sum(one.most for one in strata)
    total = data.draw(st.integers(lowest, highest), label="total")
    given_ = allocate(strata, total, method)
    assert sum(given_) == total
    assert all(one.floor <= n <= one.most for one, n in zip(strata, given_, strict=True))


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8), st.data())
def test_a_proportional_allocation_is_within_one_of_its_quota(
    populations: list[int], data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, sum(populations)))
    given_ = allocate([PlannedStratum(population=n) for n in populations], total, "proportional")
    for n, population in zip(given_, populations, strict=True):
        assert abs(n - Fraction(total * population, sum(populations))) < 1


def test_neyman_asks_more_where_people_differ_more() -> None:
    strata = [
        PlannedStratum(population=1000, sigma=Fraction(1, 5)),
        PlannedStratum(population=1000, sigma=Fraction(2, 5)),
        PlannedStratum(population=500, sigma=Fraction(2, 5)),
    ]
    assert allocate(strata, 100, "neyman") == (25, 50, 25)
    assert allocate(strata, 100, "proportional") == (40, 40, 20)
    assert allocate(strata, 100, "fixed") == (34, 33, 33)


def test_no_other_allocation_has_a_smaller_variance_than_neyman() -> None:
    strata = [
        PlannedStratum(population=n, sigma=Fraction(s, 10), floor=1)
        for n, s in ((90, 1), (60, 3), (30, 4))
    ]

    def variance(sizes: tuple[int, ...]) -> float:
        return sum(
            one.population**2 * float(one.sigma) ** 2 / n
            for one, n in zip(strata, sizes, strict=True)
        )

    best = variance(allocate(strata, 24, "neyman"))
    others = [variance((a, b, 24 - a - b)) for a in range(1, 23) for b in range(1, 24 - a)]
    # Rounding to whole people may cost a little.
    assert best <= min(others) * 1.01


def test_what_the_strata_cannot_take_is_refused() -> None:
    two = [PlannedStratum(population=10, floor=4), PlannedStratum(population=5)]
    with pytest.raises(ValueError, match="the strata take 4 to 15, not 16"):
        allocate(two, 16, "proportional")
    with pytest.raises(ValueError, match="the strata take 4 to 15, not 3"):
        allocate(two, 3, "proportional")
    with pytest.raises(ValueError, match="stratum 1: the floor 6 is above 5"):
        allocate([PlannedStratum(population=5, floor=6)], 5, "fixed")
    with pytest.raises(ValueError, match="below 0"):
        allocate([PlannedStratum(population=5, sigma=Fraction(-1))], 5, "neyman")


def test_strata_without_spread_fill_up_what_is_left() -> None:
    alike = [PlannedStratum(population=10, sigma=Fraction(0)) for _ in range(2)]
    assert allocate(alike, 10, "neyman") == (5, 5)


def test_the_power_of_the_textbook() -> None:
    """Cohen (1988), table 2.3.5: d = 0.5 with 64 on each side is found four times in five."""
    side = Side(answers=64, sigma=1.0)
    assert power(0.5, side, side) == pytest.approx(0.8015, abs=5e-4)
    assert power(0.0, side, side) == pytest.approx(0.05, abs=1e-9)


def test_the_detectable_difference_is_found_with_the_stated_power() -> None:
    one, other = Side(answers=40, sigma=0.2, population=80), Side(answers=25, sigma=0.2)
    least = detectable_difference(one, other, power=0.9)
    assert power(least, one, other) == pytest.approx(0.9, abs=1e-6)
    assert least < detectable_difference(replace(one, population=None), other, power=0.9)


@pytest.mark.parametrize(
    ("side", "message"),
    [
        (Side(answers=1, sigma=1.0), "at least 2"),
        (Side(answers=9, sigma=1.0, population=8), "more than the list of 8"),
        (Side(answers=9, sigma=1.0, population=9), "nothing is left to chance"),
    ],
)
def test_a_comparison_without_sense_is_refused(side: Side, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        power(1.0, side, side)
    fine = Side(answers=9, sigma=1.0)
    with pytest.raises(ValueError, match=r"at least 0\.5"):
        detectable_difference(fine, fine, power=0.2)
    with pytest.raises(ValueError, match="level"):
        power(1.0, fine, fine, level=1.0)


def test_the_expected_interval_of_one_group_is_that_of_its_mean() -> None:
    planned = planned_score([GROUP], maximum=30)
    error = 30 * 0.2 / 40**0.5
    assert planned.standard_error == pytest.approx(error)
    assert planned.degrees_of_freedom == pytest.approx(39)
    assert planned.interval == pytest.approx(interval(24, error, 39, maximum=30, respondents=40))
    listed = planned_score([replace(GROUP, population=100)], maximum=30)
    assert listed.standard_error == pytest.approx(error * 0.6**0.5)
    assert listed.width < planned.width


def test_weights_and_groups_add_up_in_the_expected_interval() -> None:
    half = replace(GROUP, weight=0.5)
    both = planned_score([half, half], maximum=30)
    assert both.standard_error == pytest.approx(planned_score([GROUP]).standard_error / 2**0.5)
    assert both.degrees_of_freedom == pytest.approx(78)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight": 0.4}, "sum to 1"),
        ({"mean": 1.4}, "shares between 0 and 1"),
        ({"sigma": 0.6}, "between 0 and 0.5"),
        ({"invited": 4}, "too few"),
        ({"population": 50}, "more than the list"),
    ],
)
def test_a_planned_group_without_sense_is_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        planned_score([replace(GROUP, **change)])
