from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from attack import Leaf, leaks, shown
from elimination import alone, is_fixed
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.disclosure.suppression import GroupBallots, LeafCount, Row, Suppression, suppress

PLENTY = (GroupBallots(returned=99, valid=99), GroupBallots(returned=99, valid=99))
MANY = {0: 50, 1: 30}


def leaf(path: str, groups: dict[int, int], *, counted: int | None = None) -> LeafCount:
    """Give the count of a leaf written as "component leaf" or "component criterion leaf"."""
    component, *split, code = path.split()
    criterion: list[Row] = [("criterion", one) for one in split]
    return LeafCount(
        leaf=code,
        sums=(("total", ""), ("component", component), *criterion),
        groups=groups,
        counted=sum(groups.values()) if counted is None else counted,
    )


def table(**small: dict[int, int]) -> list[LeafCount]:
    """Give two components of two leaves and one of one leaf, all large but these."""
    paths = ("1 a", "1 b", "2 c", "2 d", "3 e")
    return [leaf(path, small.get(path[-1], {0: 50 + place, 1: 30})) for place, path
            in enumerate(paths)]  # fmt: skip


def hidden_rows(leaves: list[LeafCount]) -> set[Row]:
    return set(suppress(leaves, PLENTY, threshold=10).rows)


def test_ten_is_enough() -> None:
    hidden = suppress(table(b={0: 10, 1: 10}, e={0: 10}), PLENTY, threshold=10)
    assert hidden == Suppression(
        rows=frozenset(), groups=frozenset(), turnout=False, group_turnouts=False
    )


@pytest.mark.parametrize("few", [0, 9])
def test_one_small_group_hides_all_group_rows_of_that_leaf_and_no_more(few: int) -> None:
    hidden = suppress(table(b={0: 40, 1: few}), PLENTY, threshold=10)
    assert (hidden.groups, hidden.rows) == ({"b"}, frozenset())
    assert suppress(table(b={0: 40, 1: few}), PLENTY, threshold=few).groups == frozenset()


def test_a_thin_leaf_is_hidden_with_the_sibling_of_fewest_ballots() -> None:
    assert hidden_rows(table(b={0: 5, 1: 4})) == {("leaf", "b"), ("leaf", "a")}
    three = [leaf("1 a", {0: 30}), leaf("1 b", {0: 5}), leaf("1 c", {0: 29})]
    assert hidden_rows(three) == {("leaf", "b"), ("leaf", "c")}


def test_only_the_ballots_that_count_make_a_leaf_thick() -> None:
    leaves = [leaf("1 a", {0: 8, 1: 4}, counted=8), leaf("1 b", MANY), leaf("2 c", MANY)]
    assert hidden_rows(leaves) == {("leaf", "a"), ("leaf", "b")}


def test_thin_leaves_do_not_cover_each_other() -> None:
    thin = [leaf("1 a", {0: 4}), leaf("1 b", {0: 5}), leaf("2 c", MANY), leaf("2 d", {0: 70})]
    assert hidden_rows(thin) == {
        ("leaf", "a"), ("leaf", "b"), ("component", "1"), ("leaf", "d"), ("component", "2"),
    }  # fmt: skip


def test_a_thin_component_takes_a_leaf_that_is_hidden_anyway() -> None:
    leaves = table(e={0: 9}, c={0: 9})
    assert hidden_rows(leaves) == {
        ("leaf", "e"), ("component", "3"), ("leaf", "c"), ("leaf", "d"), ("component", "2"),
    }  # fmt: skip


def test_a_split_criterion_is_shown_where_it_gives_nothing_away() -> None:
    leaves = [
        leaf("1 x a", {0: 9}), leaf("1 x b", {0: 20}), leaf("1 c", {0: 15}), leaf("2 d", MANY),
    ]  # fmt: skip
    assert hidden_rows(leaves) == {("leaf", "a"), ("leaf", "b")}


def test_a_thin_split_criterion_is_hidden_with_a_leaf_beside_it() -> None:
    leaves = [
        leaf("1 x a", {0: 9}), leaf("1 x b", {0: 8}), leaf("1 y c", {0: 15}), leaf("1 d", {0: 90}),
    ]  # fmt: skip
    assert hidden_rows(leaves) == {("leaf", "a"), ("leaf", "b"), ("criterion", "x"), ("leaf", "d")}


def test_the_total_is_hidden_where_all_is_thin_and_only_there() -> None:
    thin = [leaf("1 a", {0: 9}), leaf("2 b", {0: 9})]
    assert ("total", "") in hidden_rows(thin)
    assert ("total", "") not in hidden_rows([*thin, leaf("3 c", {0: 10})])


def test_a_leaf_without_points_is_in_no_sum() -> None:
    leaves = [*table(), leaf("1 f", {0: 3, 1: 0}, counted=0)]
    hidden = suppress(leaves, PLENTY, threshold=10)
    assert (hidden.rows, hidden.groups) == (frozenset(), {"f"})


@pytest.mark.parametrize(
    ("ballots", "turnout", "group_turnouts"),
    [
        ([(10, 10), (10, 10)], False, False),
        ([(12, 10), (9, 9)], False, True),
        ([(12, 10), (12, 9)], False, True),
        ([(12, 10), (12, 0)], False, False),
        ([(5, 5), (5, 5)], False, True),
        ([(5, 4), (5, 5)], True, True),
        ([(9, 0), (0, 0)], True, True),
        ([(0, 0), (0, 0)], False, False),
    ],
)
def test_few_ballots_hide_the_turnout(
    ballots: list[tuple[int, int]], turnout: bool, group_turnouts: bool
) -> None:
    came = [GroupBallots(returned=returned, valid=valid) for returned, valid in ballots]
    hidden = suppress(table(), came, threshold=10)
    assert (hidden.turnout, hidden.group_turnouts) == (turnout, group_turnouts)


def test_a_turnout_that_tells_of_a_thin_group_is_hidden() -> None:
    # All of group 0 is on leaf a, where its valid ballots are those of the turnout.
    alone_on_a = [leaf("1 a", {0: 30, 1: 4}), leaf("2 b", {1: 40})]
    assert suppress(alone_on_a, PLENTY, threshold=10).group_turnouts
    elsewhere_too = [leaf("1 a", {0: 30, 1: 4}), leaf("2 b", {0: 30, 1: 40})]
    assert not suppress(elsewhere_too, PLENTY, threshold=10).group_turnouts


CODES = ("1 a", "1 x b", "1 x c", "2 d", "2 y e", "2 y z f", "3 g")
N = st.one_of(st.integers(0, 12), st.integers(0, 40))


@st.composite
def units(draw: st.DrawFn) -> tuple[list[Leaf], dict[int, GroupBallots]]:
    """Make a unit: which groups weigh where, how many answered, and so how many came back."""
    paths = draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    minimum = draw(st.sampled_from([1, 5, 15]))
    leaves: list[Leaf] = []
    for path in paths:
        groups = draw(st.dictionaries(st.integers(0, 3), N, min_size=1))
        counting = [group for group, n in groups.items() if n >= minimum]
        if 2 * len(counting) < len(groups):
            counting = []
        count = leaf(path, groups, counted=sum(groups[group] for group in counting))
        share = Fraction(draw(st.integers(1, 5)), max(len(counting), 1))
        leaves.append(Leaf(count=count, shares=dict.fromkeys(counting, share)))
    ballots: dict[int, GroupBallots] = {}
    for group in sorted({group for one in leaves for group in one.count.groups}):
        measured = [one.count.groups[group] for one in leaves if one.shares
                    and group in one.count.groups]  # fmt: skip
        more = draw(st.integers(0, 3)) if len(measured) > 1 else 0
        valid = max(measured, default=0) + more
        least = max(one.count.groups.get(group, 0) for one in leaves)
        ballots[group] = GroupBallots(
            returned=max(valid, least) + draw(st.integers(0, 5)), valid=valid
        )
    return leaves, ballots


@given(units())
def test_nothing_hidden_follows_from_what_is_shown(
    unit: tuple[list[Leaf], dict[int, GroupBallots]],
) -> None:
    leaves, ballots = unit
    hidden = suppress([one.count for one in leaves], list(ballots.values()), threshold=10)
    assert list(leaks(leaves, ballots, shown(leaves, hidden), 10)) == []
    thick = [one for one in leaves if one.count.counted >= 10]
    assert (("total", "") in hidden.rows) == (not thick and any(one.shares for one in leaves))


THIN = Leaf(count=leaf("1 a", {0: 4}), shares={0: Fraction(1)})
ALSO_THIN = Leaf(count=leaf("1 b", {1: 5}), shares={1: Fraction(1)})
MIXED = Leaf(count=leaf("2 c", {0: 30, 1: 6}), shares=dict.fromkeys((0, 1), Fraction(1, 2)))
THICK = Leaf(count=leaf("2 d", MANY), shares=dict.fromkeys(MANY, Fraction(1, 2)))


@pytest.mark.parametrize(
    ("leaves", "shows", "leak"),
    [
        ([THIN, THICK], {"rows": {("leaf", "a")}}, "means of (0,) on a"),
        ([THIN, THICK], {"rows": {("component", "1")}}, "points of ('leaf', 'a')"),
        ([THIN, THICK], {"rows": {("total", ""), ("leaf", "d")}}, "points of ('leaf', 'a')"),
        ([THIN, ALSO_THIN], {"rows": {("component", "1")}},
         "points that rest on thin leaves only"),
        ([MIXED], {"groups": {"c"}}, "means of (1,) on c"),
        ([MIXED], {"rows": {("leaf", "c")}, "group_turnouts": True}, "ballots of (1,) on c"),
        ([THIN], {"turnout": True}, "ballots of (0,) on a"),
        ([THIN], {"turnout": True}, "returned ballots of 0"),
    ],
)  # fmt: skip
def test_the_attack_finds_what_a_careless_sheet_gives_away(
    leaves: list[Leaf], shows: dict[str, set[Row]], leak: str
) -> None:
    nothing = shown(
        [], Suppression(rows=frozenset(), groups=frozenset(), turnout=True, group_turnouts=True)
    )
    groups = {group for one in leaves for group in one.count.groups}
    few = {
        group: GroupBallots(
            returned=min(one.count.groups.get(group, 99) for one in leaves),
            valid=min(one.count.groups.get(group, 99) for one in leaves),
        )
        for group in groups
    }
    assert list(leaks(leaves, few, nothing, 10)) == []
    assert leak in list(leaks(leaves, few, replace(nothing, **shows), 10))


@given(st.lists(st.sets(st.integers(0, 6), min_size=1), max_size=7), st.sets(st.integers(0, 6)))
@example(sums=[{0, 1}, {1, 2}, {2, 0}], among={0})
def test_elimination_agrees_with_the_rank(sums: list[set[int]], among: set[int]) -> None:
    equations = [dict.fromkeys(terms, Fraction(1)) for terms in sums]
    matrix = np.array([[i in terms for i in range(7)] for terms in sums], dtype=float)
    matrix = matrix.reshape(-1, 7)
    others = matrix[:, [i for i in range(7) if i not in among]]
    left = alone(equations, among)
    assert bool(left) == (_rank(matrix) > _rank(others))
    assert all(set(row) <= among for row in left)
    for i in range(7):
        found = is_fixed(equations, {i: Fraction(1)})
        assert found == (_rank(np.vstack([matrix, np.eye(7)[i : i + 1]])) == _rank(matrix))


def _rank(matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0
