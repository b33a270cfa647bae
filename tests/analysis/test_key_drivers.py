"""R² shared out: every order of entering, Johnson's weights, and what cannot be explained."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scoring.columns import FloatArray
from analysis.understanding.drivers import driver_shares
from analysis.understanding.relative_weights import eigen, relative_weights
from analysis.understanding.shapley import MOST_DRIVERS, lmg, subset_r_squared

SEEDS = st.integers(0, 10_000)
SWISS = """
1 -.6865422 -.6395225 .4010951 -.0608586 .3530792
-.6865422 1 .6984153 -.5727418 -.1140216 -.6458827
-.6395225 .6984153 1 -.1538589 -.0993218 -.6637889
.4010951 -.5727418 -.1538589 1 .1754959 .4636847
-.0608586 -.1140216 -.0993218 .1754959 1 .4165560
.3530792 -.6458827 -.6637889 .4636847 .4165560 1
"""
"""R's `swiss`: agriculture, examination, education, Catholic, infant mortality; fertility."""


def data(seed: int, drivers: int, rows: int = 60) -> FloatArray:
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(drivers + 1, drivers + 1))
    return rng.normal(size=(rows, drivers + 1)) @ mixing + rng.normal(size=(rows, drivers + 1))


def correlate(variables: FloatArray) -> FloatArray:
    return np.asarray(np.corrcoef(np.atleast_2d(variables)), dtype=np.float64)


def r_squared(correlation: FloatArray, subset: list[int]) -> float:
    if not subset:
        return 0.0
    own, with_outcome = correlation[np.ix_(subset, subset)], correlation[subset, -1]
    return float(with_outcome @ np.linalg.solve(own, with_outcome))


def by_orders(correlation: FloatArray) -> FloatArray:
    drivers = len(correlation) - 1
    gains = np.zeros(drivers)
    orders = list(permutations(range(drivers)))
    for order in orders:
        for place, driver in enumerate(order):
            before, after = list(order[:place]), list(order[: place + 1])
            gains[driver] += r_squared(correlation, after) - r_squared(correlation, before)
    return gains / len(orders)


def test_lmg_of_the_swiss_data_is_that_of_relaimpo() -> None:
    correlation = np.array([[float(one) for one in row.split()] for row in SWISS.split("\n")[1:-1]])
    # Grömping (2006), J. Stat. Softw. 17(1), calc.relimp of all 47 provinces.
    assert lmg(correlation[None])[0] == pytest.approx(
        [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592], abs=1e-7
    )


@given(seed=SEEDS, drivers=st.integers(1, 5))
@settings(max_examples=25)
def test_lmg_is_the_mean_over_all_orders_of_entering(seed: int, drivers: int) -> None:
    correlation = correlate(data(seed, drivers).T)
    assert lmg(correlation[None])[0] == pytest.approx(by_orders(correlation), abs=1e-10)


@given(seed=SEEDS, drivers=st.integers(1, 6))
@settings(max_examples=25)
def test_every_subset_has_the_r_squared_of_its_own_regression(seed: int, drivers: int) -> None:
    correlation = correlate(data(seed, drivers).T)
    got = subset_r_squared(correlation[None])[0]
    for subset in range(1 << drivers):
        chosen = [driver for driver in range(drivers) if subset >> driver & 1]
        assert got[subset] == pytest.approx(r_squared(correlation, chosen), abs=1e-10)


def test_several_matrices_at_once_are_each_as_alone() -> None:
    together = np.stack([correlate(data(seed, 4).T) for seed in range(5)])
    for shares in (lmg, relative_weights):
        alone = [shares(one[None])[0] for one in together]
        assert np.array_equal(shares(together), np.stack(alone))


def test_a_driver_given_twice_shares_its_part_with_its_twin() -> None:
    values = data(3, 2)
    twice = correlate(np.column_stack([values[:, 0], values]).T)
    shares = lmg(twice[None])[0]
    assert shares[0] == pytest.approx(shares[1])
    assert shares.sum() == pytest.approx(r_squared(correlate(values.T), [0, 1]))


@given(seed=SEEDS, drivers=st.integers(1, 15))
@settings(max_examples=25)
def test_relative_weights_are_johnsons_and_sum_to_r_squared(seed: int, drivers: int) -> None:
    correlation = correlate(data(seed, drivers).T)
    values, vectors = np.linalg.eigh(correlation[:-1, :-1])
    root = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    wanted = root**2 @ np.linalg.solve(root, correlation[:-1, -1]) ** 2
    got = relative_weights(correlation[None])[0]
    assert got == pytest.approx(wanted, abs=1e-8)
    assert got.sum() == pytest.approx(r_squared(correlation, list(range(drivers))), abs=1e-8)


@given(seed=SEEDS, size=st.integers(1, 12))
@settings(max_examples=25)
def test_jacobi_rotations_give_the_eigenvectors(seed: int, size: int) -> None:
    matrix = correlate(data(seed, size).T)
    values, vectors = eigen(matrix[None])
    assert np.sort(values[0]) == pytest.approx(np.linalg.eigvalsh(matrix), abs=1e-10)
    assert vectors[0] @ np.diag(values[0]) @ vectors[0].T == pytest.approx(matrix, abs=1e-10)


def survey(seed: int, drivers: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    values = data(seed, drivers, rows=90)
    return (
        values[:, -1],
        values[:, :-1],
        np.random.default_rng(seed).integers(1, 4, 90).astype(float),
    )


@pytest.mark.parametrize("drivers", [3, MOST_DRIVERS + 1])
def test_shares_sum_to_one_and_the_same_seed_gives_the_same_bits(drivers: int) -> None:
    outcome, values, weight = survey(1, drivers)
    people = np.arange(90) // 3
    one, two = (driver_shares(outcome, values, weight, people, seed=5, draws=120) for _ in range(2))
    assert one.share.sum() == pytest.approx(1)
    assert one.low.tobytes() == two.low.tobytes()
    assert (one.low <= one.high).all()
    other = driver_shares(outcome, values, weight, people, seed=6, draws=120)
    assert other.share.tobytes() == one.share.tobytes()
    assert other.low.tobytes() != one.low.tobytes()


def test_weights_count_as_so_many_equal_ballots() -> None:
    outcome, values, weight = survey(2, 3)
    times = weight.astype(np.int64)
    one = driver_shares(outcome, values, weight, np.arange(90), seed=1, draws=10)
    two = driver_shares(
        np.repeat(outcome, times),
        np.repeat(values, times, axis=0),
        np.ones(int(times.sum())),
        np.repeat(np.arange(90), times),
        seed=1,
        draws=10,
    )
    assert one.share == pytest.approx(two.share)
    assert one.r_squared == pytest.approx(two.r_squared)


def test_what_does_not_vary_explains_nothing() -> None:
    outcome, values, weight = survey(4, 3)
    values[:, 1] = 0.75
    shares = driver_shares(outcome, values, weight, np.arange(90), seed=1, draws=20)
    assert shares.share[1] == 0
    assert shares.high[1] == 0


def test_an_outcome_that_does_not_vary_has_no_drivers() -> None:
    _, values, weight = survey(4, 3)
    shares = driver_shares(np.full(90, 0.5), values, weight, np.arange(90), seed=1, draws=20)
    assert np.isnan(shares.r_squared)
    assert np.isnan(shares.share).all()


def test_drivers_need_ballots_and_a_number_that_can_be_tried_out() -> None:
    nothing = np.zeros(0)
    with pytest.raises(ValueError, match="at least one driver"):
        driver_shares(nothing, np.zeros((0, 2)), nothing, np.zeros(0, dtype=np.int64), seed=1)
    with pytest.raises(ValueError, match="1 to 12 drivers"):
        lmg(np.eye(MOST_DRIVERS + 2)[None])
