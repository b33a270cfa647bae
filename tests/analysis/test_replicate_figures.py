"""Replicate weights against what R survey gave for the same people."""

import people
import pytest
from numpy.testing import assert_allclose

from analysis.estimation.calibration import calibrate
from analysis.estimation.distances import logit
from analysis.estimation.jackknife import jackknife
from analysis.estimation.raking import rake
from analysis.estimation.replicates import Replicates


def figures(replicates: Replicates) -> list[float]:
    found: list[float] = []
    for each in (
        replicates.means(people.Y),
        replicates.totals(people.Y),
        replicates.domain(people.INSIDE).means(people.Y),
        replicates.ratios(people.Y, people.X),
    ):
        found += [float(each.values[0]), float(each.standard_errors[0])]
    return found


@pytest.mark.parametrize("name", ["jk1", "jkn", "jkn_mse"])
def test_jackknife_figures_equal_those_of_r(name: str) -> None:
    design = people.one_stage() if name == "jk1" else people.clusters()
    replicates = jackknife(design, mse=name == "jkn_mse")
    assert_allclose(figures(replicates), people.expected()[name], rtol=1e-9)


def test_raking_and_calibrating_each_replicate_equals_r() -> None:
    replicates = jackknife(people.clusters())
    raked = replicates.adjusted(lambda w: rake(w, people.three_margins()[:2]).weights)
    assert_allclose(figures(raked), people.expected()["jkn_raked"], rtol=1e-9)
    fitted = replicates.adjusted(lambda w: calibrate(w, *people.model(), distance=logit()).weights)
    assert_allclose(figures(fitted), people.expected()["jkn_logit"], rtol=1e-9)


def test_degrees_of_freedom_are_the_rank_less_one() -> None:
    found = [jackknife(each).degrees_of_freedom for each in (people.clusters(), people.one_stage())]
    assert found == people.expected()["degrees"]
