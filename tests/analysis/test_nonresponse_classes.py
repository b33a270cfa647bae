"""Weights of respondents raised for those who did not answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimation.design import BoolArray
from analysis.estimation.nonresponse import adjust_for_nonresponse
from analysis.estimation.propensity import propensity_classes


def people(counts: dict[str, tuple[int, int]]) -> tuple[BoolArray, list[str]]:
    """Make people by class from (asked, answered)."""
    answered: list[bool] = []
    classes: list[str] = []
    for name, (asked, got) in counts.items():
        answered += [place < got for place in range(asked)]
        classes += [name] * asked
    return np.array(answered), classes


def test_each_class_is_weighted_up_to_those_asked() -> None:
    answered, classes = people({"a": (40, 20), "b": (30, 12)})
    result = adjust_for_nonresponse(np.ones(70), answered, classes)
    assert [each.factor for each in result.report] == [2.0, 2.5]
    assert [each.rate for each in result.report] == [0.5, 0.4]
    assert_allclose(result.weights[answered][:20], 2.0)
    assert not result.weights[~answered].any()


def test_a_small_class_joins_the_neighbour_with_the_nearer_rate() -> None:
    answered, classes = people({"a": (20, 18), "b": (10, 5), "c": (30, 12), "d": (10, 10)})
    result = adjust_for_nonresponse(np.ones(70), answered, classes)
    assert [each.classes for each in result.report] == [("a",), ("b", "c"), ("d",)]
    assert [each.answered for each in result.report] == [18, 17, 10]
    assert not any(each.thin for each in result.report)


def test_equal_rates_prefer_the_smaller_neighbour_then_the_one_before() -> None:
    answered, classes = people({"a": (40, 20), "b": (8, 4), "c": (30, 15)})
    result = adjust_for_nonresponse(np.ones(78), answered, classes)
    assert [each.classes for each in result.report] == [("a",), ("b", "c")]
    answered, classes = people({"a": (30, 15), "b": (8, 4), "c": (30, 15)})
    result = adjust_for_nonresponse(np.ones(68), answered, classes)
    assert [each.classes for each in result.report] == [("a", "b"), ("c",)]


def test_merging_goes_on_until_each_class_has_enough() -> None:
    answered, classes = people({"a": (9, 3), "b": (9, 3), "c": (9, 3), "d": (9, 3), "e": (50, 40)})
    result = adjust_for_nonresponse(np.ones(86), answered, classes)
    assert [each.classes for each in result.report] == [("a", "b", "c", "d"), ("e",)]


def test_the_order_given_decides_who_is_beside_whom() -> None:
    answered, classes = people({"60+": (20, 18), "18-29": (10, 5), "30-59": (30, 24)})
    result = adjust_for_nonresponse(
        np.ones(60), answered, classes, order=["30-59", "60+", "18-29"], minimum=6
    )
    assert [each.classes for each in result.report] == [("30-59",), ("60+", "18-29")]
    with pytest.raises(ValueError, match="the order of classes leaves out '18-29'"):
        adjust_for_nonresponse(np.ones(60), answered, classes, order=["30-59", "60+"])


def test_classes_are_never_merged_across_strata() -> None:
    answered, classes = people({"a": (20, 15), "b": (6, 3)})
    strata = ["first"] * 20 + ["second"] * 6
    result = adjust_for_nonresponse(np.ones(26), answered, classes, strata=strata)
    assert [(each.stratum, each.thin) for each in result.report] == [
        ("first", False),
        ("second", True),
    ]


def test_design_weights_count_in_the_factor() -> None:
    answered = np.array([True, False])
    result = adjust_for_nonresponse([2.0, 6.0], answered, ["a", "a"], minimum=1)
    assert result.weights.tolist() == [8.0, 0.0]
    assert (result.report[0].asked_weight, result.report[0].answered_weight) == (8.0, 2.0)


counts = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.integers(1, 20), st.integers(0, 20)).map(lambda each: (each[0], min(each))),
    min_size=1,
)


@given(counts, st.integers(1, 30), st.integers(0, 1000))
def test_the_sum_of_weights_of_each_row_of_the_report_is_kept(
    each: dict[str, tuple[int, int]], minimum: int, seed: int
) -> None:
    answered, classes = people(each)
    random = np.random.default_rng(seed)
    weights = random.uniform(1, 5, len(answered))
    if not answered.any():
        with pytest.raises(ValueError, match="nobody answered in stratum"):
            adjust_for_nonresponse(weights, answered, classes, minimum=minimum)
        return
    result = adjust_for_nonresponse(weights, answered, classes, minimum=minimum)
    assert_allclose(
        np.bincount(result.row, result.weights), np.bincount(result.row, weights), rtol=1e-12
    )
    thin = [row for row in result.report if row.thin]
    assert not thin or len(result.report) == 1
    assert [name for row in result.report for name in row.classes] == sorted(each)
    order = random.permutation(len(answered))
    turned = adjust_for_nonresponse(
        weights[order], answered[order], np.array(classes)[order], minimum=minimum
    )
    assert_allclose(turned.weights, result.weights[order], rtol=1e-12)


def test_odd_calls_are_refused() -> None:
    yes = np.array([True, True])
    with pytest.raises(ValueError, match="must be above 0"):
        adjust_for_nonresponse([1, 0], yes, ["a", "a"])
    with pytest.raises(ValueError, match="true or false"):
        adjust_for_nonresponse([1, 1], [1, 0], ["a", "a"])
    with pytest.raises(ValueError, match="of one length"):
        adjust_for_nonresponse([1, 1], yes, ["a"])
    with pytest.raises(ValueError, match="at least one respondent"):
        adjust_for_nonresponse([1, 1], yes, ["a", "a"], minimum=0)
    with pytest.raises(ValueError, match="nobody answered in stratum 'b'"):
        adjust_for_nonresponse([1, 1], np.array([True, False]), ["x", "x"], strata=["a", "b"])


def test_propensity_classes_are_quintiles() -> None:
    classes = propensity_classes(np.arange(100) / 100)
    assert np.bincount(classes).tolist() == [20, 20, 20, 20, 20]
    assert (np.diff(classes) >= 0).all()


def test_equal_scores_are_never_parted() -> None:
    classes = propensity_classes([0.1] * 7 + [0.5, 0.6, 0.9])
    assert classes.tolist() == [1] * 7 + [3, 4, 4]


def test_propensity_classes_hold_equal_shares_of_the_weight() -> None:
    assert propensity_classes([1, 2, 3], weights=[1, 1, 2], classes=2).tolist() == [0, 0, 1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.integers(1, 8))
def test_propensity_classes_rise_with_the_score(score: list[float], classes: int) -> None:
    found = propensity_classes(score, classes=classes)
    assert found.min() >= 0
    assert found.max() < classes
    assert (np.diff(found[np.argsort(score, kind="stable")]) >= 0).all()


def test_scores_that_are_missing_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a score"):
        propensity_classes([0.1, np.nan])
    with pytest.raises(ValueError, match="positive numbers"):
        propensity_classes([0.1, 0.2], weights=[1, -1])
    with pytest.raises(ValueError, match="at least one class"):
        propensity_classes([0.1, 0.2], classes=0)
