"""Exact counts and means of one leaf, from integer sums over each run of equal ballots."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.scoring.blocks import OPTIONS, SPECIAL, Block, Layout
from analysis.scoring.columns import NOT_ASKED, BoolArray, FloatArray, LeafColumns

WholeArray = NDArray[Any]
"""Integers: int64, or Python's own where a sum might pass 2⁶³."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafAnswers:
    """What the ballots of one block say on one leaf.

    `score` is the respondent's leaf score x in [0, 1] (0 where not `valid`), shape (rows,);
    `lost` marks ballots that answered something but less than half. Per unit of the block:
    `n` valid ballots, their exact weighted `mean` (None where n = 0), and `weight`, Σw in units
    of the lightest ballot of that unit.
    """

    valid: BoolArray
    lost: BoolArray
    score: FloatArray
    n: list[int]
    mean: list[Fraction | None]
    weight: FloatArray


def worths(values: Sequence[Sequence[Fraction]]) -> tuple[list[WholeArray], int]:
    """Put the options' values of a leaf's columns over one denominator, tables by answer code."""
    denominator = math.lcm(*(value.denominator for column in values for value in column))
    kind = _kind(denominator * len(values))
    tables = [
        np.array([0] * OPTIONS + [int(value * denominator) for value in column], dtype=kind)
        for column in values
    ]
    return tables, denominator


def _kind(largest: int) -> np.dtype[Any]:
    return np.dtype(np.int64 if largest < 2**63 else object)


def _zeros(size: int, largest: int) -> WholeArray:
    return np.zeros(size, dtype=np.int64).astype(_kind(largest))


def read_leaf(
    layout: Layout,
    block: Block,
    leaf: LeafColumns,
    values: Sequence[Sequence[Fraction]],
    *,
    half_rule: bool,
) -> LeafAnswers:
    """Score every ballot of a block on a leaf and average them exactly, unit by unit."""
    items = leaf.items[block.group]
    tables, denominator = worths([values[column] for column in items])
    size = block.rows.stop - block.rows.start
    total = _zeros(size, denominator * len(items))
    answered = np.zeros(size, dtype=np.int32)
    asked = np.zeros(size, dtype=np.int32)
    for column, table in zip(items, tables, strict=True):
        code = layout.columns[column, block.rows]
        total += table.take(code - NOT_ASKED)
        answered += code >= 1
        asked += code != NOT_ASKED
    some = answered > 0
    valid = some & (2 * answered >= asked) if half_rule else some
    multiple = math.lcm(*np.flatnonzero(np.bincount(answered[valid])).tolist())
    whole = denominator * multiple
    kind = _kind(whole * max(size, len(items)))
    times = np.array([0, *(multiple // count for count in range(1, len(items) + 1))], dtype=kind)
    share = np.where(valid, total.astype(kind, copy=False) * times.take(answered), 0)
    n, sums, weights = _sums(block, share, valid)
    return LeafAnswers(
        valid=valid,
        lost=some & ~valid,
        score=(share / whole).astype(np.float64),
        n=n,
        mean=[
            Fraction(total, weight * whole) if weight else None
            for total, weight in zip(sums, weights, strict=True)
        ],
        weight=np.array([w / least for w, least in zip(weights, block.lightest, strict=True)]),
    )


def _sums(
    block: Block, share: WholeArray, valid: BoolArray
) -> tuple[list[int], list[int], list[int]]:
    """Sum per unit: valid ballots, Σ w·share and Σ w, as unbounded integers."""
    n: list[int] = np.add.reduceat(valid, block.unit_starts, dtype=np.int64).tolist()
    if not block.weighted:
        return n, np.add.reduceat(share, block.unit_starts).tolist(), n
    sums, weights = [0] * len(n), [0] * len(n)
    for unit, weight, one, count in zip(
        block.cell_units.tolist(),
        block.cell_weights,
        np.add.reduceat(share, block.cell_starts).tolist(),
        np.add.reduceat(valid, block.cell_starts, dtype=np.int64).tolist(),
        strict=True,
    ):
        sums[unit] += weight * one
        weights[unit] += weight * count
    return n, sums, weights


def count_options(layout: Layout, block: Block, column: int, options: int) -> list[tuple[int, ...]]:
    """Count a column's answers per unit of a block: options in order, then the special codes.

    The special codes follow as don't know, not applicable, blank, not asked.
    """
    width = OPTIONS + options
    code = layout.columns[column, block.rows].astype(np.int64) - NOT_ASKED
    counts = np.bincount(
        block.unit_of_row * width + code, minlength=len(block.units) * width
    ).reshape(-1, width)
    ordered = np.concatenate([counts[:, OPTIONS:], counts[:, list(SPECIAL)]], axis=1)
    return [tuple(row) for row in ordered.tolist()]


def no_options(
    columns: Sequence[int], values: Sequence[Sequence[Fraction]]
) -> dict[int, tuple[int, ...]]:
    """Give the option counts of a group that has no ballots on a unit: all zero."""
    return {column: (0,) * (len(values[column]) + len(SPECIAL)) for column in columns}
