"""Every figure of reference/synth_expected.json, to 1e-10 relative (counts exactly)."""

from functools import cache

import numpy as np
import pytest
import synth

from analysis.comparing.changes import linked_covariance
from analysis.comparing.differences import difference_errors
from analysis.scoring.columns import FloatArray
from analysis.scoring.design import Design, design_of
from analysis.scoring.jackknife import jackknife_variance
from analysis.scoring.scoring import Scores, score
from analysis.scoring.unit_means import UnitMeans, item_values, unit_means

EXPECTED = synth.expected()
WAVES, UNITS = (1, 2), range(1, synth.UNITS + 1)


def close(value: object) -> object:
    return pytest.approx(value, rel=1e-10, abs=0)


def place(wave: int, unit: int) -> int:
    return (wave - 1) * synth.UNITS + unit - 1


@cache
def scored() -> Scores:
    ballots, strata = synth.survey()
    return score(ballots, strata, synth.index())


@cache
def design() -> Design:
    ballots, strata = synth.survey()
    return design_of(ballots, strata, 2 * synth.UNITS)


def points() -> FloatArray:
    return np.array([float(unit.points or 0) for unit in scored().units])


def of(group: str, column: int, worth: tuple[float, ...]) -> UnitMeans:
    ballots, _ = synth.survey()
    value, valid = item_values(ballots, column, worth)
    mine = ballots.group == synth.GROUPS.index(group)
    return unit_means(ballots, design(), value, valid & mine)


def of_criterion(group: str, items: tuple[int, ...]) -> UnitMeans:
    ballots, _ = synth.survey()
    answers = ballots.answers[:, list(items)]
    given = (answers > 0).sum(axis=1)
    value = np.where(answers > 0, (5 - answers) / 4, 0).sum(axis=1) / np.maximum(given, 1)
    mine = ballots.group == synth.GROUPS.index(group)
    return unit_means(ballots, design(), value, mine & (2 * given >= len(items)) & (given > 0))


def test_no_expected_figure_is_left_unread() -> None:
    kinds = {name.split(".")[0] for name in EXPECTED}
    read = {"score", "change", "diff", "vcov", "jackknife", "nofpc", "cell", "by", "item", "top2"}
    assert kinds == read | {"degf"}


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("unit", UNITS)
def test_scores_and_their_cells(wave: int, unit: int) -> None:
    entry, own = EXPECTED[f"score.w{wave}.u{unit}"], scored().units[place(wave, unit)]
    cells = [cell for leaf in own.leaves for cell in leaf.groups]
    assert float(own.points or 0) == close(entry["est"])
    assert own.standard_error == close(entry["se"])
    assert [float(cell.mean or 0) for cell in cells] == close(entry["cell"])
    assert [cell.standard_error for cell in cells] == close(entry["cellse"])


@pytest.mark.parametrize("wave", WAVES)
def test_covariances_and_differences_of_units(wave: int) -> None:
    own = slice(place(wave, 1), place(wave, synth.UNITS) + 1)
    matrix = scored().covariance[own, own]
    assert matrix.ravel().tolist() == close(EXPECTED[f"vcov.w{wave}"]["vcov"])
    errors, score_points = difference_errors(matrix), points()[own]
    for one in UNITS:
        for other in range(one + 1, synth.UNITS + 1):
            entry = EXPECTED[f"diff.w{wave}.u{one}-u{other}"]
            # A difference of two scores keeps fewer digits than the scores themselves.
            assert score_points[one - 1] - score_points[other - 1] == pytest.approx(
                entry["est"], abs=1e-12
            )
            assert errors[one - 1, other - 1] == close(entry["se"])


def test_changes_of_returning_respondents() -> None:
    before, after = [place(1, unit) for unit in UNITS], [place(2, unit) for unit in UNITS]
    errors = np.sqrt(np.diagonal(linked_covariance(scored().covariance, before, after)))
    for unit in UNITS:
        entry = EXPECTED[f"change.u{unit}"]
        assert points()[after[unit - 1]] - points()[before[unit - 1]] == close(entry["est"])
        assert errors[unit - 1] == close(entry["se"])


def test_error_without_population_and_by_jackknife() -> None:
    ballots, strata = synth.survey()
    unlisted, index = synth.unlisted(strata), synth.index()
    plain = score(ballots, unlisted, index)
    assert plain.units[0].standard_error == close(EXPECTED["nofpc.score.w1.u1"]["se"])
    variance = jackknife_variance(ballots, unlisted, index, plain, 0)
    assert variance**0.5 == close(EXPECTED["jackknife.score.w1.u1"]["se"])


def test_group_means_items_and_shares() -> None:
    cell, entry = of_criterion("citizen", (0, 1, 2)), EXPECTED["cell.1.u1.citizen.c1"]
    assert (cell.mean[0], cell.standard_error[0]) == close((entry["est"], entry["se"]))
    assert cell.design_effect[0] == close(entry["deff"])
    by, entry = of_criterion("expert", (0, 1, 2)), EXPECTED["by.2.expert.c1"]
    assert by.mean[8:].tolist() == close(entry["est"])
    assert by.covariance[8:, 8:].ravel().tolist() == close(entry["vcov"])
    for name, worth in (("item", (5, 4, 3, 2, 1)), ("top2", (1, 1, 0, 0, 0))):
        item, entry = of("citizen", 0, worth), EXPECTED[f"{name}.1.u1.citizen.q1"]
        assert (item.mean[0], item.standard_error[0]) == close((entry["est"], entry["se"]))


def test_degrees_of_freedom_of_the_design() -> None:
    assert design().degrees_of_freedom == EXPECTED["degf"]["value"]
