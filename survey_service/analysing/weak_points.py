"""Weak criteria of each unit: leaves on which it is clearly below its class."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.comparing.differences import average_difference_errors
from analysis.scoring.columns import FloatArray
from analysis.scoring.variance import covariance
from analysis.significance import holm, two_sided_p
from analysis.understanding.cells import cell_means
from analysis.understanding.leaf_values import leaf_values
from questionnaires.index import Code, UnitClass
from survey_service.analysing.basis import Basis
from survey_service.analysing.percents import PLACES
from survey_service.findings.answers import WeakPoint
from survey_service.results.figures import written
from survey_service.sheet.score_sheet import Published, Suppressed, UnitSheet

TABLE = "answers.weak_points"
LEAST_PERCENT = Fraction(5)
"""The smallest distance from the class worth telling of, in percent of the maximum."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class _Distance:
    """A unit's published percent of a leaf, that of its class, and the p-value between them."""

    leaf: Code
    percent: Fraction
    class_percent: Fraction
    p: float

    @property
    def difference(self) -> Fraction:
        return self.percent - self.class_percent


def weak_points(basis: Basis) -> Iterator[WeakPoint]:
    """Give the leaves that are at least five percent of their maximum below the class.

    Worst first. The class is the mean of its units whose points the sheet shows; the unit is
    part of it, and the error carries that. `clear` asks in addition for p < 5 %, adjusted by Holm
    over the unit's leaves; where a nominated list counts, nothing is clear.
    """
    sheets = {sheet.code: sheet for sheet in basis.analysed.sheet.units}
    for place, unit_class in basis.classes():
        found: dict[int, list[_Distance]] = {}
        for at, leaf in enumerate(unit_class.survey_leaves()):
            percents = _percents(basis, unit_class, leaf.code, sheets)
            if percents:
                errors = _errors(basis, place, at, list(percents))
                for unit, distance in _distances(basis, leaf.code, percents, errors):
                    found.setdefault(unit, []).append(distance)
        for unit in basis.analysed.members(unit_class):
            yield from _weak(basis.units[unit], found.get(unit, []))


def _weak(unit: Code, distances: Sequence[_Distance]) -> Iterator[WeakPoint]:
    adjusted = holm([one.p for one in distances])
    for one, p in sorted(
        zip(distances, adjusted, strict=True), key=lambda pair: pair[0].difference
    ):
        if one.difference <= -LEAST_PERCENT:
            yield WeakPoint(
                unit=unit,
                leaf=one.leaf,
                percent=written(one.percent, PLACES),
                class_percent=written(one.class_percent, PLACES),
                difference=written(one.difference, PLACES),
                clear=p < LEVEL,
            )


def _percents(
    basis: Basis, unit_class: UnitClass, leaf: Code, sheets: Mapping[Code, UnitSheet]
) -> dict[int, Fraction]:
    """Give the percent of the maximum that the sheet publishes, by unit."""
    found: dict[int, Fraction] = {}
    for unit in basis.analysed.members(unit_class):
        for component in sheets[basis.units[unit]].components:
            for criterion in component.criteria:
                for line in criterion.parts or (criterion,):
                    if line.code != leaf:
                        continue
                    if isinstance(line.result, Suppressed):
                        basis.clearance.hide(TABLE)
                    elif isinstance(line.result, Published):
                        points, maximum = line.result.points, line.result.maximum
                        found[unit] = 100 * Fraction(points) / Fraction(maximum)
    return found


def _errors(basis: Basis, place: int, at: int, units: Sequence[int]) -> FloatArray:
    """Give the error of each unit's distance from the mean of these units, in percent."""
    sample = basis.sample
    values = leaf_values(sample, place, at)
    cells = cell_means(sample, values.value, values.valid)
    share = np.zeros((sample.groups, sample.units))
    for unit in units:
        for cell in basis.analysed.unit(unit).leaves[at].groups:
            share[cell.group, unit] = 100 * float(cell.effective_weight)
    influence = cells.influence * share[sample.ballots.group, sample.ballots.unit]
    matrix = covariance(sample.of_units, influence)
    return average_difference_errors(matrix[np.ix_(units, units)])


def _distances(
    basis: Basis, leaf: Code, percents: Mapping[int, Fraction], errors: FloatArray
) -> Iterator[tuple[int, _Distance]]:
    average = sum(percents.values(), Fraction(0)) / len(percents)
    for (unit, percent), error in zip(percents.items(), errors.tolist(), strict=True):
        (score,) = (one for one in basis.analysed.unit(unit).leaves if one.code == leaf)
        counted = {cell.group for cell in score.groups if cell.effective_weight}
        p = two_sided_p(float(percent - average), error, score.degrees_of_freedom or 0.0)
        yield (
            unit,
            _Distance(
                leaf=leaf,
                percent=percent,
                class_percent=average,
                p=p if basis.nominated.isdisjoint(counted) else 1.0,
            ),
        )
