"""Adjusted weights and their errors, against what R survey gave for the same people."""

import people
import pytest
from numpy.testing import assert_allclose

from analysis.estimation.calibration import calibrate
from analysis.estimation.design import FloatArray, SurveyDesign
from analysis.estimation.distances import Distance, bounded_linear, linear, logit, raking
from analysis.estimation.margins import margin
from analysis.estimation.means import means, ratios, totals
from analysis.estimation.post_stratification import post_stratify
from analysis.estimation.raking import rake
from analysis.estimation.trimming import trim


def figures(design: SurveyDesign) -> list[float]:
    found: list[float] = []
    for each in (
        means(design, people.Y),
        totals(design, people.Y),
        means(design.domain(people.INSIDE), people.Y),
        ratios(design, people.Y, people.X),
    ):
        found += [float(each.values[0]), float(each.standard_errors[0])]
    return found


def agree(found: list[float] | FloatArray, name: str) -> None:
    assert_allclose(found, people.expected()[name], rtol=1e-9)


def test_post_stratified_figures_equal_those_of_r() -> None:
    design = people.clusters()
    fitted = post_stratify(design.weights, people.three_margins()[0])
    agree(figures(design.adjusted(fitted.weights, fitted.step)), "post_stratified")


def test_raked_figures_equal_those_of_r_calibrate() -> None:
    design = people.clusters()
    fitted = rake(design.weights, people.three_margins())
    agree(figures(design.adjusted(fitted.weights, fitted.step)), "raked")


def test_raked_figures_with_sweeps_equal_those_of_r_rake() -> None:
    design = people.clusters()
    fitted = rake(design.weights, people.three_margins(), residuals="sweeps")
    agree(figures(design.adjusted(fitted.weights, fitted.step)), "raked_by_sweeps")


@pytest.mark.parametrize(
    ("name", "distance"),
    [
        ("linear", linear()),
        ("exponential", raking()),
        ("logit", logit()),
        ("bounded_linear", bounded_linear((0.6, 1.4))),
    ],
)
def test_calibrated_figures_equal_those_of_r(name: str, distance: Distance) -> None:
    design = people.clusters()
    fitted = calibrate(design.weights, *people.model(), distance=distance)
    agree(figures(design.adjusted(fitted.weights, fitted.step)), name)


def test_two_adjustments_after_each_other_equal_those_of_r() -> None:
    design = people.clusters()
    ages, sexes, areas = people.three_margins()
    first = rake(design.weights, (ages, sexes))
    second = post_stratify(first.weights, areas)
    twice = design.adjusted(first.weights, first.step).adjusted(second.weights, second.step)
    agree(figures(twice), "raked_then_post_stratified")


def test_weights_trimmed_once_equal_those_of_r() -> None:
    agree(trim(people.W, lower=4, upper=11, strict=False).weights, "trimmed")


def test_raking_one_margin_is_post_stratification() -> None:
    classes = margin("age", people.AGE, people.AGES)
    raked, post = rake(people.W, (classes,)), post_stratify(people.W, classes)
    assert_allclose(raked.weights, post.weights, rtol=1e-14)
    values = people.Y[:, None] * post.weights[:, None]
    assert_allclose(raked.step.residuals(values), post.step.residuals(values), atol=1e-9)
