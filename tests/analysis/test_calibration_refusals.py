"""Targets that cannot be met are refused by name, never met half way."""

import numpy as np
import pytest

from analysis.estimation.calibration import calibrate
from analysis.estimation.distances import Distance, bounded_linear, linear, logit, raking
from analysis.estimation.margins import Margin, margin
from analysis.estimation.post_stratification import post_stratify
from analysis.estimation.raking import rake

SEX = ["f", "m", "f", "m"]
AGE = ["young", "young", "old", "old"]


def test_a_category_without_respondents_is_named() -> None:
    lonely = margin("sex", SEX, {"f": 5, "m": 4, "x": 1})
    with pytest.raises(ValueError, match="category 'x' of margin 'sex' has a target of 1 but no"):
        rake(np.ones(4), (lonely,))
    with pytest.raises(ValueError, match="merge it with another category"):
        post_stratify(np.ones(4), lonely)


def test_a_category_whose_rows_have_no_weight_is_empty() -> None:
    with pytest.raises(ValueError, match="category 'm' of margin 'sex'"):
        rake([1, 0, 1, 0], (margin("sex", SEX, {"f": 5, "m": 4}),))


def test_respondents_outside_the_population_are_named() -> None:
    with pytest.raises(ValueError, match="category 'm' of margin 'sex' has respondents"):
        rake(np.ones(4), (margin("sex", SEX, {"f": 5, "m": 0}),))


def test_a_label_without_a_target_is_named() -> None:
    with pytest.raises(ValueError, match="margin 'sex' has no total for 'm'"):
        margin("sex", SEX, {"f": 5})


def test_margins_that_disagree_are_both_named() -> None:
    sex, age = margin("sex", SEX, {"f": 5, "m": 5}), margin("age", AGE, {"young": 4, "old": 7})
    with pytest.raises(ValueError, match="margin 'age' adds up to 11, margin 'sex' to 10"):
        rake(np.ones(4), (sex, age))


def test_no_convergence_names_the_worst_category() -> None:
    first = margin("a", ["0", "0", "1"], {"0": 50, "1": 50})
    second = margin("b", ["0", "1", "1"], {"0": 60, "1": 40})
    with pytest.raises(
        ValueError, match=r"did not converge in 2000 rounds: category '.' of margin"
    ):
        rake(np.ones(3), (first, second))


def test_few_rounds_are_not_enough_for_a_slow_case() -> None:
    first = margin("a", ["0", "0", "1", "1"], {"0": 50, "1": 50})
    second = margin("b", ["0", "1", "0", "1"], {"0": 80, "1": 20})
    with pytest.raises(ValueError, match="in 1 rounds"):
        rake([1, 9, 9, 1], (first, second), rounds=1)


@pytest.mark.parametrize("totals", [{"f": -1, "m": 2}, {"f": 0, "m": 0}, {"f": np.nan, "m": 1}])
def test_totals_that_are_no_counts_are_refused(totals: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="the totals of margin 'sex' must be numbers from 0 on"):
        margin("sex", SEX, totals)


def test_odd_calls_of_rake_are_refused() -> None:
    sex = margin("sex", SEX, {"f": 5, "m": 5})
    with pytest.raises(ValueError, match="no margin"):
        rake(np.ones(4), ())
    with pytest.raises(ValueError, match="numbers from 0 on"):
        rake([1, 1, -1, 1], (sex,))
    with pytest.raises(ValueError, match="margin 'sex' has 4 rows, the weights 5"):
        rake(np.ones(5), (sex,))
    with pytest.raises(ValueError, match="has nobody"):
        sex.scaled_to(0)


@pytest.mark.parametrize("distance", [logit((0.8, 1.25)), bounded_linear((0.8, 1.25))])
def test_a_total_outside_the_bounds_is_named(distance: Distance) -> None:
    x = np.stack([np.ones(6), np.arange(6)], axis=1)
    with pytest.raises(ValueError, match=r"no weights with g from 0\.8 to 1\.25 give the total of"):
        calibrate(np.ones(6), x, [6, 29], names=["people", "score"], distance=distance)


def test_totals_that_contradict_each_other_are_refused() -> None:
    x = np.stack([np.ones(6), np.ones(6)], axis=1)
    with pytest.raises(ValueError, match="check the totals against each other"):
        calibrate(np.ones(6), x, [6, 7])


def test_a_negative_total_cannot_be_reached_by_positive_weights() -> None:
    with pytest.raises(ValueError, match="give the total of people"):
        calibrate(np.ones(3), np.ones((3, 1)), [-1], names=["people"], distance=raking())
    assert calibrate(np.ones(3), np.ones((3, 1)), [-1]).negative == 3


def test_odd_calls_of_calibrate_are_refused() -> None:
    x = np.ones((3, 1))
    with pytest.raises(ValueError, match="numbers from 0 on"):
        calibrate([1, np.nan, 1], x, [3])
    with pytest.raises(ValueError, match="need auxiliary values of 3 × 2"):
        calibrate(np.ones(3), x, [3, 3])
    with pytest.raises(ValueError, match="variances must be positive"):
        calibrate(np.ones(3), x, [3], variance=[1, 0, 1])
    with pytest.raises(ValueError, match="the total of column 1 is missing"):
        calibrate(np.ones(3), x, [np.nan])
    with pytest.raises(ValueError, match="values of age are missing"):
        calibrate(np.ones(3), [[1], [np.nan], [1]], [3], names=["age"])


def test_bounds_must_leave_room_for_no_change() -> None:
    for make in (linear, raking, logit):
        with pytest.raises(ValueError, match="on both sides of 1"):
            make((1.1, 3.0))
    with pytest.raises(ValueError, match="two finite bounds"):
        logit((0.3, np.inf))


def test_a_margin_of_codes_is_taken_as_it_is() -> None:
    ready = Margin(
        name="sex", labels=("f", "m"), totals=np.array([6.0, 4.0]), category=np.array([0, 1, 0])
    )
    assert rake(np.ones(3), (ready,)).weights.tolist() == [3, 4, 3]
