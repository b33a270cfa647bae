"""Which unknowns a set of known sums determines, by exact elimination."""

from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import TypeVar

Unknown = TypeVar("Unknown", bound=Hashable)


def derivable(sums: Iterable[Iterable[Unknown]]) -> set[Unknown]:
    """Find the unknowns that are fixed when these sums of them are known.

    An unknown is fixed where the reduced row echelon form has a row of it alone.
    """
    reduced: dict[Unknown, dict[Unknown, Fraction]] = {}
    for terms in sums:
        row = {term: Fraction(1) for term in terms}
        for pivot in [term for term in row if term in reduced]:
            _subtract(row, reduced[pivot], row[pivot])
        if not row:
            continue
        pivot, scale = next(iter(row.items()))
        row = {term: factor / scale for term, factor in row.items()}
        for other in reduced.values():
            if pivot in other:
                _subtract(other, row, other[pivot])
        reduced[pivot] = row
    return {pivot for pivot, row in reduced.items() if len(row) == 1}


def _subtract(
    row: dict[Unknown, Fraction], other: dict[Unknown, Fraction], factor: Fraction
) -> None:
    for term, value in other.items():
        left = row.get(term, Fraction(0)) - factor * value
        if left:
            row[term] = left
        else:
            row.pop(term, None)
