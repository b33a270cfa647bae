"""What is published of one leaf over a class of units, as equations for the cells it hides.

A cell is a unit and a group; its unknowns are the mean and the number of its valid ballots. Where
the sheet hides the group rows of a unit, the unit's points are an equation for its cells, and a
row about the class is another. A combination of many leaves (a component, the satisfaction index)
is, leaf by leaf, a combination of these; so if no combination here tells of few people, none
there does. To be safe the points of a hidden leaf are taken as known, unless they rest on few
people themselves: such a leaf must not follow from the rest of a sum, so class rows must never
give the points, or the number of ballots, of another leaf that is hidden to cover it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.disclosure.narrow_sets import follows, tells_of_few
from analysis.scoring.scores import LeafScore
from analysis.understanding.leaf_values import leaf_values
from questionnaires.index import Code, UnitClass
from survey_service.analysing.basis import Basis

Cell = tuple[int, int]
"""Unit and group, by their places."""
Equation = Mapping[Cell, Fraction | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """A figure about a class as equations: for the means, and for the numbers behind it if told."""

    means: Equation
    numbers: Equation | None = None


class LeafEquations:
    """The equations of one leaf over the units of a class; rows about the class are let in."""

    def __init__(self, basis: Basis, place: int, unit_class: UnitClass, code: Code) -> None:
        self._threshold = basis.clearance.threshold
        self._at = next(
            at for at, leaf in enumerate(unit_class.survey_leaves()) if leaf.code == code
        )
        self.scores = {
            unit: basis.analysed.unit(unit).leaves[self._at]
            for unit in basis.analysed.members(unit_class)
        }
        self._hidden = [
            unit for unit in self.scores if not basis.clearance.shows_groups(unit, code)
        ]
        self._n = {
            (unit, cell.group): cell.n
            for unit in self._hidden
            for cell in self.scores[unit].groups
            if cell.n
        }
        self._people = self._few(basis, place) if self._n else {}
        wide = [unit for unit in self._hidden if self._is_wide(self.scores[unit])]
        self._points = [_points(unit, self.scores[unit]) for unit in wide]
        self._numbers: list[Equation] = [
            {cell: 1 for cell in self._n if cell[0] == unit} for unit in wide
        ]
        self._covering = [
            number for number, unit in enumerate(wide) if not basis.clearance.shows_leaf(unit, code)
        ]
        self._rows: list[ClassRow] = []

    def over(self, units: Iterable[int], groups: Sequence[int]) -> dict[Cell, int]:
        """Give the hidden cells of these units and groups that hold ballots, each once."""
        chosen = set(units)
        return {cell: 1 for cell in self._n if cell[0] in chosen and cell[1] in groups}

    def by_number(self, groups: Sequence[int]) -> dict[Cell, int]:
        """Give the hidden cells of these groups, each by its ballots."""
        return {cell: n for cell, n in self._n.items() if cell[1] in groups}

    def allows(self, rows: Sequence[ClassRow]) -> bool:
        """Tell whether rows about the class may stand beside all that was let in."""
        means = [row.means for row in (*self._rows, *rows)]
        if not self._n:
            return True
        numbers = [row.numbers for row in (*self._rows, *rows) if row.numbers is not None]
        return not (
            tells_of_few([*self._points, *means], self._people, threshold=self._threshold)
            or tells_of_few([*self._numbers, *numbers], self._people, threshold=self._threshold)
            or any(
                follows([*_all_but(known, number), *told], known[number])
                for known, told in ((self._points, means), (self._numbers, numbers))
                for number in self._covering
            )
        )

    def let_in(self, rows: Sequence[ClassRow]) -> None:
        """Count rows among what is published."""
        self._rows += rows

    def _is_wide(self, score: LeafScore) -> bool:
        counted = sum(cell.n for cell in score.groups if cell.effective_weight)
        return score.points is not None and counted >= self._threshold

    def _few(self, basis: Basis, place: int) -> dict[Cell, frozenset[int]]:
        """Find who is behind the hidden cells of fewer ballots than the threshold."""
        sample = basis.sample
        valid = np.flatnonzero(leaf_values(sample, place, self._at).valid)
        order = np.argsort(sample.cell[valid], kind="stable")
        cells = sample.cell[valid][order]
        respondents = sample.ballots.respondent[valid][order]
        found: dict[Cell, frozenset[int]] = {}
        for (unit, group), n in self._n.items():
            if n < self._threshold:
                first = int(np.searchsorted(cells, group * sample.units + unit))
                found[unit, group] = frozenset(respondents[first : first + n].tolist())
        return found


def _points(unit: int, score: LeafScore) -> Equation:
    return {
        (unit, cell.group): cell.effective_weight
        for cell in score.groups
        if cell.n and cell.effective_weight
    }


def _all_but(equations: Sequence[Equation], number: int) -> Iterator[Equation]:
    yield from (one for other, one in enumerate(equations) if other != number)
