"""Whether counts of people, group by group, give away a turnout that the sheet hides.

The sheet hides the turnouts of all groups of a unit together where one is small, and mostly shows
the unit's own: an equation over the unit's groups. The people of a group who answered are another,
over the units of the group. Together they may determine a hidden cell exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from questionnaires.index import Code
from survey_service.results.scored import Scored

Cell = tuple[int, int]
"""Unit and group, by their places; the unit is WHOLE for the people of the group."""
Equation = Mapping[Cell, int]
WHOLE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenTurnouts:
    """The (unit, group) turnouts that the sheet hides, and what holds between them in any case.

    `narrow` are sets of cells that are too few together, with how many independent equations the
    sheet itself leaves between the cells of each alone: there must not be more.
    """

    cells: frozenset[Cell]
    narrow: Mapping[frozenset[Cell], int]
    always: tuple[Equation, ...]

    @property
    def units(self) -> frozenset[int]:
        """The units of which the sheet hides the turnouts of the groups."""
        return frozenset(unit for unit, _ in self.cells)

    def tells(
        self,
        groups: Iterable[int],
        *,
        wave: Iterable[int] | None,
        parts: Iterable[frozenset[Cell]] = (),
        about: frozenset[int] | None = None,
    ) -> bool:
        """Tell whether the people who answered of these groups give a narrow set away.

        `wave` are all groups where the people of the whole wave are shown too; `parts` are the
        cells whose people a shown stratum holds. Only sets that touch the units `about` are
        looked at, all where it is None.
        """
        shown: list[Equation] = [{(WHOLE, group): 1} for group in groups]
        shown += [dict.fromkeys(part & self.cells, 1) for part in parts]
        if wave is not None:
            shown.append({(WHOLE, group): 1 for group in wave})
        told = [*self.always, *shown]
        rank = _rank(told)
        return any(
            rank - _rank(_without(told, cells)) > former
            for cells, former in self.narrow.items()
            if about is None or any(unit in about for unit, _ in cells)
        )


def hidden_turnouts(scored: Scored, threshold: int) -> HiddenTurnouts:
    """Read off a scored dataset what its sheet hides, and what follows from the rest."""
    counts = scored.counts
    cells: set[Cell] = set()
    narrow: set[frozenset[Cell]] = set()
    always: list[Equation] = []
    for unit, hidden in enumerate(scored.suppressions):
        if not (hidden.group_turnouts or hidden.turnout):
            continue
        own = {(unit, group) for group in counts.asked(unit)}
        cells |= own
        narrow |= _narrow({cell: counts.returned[cell] for cell in own}, threshold)
        if not hidden.turnout:
            always.append(dict.fromkeys(own, 1))
    for group, code in enumerate(one.code for one in scored.content.framework.groups):
        own = {cell for cell in cells if cell[1] == group}
        if _rates_all(scored, code):
            always += [{cell: 1, (WHOLE, group): -1} for cell in own]
        elif own:
            always.append({**dict.fromkeys(own, 1), (WHOLE, group): -1})
        if 0 < sum(counts.returned[cell] for cell in own) < threshold:
            narrow.add(frozenset(own))
    rank = _rank(always)
    return HiddenTurnouts(
        cells=frozenset(cells),
        narrow={own: rank - _rank(_without(always, own)) for own in narrow},
        always=tuple(always),
    )


def _narrow(returned: Mapping[Cell, int], threshold: int) -> set[frozenset[Cell]]:
    """Give the largest sets of a unit's cells that hold some, but too few together."""
    some = sorted(cell for cell, n in returned.items() if n)
    found: list[frozenset[Cell]] = []
    for size in range(len(some), 0, -1):
        for cells in map(frozenset, combinations(some, size)):
            few = sum(returned[cell] for cell in cells) < threshold
            if few and not any(cells <= larger for larger in found):
                found.append(cells)
    return set(found)


def _rates_all(scored: Scored, group: Code) -> bool:
    """Tell whether everybody of a group rates every unit that the group rates."""
    for relation in scored.content.questionnaires.relations:
        if relation.group == group:
            return relation.rates.units == "class" and relation.rates.subset is None
    return False


def _without(equations: Sequence[Equation], cells: frozenset[Cell]) -> list[Equation]:
    return [{cell: n for cell, n in one.items() if cell not in cells} for one in equations]


def _rank(equations: Sequence[Equation]) -> int:
    """Count the independent equations, by elimination in whole numbers."""
    rows = [dict(one) for one in equations]
    rank = 0
    while rows:
        row = rows.pop()
        if not row:
            continue
        rank += 1
        pivot = min(row)
        own = row[pivot]
        for place, other in enumerate(rows):
            factor = other.get(pivot)
            if factor:
                cells = row.keys() | other.keys()
                left = {
                    cell: own * other.get(cell, 0) - factor * row.get(cell, 0) for cell in cells
                }
                rows[place] = {cell: n for cell, n in left.items() if n}
    return rank
