"""One leaf of every unit of a class: exact points, and the influence of each ballot on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.intervals import interval
from analysis.scoring.blocks import Block, Layout
from analysis.scoring.columns import BoolArray, FloatArray, IndexColumns, LeafColumns
from analysis.scoring.counting import LeafAnswers, count_options, no_options, read_leaf
from analysis.scoring.design import Design
from analysis.scoring.scores import GroupCell, LeafScore
from analysis.scoring.variance import Spread, combined_spread, group_spread, group_sums
from analysis.scoring.weighting import LeafPoints, LeafWeighing

Means = dict[int, tuple[int, Fraction | None]]
"""Group → number of valid ballots and their exact mean."""
Counts = dict[int, tuple[int, ...]]
"""Column → option counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafResult:
    """A leaf's score per unit, and per ballot its influence on the unit's points and marks."""

    scores: dict[int, LeafScore]
    blocked: frozenset[int]
    influence: FloatArray
    valid: BoolArray
    lost: BoolArray


def score_leaf(
    leaf: LeafColumns,
    blocks: Sequence[Block],
    members: Sequence[int],
    layout: Layout,
    design: Design,
    index: IndexColumns,
) -> LeafResult:
    """Score a leaf for the units `members` of one class from that class's blocks."""
    size = len(layout.ballots.unit)
    own = np.zeros(size)
    valid, lost = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    means: dict[int, Means] = {unit: {} for unit in members}
    counts: dict[tuple[int, int], Counts] = {}
    for block in blocks:
        group = block.group
        if leaf.weights[group] <= 0 or not leaf.items[group]:
            continue
        answers = read_leaf(layout, block, leaf, index.values, half_rule=index.half_rule)
        valid[block.rows], lost[block.rows] = answers.valid, answers.lost
        own[block.rows] = _own_influence(block, answers)
        units = block.units.tolist()
        for unit, n, mean in zip(units, answers.n, answers.mean, strict=True):
            means[unit][group] = (n, mean)
            counts[unit, group] = {}
        for column in leaf.items[group]:
            options = count_options(layout, block, column, len(index.values[column]))
            for unit, row in zip(units, options, strict=True):
                counts[unit, group][column] = row
    weighing = LeafWeighing(leaf, index)
    points = {unit: weighing.weigh(means[unit]) for unit in members}
    measured = np.zeros(design.units, dtype=np.bool_)
    measured[[unit for unit, one in points.items() if one.points is not None]] = True
    share = _share_matrix(leaf, points, design.units)
    sums = group_sums(design, own)
    own_spread = group_spread(design, sums, len(leaf.weights))
    spread = combined_spread(design, sums, share)
    return LeafResult(
        scores={
            unit: _leaf_score(
                leaf, one, _cells(leaf, one, unit, index, counts, own_spread), spread, unit
            )
            for unit, one in points.items()
        },
        blocked=frozenset(unit for unit, one in points.items() if one.blocked),
        influence=own * share.take(layout.ballots.group * design.units + layout.ballots.unit),
        valid=valid & measured[layout.ballots.unit],
        lost=lost,
    )


def _own_influence(block: Block, answers: LeafAnswers) -> FloatArray:
    """Give w(x − m)/Σw: the influence of each ballot on its own group's mean."""
    mean = np.array([0.0 if m is None else float(m) for m in answers.mean])[block.unit_of_row]
    weight = np.where(answers.weight > 0, answers.weight, 1.0)[block.unit_of_row]
    return np.where(answers.valid, block.row_weights * (answers.score - mean) / weight, 0.0)


def _share_matrix(leaf: LeafColumns, points: dict[int, LeafPoints], units: int) -> FloatArray:
    """Give P·ω* as floats, shape (groups, units)."""
    share = np.zeros((len(leaf.weights), units))
    for unit, one in points.items():
        share[[part.group for part in one.shares], unit] = one.worth
    return share


def _cells(
    leaf: LeafColumns,
    one: LeafPoints,
    unit: int,
    index: IndexColumns,
    counts: dict[tuple[int, int], Counts],
    spread: Spread,
) -> tuple[GroupCell, ...]:
    return tuple(
        GroupCell(
            group=part.group,
            n=part.n,
            mean=part.mean,
            effective_weight=part.effective_weight,
            state=part.state,
            counts=counts.get((unit, part.group))
            or no_options(leaf.items[part.group], index.values),
            standard_error=float(np.sqrt(spread.variance[part.group, unit])) if part.n else None,
            degrees_of_freedom=float(spread.degrees_of_freedom[part.group, unit])
            if part.n
            else None,
        )
        for part in one.shares
    )


def _leaf_score(
    leaf: LeafColumns, one: LeafPoints, cells: tuple[GroupCell, ...], spread: Spread, unit: int
) -> LeafScore:
    error, freedom, bounds = None, None, None
    if one.points is not None:
        error = float(np.sqrt(spread.variance[unit]))
        freedom = float(spread.degrees_of_freedom[unit])
        bounds = interval(
            float(one.points),
            error,
            freedom,
            maximum=float(leaf.maximum),
            respondents=sum(cell.n for cell in cells if cell.effective_weight),
        )
    return LeafScore(
        code=leaf.code,
        maximum=leaf.maximum,
        points=one.points,
        cover=one.cover,
        state=one.state,
        groups=cells,
        standard_error=error,
        degrees_of_freedom=freedom,
        interval=bounds,
    )
