"""Small cells: hidden, and not to be had by subtraction."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.derivation import derivable
from analysis.disclosure import Cell, LeafCount, Row, Suppression, suppress

FREE_LEAVES = {"1.1": "1", "1.2": "1", "1.3": "1", "2.1": "2", "2.2": "2", "3": "3"}


def table(
    *small: tuple[int, str, dict[int, int]], units: int = 4, unit_class: int = 0
) -> list[LeafCount]:
    counts = {(unit, leaf): groups for unit, leaf, groups in small}
    return [
        LeafCount(
            unit=unit,
            unit_class=unit_class,
            component=component,
            leaf=leaf,
            groups=counts.get((unit, leaf), {0: 50 + int(leaf[-1]), 1: 30}),
        )
        for unit in range(units)
        for leaf, component in FREE_LEAVES.items()
    ]


def determined(leaves: list[LeafCount], hidden: Suppression) -> set[Cell]:
    """Find by rank which hidden leaves the published rows fix: an independent reading."""
    cells = [(leaf.unit, leaf.leaf) for leaf in leaves if leaf.measured]
    by_row: dict[Row, list[int]] = {}
    for place, leaf in enumerate(one for one in leaves if one.measured):
        rows: tuple[Row, ...] = (
            ("leaf", leaf.unit, leaf.leaf),
            ("component", leaf.unit, leaf.component),
            ("total", leaf.unit, ""),
            ("class_leaf", leaf.unit_class, leaf.leaf),
            ("class_component", leaf.unit_class, leaf.component),
            ("class_total", leaf.unit_class, ""),
        )
        for row in rows:
            by_row.setdefault(row, []).append(place)
    known = np.zeros((sum(row not in hidden.rows for row in by_row), len(cells)))
    for line, row in enumerate(row for row in by_row if row not in hidden.rows):
        known[line, by_row[row]] = 1
    rank = np.linalg.matrix_rank(known) if known.size else 0
    found: set[Cell] = set()
    for place, cell in enumerate(cells):
        if ("leaf", *cell) in hidden.rows:
            unit = np.zeros((1, len(cells)))
            unit[0, place] = 1
            if np.linalg.matrix_rank(np.vstack([known, unit])) == rank:
                found.add(cell)
    return found


def test_one_small_group_hides_all_group_rows_of_that_leaf() -> None:
    hidden = suppress(table((1, "1.2", {0: 40, 1: 9})))
    assert hidden.groups == {(1, "1.2"): "primary"}
    assert hidden.rows == {}
    assert hidden.extremes == frozenset()


def test_ten_is_enough() -> None:
    hidden = suppress(table((1, "1.2", {0: 10, 1: 10}), (0, "3", {0: 10})))
    assert hidden == Suppression(groups={}, rows={}, extremes=frozenset())


def test_the_threshold_is_a_setting() -> None:
    assert suppress(table((1, "1.2", {0: 40, 1: 9})), threshold=9).groups == {}


def test_a_small_leaf_is_hidden_with_a_sibling_and_their_class_rows() -> None:
    leaves = table((2, "1.2", {0: 5, 1: 4}))
    hidden = suppress(leaves)
    assert hidden.rows == {
        ("leaf", 2, "1.2"): "primary",
        ("leaf", 2, "1.1"): "complementary",  # the sibling with the fewest ballots
        ("class_leaf", 0, "1.1"): "complementary",
        ("class_leaf", 0, "1.2"): "complementary",
    }
    assert hidden.groups == {(2, "1.2"): "primary", (2, "1.1"): "complementary"}
    assert hidden.extremes == {(0, "1.1"), (0, "1.2")}


def test_two_units_hide_each_other_in_the_class_table() -> None:
    small = {0: 9}
    leaves = table((0, "1.1", small), (0, "1.2", small), (1, "1.1", small), (1, "1.2", small))
    hidden = suppress(leaves)
    assert set(hidden.rows) == {("leaf", u, code) for u in (0, 1) for code in ("1.1", "1.2")}
    assert hidden.extremes == {(0, "1.1"), (0, "1.2")}


def test_a_component_of_one_leaf_is_hidden_with_it() -> None:
    leaves = table((1, "3", {0: 9}))
    hidden = suppress(leaves)
    assert hidden.rows["component", 1, "3"] == "complementary"
    assert sum(row[0] == "component" for row in hidden.rows) == 2
    assert determined(leaves, hidden) == set()


def test_a_unit_of_one_leaf_hides_its_total() -> None:
    leaves = [
        LeafCount(unit=unit, unit_class=0, component="1", leaf="1", groups={0: n})
        for unit, n in enumerate((3, 40, 50))
    ]
    hidden = suppress(leaves)
    assert ("total", 0, "") in hidden.rows
    assert ("class_total", 0, "") in hidden.rows
    assert (0, "") in hidden.extremes
    assert determined(leaves, hidden) == set()


def test_a_leaf_nobody_answered_or_that_has_no_points_is_in_no_sum() -> None:
    leaves = table()
    nobody = LeafCount(
        unit=0, unit_class=0, component="1", leaf="1.4", groups={0: 0, 1: 0}, measured=False
    )
    few = LeafCount(
        unit=1, unit_class=0, component="1", leaf="1.4", groups={0: 3, 1: 0}, measured=False
    )
    hidden = suppress([*leaves, nobody, few])
    assert hidden.rows == {("leaf", 1, "1.4"): "primary"}
    assert set(hidden.groups) == {(0, "1.4"), (1, "1.4")}


def test_classes_are_tables_of_their_own() -> None:
    first = table((0, "1.1", {0: 9}), (0, "1.2", {0: 9}))
    second = [
        LeafCount(unit=leaf.unit + 10, unit_class=1, component=leaf.component, leaf=leaf.leaf,
                  groups=leaf.groups)
        for leaf in table()
    ]  # fmt: skip
    assert all(owner != 1 for kind, owner, _ in suppress([*first, *second]).rows
               if kind.startswith("class"))  # fmt: skip


@given(
    small=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(sorted(FREE_LEAVES)), st.integers(1, 9)),
        max_size=12,
    )
)
def test_no_hidden_leaf_follows_from_the_published_rows(small: list[tuple[int, str, int]]) -> None:
    leaves = table(*((unit, leaf, {0: n}) for unit, leaf, n in small))
    hidden = suppress(leaves)
    assert determined(leaves, hidden) == set()
    for unit, leaf, _ in small:
        assert hidden.rows["leaf", unit, leaf] == "primary"
        assert hidden.groups[unit, leaf] == "primary"


def test_without_complements_the_small_leaf_would_follow() -> None:
    leaves = table((2, "1.2", {0: 5, 1: 4}))
    naive = Suppression(groups={}, rows={("leaf", 2, "1.2"): "primary"}, extremes=frozenset())
    assert determined(leaves, naive) == {(2, "1.2")}


@pytest.mark.parametrize(
    ("sums", "known"),
    [
        ([], set[str]()),
        (["a"], {"a"}),
        (["ab", "bc"], set[str]()),
        (["ab", "bc", "ca"], {"a", "b", "c"}),
        (["abc", "ab"], {"c"}),
        (["ab", "ab", ""], set[str]()),
        (["ab", "cd", "ac", "bd"], set[str]()),
        (["ab", "cd", "ac", "bd", "ad"], {"a", "b", "c", "d"}),
    ],
)
def test_derivable_unknowns(sums: list[str], known: set[str]) -> None:
    assert derivable(sums) == known


@given(st.lists(st.sets(st.integers(0, 6), min_size=1), max_size=7))
def test_derivable_agrees_with_the_rank(sums: list[set[int]]) -> None:
    matrix = np.array([[Fraction(i in terms) for i in range(7)] for terms in sums], dtype=float)
    matrix = matrix.reshape(-1, 7)
    rank = np.linalg.matrix_rank(matrix) if len(matrix) else 0
    want = {
        i for i in range(7)
        if rank and np.linalg.matrix_rank(np.vstack([matrix, np.eye(7)[i : i + 1]])) == rank
    }  # fmt: skip
    assert derivable(sums) == want
