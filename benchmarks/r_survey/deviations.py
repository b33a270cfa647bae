"""How far our figures lie from R's, family by family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.r_survey.families import Family, Figures

Expected = Mapping[str, Mapping[str, Sequence[float | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """The figures of a family: how many, the largest relative deviation and where it is."""

    family: Family
    figures: int
    largest: float
    where: str

    @property
    def within(self) -> bool:
        """Say whether every figure keeps the family's tolerance."""
        return self.largest <= self.family.tolerance


def deviation(family: Family, computed: Figures, expected: Expected) -> Deviation:
    """Compare a family with what R gave; a part or command that R lacks is infinitely far."""
    largest, where, count = 0.0, "", 0
    for command, parts in computed.items():
        for part, ours in parts.items():
            theirs = expected.get(command, {}).get(part)
            apart = np.inf if theirs is None else relative(ours, theirs, matrix=part == "vcov")
            count += np.size(np.asarray(ours))
            if not apart <= largest:
                largest, where = float(apart), f"{command} · {part}"
    return Deviation(family=family, figures=count, largest=largest, where=where)


def relative(ours: ArrayLike, theirs: Sequence[float | None], *, matrix: bool) -> float:
    """Give the largest |ours − theirs| / |theirs|; a matrix is measured by its largest entry.

    Missing on both sides agrees; missing on one side, or another length, is infinitely far.
    """
    one = np.asarray(ours, dtype=np.float64).ravel()
    other = np.array([np.nan if number is None else number for number in theirs])
    if one.shape != other.shape or (np.isnan(one) != np.isnan(other)).any():
        return float("inf")
    known = ~np.isnan(one)
    if not known.any():
        return 0.0
    apart, size = np.abs(one - other)[known], np.abs(other)[known]
    size = np.full(size.shape, size.max()) if matrix else size
    return float((apart / np.where(size > 0, size, 1.0)).max())
