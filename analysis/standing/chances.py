"""How often a unit is among the first or the last of its list when its error is drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import FloatArray
from analysis.standing.ranking import drawn_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Per unit the share of the draws in which it is among the first and the last so many."""

    first: tuple[Fraction, ...]
    last: tuple[Fraction, ...]


def chances(
    scores: Sequence[float] | FloatArray,
    covariance: FloatArray,
    *,
    seed: int,
    places: int = 3,
    draws: int = 10_000,
) -> Chances:
    """Draw the list anew from N(S, V) and count who is among the first and the last `places`.

    The noise is that of the rank sets of the same seed. A unit is among the first where fewer
    than `places` units are above it, so ties count for both. These shares are no tests: they
    take the measured scores for the true ones, and among units that are equal in truth they
    favour whoever came out on top (Mogstad et al. 2024, §2; rank sets do not). Raises ValueError
    where V does not fit.
    """
    point = np.asarray(scores, dtype=np.float64)
    units = len(point)
    if covariance.shape != (units, units):
        raise ValueError(f"{units} scores need a covariance of {units} × {units}")
    if units <= places:
        return Chances(first=(Fraction(1),) * units, last=(Fraction(1),) * units)
    drawn = point[:, None] + drawn_errors(covariance, seed=seed, draws=draws)
    return Chances(first=_leading(drawn, places), last=_leading(-drawn, places))


def _leading(drawn: FloatArray, places: int) -> tuple[Fraction, ...]:
    at = len(drawn) - places
    bound = np.partition(drawn, at, axis=0)[at]
    counts: list[int] = np.count_nonzero(drawn >= bound, axis=1).tolist()
    return tuple(Fraction(count, drawn.shape[1]) for count in counts)
