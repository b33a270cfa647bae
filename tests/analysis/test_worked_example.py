"""The figures of docs/scoring.md are those that the code computes."""

import re
from pathlib import Path

import pytest
import synth
import test_exact_points as vectors

from analysis.disclosure.suppression import LeafCount, suppress
from analysis.rounding import round_half_up
from analysis.scoring.columns import Stratum
from analysis.scoring.scoring import LeafScore, score

TEXT = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")
LISTS = tuple(Stratum(population=population) for population in (65, 60, 40, 24))


def example(rule: str) -> LeafScore:
    case = next(case for case in vectors.VECTORS["cases"] if case.get("leaf") == "SBN:5.1")
    ballots, index = vectors.rated(case, rule)
    return score(ballots, LISTS, index).units[0].leaves[0]


def test_the_table_holds_the_vector() -> None:
    case = next(case for case in vectors.VECTORS["cases"] if case.get("leaf") == "SBN:5.1")
    for group, stratum in zip(case["groups"], LISTS, strict=True):
        tally = case["groups"][group]
        n = sum(tally["counts"])
        cells = [stratum.population, n + tally["dk"], *tally["counts"], tally["dk"], n]
        weight = vectors.WEIGHTS["SBN:5.1"][group]
        assert f"| {group} | {weight} % | {' | '.join(map(str, cells))} |" in TEXT


def test_means_points_errors_and_interval_are_as_written() -> None:
    leaf = example("F-75")
    assert leaf.points is not None
    assert leaf.standard_error is not None
    assert leaf.interval is not None
    figures = [str(leaf.points), str(round_half_up(leaf.points, 6))]
    figures += [f"{round_half_up((cell.mean or 0) * 100, 4)} %" for cell in leaf.groups]
    figures += [f"{cell.standard_error or 0:.4f}" for cell in leaf.groups]
    figures += [f"{leaf.standard_error:.4f} points", f"{leaf.standard_error**2:.6f}"]
    figures.append("{:.2f} to {:.2f}".format(*leaf.interval))
    assert [figure for figure in figures if figure not in TEXT] == []
    last = 1.5 * 0.3 * (leaf.groups[3].standard_error or 0)
    assert f"{last**2:.6f} of" in TEXT


def test_the_renormalised_points_are_as_written() -> None:
    leaf = example("F-75, n_min 10, renormalise")
    assert leaf.points is not None
    assert leaf.cover == pytest.approx(0.7)
    assert f"{round_half_up(leaf.points / leaf.maximum * 100, 4)} %" in TEXT
    assert f"**{round_half_up(leaf.points, 6)}** points" in TEXT


def test_the_small_group_hides_the_group_rows_only() -> None:
    groups = {cell.group: cell.n for cell in example("F-75").groups}
    sums = (("total", ""), ("component", "5"))
    count = LeafCount(leaf="5.1", sums=sums, groups=groups, counted=sum(groups.values()))
    hidden = suppress([count], [], threshold=10)
    assert (hidden.groups, hidden.rows) == ({"5.1"}, frozenset())


def test_the_vietnamese_figures_are_the_english_ones() -> None:
    head, vietnamese = TEXT.split("### Bằng tiếng Việt")
    vietnamese = vietnamese.split("## The rules")[0]
    for figure in re.findall(r"\d+,\d+", vietnamese):
        assert figure.replace(",", ".") in head


def test_the_survey_checked_against_has_the_size_written() -> None:
    ballots, _ = synth.survey()
    people = len(set(ballots.respondent.tolist()))
    assert f"{len(ballots.unit):,} ballots of {people:,} people" in TEXT
