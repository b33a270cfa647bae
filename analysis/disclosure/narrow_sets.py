"""Whether published equations, put together in any way, tell of too few people alone.

Figures that are linear in the same unknowns are equations, and what can be worked out from them
are their combinations. A combination that leaves only a *narrow* set of unknowns, one that fewer
people than the threshold stand behind, tells of those people (Willenborg & de Waal 2001, ch. 6).
The right-hand sides do not matter, nor their rounding: an attacker is taken to know them exactly.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import TypeVar

Unknown = TypeVar("Unknown", bound=Hashable)
_PRIME = 2**61 - 1
"""Elimination runs modulo this: whatever holds in fractions holds there, so nothing is missed."""
_MOST_STEPS = 20_000
"""Where a search takes longer, what it has not looked at is taken to tell."""
_Row = dict[Unknown, int]


def tells_of_few(
    equations: Iterable[Mapping[Unknown, Fraction | int]],
    people: Mapping[Unknown, AbstractSet[int]],
    *,
    threshold: int,
) -> bool:
    """Tell whether some combination of the equations holds a narrow set of unknowns only.

    `people` stand behind the unknowns of fewer people than the threshold; an unknown that is not
    among them is wide by itself. A set is narrow where its people, each counted once, are fewer
    than the threshold. The answer is never a wrong no; it is a wrong yes where a search would take
    too long.
    """
    narrow = _without_wide(equations, people)
    order = sorted({one for row in narrow for one in row}, key=lambda one: -len(people[one]))
    steps = [_MOST_STEPS]
    return _search(narrow, order, people, frozenset(), threshold, steps)


def follows(
    equations: Iterable[Mapping[Unknown, Fraction | int]], target: Mapping[Unknown, Fraction | int]
) -> bool:
    """Tell whether a combination of the unknowns follows from the equations."""
    reduced = _echelon(map(_modular, equations))
    row = _modular(target)
    for pivot, known in reduced:
        if pivot in row:
            _subtract(row, known, pivot)
    return not row


def _search(
    rows: Sequence[_Row[Unknown]],
    order: Sequence[Unknown],
    people: Mapping[Unknown, AbstractSet[int]],
    behind: frozenset[int],
    threshold: int,
    steps: list[int],
) -> bool:
    """Look through the combinations of independent rows for a narrow one, unknown by unknown.

    Each unknown, those of most people first, either vanishes from the combination, which takes
    one row, or stays in it with its people.
    """
    for place, unknown in enumerate(order):
        if not rows:
            return False
        if not any(unknown in row for row in rows):
            continue
        more = behind | people[unknown]
        if len(more) == len(behind):
            continue
        steps[0] -= 1
        if steps[0] < 0:
            return True
        if len(more) < threshold and _search(
            rows, order[place + 1 :], people, more, threshold, steps
        ):
            return True
        rows = _eliminated(rows, unknown)
    return bool(rows)


def _eliminated(rows: Sequence[_Row[Unknown]], unknown: Unknown) -> list[_Row[Unknown]]:
    """Give a basis of the combinations that do not hold an unknown which some row holds."""
    holding = [row for row in rows if unknown in row]
    pivot = min(holding, key=len)
    left: list[_Row[Unknown]] = []
    for row in rows:
        if row is pivot:
            continue
        if unknown in row:
            reduced = dict(row)
            _subtract(reduced, pivot, unknown)
            left.append(reduced)
        else:
            left.append(row)
    return left


def _without_wide(
    equations: Iterable[Mapping[Unknown, Fraction | int]],
    people: Mapping[Unknown, AbstractSet[int]],
) -> list[_Row[Unknown]]:
    """Give a basis of the combinations that hold no wide unknown."""
    rows = [row for _, row in _echelon(map(_modular, equations))]
    for unknown in dict.fromkeys(one for row in rows for one in row if one not in people):
        if any(unknown in row for row in rows):
            rows = _eliminated(rows, unknown)
    return rows


def _echelon(rows: Iterable[_Row[Unknown]]) -> list[tuple[Unknown, _Row[Unknown]]]:
    """Give independent rows with a pivot each, which no later row holds."""
    found: list[tuple[Unknown, _Row[Unknown]]] = []
    for row in rows:
        for pivot, known in found:
            if pivot in row:
                _subtract(row, known, pivot)
        if row:
            found.append((next(iter(row)), row))
    return found


def _subtract(row: _Row[Unknown], other: Mapping[Unknown, int], pivot: Unknown) -> None:
    """Take so much of another row away that the pivot vanishes."""
    factor = row[pivot] * pow(other[pivot], -1, _PRIME) % _PRIME
    for unknown, value in other.items():
        left = (row.get(unknown, 0) - factor * value) % _PRIME
        if left:
            row[unknown] = left
        else:
            row.pop(unknown, None)


def _modular(equation: Mapping[Unknown, Fraction | int]) -> _Row[Unknown]:
    row: _Row[Unknown] = {}
    for unknown, factor in equation.items():
        value = factor.numerator * pow(factor.denominator, -1, _PRIME) % _PRIME
        if value:
            row[unknown] = value
    return row
