"""What must hold of replicate weights whatever the data."""

from dataclasses import replace

import numpy as np
import people
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.estimation.bootstrap import bootstrap
from analysis.estimation.design import FloatArray, Lonely, SurveyDesign, survey_design
from analysis.estimation.half_samples import half_samples
from analysis.estimation.jackknife import jackknife
from analysis.estimation.means import means, ratios, totals
from analysis.estimation.post_stratification import post_stratify
from analysis.estimation.raking import rake
from analysis.estimation.replicates import (
    LARGEST,
    Replicates,
    given_replicates,
    replicate_covariance,
)


def random_design(
    seed: int, strata: int = 3, *, pairs: bool = False
) -> tuple[SurveyDesign, FloatArray]:
    random = np.random.default_rng(seed)
    size = [2] * strata if pairs else random.integers(2, 6, strata).tolist()
    host = np.repeat(np.arange(strata), size)
    cluster = np.repeat(np.arange(len(host)), random.integers(1, 4, len(host)))
    design = survey_design(
        random.uniform(1, 5, len(cluster)),
        strata=[host[cluster]],
        clusters=[cluster],
        populations=[10 + host[cluster]],
    )
    return design, random.normal(20, 5, len(cluster))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_the_jackknife_of_a_total_is_the_linearised_variance(seed: int, strata: int) -> None:
    design, y = random_design(seed, strata)
    assert_allclose(
        jackknife(design).totals(y).standard_errors, totals(design, y).standard_errors, rtol=1e-9
    )


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 9), st.sampled_from([0.0, 0.3, 0.5]))
def test_half_samples_of_a_total_are_the_linearised_variance(
    seed: int, strata: int, rho: float
) -> None:
    design, y = random_design(seed, strata, pairs=True)
    first = replace(design.stages[0], population=np.full(strata, np.inf))
    without = replace(design, stages=(first,))
    found = half_samples(without, rho=rho).totals(y)
    assert_allclose(found.standard_errors, totals(without, y).standard_errors, rtol=1e-9)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_replicates_of_a_total_center_on_the_total(seed: int) -> None:
    design, y = random_design(seed)
    for replicates in (jackknife(design), half_samples(random_design(seed, pairs=True)[0])):
        values = np.resize(y, len(replicates.weights))
        found = replicates.totals(values)
        assert_allclose(found.replicates.mean(axis=0), found.values, rtol=1e-9)


def test_the_bootstrap_comes_near_linearisation() -> None:
    design = people.clusters()
    boot = bootstrap(design, seed=11, replicates=6000)
    assert_allclose(
        boot.totals(people.Y).standard_errors, totals(design, people.Y).standard_errors, rtol=0.05
    )
    assert_allclose(
        boot.ratios(people.Y, people.X).standard_errors,
        ratios(design, people.Y, people.X).standard_errors,
        rtol=0.08,
    )
    assert_allclose(
        boot.domain(people.INSIDE).means(people.Y).standard_errors,
        means(design.domain(people.INSIDE), people.Y).standard_errors,
        rtol=0.1,
    )


def test_raking_each_bootstrap_replicate_comes_near_the_residuals() -> None:
    random = np.random.default_rng(3)
    sex = np.arange(600) % 2
    y = 10 + 8 * sex + random.normal(0, 2, 600)
    design = survey_design(np.full(600, 10.0))
    both = people.margin("sex", np.array(["f", "m"])[sex], {"f": 3300.0, "m": 2700.0})
    fitted = rake(design.weights, (both,))
    linear = means(design.adjusted(fitted.weights, fitted.step), y).standard_errors
    boot = bootstrap(design, seed=5, replicates=1500)
    again = boot.adjusted(lambda weights: rake(weights, (both,)).weights).means(y).standard_errors
    assert_allclose(again, linear, rtol=0.06)
    assert boot.means(y).standard_errors[0] > 1.5 * again[0]


def test_the_seed_decides_the_bootstrap_and_is_kept() -> None:
    design = people.clusters()
    one, same, other = (bootstrap(design, seed=seed, replicates=20) for seed in (1, 1, 2))
    assert (one.factors == same.factors).all()
    assert (one.factors != other.factors).any()
    assert one.seed == 1


def test_the_order_of_rows_does_not_matter() -> None:
    order = np.random.default_rng(4).permutation(60)
    turned = survey_design(
        people.W[order],
        strata=[people.I[order] // 20],
        clusters=[people.I[order] // 4],
        populations=[np.full(60, 40)],
    )
    straight = people.clusters()
    for one, other in (
        (jackknife(turned), jackknife(straight)),
        (bootstrap(turned, seed=9, replicates=50), bootstrap(straight, seed=9, replicates=50)),
    ):
        assert_allclose(
            one.means(people.Y[order]).standard_errors,
            other.means(people.Y).standard_errors,
            rtol=1e-10,
        )


def test_bootstrap_clusters_of_a_stratum_always_count_together() -> None:
    design = people.clusters()
    boot = bootstrap(design, seed=2, replicates=40)
    sums = [boot.factors[design.stages[0].host == each].sum(axis=0) for each in range(3)]
    assert_allclose(sums, 5.0)
    assert boot.factors.min() > 0  # The finite population holds the factors away from 0.


def test_a_figure_by_a_function_is_the_figure_by_its_sums() -> None:
    replicates = jackknife(people.clusters())
    by_hand = replicates.estimate(lambda w: (w @ people.Y / w.sum(), w @ people.Y))
    assert_allclose(by_hand.values[:1], replicates.means(people.Y).values)
    assert_allclose(by_hand.standard_errors[:1], replicates.means(people.Y).standard_errors)
    assert_allclose(by_hand.standard_errors[1:], replicates.totals(people.Y).standard_errors)
    low, high = by_hand.interval()[0]
    assert low < by_hand.values[0] < high
    assert_allclose(
        by_hand.interval(degrees_of_freedom=np.inf)[0, 1] - by_hand.values[0],
        1.959963984540054 * by_hand.standard_errors[0],
    )


def test_the_matrix_of_weights_has_a_column_per_replicate() -> None:
    replicates = jackknife(people.clusters())
    assert replicates.matrix().shape == (60, len(replicates)) == (60, 15)
    assert (replicates.matrix()[:, 3] == replicates.of(3)).all()


def test_given_replicates_are_the_made_ones() -> None:
    made = jackknife(people.clusters())
    whole = given_replicates(made.weights, made.matrix(), scale=1, scales=made.scales)
    factors = given_replicates(
        made.weights, made.factors[made.unit], scale=1, scales=made.scales, combined=False
    )
    for each in (whole, factors):
        assert_allclose(each.means(people.Y).covariance, made.means(people.Y).covariance)
        assert each.degrees_of_freedom == 12


LONELY: list[tuple[Lonely, int, float]] = [
    ("certainty", 4, 5.0),
    ("remove", 4, 5.0),
    ("average", 4, 5.0 * 5 / 4),
]


def lonely_design(lonely: Lonely) -> SurveyDesign:
    return survey_design(
        np.ones(5), strata=[[0, 0, 1, 1, 2]], clusters=[np.arange(5)], lonely=lonely
    )


@pytest.mark.parametrize(("lonely", "count", "variance"), LONELY)
def test_a_lonely_cluster_follows_the_rule_of_the_design(
    lonely: Lonely, count: int, variance: float
) -> None:
    replicates = jackknife(lonely_design(lonely))
    assert len(replicates) == count
    assert_allclose(replicates.totals([3.0, 4, 6, 8, 9]).covariance[0, 0], variance)


def test_an_adjusted_lonely_cluster_lets_its_stratum_go() -> None:
    replicates = jackknife(lonely_design("adjust"))
    assert replicates.totals([3.0, 4, 6, 8, 9]).replicates[4, 0] == (3 + 4 + 6 + 8) * 3 / 2
    assert_allclose(replicates.scales, [0.5, 0.5, 0.5, 0.5, 2 / 3])


def test_what_cannot_be_replicated_is_refused() -> None:
    lonely = survey_design(np.ones(3), strata=[["a", "a", "b"]], clusters=[np.arange(3)])
    with pytest.raises(ValueError, match="stratum b has only one cluster"):
        jackknife(lonely)
    with pytest.raises(ValueError, match="stratum b has only one cluster"):
        bootstrap(lonely, seed=1)
    with pytest.raises(ValueError, match="stratum b has 1 clusters: half-samples need two"):
        half_samples(lonely)
    with pytest.raises(ValueError, match="two replicates or more"):
        bootstrap(people.clusters(), seed=1, replicates=1)
    with pytest.raises(ValueError, match="ρ lies from 0 up to 1"):
        half_samples(lonely, rho=1.0)
    whole = survey_design(np.ones(3), populations=[np.full(3, 3)])
    with pytest.raises(ValueError, match="no stratum from which a cluster can be left out"):
        jackknife(whole)
    many = survey_design(np.ones(int(LARGEST**0.5) + 1))
    with pytest.raises(ValueError, match="are too many: take the bootstrap"):
        jackknife(many)


def test_adjusted_designs_are_replicated_before_the_adjustment() -> None:
    design = people.clusters()
    fitted = post_stratify(design.weights, people.three_margins()[0])
    with pytest.raises(ValueError, match="before its weights were adjusted"):
        jackknife(design.adjusted(fitted.weights, fitted.step))


def test_a_replicate_that_cannot_be_raked_is_named() -> None:
    sex = people.margin("sex", ["f", "m", "m"], {"f": 3.0, "m": 6.0})
    replicates = jackknife(survey_design(np.ones(3)))
    with pytest.raises(ValueError, match="replicate 1: category 'f' of margin 'sex'"):
        replicates.adjusted(lambda weights: rake(weights, (sex,)).weights)


def test_replicates_without_a_figure_are_named() -> None:
    with pytest.raises(ValueError, match="replicate 2 gave no figure"):
        replicate_covariance(np.array([[1.0], [np.nan]]), 1.0, np.ones(2))
    replicates = jackknife(people.clusters())
    with pytest.raises(ValueError, match="a denominator sums to 0"):
        replicates.ratios(people.Y, np.zeros(60))
    with pytest.raises(ValueError, match="none missing"):
        replicates.totals(np.full(60, np.nan))
    with pytest.raises(ValueError, match="60 booleans"):
        replicates.domain(people.Y)


def test_given_replicates_must_fit() -> None:
    with pytest.raises(ValueError, match="3 rows and a column"):
        given_replicates(np.ones(3), np.ones((2, 2)), scale=1)
    with pytest.raises(ValueError, match="2 replicates need as many scales"):
        given_replicates(np.ones(3), np.ones((3, 2)), scale=1, scales=[1, -1])
    with pytest.raises(ValueError, match="a weight is missing"):
        given_replicates(np.ones(3), np.full((3, 2), np.nan), scale=1)


def test_replicates_with_no_scale_stay_out_of_the_mean() -> None:
    table, scales = np.array([[1.0], [3.0], [100.0]]), np.array([1.0, 1.0, 0.0])
    assert_allclose(replicate_covariance(table, 0.5, scales), 1.0)


def kinds() -> list[Replicates]:
    return [jackknife(people.clusters()), bootstrap(people.clusters(), seed=1, replicates=30)]


def test_a_constant_has_no_variance() -> None:
    for each in kinds():
        assert_allclose(each.means(np.full(60, 7.0)).covariance, 0, atol=1e-20)


def test_too_many_weights_to_adjust_are_refused() -> None:
    rows = np.arange(410_000)
    replicates = jackknife(survey_design(np.ones(410_000), clusters=[rows // 820]))
    with pytest.raises(ValueError, match="500 replicates of 410000 rows are too many to adjust"):
        replicates.adjusted(lambda weights: weights * 0)
