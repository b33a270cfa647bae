"""Scoring a million answers, against a plain scorer that only takes float means."""

import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from statistics import median

import numpy as np

from analysis.scoring.columns import Ballots, FloatArray, IndexColumns, LeafColumns, Stratum
from analysis.scoring.scoring import Scores, score
from analysis.standing.ranking import rank_sets

UNITS, GROUPS, LEAVES, ITEMS, OPTIONS = 40, 6, 8, 5, 5
BALLOTS, PER_PERSON, REPEATS = 25_000, 4, 7


def generate(ballots: int = BALLOTS) -> tuple[Ballots, tuple[Stratum, ...], IndexColumns]:
    """Make ballots of people who rate up to four of forty units, 6 % of the answers missing."""
    rng = np.random.default_rng(7)
    load = rng.integers(1, PER_PERSON + 1, ballots)
    respondent = np.repeat(np.arange(ballots), load)[:ballots]
    first = rng.integers(0, UNITS, ballots)
    place = np.arange(ballots) - np.searchsorted(respondent, respondent)
    group = rng.integers(0, GROUPS, ballots)[respondent]
    unit = (first[respondent] + place) % UNITS
    answers = rng.integers(1, OPTIONS + 1, (ballots, LEAVES * ITEMS))
    answers[rng.random(answers.shape) < 0.06] = 0
    columns = Ballots(
        respondent=respondent,
        stratum=group,
        group=group,
        unit=unit,
        weight=rng.integers(0, 20, ballots)[respondent] * (group == 0),
        weights=tuple(Fraction(population, 33) for population in range(100, 120)),
        answers=answers.astype(np.int16),
    )
    leaf = tuple(
        LeafColumns(
            code=f"{place}",
            maximum=Fraction(30, LEAVES),
            weights=(Fraction(1, GROUPS),) * GROUPS,
            items=(tuple(range(place * ITEMS, (place + 1) * ITEMS)),) * GROUPS,
            minimum=(5,) * GROUPS,
        )
        for place in range(LEAVES)
    )
    values = tuple(Fraction(OPTIONS - 1 - option, OPTIONS - 1) for option in range(OPTIONS))
    index = IndexColumns(
        leaves=(leaf,), unit_class=(0,) * UNITS, values=(values,) * (LEAVES * ITEMS)
    )
    return columns, (Stratum(population=100_000),) * GROUPS, index


def float_means(ballots: Ballots, index: IndexColumns) -> FloatArray:
    """Score by float means alone, without errors or rules: what a first script would do."""
    value = np.array([0.0, *map(float, index.values[0])])
    weight = np.array([float(one) for one in ballots.weights])[ballots.weight]
    given = (ballots.answers > 0).reshape(-1, LEAVES, ITEMS).sum(axis=2)
    x = value[ballots.answers].reshape(-1, LEAVES, ITEMS).sum(axis=2) / np.maximum(given, 1)
    points = np.zeros(UNITS)
    for leaf in range(LEAVES):
        known = given[:, leaf] > 0
        place = (ballots.group * UNITS + ballots.unit)[known]
        total = np.bincount(place, (weight * x[:, leaf])[known], GROUPS * UNITS)
        base = np.bincount(place, weight[known], GROUPS * UNITS)
        points += 30 / LEAVES * (total / base).reshape(GROUPS, UNITS).mean(axis=0)
    return points


def seconds(work: Callable[[], object]) -> float:
    """Time a piece of work: the median of several runs after a warm-up."""
    work()
    times: list[float] = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def run() -> list[tuple[str, float, str]]:
    """Measure scoring, its ratio to float means, and rank sets, as (name, figure, unit)."""
    ballots, strata, index = generate()
    result: Scores = score(ballots, strata, index)
    points = np.array([float(unit.points or 0) for unit in result.units])
    lenient = score(ballots, strata, replace(index, half_rule=False))
    exact = [float(unit.points or 0) for unit in lenient.units]
    if not np.allclose(exact, float_means(ballots, index), rtol=1e-12):
        raise AssertionError("the scorer and the float means disagree")
    ours = seconds(lambda: score(ballots, strata, index))
    plain = seconds(lambda: float_means(ballots, index))
    ranks = seconds(lambda: rank_sets(points, result.covariance, seed=7))
    return [
        ("score 1,000,000 answers, 40 units, exact with covariance", ours, "s"),
        ("the same by float means only", plain, "s"),
        ("ratio of the two", ours / plain, "×"),
        ("rank sets of 40 units, 10,000 draws", ranks, "s"),
    ]


if __name__ == "__main__":
    for name, figure, unit in run():
        print(f"{name:60} {figure:8.3f} {unit}")
