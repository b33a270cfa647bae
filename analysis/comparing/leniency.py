"""The points as they would be if no rater were milder or stricter than the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import (
    NOT_ASKED,
    Ballots,
    BoolArray,
    FloatArray,
    IndexColumns,
    IntArray,
    LeafColumns,
)
from analysis.scoring.scores import Scores, UnitScore
from analysis.scoring.variance import sum_by

LEAST_UNITS = 2
"""A rater of one unit: nobody can tell a mild rater from a good unit."""
_PLACES = 9
"""Sums that vanish in theory leave 1e-17 behind, which must not turn a rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """The ballots of one group on one leaf that count: rows, their scores, and their units."""

    leaf: int
    maximum: float
    group: int
    rows: IntArray
    score: FloatArray


def leniency(ballots: Ballots, index: IndexColumns, scores: Scores) -> FloatArray:
    """Give each respondent's leniency, shape (respondents,), in shares of the maximum.

    It is the mean, over the units that a person rated, of how far they are above their group's
    mean on that unit, leaves by their points; 0 for who rated fewer than two units. Where
    everybody rates the same units this is centring each rater on their own mean; where they
    rate subsets it does not take a rater of good units for a mild one.
    """
    return _leniency(ballots, list(_cells(ballots, index, scores)), scores)


def without_leniency(
    ballots: Ballots, index: IndexColumns, scores: Scores
) -> tuple[UnitScore, ...]:
    """Give the units' points with every rater's leniency taken off each of their scores."""
    cells = list(_cells(ballots, index, scores))
    mild = _leniency(ballots, cells, scores)[ballots.respondent]
    weight = np.array([float(one) for one in ballots.weights])[ballots.weight]
    units = len(scores.units)
    shifts: list[dict[int, float]] = [{} for _ in range(units)]
    for cell in cells:
        unit, own = ballots.unit[cell.rows], weight[cell.rows]
        base = sum_by(unit, own, units)
        mean = sum_by(unit, own * mild[cell.rows], units) / np.where(base > 0, base, 1.0)
        for place in np.flatnonzero(base > 0).tolist():
            share = _share(scores.units[place], cell.leaf, cell.group)
            shift = shifts[place].get(cell.leaf, 0.0)
            shifts[place][cell.leaf] = shift - cell.maximum * share * float(mean[place])
    return tuple(_shifted(unit, shifts[unit.unit]) for unit in scores.units)


def _leniency(ballots: Ballots, cells: Sequence[_Cell], scores: Scores) -> FloatArray:
    above, base = np.zeros(len(ballots.unit)), np.zeros(len(ballots.unit))
    for cell in cells:
        mean = _means(scores, cell)[ballots.unit[cell.rows]]
        above[cell.rows] += cell.maximum * (cell.score - mean)
        base[cell.rows] += cell.maximum
    rated = np.flatnonzero(base > 0)
    people = int(ballots.respondent.max(initial=-1)) + 1
    person = ballots.respondent[rated]
    many = np.bincount(person, minlength=people)
    total = sum_by(person, above[rated] / base[rated], people)
    return np.where(many >= LEAST_UNITS, total / np.maximum(many, 1), 0.0)


def _cells(ballots: Ballots, index: IndexColumns, scores: Scores) -> Iterator[_Cell]:
    unit_class = np.asarray(index.unit_class, dtype=np.int64)[ballots.unit]
    for place, leaves in enumerate(index.leaves):
        for number, leaf in enumerate(leaves):
            for group, items in enumerate(leaf.items):
                counts = _counts(scores, index, place, number, group)
                rows = np.flatnonzero(
                    (unit_class == place) & (ballots.group == group) & counts[ballots.unit]
                )
                if items and rows.size:
                    score, valid = _read(ballots, index, leaf, group, rows)
                    yield _Cell(
                        leaf=number,
                        maximum=float(leaf.maximum),
                        group=group,
                        rows=rows[valid],
                        score=score[valid],
                    )


def _read(
    ballots: Ballots, index: IndexColumns, leaf: LeafColumns, group: int, rows: IntArray
) -> tuple[FloatArray, BoolArray]:
    total = np.zeros(rows.size)
    answered, asked = (np.zeros(rows.size, dtype=np.int64) for _ in range(2))
    for column in leaf.items[group]:
        code = ballots.answers[rows, column]
        worth = np.array([0.0, *map(float, index.values[column])])
        total += worth[np.maximum(code, 0)]
        answered += code >= 1
        asked += code != NOT_ASKED
    enough = 2 * answered >= asked if index.half_rule else answered > 0
    return total / np.maximum(answered, 1), (answered > 0) & enough


def _counts(
    scores: Scores, index: IndexColumns, unit_class: int, leaf: int, group: int
) -> BoolArray:
    return np.array(
        [
            owner == unit_class and _share(scores.units[unit], leaf, group) > 0
            for unit, owner in enumerate(index.unit_class)
        ],
        dtype=np.bool_,
    )


def _share(unit: UnitScore, leaf: int, group: int) -> float:
    for cell in unit.leaves[leaf].groups:
        if cell.group == group:
            return float(cell.effective_weight)
    return 0.0


def _means(scores: Scores, of: _Cell) -> FloatArray:
    means = np.zeros(len(scores.units))
    for unit in scores.units:
        if of.leaf < len(unit.leaves):
            for cell in unit.leaves[of.leaf].groups:
                if cell.group == of.group and cell.mean is not None:
                    means[unit.unit] = float(cell.mean)
    return means


def _shifted(unit: UnitScore, shifts: dict[int, float]) -> UnitScore:
    if unit.points is None:
        return unit
    leaves = tuple(
        leaf
        if leaf.points is None
        else replace(leaf, points=leaf.points + Fraction(round(shifts.get(place, 0.0), _PLACES)))
        for place, leaf in enumerate(unit.leaves)
    )
    total = sum((leaf.points for leaf in leaves if leaf.points is not None), Fraction(0))
    return replace(unit, leaves=leaves, points=total * unit.maximum / unit.measured)
