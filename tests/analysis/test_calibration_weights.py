"""Trimmed, summarised and shared weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimation.effective_size import effective_size, kish_effect, summarise_weights
from analysis.estimation.multiplicity import share_weights
from analysis.estimation.trimming import trim

positive = st.lists(st.floats(0.1, 1000), min_size=2, max_size=40)


@given(positive, st.floats(1.05, 20))
def test_strict_trimming_keeps_the_sum_and_the_limit(weights: list[float], times: float) -> None:
    limit = float(np.mean(weights)) * times
    trimmed = trim(weights, upper=limit)
    assert trimmed.weights.max() <= limit * (1 + 1e-12)
    assert_allclose(trimmed.weights.sum(), sum(weights), rtol=1e-12)
    untouched = ~trimmed.cut
    gains = (trimmed.weights - weights)[untouched]
    assert_allclose(gains, gains[:1].repeat(len(gains)), atol=1e-9 * sum(weights))


@given(positive)
def test_trimming_twice_is_trimming_once(weights: list[float]) -> None:
    upper = 3 * float(np.mean(weights))
    once = trim(weights, upper=upper)
    again = trim(once.weights, upper=upper * (1 + 1e-12))
    assert_allclose(again.weights, once.weights)


def test_what_was_cut_stays_cut_while_others_are_pushed_over() -> None:
    # 20 gives up 12, 4 to each; 6, now at 10, gives up 2, 1 to each of the two left.
    assert trim([20, 6, 2, 1], upper=8).weights.tolist() == [8, 8, 7, 6]
    assert trim([20, 6, 2, 1], upper=8, strict=False).weights.tolist() == [8, 10, 6, 5]


def test_five_medians_are_the_limit_unless_another_is_given() -> None:
    trimmed = trim([1, 1, 1, 1, 10])
    assert trimmed.upper == 5
    assert trimmed.weights.tolist() == [2.25, 2.25, 2.25, 2.25, 5]
    assert trimmed.moved == 5
    assert trimmed.cut.tolist() == [False, False, False, False, True]


def test_rows_outside_stay_outside() -> None:
    assert trim([0, 1, 1, 10], upper=8).weights.tolist() == [0, 2, 2, 8]


def test_light_weights_are_raised_to_the_lower_limit() -> None:
    assert trim([1, 5, 6], lower=2, upper=9).weights.tolist() == [2, 4.5, 5.5]


def test_limits_without_room_are_refused() -> None:
    with pytest.raises(ValueError, match="have the same sum: widen the limits"):
        trim([1, 9], upper=4)
    with pytest.raises(ValueError, match="leave no room"):
        trim([1, 9], upper=4, lower=4)
    with pytest.raises(ValueError, match="numbers from 0 on"):
        trim([1, -9])


@given(positive)
def test_kish_effect_is_one_and_the_squared_variation(weights: list[float]) -> None:
    given_weights = np.array(weights)
    effect = kish_effect(weights)
    assert_allclose(effect, 1 + (given_weights.std() / given_weights.mean()) ** 2, rtol=1e-9)
    assert_allclose(effective_size(weights), len(weights) / effect, rtol=1e-12)
    assert 1 - 1e-12 <= effect <= len(weights)


@given(positive, st.floats(0.01, 100))
def test_kish_effect_does_not_know_the_scale(weights: list[float], times: float) -> None:
    assert_allclose(kish_effect(np.array(weights) * times), kish_effect(weights), rtol=1e-9)


def test_a_summary_tells_the_spread_and_leaves_out_zeros() -> None:
    summary = summarise_weights([0, 1, 2, 3, 4])
    assert (summary.count, summary.total, summary.median) == (4, 10, 2.5)
    assert (summary.lower_quartile, summary.upper_quartile) == (1.75, 3.25)
    assert (summary.spread, summary.largest_share) == (4, 0.4)
    assert_allclose([summary.kish_effect, summary.effective_size], [1.2, 10 / 3])
    assert_allclose(summary.variation**2, 0.2)
    with pytest.raises(ValueError, match="not all 0"):
        summarise_weights([0, 0])


def test_a_person_drawn_by_one_of_three_transactions_counts_a_third() -> None:
    shared = share_weights([10, 10, 6], ["an", "an", "binh"], [4, 4, 3])
    assert shared.weights.tolist() == [2.5, 2.5, 2]
    assert shared.people == ("an", "binh")
    assert shared.totals.tolist() == [5, 2]
    assert shared.estimated_people == 7


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_a_full_list_of_transactions_counts_everybody_once(people: list[int]) -> None:
    owner = np.array(people)
    shared = share_weights(np.ones(len(owner)), owner, np.bincount(owner)[owner])
    assert_allclose(shared.totals, 1.0)


def test_people_are_counted_without_bias_over_all_samples() -> None:
    owner = np.array([0, 0, 0, 1, 2, 2])
    size = np.bincount(owner)[owner]
    pairs = [(i, j) for i in range(6) for j in range(i)]
    estimates = [
        share_weights([3.0, 3.0], owner[list(pair)], size[list(pair)]).estimated_people
        for pair in pairs
    ]
    assert_allclose(np.mean(estimates), 3)


@pytest.mark.parametrize(
    ("weights", "person", "count", "words"),
    [
        ([1, 1], ["a", "a"], [3, 2], "person a has 3 transactions in one row, 2 in another"),
        ([1, 1], ["a", "a"], [1, 1], "person a was drawn 2 times but has 1 transactions"),
        ([1, 1], ["a", "b"], [1, 0], "person b has 0 transactions"),
        ([1, 1], ["a", "b"], [1, 1.5], "person b has 1.5 transactions"),
        ([1, 0], ["a", "b"], [1, 1], "must be above 0"),
        ([1], ["a", "b"], [1, 1], "of one length"),
    ],
)
def test_transactions_that_cannot_be_are_refused(
    weights: list[float], person: list[str], count: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        share_weights(weights, person, count)


def test_nothing_to_trim_changes_nothing() -> None:
    weights = [1.0, 2.0, 3.0]
    assert trim(weights).weights.tolist() == weights
