"""Answers drawn from a known distribution, so that the truth behind them is known exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from analysis.scoring.columns import AnswerArray, FloatArray

WORTHS = (1.0, 0.75, 0.5, 0.25, 0.0)
"""What the five options are worth, best first."""
CEILING = (0.70, 0.19, 0.07, 0.03, 0.01)
"""Seven in ten choose the best option; the mean is 0.885."""
EXTREME_CEILING = (0.90, 0.05, 0.03, 0.02, 0.0)
"""Nine in ten choose the best option; the mean is 0.9575."""
LIKENESS = 0.5
"""The correlation of one person's answers before they are cut into options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """How people answer: the shares of the options, best first, which sum to 1.

    A person leans one way on all items (a Gaussian copula with correlation `LIKENESS`); a share
    of the answers is missing at random.
    """

    shares: tuple[float, ...]
    missing: float = 0.0

    def mean(self, quality: float = 0.0) -> float:
        """Give the true mean of an item about a unit of a quality (0: the shares themselves)."""
        ends = np.concatenate([[0.0], ndtr(self._thresholds() + quality), [1.0]])
        return float((np.diff(ends) * WORTHS).sum())

    def draw(
        self, rng: np.random.Generator, leanings: FloatArray, items: int, quality: FloatArray
    ) -> AnswerArray:
        """Draw packed answers, shape (n, items), of people with leanings drawn from N(0, 1)."""
        own = rng.standard_normal((len(leanings), items))
        felt: FloatArray = np.sqrt(LIKENESS) * leanings[:, None] + np.sqrt(1 - LIKENESS) * own
        codes: AnswerArray = np.zeros(felt.shape, dtype=np.int16)
        codes += 1 + np.searchsorted(self._thresholds(), felt - quality[:, None]).astype(np.int16)
        codes[rng.random(felt.shape) < self.missing] = 0
        return codes

    def _thresholds(self) -> FloatArray:
        shares: Sequence[float] = self.shares
        return ndtri(np.minimum(np.cumsum(shares[:-1]), 1.0))
