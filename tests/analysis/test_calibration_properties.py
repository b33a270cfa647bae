"""What must hold of adjusted weights whatever the data."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import LinearConstraint, minimize

from analysis.estimation.calibration import Calibrated, calibrate, cluster_means
from analysis.estimation.design import FloatArray, survey_design
from analysis.estimation.distances import Distance, bounded_linear, linear, logit, raking
from analysis.estimation.margins import Margin, crossed, indicators, margin
from analysis.estimation.means import means, totals
from analysis.estimation.post_stratification import post_stratify
from analysis.estimation.raking import rake

DISTANCES = (linear(), raking(), logit((0.05, 20.0)), bounded_linear((0.05, 20.0)))


class Case:
    """A sample with two margins and a score whose targets some weights within reach give."""

    def __init__(self, seed: int, rows: int = 80) -> None:
        random = np.random.default_rng(seed)
        self.weights = random.uniform(1, 4, rows)
        self.codes = [np.arange(rows) % 3, (np.arange(rows) // 3) % 4]
        for code in self.codes:
            random.shuffle(code)
        self.score = random.normal(50, 10, rows)
        self.y = self.score + random.normal(0, 5, rows)
        self.truth = self.weights * random.uniform(0.7, 1.4, rows)

    def margins(self) -> tuple[Margin, ...]:
        return tuple(
            Margin(
                name=f"margin {place}",
                labels=tuple(f"{each}" for each in range(code.max() + 1)),
                totals=np.bincount(code, self.truth).astype(np.float64),
                category=code,
            )
            for place, code in enumerate(self.codes)
        )

    def auxiliary(self) -> FloatArray:
        return np.hstack([indicators(self.margins()), self.score[:, None]])

    def calibrated(self, distance: Distance) -> Calibrated:
        x = self.auxiliary()
        return calibrate(self.weights, x, x.T @ self.truth, distance=distance)


cases = st.integers(0, 10_000).map(Case)


@settings(max_examples=25)
@given(cases, st.sampled_from(DISTANCES))
def test_calibrated_totals_are_the_targets(case: Case, distance: Distance) -> None:
    fitted = case.calibrated(distance)
    x = case.auxiliary()
    assert_allclose(x.T @ fitted.weights, x.T @ case.truth, rtol=1e-10)
    low, high = distance.bounds
    assert ((fitted.factors >= low) & (fitted.factors <= high)).all()


@settings(max_examples=25)
@given(cases)
def test_raked_margins_are_the_targets(case: Case) -> None:
    fitted = rake(case.weights, case.margins())
    for each in case.margins():
        assert_allclose(each.sums(fitted.weights), each.totals, rtol=1e-11)


@settings(max_examples=15)
@given(cases)
def test_raking_is_calibration_with_the_raking_distance(case: Case) -> None:
    raked = rake(case.weights, case.margins())
    x = indicators(case.margins())
    fitted = calibrate(case.weights, x, x.T @ case.truth, distance=raking())
    assert_allclose(raked.weights, fitted.weights, rtol=1e-9)
    values = (case.y * raked.weights)[:, None]
    assert_allclose(raked.step.residuals(values), fitted.step.residuals(values), atol=1e-7)


@settings(max_examples=15)
@given(cases)
def test_raking_again_changes_nothing(case: Case) -> None:
    once = rake(case.weights, case.margins())
    again = rake(once.weights, case.margins())
    assert_allclose(again.weights, once.weights, rtol=1e-11)
    assert again.rounds == 1


@settings(max_examples=15)
@given(cases, st.sampled_from(DISTANCES))
def test_weights_that_meet_the_targets_stay(case: Case, distance: Distance) -> None:
    x = case.auxiliary()
    fitted = calibrate(case.weights, x, x.T @ case.weights, distance=distance)
    assert_allclose(fitted.factors, 1.0, atol=1e-10)


@settings(max_examples=15)
@given(cases, st.sampled_from(DISTANCES), st.permutations(range(80)))
def test_the_order_of_rows_does_not_matter(
    case: Case, distance: Distance, order: list[int]
) -> None:
    fitted = case.calibrated(distance)
    x = case.auxiliary()
    turned = calibrate(case.weights[order], x[order], x.T @ case.truth, distance=distance)
    assert_allclose(turned.weights, fitted.weights[order], rtol=1e-9)


@settings(max_examples=10)
@given(cases)
def test_doubling_sample_and_targets_doubles_the_total_only(case: Case) -> None:
    x = case.auxiliary()
    once = case.calibrated(raking())
    twice = calibrate(
        np.tile(case.weights, 2), np.tile(x, (2, 1)), 2 * x.T @ case.truth, distance=raking()
    )
    assert_allclose(twice.weights, np.tile(once.weights, 2), rtol=1e-9)


@settings(max_examples=15)
@given(cases)
def test_a_known_total_has_no_error(case: Case) -> None:
    design = survey_design(case.weights)
    fitted = case.calibrated(logit((0.05, 20.0)))
    known = totals(design.adjusted(fitted.weights, fitted.step), case.score)
    assert known.standard_errors[0] < 1e-7 * known.values[0]


@settings(max_examples=15)
@given(cases)
def test_an_adjustment_leaves_no_more_than_there_was_and_nothing_to_do_again(case: Case) -> None:
    fitted = case.calibrated(linear())
    values = (case.y * fitted.weights)[:, None]
    once = fitted.step.residuals(values)
    assert_allclose(fitted.step.residuals(once), once, atol=1e-7)
    explained = case.auxiliary() * fitted.weights[:, None]
    assert_allclose(fitted.step.residuals(explained), 0.0, atol=1e-7)


def chi_square(w: FloatArray, d: FloatArray) -> float:
    return float(((w - d) ** 2 / d).sum() / 2)


def relative_entropy(w: FloatArray, d: FloatArray) -> float:
    return float((w * np.log(w / d) - w + d).sum())


@pytest.mark.parametrize(
    ("distance", "price", "bounds"),
    [
        (linear(), chi_square, (1e-6, np.inf)),
        (raking(), relative_entropy, (1e-6, np.inf)),
        (bounded_linear((0.8, 1.3)), chi_square, (0.8, 1.3)),
    ],
)
def test_no_weights_that_give_the_totals_are_nearer(
    distance: Distance,
    price: Callable[[FloatArray, FloatArray], float],
    bounds: tuple[float, float],
) -> None:
    case = Case(3, rows=14)
    x = np.stack([np.ones(14), case.score], axis=1)
    goal = x.T @ (case.weights * np.linspace(0.9, 1.25, 14))
    fitted = calibrate(case.weights, x, goal, distance=distance)
    found = minimize(
        price,
        case.weights * 1.05,
        args=(case.weights,),
        method="SLSQP",
        bounds=[(bounds[0] * each, bounds[1] * each) for each in case.weights],
        constraints=[LinearConstraint(x.T / 100, goal / 100, goal / 100)],
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert price(fitted.weights, case.weights) <= found.fun + 1e-9
    assert_allclose(fitted.weights, found.x, rtol=1e-3)


def test_logit_factors_stay_inside_where_linear_ones_leave() -> None:
    random = np.random.default_rng(5)
    x = np.stack([np.ones(200), random.exponential(1.0, 200)], axis=1)
    goal = np.array([200.0, 1.25 * x[:, 1].sum()])
    free = calibrate(np.ones(200), x, goal)
    held = calibrate(np.ones(200), x, goal, distance=logit((0.6, 1.8)))
    cut = calibrate(np.ones(200), x, goal, distance=bounded_linear((0.6, 1.8)))
    assert free.factors.max() > 1.8
    assert 0.6 < held.factors.min() < held.factors.max() < 1.8
    assert cut.factors.max() == 1.8
    assert free.negative == 0


def test_members_of_a_household_can_share_a_factor() -> None:
    household = np.repeat(np.arange(40), 2)
    case = Case(9)
    x = case.auxiliary()
    shared = cluster_means(x, household)
    fitted = calibrate(np.full(80, 2.0), shared, x.T @ np.full(80, 2.2))
    assert_allclose(fitted.factors[::2], fitted.factors[1::2], rtol=1e-12)
    assert_allclose(x.T @ fitted.weights, x.T @ np.full(80, 2.2), rtol=1e-10)


def test_collinear_columns_are_no_obstacle() -> None:
    case = Case(11)
    x = np.hstack([case.auxiliary(), np.ones((80, 1)), 2 * case.score[:, None]])
    fitted = calibrate(case.weights, x, x.T @ case.truth, distance=raking())
    assert_allclose(fitted.weights, case.calibrated(raking()).weights, rtol=1e-9)


def test_a_post_stratified_mean_is_the_mean_of_the_classes() -> None:
    case = Case(13)
    classes = crossed(
        "both", case.codes, {f"{a} × {b}": 10.0 + a + b for a in range(3) for b in range(4)}
    )
    fitted = post_stratify(case.weights, classes)
    design = survey_design(case.weights).adjusted(fitted.weights, fitted.step)
    cell = [
        np.average(case.y[inside], weights=case.weights[inside])
        for a in range(3)
        for b in range(4)
        for inside in [(case.codes[0] == a) & (case.codes[1] == b)]
    ]
    share = [10.0 + a + b for a in range(3) for b in range(4)]
    assert_allclose(means(design, case.y).values, np.average(cell, weights=share), rtol=1e-12)


def test_shares_are_scaled_to_the_population() -> None:
    shares = margin("sex", ["f", "m", "f"], {"f": 0.52, "m": 0.48}).scaled_to(1000)
    assert_allclose(shares.totals, [520, 480])


def test_many_margins_are_raked_without_their_full_cross() -> None:
    random = np.random.default_rng(17)
    weights, codes = np.ones(3000), random.integers(0, 9, (7, 3000))
    truth = random.uniform(0.5, 2, 3000)
    margins = [
        Margin(
            name=f"{place}",
            labels=tuple("012345678"),
            totals=np.bincount(code, truth).astype(np.float64),
            category=code,
        )
        for place, code in enumerate(codes)
    ]
    fitted = rake(weights, margins)
    for each in margins:
        assert_allclose(each.sums(fitted.weights), each.totals, rtol=1e-10)
