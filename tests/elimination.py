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


LARGE_PRIME = 2**127 - 1


def among_few(
    equations: Iterable[Mapping[Unknown, Fraction | int]], among: AbstractSet[Unknown]
) -> list[dict[Unknown, int]]:
    """Do as `alone` for many sparse equations, modulo a large prime.

    What follows in fractions follows there, so nothing is missed; unknowns that few equations
    hold are eliminated first, so that the rows stay short.
    """
    rows = {place: row for place, one in enumerate(equations) if (row := _modular(one))}
    holding: dict[Unknown, set[int]] = {}
    for place, row in rows.items():
        for unknown in row.keys() - among:
            holding.setdefault(unknown, set()).add(place)
    while holding:
        unknown = min(holding, key=lambda one: len(holding[one]))
        _eliminate(rows, holding, unknown)
        for emptied in [one for one, places in holding.items() if not places]:
            del holding[emptied]
    return [row for row in rows.values() if row]


def _eliminate(
    rows: dict[int, dict[Unknown, int]], holding: Mapping[Unknown, set[int]], unknown: Unknown
) -> None:
    pivot = min(holding[unknown], key=lambda place: (len(rows[place]), place))
    pivot_row = rows.pop(pivot)
    for other in pivot_row.keys() & holding.keys():
        holding[other].discard(pivot)
    inverse = pow(pivot_row[unknown], -1, LARGE_PRIME)
    for place in sorted(holding[unknown]):
        row = rows[place]
        factor = row[unknown] * inverse % LARGE_PRIME
        for other, value in pivot_row.items():
            left = (row.pop(other, 0) - factor * value) % LARGE_PRIME
            if left:
                row[other] = left
            if other in holding:
                (holding[other].add if left else holding[other].discard)(place)


def _modular(equation: Mapping[Unknown, Fraction | int]) -> dict[Unknown, int]:
    row: dict[Unknown, int] = {}
    for unknown, factor in equation.items():
        one = Fraction(factor)
        value = one.numerator * pow(one.denominator, -1, LARGE_PRIME) % LARGE_PRIME
        if value:
            row[unknown] = value
    return row
