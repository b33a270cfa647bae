"""Every figure of nhanes_expected.json, and those of synth through the general estimators."""

import json
from typing import Any

import estimation_samples as samples
import numpy as np
import pytest
import synth

from analysis.estimation.design import FloatArray, SurveyDesign
from analysis.estimation.estimates import Estimate, by_group
from analysis.estimation.independence import rao_scott_test
from analysis.estimation.means import means, ratios, totals
from analysis.estimation.proportions import Method, Sampled, proportion, proportion_interval
from benchmarks.r_survey.cases import three_stages
from benchmarks.r_survey.deviations import deviation
from benchmarks.r_survey.families import read_table

GOLD = samples.nhanes_expected()
CHOLESTEROL = samples.numbers("nhanes.csv", "HI_CHOL")


def close(value: object, tolerance: float = 1e-10) -> object:
    return pytest.approx(value, rel=tolerance, abs=0)


def answered() -> SurveyDesign:
    return samples.nhanes().observed(CHOLESTEROL)


def check(estimate: Estimate, entry: dict[str, Any]) -> None:
    assert estimate.values.tolist() == close(np.atleast_1d(entry["coef"]).tolist())
    assert estimate.standard_errors.tolist() == close(np.atleast_1d(entry["se"]).tolist())
    largest = np.max(np.abs(entry["vcov"]))
    assert np.abs(estimate.covariance - np.array(entry["vcov"])).max() < 1e-10 * largest
    if "ci95_normal" in entry:
        normal = estimate.interval(degrees_of_freedom=np.inf)
        assert normal.ravel().tolist() == close(np.ravel(entry["ci95_normal"]).tolist())


def test_every_entry_of_nhanes_is_read() -> None:
    assert set(GOLD) == {
        *(f"nhanes.{name}" for name in ("mean", "degf", "deff", "by", "by.agecat", "total")),
        *(f"nhanes.ciprop.{method}" for method in INTERVALS),
        *("nhanes.chisq", "nhanes.chisq.chisq"),
    }


def test_mean_total_and_design_effect() -> None:
    check(means(answered(), CHOLESTEROL), GOLD["nhanes.mean"])
    check(means(answered(), CHOLESTEROL), GOLD["nhanes.deff"])
    check(totals(answered(), CHOLESTEROL), GOLD["nhanes.total"])
    effect = means(answered(), CHOLESTEROL).design_effects()
    assert effect.tolist() == close([GOLD["nhanes.deff"]["deff"]])
    assert samples.nhanes().degrees_of_freedom == GOLD["nhanes.degf"]["value"]


def test_groups_with_their_covariance() -> None:
    rows = samples.table("nhanes.csv")
    crossed = [f"{sex}.{race}" for sex, race in zip(rows["RIAGENDR"], rows["race"], strict=True)]
    by_race = by_group(answered(), crossed, lambda domain: means(domain, CHOLESTEROL))
    check(by_race.joint, GOLD["nhanes.by"])
    by_age = by_group(answered(), rows["agecat"], lambda domain: means(domain, CHOLESTEROL))
    assert list(by_age.labels) == ["(0,19]", "(19,39]", "(39,59]", "(59,Inf]"]
    check(by_age.joint, GOLD["nhanes.by.agecat"])


INTERVALS: dict[Method, float] = {
    "logit": 1e-8,
    "xlogit": 1e-10,
    # R reads the bounds from a line between points of a profile; ours solve the equation.
    "likelihood": 1e-5,
    "asin": 1e-10,
    "beta": 1e-10,
    "mean": 1e-10,
}


@pytest.mark.parametrize(("method", "tolerance"), INTERVALS.items())
def test_intervals_of_a_proportion(method: Method, tolerance: float) -> None:
    entry, share = (
        GOLD[f"nhanes.ciprop.{method}"],
        proportion(answered(), CHOLESTEROL, method=method),
    )
    assert share.value == close(entry["coef"], max(tolerance, 1e-8))
    assert share.standard_error == close(entry["se"])
    assert (share.low, share.high) == close(tuple(entry["ci"]), tolerance)


def test_wilson_interval_of_a_clustered_proportion() -> None:
    # svyciprop(~I(sch.wide == "Yes"), dclus1, method = "wilson") in survey 4.5.
    schools = Sampled(
        p=160 / 183, variance=0.020359477244627402**2, rows=183, degrees_of_freedom=14
    )
    interval = proportion_interval(schools, "wilson")
    assert interval == close((0.824171513661, 0.911693452639), 1e-11)


def test_independence_of_cholesterol_and_race() -> None:
    race = samples.table("nhanes.csv")["race"]
    rows = len(samples.nhanes())
    test = rao_scott_test(answered(), CHOLESTEROL, race, sample_size=rows)
    entry = GOLD["nhanes.chisq"]
    found = test.second_order
    assert (found.statistic, found.p_value) == close((entry["statistic"], entry["p.value"]), 1e-9)
    assert [found.numerator, found.denominator] == close(entry["parameter"])
    entry = GOLD["nhanes.chisq.chisq"]
    assert (test.pearson, test.first_order) == close((entry["statistic"], entry["p.value"]), 1e-9)
    assert test.cells == entry["parameter"]


def criterion_means(wave: int) -> Estimate:
    """Estimate the mean of each unit, criterion and group, in this order."""
    rows = samples.table("synth.csv")
    now = np.array(rows["wave"]) == str(wave)
    above: list[FloatArray] = []
    below: list[FloatArray] = []
    for unit in range(1, synth.UNITS + 1):
        for _, items in synth.CRITERIA.values():
            answers = np.stack([samples.numbers("synth.csv", f"q{q + 1}") for q in items], axis=1)
            given = (~np.isnan(answers)).sum(axis=1)
            valid = now & (np.array(rows["unit"]) == f"u{unit}") & (2 * given >= len(items))
            value = np.nansum((answers - 1) / 4, axis=1) / np.maximum(given, 1)
            for group in synth.GROUPS:
                counted = valid & (given > 0) & (np.array(rows["group"]) == group)
                above.append(np.where(counted, value, 0.0))
                below.append(counted.astype(np.float64))
    return ratios(samples.synth(), np.stack(above, axis=1), np.stack(below, axis=1))


@pytest.mark.parametrize("wave", [1, 2])
def test_scores_are_contrasts_of_domain_means(wave: int) -> None:
    points = [p * float(s) for p, _ in synth.CRITERIA.values() for s in synth.SHARES]
    cells, expected = criterion_means(wave), synth.expected()
    scores = cells.contrast(np.kron(np.eye(synth.UNITS), points))
    for unit in range(1, synth.UNITS + 1):
        entry, own = expected[f"score.w{wave}.u{unit}"], slice(16 * (unit - 1), 16 * unit)
        assert cells.values[own].tolist() == close(entry["cell"])
        assert cells.standard_errors[own].tolist() == close(entry["cellse"])
        assert scores.values[unit - 1] == close(entry["est"])
        assert scores.standard_errors[unit - 1] == close(entry["se"])
    assert scores.covariance.ravel().tolist() == close(expected[f"vcov.w{wave}"]["vcov"], 1e-9)
    assert scores.degrees_of_freedom == expected["degf"]["value"]


def test_three_stage_samples_equal_r_from_means_to_rank_tests() -> None:
    expected = json.loads((samples.REFERENCE / "three_stages_expected.json").read_text())
    data = {
        f"made{number}": read_table(samples.REFERENCE / f"three_stages_{number}.csv")
        for number in (1, 6)
    }
    family = three_stages.FAMILIES[0]
    computed = family.compute(data)
    found = deviation(family, computed, expected)
    assert found.within, found.where
    assert computed.keys() == expected.keys()
