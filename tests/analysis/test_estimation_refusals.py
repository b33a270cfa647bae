"""What the estimators refuse, and that they say why."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.estimation import comparisons
from analysis.estimation.design import Lonely, SurveyDesign, survey_design
from analysis.estimation.estimates import by_group, together
from analysis.estimation.independence import rao_scott_test, wald_independence
from analysis.estimation.linearised import covariance
from analysis.estimation.means import means, ratios, totals
from analysis.estimation.proportions import proportion
from analysis.estimation.quantiles import quantiles
from analysis.estimation.rank_tests import rank_test, two_group_rank_test
from analysis.estimation.variances import correlations, variances

WEIGHTS = [2.0, 2.0, 3.0, 3.0]
STRATA = ["north", "north", "south", "south"]
Y = [1.0, 2.0, 4.0, 8.0]
SAMPLE = survey_design(WEIGHTS, strata=[STRATA])
FLAT = np.ones(4)
NO_ROW = SAMPLE.domain(np.zeros(4, dtype=np.bool_))

DESIGNS: list[tuple[str, dict[str, Any]]] = [
    ("arrays of one length", {}),
    ("arrays of one length", {"weights": []}),
    ("arrays of one length", {"weights": WEIGHTS, "strata": [["north"]]}),
    ("arrays of one length", {"weights": [WEIGHTS], "strata": [STRATA]}),
    ("arrays of one length", {"weights": 2.0}),
    ("a weight is missing or not above 0", {"weights": [1, 2, 0, 1]}),
    ("a weight is missing or not above 0", {"weights": [1, 2, -1, 1]}),
    ("a weight is missing or not above 0", {"weights": [1, 2, np.nan, 1]}),
    ("a weight is missing or not above 0", {"weights": [1, 2, np.inf, 1]}),
    ("weights can be left out only where", {"strata": [STRATA]}),
    (
        "cluster 2 lies in two strata",
        {"weights": WEIGHTS, "strata": [STRATA], "clusters": [[1, 2, 2, 3]]},
    ),
    (
        "cluster p lies in two strata",
        {
            "weights": WEIGHTS,
            "strata": [None, STRATA],
            "clusters": [[1, 1, 1, 1], ["o", "p", "p", "q"]],
        },
    ),
    (
        "for more stages than clusters",
        {"weights": WEIGHTS, "strata": [STRATA, STRATA], "clusters": [[1, 2, 3, 4]]},
    ),
    (
        "for more stages than clusters",
        {"weights": WEIGHTS, "populations": [[9] * 4, [9] * 4]},
    ),
    (
        "stratum south has 2 clusters in the sample, more than its population of 1",
        {"weights": WEIGHTS, "strata": [STRATA], "populations": [[5, 5, 1, 1]]},
    ),
    (
        "population of stratum south varies or is missing",
        {"weights": WEIGHTS, "strata": [STRATA], "populations": [[5, 5, 6, 7]]},
    ),
    (
        "population of stratum north varies or is missing",
        {"weights": WEIGHTS, "strata": [STRATA], "populations": [[np.nan, np.nan, 6, 6]]},
    ),
    ("label .* is missing", {"weights": WEIGHTS, "strata": [[1.0, 1.0, np.nan, 2.0]]}),
    ("label .* is missing", {"weights": WEIGHTS, "clusters": [["a", "b", None, "c"]]}),
    ("no rule for a lonely cluster", {"weights": WEIGHTS, "lonely": "ignore"}),
]


@pytest.mark.parametrize(("reason", "given"), DESIGNS)
def test_designs_that_cannot_be(reason: str, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=reason):
        survey_design(**given)


def lonely(rule: Lonely) -> SurveyDesign:
    return survey_design(WEIGHTS, strata=[["north", "north", "north", "south"]], lonely=rule)


FIGURES: list[tuple[str, Callable[[], object]]] = [
    ("stratum south has only one cluster at stage 1", lambda: means(lonely("fail"), Y)),
    (
        "stratum all of cluster b has only one cluster at stage 2",
        lambda: means(
            survey_design(
                WEIGHTS[:3], clusters=[["a", "a", "b"], [1, 2, 3]], populations=[[5] * 3, [4] * 3]
            ),
            Y[:3],
        ),
    ),
    (
        "no average to take",
        lambda: means(survey_design(WEIGHTS, strata=[[1, 2, 3, 4]], lonely="average"), Y),
    ),
    ("a domain is 4 booleans", lambda: SAMPLE.domain([1, 0, 1, 0])),
    ("a domain is 4 booleans", lambda: SAMPLE.domain([True])),
    ("values have a row for each of 4 rows", lambda: SAMPLE.observed([1.0])),
    ("adjusted weights are 4 finite numbers", lambda: SAMPLE.adjusted([1.0], Kept())),
    ("adjusted weights are 4 finite", lambda: SAMPLE.adjusted([1, 1, 1, np.nan], Kept())),
    ("a row for each of 4 rows", lambda: means(SAMPLE, [1.0])),
    ("a row for each of 4 rows", lambda: totals(SAMPLE, np.ones((4, 0)))),
    ("a value is missing inside the domain", lambda: means(SAMPLE, [1, np.nan, 2, 3])),
    ("a value is missing inside the domain", lambda: totals(SAMPLE, [1, np.inf, 2, 3])),
    ("the domain is empty", lambda: means(NO_ROW, Y)),
    ("there is no estimate to join", lambda: together(SAMPLE, [])),
    ("there is no estimate to join", lambda: by_group(NO_ROW, STRATA, lambda d: totals(d, Y))),
    ("labels are 4", lambda: by_group(SAMPLE, ["a"], lambda d: means(d, Y))),
    (
        "label .* is missing",
        lambda: by_group(SAMPLE, [1, 1, 2, np.nan], lambda d: means(d, Y)),
    ),
    ("a denominator sums to 0", lambda: ratios(SAMPLE, Y, np.zeros(4))),
    (
        "need as many denominators, or one",
        lambda: ratios(SAMPLE, np.ones((4, 3)), np.ones((4, 2))),
    ),
    ("a contrast has 1 coefficients", lambda: means(SAMPLE, Y).contrast([1, -1])),
    (
        "no degrees of freedom are left",
        lambda: means(survey_design(WEIGHTS[:1], populations=[[1]]), Y[:1]).interval(),
    ),
    (
        "weights sum to less than the sample",
        lambda: means(survey_design(np.full(4, 0.1)), Y).design_effects(),
    ),
    (
        "a design effect needs two rows",
        lambda: means(SAMPLE.domain(np.arange(4) == 0), Y).design_effects(),
    ),
    ("a variance needs two rows", lambda: variances(SAMPLE.domain(np.arange(4) == 0), Y)),
    ("needs two columns that vary", lambda: correlations(SAMPLE, Y)),
    ("needs two columns that vary", lambda: correlations(SAMPLE, np.stack([Y, FLAT], axis=1))),
    ("probabilities lie between 0 and 1", lambda: quantiles(SAMPLE, Y, [1.5])),
    ("one column of values", lambda: quantiles(SAMPLE, np.ones((4, 2)), [0.5])),
    ("zeros and ones", lambda: proportion(SAMPLE, Y)),
    (
        "a difference is of two groups, not 1",
        lambda: comparisons.difference_test(SAMPLE, Y, FLAT),
    ),
    ("leaves no variance", lambda: comparisons.mean_test(SAMPLE, FLAT)),
    (
        "depend on one another",
        lambda: comparisons.wald_test(means(SAMPLE, np.stack([Y, Y], axis=1))),
    ),
    ("has no variance", lambda: comparisons.wald_test(means(SAMPLE, FLAT))),
    (
        "leaves no degrees of freedom",
        lambda: comparisons.wald_test(means(SAMPLE, Y), denominator=0),
    ),
    ("two rows and two columns", lambda: rao_scott_test(SAMPLE, STRATA, FLAT)),
    ("two rows and two columns", lambda: wald_independence(SAMPLE, FLAT, STRATA)),
    ("two groups or more", lambda: rank_test(SAMPLE, Y, FLAT)),
    ("a difference is of two groups", lambda: two_group_rank_test(SAMPLE, Y, Y)),
]


class Kept:
    """An adjustment that explains nothing."""

    def residuals(self, values: Any) -> Any:
        return values


@pytest.mark.parametrize(("reason", "asked"), FIGURES)
def test_figures_that_cannot_be(reason: str, asked: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=reason):
        asked()


def test_missing_values_are_left_out_only_when_asked() -> None:
    holed = np.array([1.0, 2.0, np.nan, 4.0])
    domain = SAMPLE.observed(holed)
    assert domain.inside.tolist() == [True, True, False, True]
    assert means(domain, holed).values[0] == pytest.approx((2 + 4 + 12) / 7)
    # The row left out still counts as a cluster of its stratum.
    assert domain.stages[0].sampled.tolist() == [2, 2]


def test_an_adjustment_that_explains_nothing_changes_nothing() -> None:
    adjusted = SAMPLE.adjusted(WEIGHTS, Kept())
    for rows in ([True] * 4, [True, False, True, True]):
        plain, kept = (means(d.domain(np.array(rows)), Y) for d in (SAMPLE, adjusted))
        assert kept.covariance == pytest.approx(plain.covariance, rel=1e-14)


class Spread:
    """An adjustment that moves influence to all rows, as fitting to a known total does."""

    def residuals(self, values: Any) -> Any:
        return values - values.mean(axis=0)


def test_an_adjustment_carries_a_domain_to_the_rows_outside_it() -> None:
    domain = SAMPLE.adjusted(WEIGHTS, Spread()).domain(np.array([True, False, True, False]))
    moved = Spread().residuals(np.array([[2.0], [0.0], [12.0], [0.0]]))
    assert totals(domain, Y).covariance == pytest.approx(covariance(SAMPLE, moved), rel=1e-14)


def test_a_census_has_no_sampling_error() -> None:
    census = survey_design(strata=[STRATA], populations=[[2, 2, 2, 2]])
    assert census.weights.tolist() == [1.0] * 4
    assert not means(census, Y).covariance.any()
    alone = survey_design([1.0, 3.0, 3.0], strata=[[1, 2, 2]], populations=[[1, 6, 6]])
    assert means(alone, Y[:3]).covariance[0, 0] > 0
