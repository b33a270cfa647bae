"""Narrow sets are found exactly where elimination in fractions, set by set, finds them."""

from fractions import Fraction
from itertools import combinations

import pytest
from elimination import alone, is_fixed
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.narrow_sets import follows, tells_of_few

Equations = list[dict[int, int]]
UNKNOWNS = 6

equations = st.lists(
    st.dictionaries(st.integers(0, UNKNOWNS - 1), st.integers(-3, 3), max_size=4), max_size=5
)
people = st.dictionaries(
    st.integers(0, UNKNOWNS - 1), st.frozensets(st.integers(0, 7), min_size=1, max_size=3)
)


def fractions(rows: Equations) -> list[dict[int, Fraction]]:
    return [{unknown: Fraction(factor) for unknown, factor in row.items()} for row in rows]


def some_set_is_told_of(rows: Equations, behind: dict[int, frozenset[int]], threshold: int) -> bool:
    return any(
        alone(fractions(rows), set(chosen))
        for size in range(1, len(behind) + 1)
        for chosen in combinations(sorted(behind), size)
        if len(frozenset[int]().union(*(behind[one] for one in chosen))) < threshold
    )


@given(equations, people, st.integers(1, 8))
def test_a_search_finds_what_looking_at_every_set_finds(
    rows: Equations, behind: dict[int, frozenset[int]], threshold: int
) -> None:
    expected = some_set_is_told_of(rows, behind, threshold)
    assert tells_of_few(rows, behind, threshold=threshold) == expected


@given(equations, st.dictionaries(st.integers(0, UNKNOWNS - 1), st.integers(-3, 3), max_size=4))
def test_a_sum_follows_where_elimination_in_fractions_says_so(
    rows: Equations, target: dict[int, int]
) -> None:
    nothing = not any(target.values())
    expected = nothing or is_fixed(fractions(rows), fractions([target])[0])
    assert follows(rows, target) == expected


def test_two_units_and_two_groups_have_as_many_equations_as_cells() -> None:
    points = [{(0, 0): Fraction(3, 5), (0, 1): Fraction(2, 5)}]
    points += [{(1, 0): Fraction(3, 5), (1, 1): Fraction(2, 5)}]
    behind = {(0, 1): frozenset(range(4))}
    classes = [{(0, group): n, (1, group): m} for group, (n, m) in enumerate([(20, 30), (4, 25)])]
    assert not tells_of_few([*points, classes[0]], behind, threshold=10)
    assert tells_of_few([*points, *classes], behind, threshold=10)


def test_the_same_few_people_about_many_units_are_few() -> None:
    leaders = {(unit, 0): frozenset(range(6)) for unit in range(20)}
    row = dict.fromkeys(leaders, 1)
    assert tells_of_few([row], leaders, threshold=10)
    others = {cell: frozenset([cell[0]]) for cell in leaders}
    assert not tells_of_few([row], others, threshold=10)


@pytest.mark.parametrize("threshold", [2, 40])
def test_a_search_that_would_take_too_long_says_yes(threshold: int) -> None:
    behind = {unknown: frozenset([unknown]) for unknown in range(60)}
    rows = [
        {(7 * row + step) % 60: row + step * step + 1 for step in range(30)} for row in range(30)
    ]
    assert tells_of_few(rows, behind, threshold=threshold) == (threshold == 40)
