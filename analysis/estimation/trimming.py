"""Trimming: very large weights cut down, and what was cut shared out among the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import BoolArray, FloatArray

MEDIANS = 5.0
"""The cap, in medians of the weights, unless another is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """Weights within limits, with the same sum as before.

    `weights` and `cut` (which rows were trimmed) have shape (n,); `moved` is the weight taken
    from rows above the upper limit.
    """

    weights: FloatArray
    cut: BoolArray
    lower: float
    upper: float
    moved: float


def trim(
    weights: ArrayLike,
    *,
    upper: float | None = None,
    lower: float = 0.0,
    strict: bool = True,
) -> Trimmed:
    """Cut weights of shape (n,) to the limits and spread the difference evenly over the others.

    The upper limit is 5 medians of the positive weights unless given; rows of weight 0 stay
    out. The spreading may push others over a limit: `strict` goes on, keeping what was cut at
    its limit, until none is outside (R survey 4.5; 4.1 gave rows already cut their share again).
    Raises ValueError where the limits leave no room for the sum of the weights.
    """
    given = np.array(weights, dtype=np.float64)
    if given.ndim != 1 or not (np.isfinite(given) & (given >= 0)).all() or not given.any():
        raise ValueError("weights must be numbers from 0 on, not all 0")
    used = given > 0
    high = MEDIANS * float(np.median(given[used])) if upper is None else upper
    if not 0 <= lower < high:
        raise ValueError(f"the limits {lower:g} and {high:g} leave no room for a weight")
    new = given.copy()
    cut = np.zeros(len(given), dtype=np.bool_)
    moved = 0.0
    while True:
        outside = used & ~cut & ((new < lower) | (new > high))
        if not outside.any():
            break
        limited = np.clip(new[outside], lower, high)
        moved += float((new[outside] - limited).clip(0.0).sum())
        surplus = float((new[outside] - limited).sum())
        new[outside] = limited
        cut |= outside
        free = used & ~cut
        if not free.any():
            raise ValueError(
                f"no weights between {lower:g} and {high:g} have the same sum: widen the limits"
            )
        new[free] += surplus / float(free.sum())
        if not strict:
            break
    return Trimmed(weights=new, cut=cut, lower=lower, upper=high, moved=moved)
