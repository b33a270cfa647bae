"""LMG: R² shared out among correlated drivers, averaged over all orders of entering.

Lindeman, Merenda & Gold (1980); the same as the Shapley value of R² (Grömping 2006, J. Stat.
Softw. 17(1), eq. 5). Exact: every one of the 2^p regressions is made once, by sweeping.
"""

import math

import numpy as np

from analysis.scoring.columns import FloatArray, IntArray

MOST_DRIVERS = 12
"""4,096 regressions; beyond that relative weights are as good and cheap."""
_SINGULAR = 1e-10
"""A driver whose own rest of variance is smaller repeats the others and adds nothing."""


def lmg(correlations: FloatArray) -> FloatArray:
    """Share R² out among the drivers.

    `correlations` has shape (b, p + 1, p + 1), b matrices at once, the outcome last; a driver
    without variance has zeros beside its 1. Gives shape (b, p); the shares sum to R². Raises
    ValueError for more than twelve drivers or none.
    """
    drivers = correlations.shape[1] - 1
    if not 1 <= drivers <= MOST_DRIVERS:
        raise ValueError(f"LMG is made of 1 to {MOST_DRIVERS} drivers")
    explained = subset_r_squared(correlations)
    subsets = np.arange(1 << drivers, dtype=np.int64)
    sizes = _sizes(subsets, drivers)
    order = np.array(
        [
            math.factorial(size) * math.factorial(drivers - 1 - size) / math.factorial(drivers)
            for size in range(drivers)
        ]
    )
    shares = np.zeros((len(correlations), drivers))
    for driver in range(drivers):
        without = subsets[subsets >> driver & 1 == 0]
        gain = explained[:, without | 1 << driver] - explained[:, without]
        # A running sum keeps one order of addition on every machine.
        shares[:, driver] = np.cumsum(order[sizes[without]] * gain, axis=1)[:, -1]
    return shares


def subset_r_squared(correlations: FloatArray) -> FloatArray:
    """Give R² of every subset of the drivers, shape (b, 2^p); bit j of a column stands for j.

    One driver after the other is swept out or left out, so that each subset is one step from
    a smaller one: 2^p matrices of falling size and no regression made twice.
    """
    drivers = correlations.shape[1] - 1
    rest = correlations[:, None, :, :].astype(np.float64)
    for _ in range(drivers):
        pivot = rest[:, :, 0, 0]
        usable = pivot > _SINGULAR
        row = rest[:, :, 0, 1:]
        scale = np.where(usable, 1 / np.where(usable, pivot, 1.0), 0.0)
        inner = rest[:, :, 1:, 1:]
        swept = inner - scale[:, :, None, None] * row[:, :, :, None] * row[:, :, None, :]
        # The subsets with this driver follow those without: its bit is the next higher one.
        rest = np.concatenate([inner, swept], axis=1)
    return 1 - rest[:, :, 0, 0]


def _sizes(subsets: IntArray, drivers: int) -> IntArray:
    sizes = np.zeros(len(subsets), dtype=np.int64)
    for driver in range(drivers):
        sizes += subsets >> driver & 1
    return sizes
