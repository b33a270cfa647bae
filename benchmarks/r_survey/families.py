"""What a case module offers: families of figures, each command's parts computed by us."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

Column = NDArray[np.float64] | NDArray[np.str_]
Table = Mapping[str, Column]
Data = Mapping[str, Table]
Figures = Mapping[str, Mapping[str, ArrayLike]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Figures of one kind: their tolerance, and how they are computed from R's data sets.

    `compute` gives, under the exact text of each R command, the parts of its result as `run.R`
    names them (coef, se, vcov, deff, ci, statistic, parameter, p, value, weights).
    """

    name: str
    tolerance: float
    compute: Callable[[Data], Figures]


def numbers(table: Table, name: str) -> NDArray[np.float64]:
    """Take a column of numbers, nan where missing."""
    column = table[name]
    if column.dtype != np.float64:
        raise TypeError(f"{name} is a column of words")
    return column.astype(np.float64)


def read_table(path: Path) -> dict[str, Column]:
    """Read a CSV file: a column whose every entry is a number or empty is float64, else text."""
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    return {name: _column([row[place] for row in rows[1:]]) for place, name in enumerate(rows[0])}


def _column(entries: list[str]) -> Column:
    try:
        return np.array([float(entry) if entry else np.nan for entry in entries])
    except ValueError:
        return np.array(entries, dtype=np.str_)
