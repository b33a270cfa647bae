from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.relations import Across, RatedUnit, Rater, Relation, assign

DEPARTMENTS = [RatedUnit(code=f"S{n}", unit_class="SBN", sectors=(f"N{n % 2}",)) for n in range(4)]
DISTRICTS = [RatedUnit(code=f"H{n}", unit_class="UBND", superior="S0") for n in range(3)]
UNITS = [*DEPARTMENTS, *DISTRICTS]


def rated(relation: Relation, rater: Rater) -> set[str]:
    return set(assign(relation, [rater], UNITS, seed=1)[rater.key])


@pytest.mark.parametrize(
    ("relation", "rater", "expected"),
    [
        (Relation(units="class"), Rater(key="p"), {unit.code for unit in UNITS}),
        (Relation(units="class", classes=("UBND",)), Rater(key="p"), {"H0", "H1", "H2"}),
        (
            Relation(units="class", classes=("SBN",), except_own=True),
            Rater(key="p", own_unit="S1"),
            {"S0", "S2", "S3"},
        ),
        (Relation(units="own"), Rater(key="p", own_unit="H1"), {"H1"}),
        (Relation(units="own"), Rater(key="p"), set[str]()),
        (Relation(units="superior"), Rater(key="p", own_unit="H1"), {"S0"}),
        (Relation(units="superior"), Rater(key="p", own_unit="S1"), set[str]()),
        (Relation(units="superior"), Rater(key="p"), set[str]()),
        (Relation(units="sector"), Rater(key="p", sectors=("N1", "N7")), {"S1", "S3"}),
        (Relation(units="transaction"), Rater(key="p", transactions=("H2", "S3")), {"H2", "S3"}),
        (
            Relation(units="transaction", classes=("SBN",)),
            Rater(key="p", transactions=("H2", "S3", "DA-GIAI-THE")),
            {"S3"},
        ),
    ],
)
def test_each_relation_reaches_its_units(
    relation: Relation, rater: Rater, expected: set[str]
) -> None:
    assert rated(relation, rater) == expected


def test_levels_rate_each_other_in_both_directions() -> None:
    both = Relation(
        units="across",
        across=(
            Across(from_classes=("UBND",), to_classes=("SBN",)),
            Across(from_classes=("SBN",), to_classes=("UBND",)),
        ),
    )
    assert rated(both, Rater(key="p", own_unit="H0")) == {"S0", "S1", "S2", "S3"}
    assert rated(both, Rater(key="p", own_unit="S0")) == {"H0", "H1", "H2"}
    assert rated(both, Rater(key="p")) == set()


@given(
    people=st.integers(0, 40), units=st.integers(1, 12), size=st.integers(1, 12), seed=st.integers()
)
def test_subsets_are_whole_and_balanced(people: int, units: int, size: int, seed: int) -> None:
    raters = [Rater(key=f"p{n}") for n in range(people)]
    rated_units = [RatedUnit(code=f"U{n}", unit_class="A") for n in range(units)]
    assigned = assign(Relation(units="class", subset=size), raters, rated_units, seed=seed)
    taken = Counter({unit.code: 0 for unit in rated_units})
    for chosen in assigned.values():
        assert len(chosen) == len(set(chosen)) == min(size, units)
        taken.update(chosen)
    assert max(taken.values()) - min(taken.values()) <= 1


@given(
    homes=st.lists(st.integers(0, 5), max_size=25),
    size=st.integers(1, 6),
    seed=st.integers(0, 2**32),
)
def test_nobody_rates_their_own_unit_and_no_better_balance_is_left(
    homes: list[int], size: int, seed: int
) -> None:
    units = [RatedUnit(code=f"U{n}", unit_class="A") for n in range(6)]
    own = {f"p{n}": f"U{home}" for n, home in enumerate(homes)}
    raters = [Rater(key=key, own_unit=unit) for key, unit in own.items()]
    relation = Relation(units="class", subset=size, except_own=True)
    assigned = assign(relation, raters, units, seed=seed)
    taken = Counter({unit.code: 0 for unit in units})
    for key, chosen in assigned.items():
        assert own[key] not in chosen
        assert len(set(chosen)) == min(size, 5)
        taken.update(chosen)
    for key, chosen in assigned.items():
        for held in chosen:
            for free in set(taken) - set(chosen) - {own[key]}:
                assert taken[held] - taken[free] <= 1


def test_a_chain_of_swaps_is_found_where_one_swap_does_not_help() -> None:
    reach = {"A": ("a", "x"), "B": ("x", "y"), "C": ("y",)}
    units = [RatedUnit(code=code, unit_class="K", sectors=each) for code, each in reach.items()]
    raters = [
        Rater(key=f"{sector}{n}", sectors=(sector,))
        for sector, persons in {"a": 4, "x": 4, "y": 4}.items()
        for n in range(persons)
    ]
    for seed in range(100):
        assigned = assign(Relation(units="sector", subset=1), raters, units, seed=seed)
        taken = Counter(unit for chosen in assigned.values() for unit in chosen)
        assert taken == {"A": 4, "B": 4, "C": 4}


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_values_come_changes_nothing(shuffle: Random) -> None:
    raters = [Rater(key=f"p{n}", own_unit=f"S{n % 4}") for n in range(15)]
    units = list(UNITS)
    relation = Relation(units="class", subset=3, except_own=True)
    first = assign(relation, raters, units, seed=5)
    shuffle.shuffle(raters)
    shuffle.shuffle(units)
    assert assign(relation, raters, units, seed=5) == first


def test_another_seed_draws_other_units_in_another_order() -> None:
    raters = [Rater(key=f"p{n}") for n in range(10)]
    draws = {
        str(assign(Relation(units="class", subset=3), raters, UNITS, seed=n)) for n in range(5)
    }
    orders = assign(Relation(units="class"), raters, UNITS, seed=1)
    assert len(draws) == 5
    assert len(set(orders.values())) > 1


def test_the_draw_of_a_seed_is_kept_for_ever() -> None:
    raters = [Rater(key=f"p{n}") for n in range(3)]
    assert assign(Relation(units="class", subset=2), raters, UNITS, seed=7) == {
        "p0": ("H1", "H0"),
        "p1": ("S0", "S2"),
        "p2": ("S1", "S3"),
    }


@pytest.mark.parametrize(
    ("raters", "units"),
    [
        ([Rater(key="p"), Rater(key="p")], UNITS),
        ([Rater(key="p")], [*UNITS, RatedUnit(code="S0", unit_class="SBN")]),
    ],
)
def test_keys_that_are_not_unique_are_refused(raters: list[Rater], units: list[RatedUnit]) -> None:
    with pytest.raises(ValueError, match="given twice"):
        assign(Relation(units="class"), raters, units, seed=1)
