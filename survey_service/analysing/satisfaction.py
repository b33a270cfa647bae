"""The satisfaction index both ways: share of satisfied answers, and mean over maximum.

It is made of the leaves that service users alone are asked about on a satisfaction scale, scored
as an index of their own: so it agrees with the sheet, and its errors carry all covariances. Users
together weigh as the index weighs them: their mean is a sum of leaves that the sheet shows, their
share an equation in both groups that tells of neither. A single group needs every group row; over
the class it may stand for all units on which it counts, where `class_rows` lets it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import msgspec
import numpy as np

from analysis.intervals import interval
from analysis.scoring.columns import IndexColumns
from analysis.scoring.scores import Scores, UnitScore
from analysis.scoring.scoring import score
from questionnaires.index import Code, UnitClass
from survey_service.analysing.basis import Basis
from survey_service.analysing.class_rows import ClassRows
from survey_service.analysing.percents import percent, percent_interval
from survey_service.analysing.service_users import satisfaction_leaves, service_users
from survey_service.findings.answers import SatisfactionLine
from survey_service.findings.terms import Interval

TABLE = "answers.satisfaction"
ROUNDED_TO = 10


def satisfaction(basis: Basis, rows: ClassRows) -> Iterator[SatisfactionLine]:
    """Give each class with satisfaction leaves: users together, then group by group."""
    users = service_users(basis)
    leaves = {
        place: found
        for place, unit_class in basis.classes()
        if (found := satisfaction_leaves(basis, unit_class, users))
    }
    if not leaves:
        return
    index = _satisfaction_index(basis, leaves)
    lines = _Lines(basis, _score_both(basis, index), None, rows)
    groups = {group: _of_group(index, group) for group in sorted(users) if len(users) > 1}
    parts = [_Lines(basis, _score_both(basis, one), group, rows) for group, one in groups.items()]
    for place, unit_class in basis.classes():
        if place in leaves:
            yield from lines.of_class(unit_class)
            for part in parts:
                if part.group is not None and _is_asked(groups[part.group], place):
                    yield from part.of_class(unit_class)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Both:
    top_two: Scores
    mean: Scores


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of one group, or of all users together."""

    basis: Basis
    both: _Both
    group: int | None
    rows: ClassRows

    def of_class(self, unit_class: UnitClass) -> Iterator[SatisfactionLine]:
        """Give the class over the units that may be shown, and every unit."""
        members = self.basis.analysed.members(unit_class)
        shown = [unit for unit in members if self._is_shown(unit)]
        together = self._together(unit_class) or shown
        yield self._class_line(unit_class, together, len(members))
        if shown or self.group is None:
            for unit in members:
                yield self._unit_line(unit_class, unit, shown=unit in shown)

    def _together(self, unit_class: UnitClass) -> Sequence[int]:
        if self.group is None:
            return ()
        return self.rows.satisfaction.get((unit_class.code, self.group), ())

    def _is_shown(self, unit: int) -> bool:
        clearance, one = self.basis.clearance, self.both.mean.units[unit]
        shows = clearance.shows_leaf if self.group is None else clearance.shows_groups
        return (
            one.points is not None
            and one.measured == one.maximum
            and clearance.is_enough(_base(one))
            and all(shows(unit, leaf.code) for leaf in one.leaves)
        )

    def _unit_line(self, unit_class: UnitClass, unit: int, *, shown: bool) -> SatisfactionLine:
        one, top = self.both.mean.units[unit], self.both.top_two.units[unit]
        line = self._empty(unit_class, self.basis.units[unit])
        if not shown:
            # That a single group could not be measured would tell how few it was.
            hidden = one.points is not None or self.group is not None
            if hidden:
                self.basis.clearance.hide(TABLE, "complementary")
            return msgspec.structs.replace(
                line, missing="suppressed" if hidden else "not_measurable"
            )
        return msgspec.structs.replace(
            line,
            n=_base(one),
            top_two=percent(_share(top)),
            top_two_interval=self._interval([unit], self.both.top_two),
            mean_of_maximum=percent(_share(one)),
            mean_interval=self._interval([unit], self.both.mean),
        )

    def _class_line(self, unit_class: UnitClass, units: Sequence[int], of: int) -> SatisfactionLine:
        line = msgspec.structs.replace(self._empty(unit_class, None), units=len(units), of=of)
        if not units:
            self.basis.clearance.hide(TABLE, "complementary")
            return msgspec.structs.replace(line, missing="suppressed")
        n = sum(_base(self.both.mean.units[unit]) for unit in units)
        told = all(self._is_shown(unit) for unit in units)
        return msgspec.structs.replace(
            line,
            # Beside the numbers of an item's answers the exact one would tell of the other units.
            n=n if told else n // ROUNDED_TO * ROUNDED_TO,
            top_two=percent(_average(units, self.both.top_two)),
            top_two_interval=self._interval(units, self.both.top_two),
            mean_of_maximum=percent(_average(units, self.both.mean)),
            mean_interval=self._interval(units, self.both.mean),
        )

    def _empty(self, unit_class: UnitClass, unit: Code | None) -> SatisfactionLine:
        return SatisfactionLine(
            unit_class=unit_class.code,
            unit=unit,
            group=None if self.group is None else self.basis.groups[self.group],
            n=None,
            top_two=None,
            top_two_interval=None,
            mean_of_maximum=None,
            mean_interval=None,
        )

    def _interval(self, units: Sequence[int], scores: Scores) -> Interval | None:
        """Give the interval of the mean of the units; none where a list was nominated."""
        own = [scores.units[unit] for unit in units]
        counted = {
            cell.group
            for unit in own
            for leaf in unit.leaves
            for cell in leaf.groups
            if cell.effective_weight
        }
        if not self.basis.nominated.isdisjoint(counted):
            return None
        maximum = float(own[0].maximum)
        parts = [float(scores.covariance[unit, unit]) / len(units) ** 2 for unit in units]
        variance = float(np.cumsum(scores.covariance[np.ix_(units, units)])[-1]) / len(units) ** 2
        squares = sum(
            part * part / (unit.degrees_of_freedom or 1.0)
            for part, unit in zip(parts, own, strict=True)
        )
        return percent_interval(
            interval(
                float(_average(units, scores)),
                max(variance, 0.0) ** 0.5 / maximum,
                sum(parts) ** 2 / squares if squares > 0 else 0.0,
                maximum=1.0,
                respondents=sum(_base(unit) for unit in own),
            )
        )


def _satisfaction_index(basis: Basis, leaves: dict[int, frozenset[Code]]) -> IndexColumns:
    """Cut the index down to the satisfaction leaves, options at their values."""
    index = basis.sample.index
    worth = {basis.column[item.code]: basis.worth(item) for item in basis.items if item.leaves}
    return replace(
        index,
        leaves=tuple(
            tuple(leaf for leaf in own if leaf.code in leaves.get(place, frozenset()))
            for place, own in enumerate(index.leaves)
        ),
        values=tuple(worth.get(column) or own for column, own in enumerate(index.values)),
    )


def _of_group(index: IndexColumns, group: int) -> IndexColumns:
    """Let one group have all the weight of every leaf that it weighs on."""
    return replace(
        index,
        leaves=tuple(
            tuple(
                replace(
                    leaf,
                    weights=tuple(Fraction(place == group) for place in range(len(leaf.weights))),
                )
                for leaf in leaves
                if leaf.weights[group] > 0
            )
            for leaves in index.leaves
        ),
    )


def _is_asked(index: IndexColumns, unit_class: int) -> bool:
    return bool(index.leaves[unit_class])


def _score_both(basis: Basis, index: IndexColumns) -> _Both:
    of = basis.analysed.scored.columns
    two = replace(
        index,
        values=tuple(
            tuple(Fraction(place < 2) for place in range(len(options))) for options in index.values
        ),
    )
    return _Both(
        top_two=score(of.ballots, of.strata, two), mean=score(of.ballots, of.strata, index)
    )


def _share(unit: UnitScore) -> Fraction:
    return (unit.points or Fraction(0)) / unit.maximum


def _average(units: Sequence[int], scores: Scores) -> Fraction:
    return sum((_share(scores.units[unit]) for unit in units), Fraction(0)) / len(units)


def _base(unit: UnitScore) -> int:
    """Give the ballots of the leaf that most answered: the sheet shows that number already."""
    return max((sum(cell.n for cell in leaf.groups) for leaf in unit.leaves), default=0)
