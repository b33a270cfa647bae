"""Small surveys for tests: ballots from rows, and a plain reading of the formulas to compare."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import (
    AnswerArray,
    Ballots,
    FloatArray,
    IndexColumns,
    LeafColumns,
    Stratum,
)

LINEAR = tuple(Fraction(4 - place, 4) for place in range(5))
ONE = Fraction(1)


def leaf(
    code: str = "1",
    *,
    maximum: int | Fraction = 1,
    weights: Sequence[int] = (100,),
    items: Sequence[Sequence[int]] | None = None,
    minimum: int = 1,
) -> LeafColumns:
    columns = [(0,)] * len(weights) if items is None else items
    return LeafColumns(
        code=code,
        maximum=Fraction(maximum),
        weights=tuple(Fraction(weight, 100) for weight in weights),
        items=tuple(tuple(own) for own in columns),
        minimum=(minimum,) * len(weights),
    )


def index(*leaves: LeafColumns, units: int = 1, columns: int = 1) -> IndexColumns:
    return IndexColumns(leaves=(leaves,), unit_class=(0,) * units, values=(LINEAR,) * columns)


def ballots(
    rows: Sequence[tuple[int, int, int, Sequence[int]]],
    *,
    strata: Sequence[int] | None = None,
    weights: Sequence[Fraction] | None = None,
    columns: int = 1,
) -> Ballots:
    """Rows of (respondent, group, unit, answers); the stratum is the group unless given."""
    table: AnswerArray = np.array(
        [row[3] for row in rows] or np.zeros((0, columns)), dtype=np.int16
    )
    return Ballots(
        respondent=np.array([row[0] for row in rows], dtype=np.int64),
        group=np.array([row[1] for row in rows], dtype=np.int64),
        unit=np.array([row[2] for row in rows], dtype=np.int64),
        stratum=np.array([row[1] for row in rows] if strata is None else strata, dtype=np.int64),
        weight=np.arange(len(rows)) if weights else np.zeros(len(rows), dtype=np.int64),
        weights=tuple(weights) if weights else (ONE,),
        answers=table,
    )


def random_survey(
    seed: int, *, groups: int = 3, units: int = 4, columns: int = 5
) -> tuple[Ballots, tuple[Stratum, ...], IndexColumns]:
    """Make a survey of two leaves with gaps, weights and people who rate several units."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[int, int, int, list[int]]] = []
    weights: list[Fraction] = []
    for respondent in range(int(rng.integers(2 * groups, 40))):
        group = respondent % groups
        weight = Fraction(int(rng.integers(1, 9)), int(rng.integers(1, 7)))
        for unit in rng.permutation(units)[: int(rng.integers(1, units + 1))].tolist():
            rows.append((respondent, group, unit, rng.integers(-3, 6, columns).tolist()))
            weights.append(weight)
    leaves = (
        leaf("1", maximum=20, weights=(50, 30, 20), items=((0, 1, 2), (1, 2), (0, 1, 2))),
        leaf("2", maximum=10, weights=(60, 40, 0), items=((3, 4), (4,), ())),
    )
    strata = tuple(Stratum(population=None if g else 500) for g in range(groups))
    return (
        ballots(rows, weights=weights, columns=columns),
        strata,
        index(*leaves, units=units, columns=columns),
    )


def plain_scores(ballots: Ballots, index: IndexColumns) -> list[dict[int, Fraction | None]]:
    """Read off, per respondent row, the leaf scores x by the definition, leaf by leaf."""
    scores: list[dict[int, Fraction | None]] = []
    for row in range(len(ballots.unit)):
        group, own = int(ballots.group[row]), dict[int, Fraction | None]()
        for place, one in enumerate(index.leaves[0]):
            codes = [int(ballots.answers[row, column]) for column in one.items[group]]
            given = [index.values[0][code - 1] for code in codes if code > 0]
            asked = sum(code != -3 for code in codes)
            enough = 2 * len(given) >= asked if index.half_rule else True
            own[place] = sum(given, Fraction(0)) / len(given) if given and enough else None
        scores.append(own)
    return scores


def plain_points(
    ballots: Ballots, index: IndexColumns
) -> tuple[list[Fraction | None], list[FloatArray]]:
    """Give points per unit and each ballot's influence z per unit, straight from the formulas.

    The minimum counts are 1, so that only empty groups fall out.
    """
    x, points, influence = plain_scores(ballots, index), list[Fraction | None](), list[FloatArray]()
    for unit in range(len(index.unit_class)):
        total, measured = Fraction(0), Fraction(0)
        z = np.zeros(len(ballots.unit))
        for place, one in enumerate(index.leaves[0]):
            rows = {
                group: [
                    row
                    for row in range(len(ballots.unit))
                    if ballots.unit[row] == unit
                    and ballots.group[row] == group
                    and x[row][place] is not None
                ]
                for group in range(len(one.weights))
            }
            cover = sum((one.weights[g] for g, own in rows.items() if own), Fraction(0))
            if cover < Fraction(1, 2):
                continue
            measured += one.maximum
            for group, own in rows.items():
                if not own or not one.weights[group]:
                    continue
                weight = {row: ballots.weights[int(ballots.weight[row])] for row in own}
                base = sum(weight.values(), Fraction(0))
                mean = sum((weight[row] * (x[row][place] or 0) for row in own), Fraction(0)) / base
                share = one.maximum * one.weights[group] / cover
                total += share * mean
                for row in own:
                    z[row] += float(share * weight[row] * ((x[row][place] or 0) - mean) / base)
        whole = sum((one.maximum for one in index.leaves[0]), Fraction(0))
        points.append(total * whole / measured if measured else None)
        influence.append(z * float(whole / measured) if measured else z)
    return points, influence


def plain_covariance(
    ballots: Ballots, strata: Sequence[Stratum], influence: Sequence[FloatArray]
) -> FloatArray:
    """Give V_uu' from dense per-respondent totals; every stratum has two respondents or more."""
    units = len(influence)
    matrix = np.zeros((units, units))
    for h, stratum in enumerate(strata):
        people = sorted(set(ballots.respondent[ballots.stratum == h].tolist()))
        if not people:
            continue
        t = np.array([[z[ballots.respondent == j].sum() for z in influence] for j in people])
        n = len(people)
        away = t - t.mean(axis=0)
        factor = (1 - n / stratum.population if stratum.population else 1.0) * n / (n - 1)
        for u in range(units):
            for v in range(units):
                matrix[u, v] += factor * (away[:, u] * away[:, v]).sum()
    return matrix
