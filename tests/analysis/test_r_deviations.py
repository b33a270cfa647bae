"""How the comparison with R measures, without R."""

import subprocess
import sys

import numpy as np

from benchmarks.r_survey.deviations import deviation, relative
from benchmarks.r_survey.families import Data, Family, Figures


def computed(data: Data) -> Figures:
    return {
        "svymean(~y, d)": {"coef": [2.0, data["t"]["y"][0]], "vcov": [[4.0, 1e-9], [1e-9, 9.0]]}
    }


FAMILY = Family(name="means", tolerance=1e-10, compute=computed)
OURS = computed({"t": {"y": np.array([3.0])}})


def test_equal_figures_are_counted_and_within() -> None:
    theirs = {"svymean(~y, d)": {"coef": [2.0, 3.0], "vcov": [4.0, 1.1e-9, 1.1e-9, 9.0]}}
    found = deviation(FAMILY, OURS, theirs)
    assert (found.figures, found.within) == (6, True)


def test_a_figure_that_is_off_is_named() -> None:
    theirs = {"svymean(~y, d)": {"coef": [2.0, 3.3], "vcov": [4.0, 0.0, 0.0, 9.0]}}
    found = deviation(FAMILY, OURS, theirs)
    assert not found.within
    assert found.where == "svymean(~y, d) · coef"


def test_what_one_side_lacks_is_infinitely_far() -> None:
    assert deviation(FAMILY, OURS, {}).largest == np.inf
    assert relative([1.0, 2.0], [1.0], matrix=False) == np.inf
    assert relative([1.0, np.nan], [1.0, 2.0], matrix=False) == np.inf
    assert relative([1.0, np.nan], [1.0, None], matrix=False) == 0.0


def test_without_r_the_comparison_fails_and_says_what_to_install() -> None:
    command = [sys.executable, "-m", "benchmarks.r_survey", "estimates"]
    ended = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "r-cran-survey" in ended.stderr
