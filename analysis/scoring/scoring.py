"""From ballots to points: exact scores with one covariance over all units."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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
    IntArray,
    Stratum,
)
from analysis.scoring.design import Design, design_of
from analysis.scoring.leaf_scoring import LeafResult, score_leaf
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
    "score_parts",
]

Part = tuple[str, str]
"""The name of a part of the index, as ("component", "3")."""


def score(ballots: Ballots, strata: Sequence[Stratum], index: IndexColumns) -> Scores:
    """Score every unit exactly, with standard errors that carry all covariances.

    Points are rational numbers from integer counts; standard errors come from influence values
    summed per respondent (see `variance`). Memory is O(ballots + units²). Raises ValueError
    where an index, weight or answer code is out of range, or the design contradicts itself.
    """
    whole, _ = score_parts(ballots, strata, index, {})
    return whole


def score_parts(
    ballots: Ballots,
    strata: Sequence[Stratum],
    index: IndexColumns,
    parts: Mapping[Part, Mapping[int, Collection[str]]],
) -> tuple[Scores, dict[Part, Scores]]:
    """Score the whole index and, in the same pass, parts of it as indices of their own.

    A part is given by the codes of its leaves in each unit class. Its scores are those that the
    index of these leaves alone would have, to the last bit; memory grows by O(ballots) a part.
    """
    layout = lay_out(ballots, index)
    design = design_of(layout.ballots, strata, len(index.unit_class))
    whole = _Sum.empty(layout, index)
    sums = {part: _Sum.empty(layout, index) for part in parts}
    for unit_class, leaves in enumerate(index.leaves):
        blocks = [block for block in layout.blocks if block.unit_class == unit_class]
        members = [unit for unit, owner in enumerate(index.unit_class) if owner == unit_class]
        for leaf in leaves:
            result = score_leaf(leaf, blocks, members, layout, design, index)
            whole.add(result)
            for part, codes in parts.items():
                if leaf.code in codes.get(unit_class, ()):
                    sums[part].add(result)
    returned = np.bincount(layout.ballots.unit[_asked(layout)], minlength=design.units)
    return (
        whole.scores(layout, design, index, returned),
        {part: one.scores(layout, design, index, returned) for part, one in sums.items()},
    )


@dataclass(frozen=True, slots=True)
class _Sum:
    """Leaves added up: what each ballot does to its unit, and what each unit has so far."""

    influence: FloatArray
    valid: BoolArray
    lost: BoolArray
    leaves: list[list[LeafScore]]
    blocked: set[int]

    @classmethod
    def empty(cls, layout: Layout, index: IndexColumns) -> "_Sum":
        size = len(layout.ballots.unit)
        return cls(
            influence=np.zeros(size),
            valid=np.zeros(size, dtype=np.bool_),
            lost=np.zeros(size, dtype=np.bool_),
            leaves=[[] for _ in index.unit_class],
            blocked=set(),
        )

    def add(self, result: LeafResult) -> None:
        np.add(self.influence, result.influence, out=self.influence)
        np.logical_or(self.valid, result.valid, out=self.valid)
        np.logical_or(self.lost, result.lost, out=self.lost)
        self.blocked.update(result.blocked)
        for unit, one in result.scores.items():
            self.leaves[unit].append(one)

    def scores(
        self, layout: Layout, design: Design, index: IndexColumns, returned: IntArray
    ) -> Scores:
        maxima, measured = _maxima(self.leaves)
        ratio = [float(m / part) if part else 0.0 for m, part in zip(maxima, measured, strict=True)]
        unit_of, units = layout.ballots.unit, design.units
        influence = self.influence * np.array(ratio)[unit_of]
        matrix, freedom = covariance(design, influence), _freedom(design, influence)
        used, fallen = (
            np.bincount(unit_of[marks], minlength=units) for marks in (self.valid, self.lost)
        )
        return Scores(
            units=tuple(
                _unit_score(
                    unit,
                    tuple(self.leaves[unit]),
                    index,
                    maximum=maxima[unit],
                    measured=measured[unit],
                    blocked=unit in self.blocked,
                    variance=float(matrix[unit, unit]),
                    freedom=float(freedom[unit]),
                    ballots=int(returned[unit]),
                    valid=int(used[unit]),
                    lost=int(fallen[unit]),
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
