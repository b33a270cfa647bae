"""What equations tell of some of their unknowns alone, by exact elimination."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import TypeVar

Unknown = TypeVar("Unknown")


def alone(
    equations: Iterable[Mapping[Unknown, Fraction]], among: AbstractSet[Unknown]
) -> list[dict[Unknown, Fraction]]:
    """Give combinations of the equations that hold no unknown but these; they span all such.

    The other unknowns are eliminated (Gauss–Jordan); what is left over holds none of them.
    """
    reduced: dict[Unknown, dict[Unknown, Fraction]] = {}
    left: list[dict[Unknown, Fraction]] = []
    for equation in equations:
        row = {unknown: factor for unknown, factor in equation.items() if factor}
        for pivot in [unknown for unknown in row if unknown in reduced]:
            _subtract(row, reduced[pivot], row[pivot])
        pivot = next((unknown for unknown in row if unknown not in among), None)
        if pivot is None:
            left += [row] if row else []
            continue
        scaled = {unknown: factor / row[pivot] for unknown, factor in row.items()}
        for other in reduced.values():
            if pivot in other:
                _subtract(other, scaled, other[pivot])
        reduced[pivot] = scaled
    return left


def is_fixed(
    equations: Iterable[Mapping[Unknown, Fraction]], target: Mapping[Unknown, Fraction]
) -> bool:
    """Tell whether a combination follows: set it equal to a new unknown, and look for that."""
    rows: list[dict[Unknown | None, Fraction]] = [dict(equation.items()) for equation in equations]
    rows.append({**target, None: Fraction(-1)})
    return bool(alone(rows, {None}))


def _subtract(
    row: dict[Unknown, Fraction], other: Mapping[Unknown, Fraction], factor: Fraction
) -> None:
    for unknown, value in other.items():
        left = row.get(unknown, Fraction(0)) - factor * value
        if left:
            row[unknown] = left
        else:
            row.pop(unknown, None)
