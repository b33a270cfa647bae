"""Forms filled in faster than they can be read."""

import numpy as np

from analysis.scoring.columns import BoolArray, FloatArray, IntArray

SECONDS_PER_ITEM = 1.0
"""Below a second per item consistency falls off (Wood et al. 2017)."""
SHARE_OF_MEDIAN = 1 / 3
"""Below a third of the median time of the same form."""


def speeding(seconds: FloatArray, items: IntArray) -> tuple[BoolArray, BoolArray]:
    """Say of forms of one path which can be judged and which were sped through, shape (n,).

    `seconds` is the time spent, NaN where it is not known, and `items` how many were put.
    """
    judged = ~np.isnan(seconds) & (items > 0)
    flagged = np.zeros(len(seconds), dtype=np.bool_)
    if judged.any():
        known = seconds[judged]
        least = np.maximum(
            SECONDS_PER_ITEM * items[judged], SHARE_OF_MEDIAN * float(np.median(known))
        )
        flagged[judged] = known < least
    return judged, flagged
