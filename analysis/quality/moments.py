"""Exact sums, squares and products of whole-number answers, for covariances without rounding."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import FloatArray, IntArray

Matrix = Sequence[Sequence[Fraction]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Ballots `n`, the items' `sums` Σx and their `products` Σxy, as unbounded integers."""

    n: int
    sums: tuple[int, ...]
    products: tuple[tuple[int, ...], ...]


def moments(values: IntArray) -> Moments:
    """Sum up complete answers in whole numbers below 2²⁰, shape (n, q)."""
    columns = [np.ascontiguousarray(column) for column in values.T]
    # Integer products are exact in whatever order they are added.
    upper = [
        [int(np.dot(one, other)) for other in columns[place:]] for place, one in enumerate(columns)
    ]
    return Moments(
        n=len(values),
        sums=tuple(int(column.sum()) for column in columns),
        products=tuple(
            tuple(upper[min(i, j)][abs(i - j)] for j in range(len(columns)))
            for i in range(len(columns))
        ),
    )


def spread(of: Moments) -> Matrix:
    """Give Σ(x − x̄)(y − ȳ) exactly, shape (q, q); empty where there is nobody."""
    if of.n == 0:
        return ()
    return tuple(
        tuple(Fraction(of.n * of.products[i][j] - of.sums[i] * of.sums[j], of.n)
              for j in range(len(of.sums)))
        for i in range(len(of.sums))
    )  # fmt: skip


def spread_within(values: IntArray, places: IntArray) -> Matrix:
    """Give the spread about the mean of each place (rated unit), added up over the places."""
    q = values.shape[1]
    total = [[Fraction(0)] * q for _ in range(q)]
    for place in np.unique(places).tolist():
        part = spread(moments(values[places == place]))
        total = [
            [one + other for one, other in zip(row, added, strict=True)]
            for row, added in zip(total, part, strict=True)
        ]
    return total


def covariance(of: Moments) -> FloatArray:
    """Give the covariance with n − 1 below, each entry rounded once, shape (q, q)."""
    if of.n < 2:
        raise ValueError(f"a covariance needs two ballots at least, not {of.n}")
    return np.array([[float(entry / (of.n - 1)) for entry in row] for row in spread(of)])
