"""Ballots issued, returned and valid, per unit and group."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from analysis.disclosure.suppression import GroupBallots, Suppression
from analysis.scoring.columns import NOT_ASKED, Ballots, BoolArray, LeafColumns
from analysis.scoring.scores import Scores
from questionnaires.index import Framework
from survey_service.dataset.content import DatasetContent
from survey_service.results.columns import Columns
from survey_service.sheet.score_sheet import GroupTurnout, Turnout, TurnoutSuppressed

Cell = tuple[int, int]
"""Unit and group, by their places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotCounts:
    """Counts per unit and group."""

    issued: dict[Cell, int]
    returned: Counter[Cell]
    valid: Counter[Cell]

    def asked(self, unit: int) -> list[int]:
        """List the groups that were asked about a unit, in the order of the framework."""
        return sorted(group for (place, group), issued in self.issued.items()
                      if place == unit and issued)  # fmt: skip

    def of_group(self, unit: int, group: int) -> GroupBallots:
        """Give what came back of one group."""
        return GroupBallots(returned=self.returned[unit, group], valid=self.valid[unit, group])


def count_ballots(content: DatasetContent, columns: Columns, scores: Scores) -> BallotCounts:
    """Count ballots; a returned one is valid where it counts on at least one measured leaf."""
    units = {unit.code: place for place, unit in enumerate(content.design.units)}
    groups = {group.code: place for place, group in enumerate(content.framework.groups)}
    ballots = columns.ballots
    cells = list(zip(ballots.unit.tolist(), ballots.group.tolist(), strict=True))
    marks = valid_ballots(columns, scores).tolist()
    return BallotCounts(
        issued={(units[one.unit], groups[one.group]): one.ballots for one in content.design.issued},
        returned=Counter(cells),
        valid=Counter(cell for cell, valid in zip(cells, marks, strict=True) if valid),
    )


def unit_turnout(
    counts: BallotCounts, unit: int, hidden: Suppression
) -> Turnout | TurnoutSuppressed:
    """Add up a unit's ballots over the groups that were asked."""
    asked = counts.asked(unit)
    issued = sum(counts.issued[unit, group] for group in asked)
    if hidden.turnout:
        return TurnoutSuppressed(issued=issued)
    return Turnout(
        issued=issued,
        returned=sum(counts.returned[unit, group] for group in asked),
        valid=sum(counts.valid[unit, group] for group in asked),
    )


def group_turnouts(
    framework: Framework, counts: BallotCounts, unit: int, hidden: Suppression
) -> tuple[GroupTurnout, ...]:
    """Give the ballots of each group that was asked about a unit."""
    return tuple(
        GroupTurnout(
            group=framework.groups[group].code,
            turnout=TurnoutSuppressed(issued=counts.issued[unit, group])
            if hidden.group_turnouts
            else Turnout(
                issued=counts.issued[unit, group],
                returned=counts.returned[unit, group],
                valid=counts.valid[unit, group],
            ),
        )
        for group in counts.asked(unit)
    )


def valid_ballots(columns: Columns, scores: Scores) -> BoolArray:
    """Mark the ballots that have a score on at least one measured leaf, shape (n,)."""
    ballots, index = columns.ballots, columns.index
    measured = {
        (unit.unit, leaf.code)
        for unit in scores.units
        for leaf in unit.leaves
        if leaf.points is not None
    }
    valid = np.zeros(len(ballots.unit), dtype=np.bool_)
    for place, leaves in enumerate(index.leaves):
        members = [unit for unit, owner in enumerate(index.unit_class) if owner == place]
        for leaf in leaves:
            units = [unit for unit in members if (unit, leaf.code) in measured]
            of_units = np.isin(ballots.unit, np.array(units, dtype=np.int64))
            for group, items in enumerate(leaf.items):
                rows = np.flatnonzero(of_units & (ballots.group == group))
                if leaf.weights[group] > 0 and items and rows.size:
                    valid[rows] |= _scored(ballots, leaf, group, rows, half_rule=index.half_rule)
    return valid


def _scored(
    ballots: Ballots,
    leaf: LeafColumns,
    group: int,
    rows: np.ndarray[tuple[int], np.dtype[np.intp]],
    *,
    half_rule: bool,
) -> BoolArray:
    answers = ballots.answers[np.ix_(rows, np.asarray(leaf.items[group]))]
    answered = (answers >= 1).sum(axis=1)
    asked = (answers != NOT_ASKED).sum(axis=1)
    enough = 2 * answered >= asked if half_rule else answered > 0
    return (answered > 0) & enough
