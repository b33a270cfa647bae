"""Ballots issued, returned and valid, per unit and group."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from analysis.columns import NOT_ASKED, Ballots, BoolArray, IndexColumns, LeafColumns
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

    def of_unit(self, unit: int) -> Turnout:
        """Add up a unit's ballots over the groups."""
        issued, returned, valid = (
            sum(count for (place, _), count in counts.items() if place == unit)
            for counts in (self.issued, self.returned, self.valid)
        )
        return Turnout(issued=issued, returned=returned, valid=valid)


def count_ballots(content: DatasetContent, columns: Columns) -> BallotCounts:
    """Count ballots; a returned one is valid where it counts on at least one leaf."""
    units = {unit.code: place for place, unit in enumerate(content.design.units)}
    groups = {group.code: place for place, group in enumerate(content.framework.groups)}
    ballots = columns.ballots
    cells = list(zip(ballots.unit.tolist(), ballots.group.tolist(), strict=True))
    marks = valid_ballots(ballots, columns.index).tolist()
    return BallotCounts(
        issued={(units[one.unit], groups[one.group]): one.ballots for one in content.design.issued},
        returned=Counter(cells),
        valid=Counter(cell for cell, valid in zip(cells, marks, strict=True) if valid),
    )


def group_turnout(
    content: DatasetContent, counts: BallotCounts, unit: int
) -> tuple[GroupTurnout, ...]:
    """Give the ballots of each group that was asked about a unit.

    Where fewer than the threshold came back from one group, what came back is hidden for all
    of them, because the unit's sum is known.
    """
    threshold = content.framework.rules.disclosure_threshold
    asked = [
        place
        for place, _ in enumerate(content.framework.groups)
        if counts.issued.get((unit, place), 0)
    ]
    thin = any(counts.returned[unit, place] < threshold for place in asked)
    return tuple(
        GroupTurnout(
            group=content.framework.groups[place].code,
            turnout=TurnoutSuppressed(issued=counts.issued[unit, place])
            if thin
            else Turnout(
                issued=counts.issued[unit, place],
                returned=counts.returned[unit, place],
                valid=counts.valid[unit, place],
            ),
        )
        for place in asked
    )


def valid_ballots(ballots: Ballots, index: IndexColumns) -> BoolArray:
    """Mark the ballots that have a score on at least one leaf, shape (n,)."""
    valid = np.zeros(len(ballots.unit), dtype=np.bool_)
    unit_class = np.asarray(index.unit_class, dtype=np.int64)[ballots.unit]
    for place, leaves in enumerate(index.leaves):
        for leaf in leaves:
            for group, items in enumerate(leaf.items):
                rows = np.flatnonzero((unit_class == place) & (ballots.group == group))
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
