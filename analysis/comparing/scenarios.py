"""Other choices of method: the same wave with fewer ballots, other minimum counts, fewer groups."""

from collections.abc import Callable, Collection
from dataclasses import replace
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import (
    BLANK,
    NOT_ASKED,
    Ballots,
    BoolArray,
    IndexColumns,
    LeafColumns,
)


def without_ballots(ballots: Ballots, marked: BoolArray) -> Ballots:
    """Leave out the marked ballots, shape (n,); for points alone, since n_h falls with them."""
    kept = ~marked
    return replace(
        ballots,
        respondent=ballots.respondent[kept],
        stratum=ballots.stratum[kept],
        group=ballots.group[kept],
        unit=ballots.unit[kept],
        weight=ballots.weight[kept],
        answers=ballots.answers[kept],
    )


def complete_cases(ballots: Ballots, index: IndexColumns) -> Ballots:
    """Blank out a ballot's answers on every leaf where one that was asked is missing."""
    answers = ballots.answers.copy()
    unit_class = np.asarray(index.unit_class, dtype=np.int64)[ballots.unit]
    for place, leaves in enumerate(index.leaves):
        for leaf in leaves:
            for group, items in enumerate(leaf.items):
                if len(items) < 2 or leaf.weights[group] <= 0:
                    continue
                rows = np.flatnonzero((unit_class == place) & (ballots.group == group))
                columns = np.array(items)
                own = answers[np.ix_(rows, columns)]
                gaps = ((own < 1) & (own != NOT_ASKED)).any(axis=1)
                blank = np.where(own[gaps] == NOT_ASKED, NOT_ASKED, BLANK)
                answers[np.ix_(rows[gaps], columns)] = blank
    return replace(ballots, answers=answers)


def with_minimum(index: IndexColumns, minimum: int) -> IndexColumns:
    """Ask so many valid ballots of every group on every leaf, and leave out who has fewer."""
    return replace(
        _each_leaf(index, lambda leaf: replace(leaf, minimum=(minimum,) * len(leaf.minimum))),
        below_minimum="renormalise",
    )


def without_groups(index: IndexColumns, left_out: Collection[int]) -> IndexColumns:
    """Give these groups no weight; the cover says whether the rest can carry a leaf."""
    return _each_leaf(
        index,
        lambda leaf: replace(
            leaf,
            weights=tuple(
                Fraction(0) if group in left_out else weight
                for group, weight in enumerate(leaf.weights)
            ),
        ),
    )


def _each_leaf(index: IndexColumns, change: Callable[[LeafColumns], LeafColumns]) -> IndexColumns:
    return replace(
        index, leaves=tuple(tuple(change(leaf) for leaf in leaves) for leaves in index.leaves)
    )
