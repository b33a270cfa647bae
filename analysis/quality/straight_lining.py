"""Answers without differences: the longest run of one tick, and the spread within a ballot."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.scoring.columns import BoolArray, FloatArray, IntArray

Ticks = NDArray[np.signedinteger[Any]]
"""Which option each answer ticks, from 1; anything less is no tick. In the order of the form."""
LONG_RUN = 0.8
"""A run of so great a share of the ticks is straight-lining (the project's choice)."""


def longest_runs(ticks: Ticks) -> IntArray:
    """Give each ballot's longest run of equal ticks, shape (n,) of (n, q).

    An answer without a tick neither breaks a run nor lengthens it. Johnson (2005, J. Research in
    Personality 39), "LongString".
    """
    rows = len(ticks)
    last, run, longest = (np.zeros(rows, dtype=np.int64) for _ in range(3))
    for column in ticks.T:
        given = column > 0
        run = np.where(given, np.where(column == last, run + 1, 1), run)
        last = np.where(given, column, last)
        longest = np.maximum(longest, run)
    return longest


def is_straight(ticks: Ticks, *, fewest: int) -> tuple[BoolArray, BoolArray]:
    """Say which ballots can be judged (at least `fewest` ticks), and which of them straight-line.

    Where a reverse-worded item stands among them, `ticks` must tell what was ticked, not what it
    is worth: then an honest answer breaks the run, and only a careless one goes on.
    """
    given = (ticks > 0).sum(axis=1)
    judged = given >= max(fewest, 1)
    return judged, judged & (longest_runs(ticks) >= LONG_RUN * given)


def within_spread(ticks: Ticks) -> FloatArray:
    """Give each ballot's standard deviation of its ticks, NaN where there are fewer than two.

    The intra-individual response variability (IRV; Dunn et al. 2018, J. Business and Psychology
    33); 0 where every tick is the same.
    """
    given = ticks > 0
    n = given.sum(axis=1)
    kept = np.where(given, ticks, 0).astype(np.int64)
    spread = n * (kept * kept).sum(axis=1) - kept.sum(axis=1) ** 2
    return np.where(n > 1, np.sqrt(spread / np.maximum(n * (n - 1), 1)), np.nan)
