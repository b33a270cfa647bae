"""Even-odd consistency: whether the two halves of each scale say the same within one ballot."""

from collections.abc import Sequence

import numpy as np

from analysis.scoring.columns import BoolArray, FloatArray, IntArray

INCONSISTENT = 0.3
"""Below it a ballot counts as inconsistent (Jackson 1977; Johnson 2005)."""
FEWEST_SCALES = 3
"""A correlation over fewer scales says nothing."""


def even_odd(values: FloatArray, scales: Sequence[Sequence[int]]) -> FloatArray:
    """Correlate each ballot's even half-means with its odd ones over the scales, shape (n,).

    `values` has shape (n, q), NaN where nothing was answered; `scales` names the columns of each
    scale in the order of the form. Corrected for length by 2r/(1+|r|), as Johnson (2005) does.
    NaN where fewer than three scales have both halves, or a half does not vary.
    """
    halves = [scale for scale in scales if len(scale) > 1]
    if not halves:
        return np.full(len(values), np.nan)
    odd = np.column_stack([_means(values[:, list(scale[0::2])]) for scale in halves])
    even = np.column_stack([_means(values[:, list(scale[1::2])]) for scale in halves])
    both = ~(np.isnan(odd) | np.isnan(even))
    n = both.sum(axis=1)
    odd, even = _centred(odd, both, n), _centred(even, both, n)
    variances = (odd * odd).sum(axis=1) * (even * even).sum(axis=1)
    judged = (n >= FEWEST_SCALES) & (variances > 1e-12)
    r = (odd * even).sum(axis=1) / np.sqrt(np.where(judged, variances, 1.0))
    return np.where(judged, 2 * r / (1 + np.abs(r)), np.nan)


def _means(values: FloatArray) -> FloatArray:
    given = ~np.isnan(values)
    n = given.sum(axis=1)
    total = np.where(given, values, 0.0).sum(axis=1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def _centred(half: FloatArray, both: BoolArray, n: IntArray) -> FloatArray:
    kept = np.where(both, half, 0.0)
    mean = kept.sum(axis=1) / np.maximum(n, 1)
    return np.where(both, half - mean[:, None], 0.0)
