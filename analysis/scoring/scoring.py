"""From ballots to points: exact scores with one covariance over all units."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from analysis.intervals import interval
from analysis.scoring.blocks import Layout, lay_out
from analysis.scoring.columns import (
    NOT_ASKED,
    Ballots,
    BoolArray,
    FloatArray,
    IndexColumns,
    Stratum,
)
from analysis.scoring.design import Design, design_of
from analysis.scoring.leaf_scoring import score_leaf
from analysis.scoring.scores import GroupCell, LeafScore, Scores, UnitScore
from analysis.scoring.variance import combined_spread, covariance, group_sums
from analysis.scoring.weighting import GroupState, LeafState

__all__ = [
    "GroupCell",
    "GroupState",
    "LeafScore",
    "LeafState",
    "Scores",
    "UnitScore",
    "score",
]


def score(ballots: Ballots, strata: Sequence[Stratum], index: IndexColumns) -> Scores:
    """Score every unit exactly, with standard errors that carry all covariances.

    Points are rational numbers from integer counts; standard errors come from influence values
    summed per respondent (see `variance`). Memory is O(ballots + units²). Raises ValueError
    where an index, weight or answer code is out of range, or the design contradicts itself.
    """
    layout = lay_out(ballots, index)
    size, units = len(layout.ballots.unit), len(index.unit_class)
    design = design_of(layout.ballots, strata, units)
    influence = np.zeros(size)
    valid, lost = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    leaves: list[list[LeafScore]] = [[] for _ in range(units)]
    blocked: set[int] = set()
    for unit_class, columns in enumerate(index.leaves):
        blocks = [block for block in layout.blocks if block.unit_class == unit_class]
        members = [unit for unit, owner in enumerate(index.unit_class) if owner == unit_class]
        for leaf in columns:
            result = score_leaf(leaf, blocks, members, layout, design, index)
            influence += result.influence
            valid |= result.valid
            lost |= result.lost
            blocked |= result.blocked
            for unit, one in result.scores.items():
                leaves[unit].append(one)
    maxima, measured = _maxima(leaves)
    ratio = [float(m / part) if part else 0.0 for m, part in zip(maxima, measured, strict=True)]
    influence *= np.array(ratio)[layout.ballots.unit]
    matrix, freedom = covariance(design, influence), _freedom(design, influence)
    returned, used, fallen = (
        np.bincount(layout.ballots.unit[marks], minlength=units).tolist()
        for marks in (_asked(layout), valid, lost)
    )
    return Scores(
        units=tuple(
            _unit_score(
                unit,
                tuple(leaves[unit]),
                index,
                maximum=maxima[unit],
                measured=measured[unit],
                blocked=unit in blocked,
                variance=float(matrix[unit, unit]),
                freedom=float(freedom[unit]),
                ballots=returned[unit],
                valid=used[unit],
                lost=fallen[unit],
            )
            for unit in range(units)
        ),
        covariance=matrix,
        merged_strata=design.merged,
    )


def _maxima(leaves: Sequence[Sequence[LeafScore]]) -> tuple[list[Fraction], list[Fraction]]:
    """Sum the leaves' points per unit: all that apply, and those that could be measured."""
    return (
        [sum((leaf.maximum for leaf in own), Fraction(0)) for own in leaves],
        [
            sum((leaf.maximum for leaf in own if leaf.points is not None), Fraction(0))
            for own in leaves
        ],
    )


def _freedom(design: Design, influence: FloatArray) -> FloatArray:
    groups = int(design.domain_group.max(initial=0)) + 1
    whole = np.ones((groups, design.units))
    return combined_spread(design, group_sums(design, influence), whole).degrees_of_freedom


def _asked(layout: Layout) -> BoolArray:
    asked = np.zeros(len(layout.ballots.unit), dtype=np.bool_)
    for column in layout.columns:
        asked |= column != NOT_ASKED
    return asked


def _unit_score(
    unit: int,
    leaves: tuple[LeafScore, ...],
    index: IndexColumns,
    *,
    maximum: Fraction,
    measured: Fraction,
    blocked: bool,
    variance: float,
    freedom: float,
    ballots: int,
    valid: int,
    lost: int,
) -> UnitScore:
    points, error, bounds = None, None, None
    if measured:
        total = sum((leaf.points for leaf in leaves if leaf.points is not None), Fraction(0))
        points = total * maximum / measured
        error = float(np.sqrt(variance))
        bounds = interval(float(points), error, freedom, maximum=float(maximum), respondents=valid)
    return UnitScore(
        unit=unit,
        leaves=leaves,
        maximum=maximum,
        measured=measured,
        points=points,
        rescaled=points is not None and measured != maximum,
        rankable=bool(measured) and measured >= index.minimum_measured * maximum,
        blocked=blocked,
        standard_error=error,
        degrees_of_freedom=freedom if measured else None,
        interval=bounds,
        ballots=ballots,
        valid=valid,
        lost=Fraction(lost, ballots) if ballots else Fraction(0),
    )
