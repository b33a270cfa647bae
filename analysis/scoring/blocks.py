"""Ballots laid out in blocks, one per unit class and group, so that equal cells are runs."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from analysis.scoring.columns import (
    BLANK,
    DONT_KNOW,
    NOT_APPLICABLE,
    NOT_ASKED,
    AnswerArray,
    Ballots,
    FloatArray,
    IndexColumns,
    IntArray,
)

OPTIONS = 1 - NOT_ASKED
"""Where a scale's options begin in a table that is read at `code - NOT_ASKED`."""
_TILE = 4096
"""Rows turned into columns at a time: they stay in the processor's cache."""
SPECIAL = tuple(code - NOT_ASKED for code in (DONT_KNOW, NOT_APPLICABLE, BLANK, NOT_ASKED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The ballots of one group on the units of one class: the rows `rows` of the layout.

    `units` are the units that have ballots here, in order; `unit_starts` and `unit_of_row`
    say which rows are theirs. A cell is a run of rows with one unit and one weight:
    `cell_starts`, `cell_units` (positions in `units`) and `cell_weights`, integers in the
    proportion of the weights within their unit (object array, unbounded). `row_weights` are
    the same as floats, 1 for a unit's lightest cell, and `lightest` that cell's integer.
    """

    unit_class: int
    group: int
    rows: slice
    units: IntArray
    unit_starts: IntArray
    unit_of_row: IntArray
    cell_starts: IntArray
    cell_units: IntArray
    cell_weights: list[int]
    row_weights: FloatArray
    lightest: list[int]
    weighted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The ballots sorted by class, group, unit, weight and respondent; columns shape (q, n)."""

    ballots: Ballots
    columns: AnswerArray
    blocks: tuple[Block, ...]


def lay_out(ballots: Ballots, index: IndexColumns) -> Layout:
    """Sort the ballots into blocks, whatever order they came in.

    Raises ValueError where an index, a weight or an answer code lies outside its range.
    """
    _check(ballots, index)
    unit_class = np.asarray(index.unit_class, dtype=np.int64)[ballots.unit]
    order = _order(unit_class, ballots.group, ballots.unit, ballots.weight, ballots.respondent)
    columns = np.empty(ballots.answers.shape[::-1], dtype=np.int16)
    for start in range(0, len(order), _TILE):
        rows = slice(start, start + _TILE)
        columns[:, rows] = ballots.answers[order[rows]].T
    arranged = replace(
        ballots,
        respondent=ballots.respondent[order],
        stratum=ballots.stratum[order],
        group=ballots.group[order],
        unit=ballots.unit[order],
        weight=ballots.weight[order],
        answers=columns.T,
    )
    unit_class = unit_class[order]
    starts = _run_starts(unit_class, arranged.group)
    ends = [*starts.tolist(), len(order)][1:]
    return Layout(
        ballots=arranged,
        columns=columns,
        blocks=tuple(
            _block(arranged, int(unit_class[start]), slice(start, end))
            for start, end in zip(starts.tolist(), ends, strict=True)
        ),
    )


def _block(ballots: Ballots, unit_class: int, rows: slice) -> Block:
    unit, weight = ballots.unit[rows], ballots.weight[rows]
    unit_starts = _run_starts(unit)
    units = unit[unit_starts]
    cell_starts = _run_starts(unit, weight)
    cell_units = np.searchsorted(units, unit[cell_starts])
    lengths = np.diff(np.append(cell_starts, len(unit)))
    weights: list[Fraction] = [ballots.weights[cell] for cell in weight[cell_starts].tolist()]
    cell_weights: list[int] = []
    cell_ratios: list[float] = []
    lightest: list[int] = []
    bounds = [*np.searchsorted(cell_units, np.arange(len(units))).tolist(), len(weights)]
    for first, last in pairwise(bounds):
        whole = _proportions(weights[first:last])
        least = min(whole)
        lightest.append(least)
        cell_weights += whole
        cell_ratios += [one / least for one in whole]
    return Block(
        unit_class=unit_class,
        group=int(ballots.group[rows.start]),
        rows=rows,
        units=units,
        unit_starts=unit_starts,
        unit_of_row=np.searchsorted(units, unit),
        cell_starts=cell_starts,
        cell_units=cell_units,
        cell_weights=cell_weights,
        row_weights=np.repeat(np.asarray(cell_ratios), lengths),
        lightest=lightest,
        weighted=len(cell_starts) > len(units),
    )


def _proportions(weights: list[Fraction]) -> list[int]:
    """Give the smallest integers in the proportion of the weights."""
    scale = math.lcm(*(one.denominator for one in weights))
    whole = [one.numerator * (scale // one.denominator) for one in weights]
    divisor = math.gcd(*whole)
    return [one // divisor for one in whole]


def _order(*keys: IntArray) -> IntArray:
    """Sort by the first key, then the second, and so on; equal rows keep their order."""
    spans = [int(key.max(initial=0)) + 1 for key in keys]
    if min(int(key.min(initial=0)) for key in keys) < 0 or math.prod(spans) >= 2**63:
        return np.lexsort(keys[::-1])
    joined = np.zeros(len(keys[0]), dtype=np.int64)
    for key, span in zip(keys, spans, strict=True):
        joined = joined * span + key
    return np.argsort(joined, kind="stable")


def _run_starts(*keys: IntArray) -> IntArray:
    changed = np.zeros(len(keys[0]), dtype=np.bool_)
    changed[:1] = True
    for key in keys:
        changed[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changed)


def _check(ballots: Ballots, index: IndexColumns) -> None:
    bounds = (
        ("unit", ballots.unit, len(index.unit_class)),
        ("weight", ballots.weight, len(ballots.weights)),
        ("group", ballots.group, min((len(leaf.weights) for c in index.leaves for leaf in c),
                                     default=0)),
    )  # fmt: skip
    for name, values, limit in bounds:
        if values.size and not (values.min() >= 0 and values.max() < limit):
            raise ValueError(f"a ballot's {name} is not in 0..{limit - 1}")
    if any(weight <= 0 for weight in ballots.weights):
        raise ValueError("a sampling weight must be above 0")
    if ballots.answers.shape != (len(ballots.unit), len(index.values)):
        raise ValueError(f"answers have shape {ballots.answers.shape}, not (ballots, columns)")
    if not ballots.answers.size:
        return
    if ballots.answers.min() < NOT_ASKED:
        raise ValueError(f"an answer code is below {NOT_ASKED}")
    best = ballots.answers.max(axis=0).tolist()
    for column, (code, values) in enumerate(zip(best, index.values, strict=True)):
        if values and code > len(values):
            raise ValueError(f"column {column} holds option {code} of {len(values)}")
