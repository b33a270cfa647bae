"""What must hold of estimates from any design, and the variance formula written out by hand."""

from dataclasses import replace

import estimation_samples as samples
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.comparisons import difference_test
from analysis.estimation.design import FloatArray, Lonely, survey_design
from analysis.estimation.estimates import Estimate, by_group, together
from analysis.estimation.linearised import covariance
from analysis.estimation.means import means, ratios, totals
from analysis.estimation.proportions import Sampled, proportion_interval
from analysis.estimation.quantiles import quantiles
from analysis.estimation.rank_tests import rank_scores, rank_test, two_group_rank_test
from analysis.estimation.variances import correlations, covariances, variances

SEEDS = st.integers(0, 10_000)


def same(one: Estimate, other: Estimate, times: float = 1.0) -> None:
    assert one.values.tolist() == pytest.approx(other.values.tolist(), rel=1e-10)
    scale = np.abs(other.covariance).max()
    assert np.abs(one.covariance - times * other.covariance).max() <= 1e-10 * scale


def by_hand(sample: samples.TwoStage, influence: FloatArray, lonely: Lonely = "fail") -> float:
    """Write the two-stage variance of a total out, stratum by stratum and cluster by cluster."""

    def stratum_part(tots: list[float], there: float, grand: float) -> float:
        n = len(tots)
        if n == there:
            return 0.0
        if n == 1:
            return (1 - n / there) * (tots[0] - grand) ** 2 if lonely == "adjust" else 0.0
        centre = sum(tots) / n
        return (1 - n / there) * n / (n - 1) * sum((t - centre) ** 2 for t in tots)

    variance, clusters = 0.0, len(set(sample.cluster))
    for stratum in set(sample.stratum):
        mine = sample.stratum == stratum
        inside = sorted(set(sample.cluster[mine]))
        there = float(sample.clusters_there[mine][0])
        tots = [float(influence[sample.cluster == c].sum()) for c in inside]
        variance += stratum_part(tots, there, float(influence.sum()) / clusters)
        for c in inside:
            rows = sample.cluster == c
            size, within = float(sample.rows_there[rows][0]), influence[rows].tolist()
            part = stratum_part(within, size, sum(within) / len(within))
            variance += len(inside) / there * part
    return variance


@given(SEEDS)
@settings(max_examples=30)
def test_the_recursion_equals_the_formula_written_out(seed: int) -> None:
    sample = samples.two_stage(seed)
    design, y = sample.design(), sample.values[:, 0]
    total = totals(design, y)
    assert total.covariance[0, 0] == pytest.approx(by_hand(sample, sample.weights * y), rel=1e-10)
    mean = means(design, y)
    linear = sample.weights * (y - mean.values[0]) / sample.weights.sum()
    assert mean.covariance[0, 0] == pytest.approx(by_hand(sample, linear), rel=1e-10, abs=1e-14)


@given(SEEDS)
@settings(max_examples=30)
def test_lonely_totals_deviate_from_the_mean_of_all_clusters(seed: int) -> None:
    # As survey 4.5 has it; 4.1 takes the deviation from 0, which is right for means only.
    sample = samples.two_stage(seed, least=1)
    total = totals(sample.design(lonely="adjust"), sample.values[:, 0])
    expected = by_hand(sample, sample.weights * sample.values[:, 0], "adjust")
    assert total.covariance[0, 0] == pytest.approx(expected, rel=1e-10, abs=1e-14)


@given(SEEDS)
@settings(max_examples=20)
def test_certain_and_removed_lonely_strata_add_nothing(seed: int) -> None:
    sample = samples.two_stage(seed, least=1, rows_least=1)
    y = sample.values[:, 0]
    expected = by_hand(sample, sample.weights * y)
    for rule in ("certainty", "remove"):
        found = totals(sample.design(lonely=rule), y).covariance[0, 0]
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-14)


def test_average_gives_the_lonely_the_mean_of_the_other_strata() -> None:
    strata, y = [0, 0, 1, 1, 2], [1.0, 4.0, 2.0, 8.0, 5.0]
    lonely = totals(survey_design(np.ones(5), strata=[strata], lonely="average"), y)
    without = totals(survey_design(np.ones(4), strata=[strata[:4]]), y[:4])
    assert lonely.covariance[0, 0] == pytest.approx(without.covariance[0, 0] * 3 / 2)


@given(SEEDS)
@settings(max_examples=20)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    sample = samples.two_stage(seed)
    order = np.random.default_rng(seed).permutation(len(sample.weights))
    mixed = sample.taken(order)
    for statistic in (means, totals, covariances):
        same(statistic(mixed.design(), mixed.values), statistic(sample.design(), sample.values))
    one = quantiles(mixed.design(), mixed.values[:, 0], [0.25, 0.5])
    other = quantiles(sample.design(), sample.values[:, 0], [0.25, 0.5])
    assert one.values.tolist() == other.values.tolist()
    rounded = sample.values[:, 0].round()
    scores = rank_scores(sample.design(), rounded)
    assert rank_scores(mixed.design(), rounded[order]) == pytest.approx(scores[order], rel=1e-12)


@given(SEEDS)
@settings(max_examples=20)
def test_twins_of_half_the_weight_in_the_same_clusters_change_nothing(seed: int) -> None:
    sample = samples.two_stage(seed)
    half = replace(sample, weights=sample.weights / 2)
    twice = half.taken(np.tile(np.arange(len(sample.weights)), 2))

    def clustered(one: samples.TwoStage) -> Estimate:
        design = survey_design(one.weights, strata=[one.stratum], clusters=[one.cluster])
        return together(design, [means(design, one.values), totals(design, one.values)])

    same(clustered(twice), clustered(sample))


@given(SEEDS)
@settings(max_examples=20)
def test_doubling_the_sample_halves_the_variance_but_for_its_degrees(seed: int) -> None:
    sample = samples.two_stage(seed)
    rows, y = len(sample.weights), sample.values[:, 0]
    once = means(survey_design(sample.weights), y)
    twice = means(survey_design(np.tile(sample.weights / 2, 2)), np.tile(y, 2))
    factor = (rows - 1) / rows * 2 * rows / (2 * rows - 1) / 2
    same(twice, once, times=factor)


@given(SEEDS)
@settings(max_examples=20)
def test_one_group_is_the_whole_and_groups_add_up_to_it(seed: int) -> None:
    sample = samples.two_stage(seed)
    design, y = sample.design(), sample.values
    whole = totals(design, y)
    one = by_group(design, np.zeros(len(y)), lambda domain: totals(domain, y))
    same(one.joint, whole)
    halves = by_group(design, y[:, 0] > y[:, 1], lambda domain: totals(domain, y))
    if len(halves.labels) == 2:
        same(halves.joint.contrast(np.hstack([np.eye(2), np.eye(2)])), whole)


@given(SEEDS)
@settings(max_examples=20)
def test_equal_values_have_no_variance(seed: int) -> None:
    sample = samples.two_stage(seed)
    design, flat = sample.design(), np.full(len(sample.weights), 3.5)
    mean = means(design, flat)
    assert mean.values.tolist() == pytest.approx([3.5])
    assert mean.standard_errors[0] < 1e-14
    assert variances(design, flat).values[0] < 1e-28
    found = quantiles(design, flat, [0.1, 0.5])
    assert found.values.tolist() == [3.5, 3.5]


@given(SEEDS)
@settings(max_examples=20)
def test_a_domain_is_the_ratio_of_its_indicator(seed: int) -> None:
    sample = samples.two_stage(seed)
    design, y = sample.design(), sample.values[:, 0]
    chosen = sample.values[:, 1] > np.median(sample.values[:, 1])
    same(means(design.domain(chosen), y), ratios(design, y * chosen, chosen))


def test_an_empty_domain_has_a_total_of_nothing_and_no_mean() -> None:
    sample = samples.two_stage(1)
    empty = sample.design().domain(np.zeros(len(sample.weights), dtype=np.bool_))
    total = totals(empty, sample.values)
    assert total.values.tolist() == [0.0, 0.0]
    assert not total.covariance.any()
    assert empty.degrees_of_freedom == 0
    with pytest.raises(ValueError, match="the domain is empty"):
        means(empty, sample.values)
    with pytest.raises(ValueError, match="a domain with rows"):
        quantiles(empty, sample.values[:, 0], [0.5])


@given(SEEDS)
@settings(max_examples=15)
def test_dropping_one_cluster_after_another_gives_the_linearised_error_of_a_total(
    seed: int,
) -> None:
    sample = samples.two_stage(seed)
    design, y = sample.design(listed=False), sample.values[:, 0]
    total = totals(design, y).values[0]
    variance = 0.0
    for stratum in set(sample.stratum):
        inside = sample.stratum == stratum
        clusters = set(sample.cluster[inside])
        n = len(clusters)
        for dropped in clusters:
            factor = np.where(inside, n / (n - 1), 1.0) * (sample.cluster != dropped)
            replicate = float((factor * sample.weights * y).sum())
            variance += (n - 1) / n * (replicate - total) ** 2
    assert totals(design, y).covariance[0, 0] == pytest.approx(variance, rel=1e-9)


@given(SEEDS)
@settings(max_examples=20)
def test_satterthwaite_has_the_degrees_of_equal_strata_and_never_more(seed: int) -> None:
    sample = samples.two_stage(seed)
    mean = means(sample.design(listed=False), sample.values)
    assert (mean.satterthwaite() <= mean.degrees_of_freedom + 1e-9).all()
    assert (mean.satterthwaite() >= 1 - 1e-9).all()
    level = survey_design(np.ones(8), strata=[[0] * 4 + [1] * 4])
    assert means(level, [1.0, 2, 3, 4] * 2).satterthwaite() == pytest.approx(6.0)


@given(st.floats(0.01, 0.99), st.floats(1e-6, 0.02), st.integers(3, 200), st.integers(2, 100))
def test_intervals_hold_the_proportion_and_stay_within_bounds(
    p: float, variance: float, rows: int, degrees: int
) -> None:
    sampled = Sampled(p=p, variance=variance, rows=rows, degrees_of_freedom=degrees)
    for method in ("logit", "xlogit", "likelihood", "beta", "wilson"):
        low, high = proportion_interval(sampled, method)
        assert 0 <= low <= p <= high <= 1


def test_a_proportion_of_none_or_all_has_an_exact_interval() -> None:
    none = Sampled(p=0.0, variance=0.0, rows=20, degrees_of_freedom=19)
    low, high = proportion_interval(none, "xlogit")
    assert low == 0.0
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))


@given(SEEDS)
@settings(max_examples=15)
def test_a_correlation_keeps_its_value_and_error_when_the_scale_changes(seed: int) -> None:
    sample = samples.two_stage(seed)
    one = correlations(sample.design(), sample.values)
    same(correlations(sample.design(), sample.values * [3.0, 0.1] + [1, -4]), one)
    assert abs(one.values[0]) <= 1 + 1e-12


def test_two_groups_have_the_same_p_value_by_t_and_by_f() -> None:
    sample = samples.two_stage(3)
    design, y = sample.design(), sample.values[:, 0]
    groups = sample.values[:, 1] > np.median(sample.values[:, 1])
    pair, several = two_group_rank_test(design, y, groups), rank_test(design, y, groups)
    assert pair.p_value == pytest.approx(several.p_value, rel=1e-10)
    shifted = two_group_rank_test(design, np.exp(y), groups)
    assert shifted.p_value == pytest.approx(pair.p_value, rel=1e-12)
    assert difference_test(design, y, ~groups).statistic == pytest.approx(
        -difference_test(design, y, groups).statistic
    )


def test_a_quantile_is_the_smallest_value_with_enough_weight_at_or_below() -> None:
    design = survey_design([1.0, 1.0, 2.0, 4.0], strata=[[0, 0, 1, 1]])
    y = [10.0, 20.0, 30.0, 40.0]
    found = quantiles(design, y, [0.0, 0.1, 0.125, 0.2, 0.25, 0.5, 0.51, 1.0]).values
    assert found.tolist() == [10, 10, 10, 20, 20, 30, 40, 40]
    middle = quantiles(design, y, [0.25, 0.5, 0.6], rule="school").values
    assert middle.tolist() == [25, 35, 40]


def test_a_bound_beyond_the_sample_is_not_a_number() -> None:
    found = quantiles(survey_design([1.0, 1.0, 1.0]), [1.0, 2.0, 3.0], [0.5])
    assert np.isnan(found.intervals).all()
    assert np.isnan(found.standard_errors).all()


def test_the_coefficient_of_variation_of_nothing_is_infinite() -> None:
    design = survey_design([1.0, 1.0, 2.0])
    mean = means(design, np.array([[1.0, -1.0], [2.0, 1.0], [3.0, 0.0]]))
    assert mean.coefficients_of_variation[0] == mean.standard_errors[0] / mean.values[0]
    assert mean.coefficients_of_variation[1] == np.inf


def test_a_ratio_with_one_denominator_equals_each_by_itself() -> None:
    sample = samples.two_stage(5)
    design, y = sample.design(), sample.values
    both = ratios(design, y, sample.weights)
    for column in range(2):
        alone = ratios(design, y[:, column], sample.weights)
        assert alone.covariance[0, 0] == both.covariance[column, column]
        assert alone.values[0] == both.values[column]


def test_a_correlation_varies_as_its_influence_function() -> None:
    # ψ = uv − r(u² + v²)/2 on standardised values (Hampel 1974).
    sample = samples.two_stage(7)
    design, factor = sample.design(), len(sample.weights) / (len(sample.weights) - 1)
    centred = sample.values - means(design, sample.values).values
    u, v = (centred / np.sqrt(variances(design, sample.values).values)).T
    found = correlations(design, sample.values)
    share = sample.weights / sample.weights.sum()
    r = float((factor * share * u * v).sum())
    psi = factor * share * (u * v - r * (u**2 + v**2) / 2)
    assert found.values[0] == pytest.approx(r, rel=1e-12)
    assert found.covariance == pytest.approx(covariance(design, psi[:, None]), rel=1e-9)
