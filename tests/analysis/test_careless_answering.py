"""Signs of careless answering, on ballots made to show them and on ones that do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.quality.duplicates import duplicates, orders
from analysis.quality.even_odd import even_odd
from analysis.quality.outlying import is_outlying, squared_distances
from analysis.quality.speeding import speeding
from analysis.quality.straight_lining import is_straight, longest_runs, within_spread

TICKS = arrays.arrays(
    np.int64, st.tuples(st.integers(1, 8), st.integers(1, 9)), elements=st.integers(-3, 5)
)


def ticks(*rows: str) -> np.ndarray:
    """Read rows such as "455-4": a digit is a tick, a dash no answer."""
    return np.array([[-1 if one == "-" else int(one) for one in row] for row in rows])


def test_runs_pass_over_what_was_not_ticked() -> None:
    table = ticks("5555-55", "12345-1", "-------", "44-4555", "1221111")
    assert longest_runs(table).tolist() == [6, 1, 0, 3, 4]


def test_four_fifths_of_the_ticks_in_a_row_are_a_straight_line() -> None:
    judged, straight = is_straight(ticks("4444455555", "4444444455", "44444444--"), fewest=8)
    assert judged.tolist() == [True, True, True]
    assert straight.tolist() == [False, True, True]


def test_a_short_ballot_and_one_of_dont_knows_are_not_judged() -> None:
    judged, straight = is_straight(ticks("444-----", "--------", "44444---"), fewest=5)
    assert judged.tolist() == [False, False, True]
    assert straight.tolist() == [False, False, True]


def test_the_spread_within_a_ballot_is_the_standard_deviation_of_its_ticks() -> None:
    spread = within_spread(ticks("1234", "555-", "1-5-", "3---", "----"))
    assert spread[:3] == pytest.approx([np.std([1, 2, 3, 4], ddof=1), 0, np.sqrt(8)])
    assert np.isnan(spread[3:]).all()


@given(TICKS)
def test_no_run_is_longer_than_the_ticks_and_equal_ticks_have_no_spread(table: np.ndarray) -> None:
    runs, given_ = longest_runs(table), (table > 0).sum(axis=1)
    assert (runs <= given_).all()
    assert ((runs > 0) == (given_ > 0)).all()
    spread = within_spread(table)
    same = (runs == given_) & (given_ > 1)
    assert (spread[same] == 0).all()


def test_even_and_odd_halves_that_agree_correlate() -> None:
    values = np.array(
        [
            [1.0, 1.0, 0.5, 0.5, 0.0, 0.0],
            [1.0, 0.0, 0.5, 0.5, 0.0, 1.0],
            [1.0, 0.75, 0.5, 0.75, 0.25, 0.0],
        ]
    )
    halves = even_odd(values, [(0, 1), (2, 3), (4, 5)])
    r = np.corrcoef([1, 0.5, 0.25], [0.75, 0.75, 0])[0, 1]
    assert halves == pytest.approx([1, -1, 2 * r / (1 + r)])


def test_even_odd_judges_no_ballot_without_variation_or_of_two_scales() -> None:
    same = np.full((1, 6), 0.5)
    gaps = np.array([[1.0, np.nan, 0.5, 0.5, 0.0, 0.0]])
    scales = [(0, 1), (2, 3), (4, 5)]
    assert np.isnan(even_odd(np.vstack([same, gaps]), scales)).all()
    assert np.isnan(even_odd(gaps, [(0,), (1,)])).all()


def test_distances_equal_rs_mahalanobis() -> None:
    table = np.array(
        [[5, 4], [3, 3], [4, 4], [2, 1], [5, 5], [1, 2], [3, 4], [4, 3], [2, 2], [5, 5]]
    )
    centred = table - table.mean(axis=0)
    expected = np.diag(centred @ np.linalg.inv(np.cov(table, rowvar=False)) @ centred.T)
    assert squared_distances(table) == pytest.approx(expected, rel=1e-12)


def test_an_answer_that_goes_against_all_others_is_an_outlier() -> None:
    chance = np.random.default_rng(1)
    level = chance.integers(2, 5, size=200)
    table = np.column_stack([level + chance.integers(-1, 2, size=200) for _ in range(4)])
    table[17] = [1, 5, 1, 5]
    distance = squared_distances(table)
    assert distance is not None
    assert np.flatnonzero(is_outlying(distance, 4)).tolist() == [17]


@pytest.mark.parametrize(
    "table",
    [
        np.zeros((0, 3), dtype=np.int64),
        np.zeros((9, 0), dtype=np.int64),
        np.full((40, 3), 4),
        np.arange(14).reshape(7, 2),
        np.tile(np.arange(20)[:, None] % 5, (1, 2)),
    ],
    ids=["nobody", "no items", "all equal", "too few ballots", "one item twice"],
)
def test_where_no_covariance_can_be_had_nobody_is_judged(table: np.ndarray) -> None:
    assert squared_distances(table) is None


def test_a_copy_of_another_persons_ballot_is_flagged() -> None:
    chance = np.random.default_rng(2)
    table = chance.integers(1, 6, size=(60, 20))
    table[41] = table[7]
    judged, copies = duplicates(table, np.arange(60), fewest=12)
    assert judged.all()
    assert np.flatnonzero(copies).tolist() == [7, 41]


def test_one_person_repeating_themselves_is_no_copy() -> None:
    chance = np.random.default_rng(2)
    table = chance.integers(1, 6, size=(60, 20))
    table[41] = table[7]
    people = np.arange(60)
    people[41] = 7
    assert not duplicates(table, people, fewest=12)[1].any()


def test_ballots_of_one_option_throughout_are_never_copies() -> None:
    table = np.vstack([np.ones((30, 20), dtype=np.int64), np.full((9, 20), 5)])
    assert not duplicates(table, np.arange(39), fewest=12)[1].any()


def test_many_who_praise_everything_but_one_item_are_no_copies() -> None:
    table = np.ones((50, 20), dtype=np.int64)
    table[np.arange(50), np.arange(50) % 20] = 2
    assert not duplicates(table, np.arange(50), fewest=12)[1].any()


def test_honest_ballots_with_items_harder_than_others_are_hardly_ever_copies() -> None:
    chance = np.random.default_rng(4)
    leaning = chance.normal(0, 0.6, size=(500, 1)) + np.linspace(-1, 1, 15)[None, :]
    table = (
        1
        + (leaning + chance.normal(0, 0.8, size=(500, 15)) > 0)
        + (leaning + chance.normal(0, 0.8, size=(500, 15)) > 1)
    )
    assert duplicates(table, np.arange(500), fewest=10)[1].sum() <= 2


def test_orders_count_the_ways_to_arrange_a_ballot() -> None:
    assert orders(np.array([1, 1, 2, 2, -1])) == 6
    assert orders(np.array([3, 3, 3])) == 1


def test_empty_tables_are_judged_without_complaint() -> None:
    nobody = np.zeros((0, 5), dtype=np.int64)
    assert [one.size for one in duplicates(nobody, np.zeros(0, dtype=np.int64), fewest=3)] == [0, 0]
    assert longest_runs(nobody).size == within_spread(nobody).size == 0


def test_speeding_is_under_a_second_an_item_or_a_third_of_the_median() -> None:
    seconds = np.array([9.0, 60.0, 70.0, 25.0, 18.0, np.nan, 80.0])
    items = np.array([10, 10, 10, 10, 10, 10, 0])
    judged, flagged = speeding(seconds, items)
    assert judged.tolist() == [True] * 5 + [False, False]
    assert flagged.tolist() == [True, False, False, False, False, False, False]
    judged, flagged = speeding(np.array([15.0, 60.0, 66.0]), np.array([10, 10, 10]))
    assert flagged.tolist() == [True, False, False]
    assert not speeding(np.full(3, np.nan), np.full(3, 5))[0].any()
