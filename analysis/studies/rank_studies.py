"""Coverage of rank sets: whether all of them at once hold all ranks that ties leave open."""

from dataclasses import dataclass

import numpy as np

from analysis.scoring.columns import IntArray
from analysis.standing.ranking import rank_sets
from analysis.studies.tallies import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class RankStudy:
    """Units of known scores, measured with independent normal errors.

    A run is covered where the simultaneous set of every unit holds each rank that the unit may
    have among the true scores, tied ones included. The width is the mean of a unit's set.
    """

    scores: tuple[float, ...]
    standard_error: float = 0.45
    draws: int = 2000

    def run(self, rng: np.random.Generator, runs: int) -> Tally:
        """Measure the units anew in every run."""
        truth = np.array(self.scores)
        first = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
        last = len(truth) - (truth[None, :] < truth[:, None]).sum(axis=1)
        covariance = np.eye(len(truth)) * self.standard_error**2
        covered, width = 0, 0.0
        for _ in range(runs):
            measured = truth + self.standard_error * rng.standard_normal(len(truth))
            seed = int.from_bytes(rng.bytes(7), "little")
            sets = rank_sets(measured, covariance, seed=seed, draws=self.draws).simultaneous
            low: IntArray = np.array([best for best, _ in sets])
            high: IntArray = np.array([worst for _, worst in sets])
            missed = np.count_nonzero((low > first) | (high < last))
            covered += int(missed == 0)
            width += float((high - low + 1).mean())
        return Tally(runs=runs, covered=covered, width=width)
