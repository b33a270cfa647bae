"""The coverage studies by name, what each must reach, and their seeded runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from analysis.studies.opinions import CEILING, EXTREME_CEILING, Opinion
from analysis.studies.rank_studies import RankStudy
from analysis.studies.score_studies import MeanStudy, SharedRatersStudy, WholeScoreStudy
from analysis.studies.tallies import Tally

NOMINAL = 0.95
WRONG_BY = 3.0
"""A mean error is chance up to so many of its Monte-Carlo errors; of 36 figures 0.1 lie beyond."""
Kind = Literal[
    "mean",
    "extreme",
    "score",
    "listed",
    "subset",
    "difference",
    "ranks",
    "simple",
    "stratified",
    "systematic",
    "rolling",
    "two-stage",
    "large",
    "people-fpc",
    "one-class",
]
BOUNDS: dict[Kind, tuple[float, float]] = {
    "mean": (0.935, 0.965),
    "extreme": (0.935, 0.965),
    "score": (0.935, 0.965),
    "listed": (0.935, 0.965),
    "subset": (0.935, 0.965),
    "difference": (0.935, 0.965),
    "ranks": (0.95, 1.0),
    "simple": (0.935, 0.965),
    "stratified": (0.935, 0.965),
    "systematic": (0.935, 0.965),
    "rolling": (0.935, 0.965),
    "two-stage": (0.935, 0.965),
    "large": (0.935, 0.965),
    "people-fpc": (0.935, 0.965),
    "one-class": (0.935, 0.965),
}


class Runs(Protocol):
    """A design that can be surveyed again and again."""

    def run(self, rng: np.random.Generator, runs: int) -> Tally:
        """Survey so many times and tell what was covered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One line of the table: a design, its kind, and how many runs are made at a time."""

    name: str
    kind: Kind
    design: Runs
    at_once: int = 200

    def holds(self, tally: Tally) -> bool:
        """Tell whether the coverage lies within the bounds, and the bias within its error.

        Two Monte-Carlo errors are allowed about the bounds, `WRONG_BY` of them to the bias.
        """
        low, high = BOUNDS[self.kind]
        slack = 2 * tally.monte_carlo_error
        unbiased = abs(tally.bias) <= WRONG_BY * tally.bias_error
        return unbiased and low - slack <= tally.coverage <= high + slack


def batches(study: Study, *, runs: int, seed: int, done: int = 0) -> Iterator[Tally]:
    """Run a study batch by batch, after so many batches that are done already.

    A batch depends on the seed, the study's name and its number alone: whoever goes on later,
    or runs one study by itself, gets the same figures.
    """
    for number in range(done, -(-runs // study.at_once)):
        left = runs - number * study.at_once
        key = [seed, number, *study.name.encode()]
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))
        yield study.design.run(rng, min(study.at_once, left))


def _means(kind: Kind, shares: tuple[float, ...], sizes: tuple[int, ...]) -> Iterator[Study]:
    for n in sizes:
        yield Study(
            name=f"{kind}-{n}", kind=kind, design=MeanStudy(opinion=Opinion(shares=shares), n=n)
        )


STUDIES: tuple[Study, ...] = (
    *_means("mean", CEILING, (10, 20, 30, 50, 100)),
    *_means("extreme", EXTREME_CEILING, (10, 20, 30, 50, 100)),
    Study(name="score-25-8-10-5", kind="score", design=WholeScoreStudy(sizes=(25, 8, 10, 5))),
    Study(name="score-60-15-20-6", kind="score", design=WholeScoreStudy(sizes=(60, 15, 20, 6))),
    Study(
        name="listed-25-8-10-5",
        kind="listed",
        design=WholeScoreStudy(sizes=(25, 8, 10, 5), lists=(60, 12, 15, 8)),
    ),
    Study(
        name="subset-3-of-10",
        kind="subset",
        design=SharedRatersStudy(people=(90, 60), units=10, rated=3),
    ),
    Study(
        name="difference",
        kind="difference",
        design=SharedRatersStudy(people=(30, 20), units=4, rated=4, differences=True),
    ),
    Study(name="ranks-equal", kind="ranks", design=RankStudy(scores=(24.0,) * 20), at_once=20),
    Study(
        name="ranks-two-clusters",
        kind="ranks",
        design=RankStudy(scores=(23.0,) * 10 + (25.0,) * 10),
        at_once=20,
    ),
    Study(
        name="ranks-spread",
        kind="ranks",
        design=RankStudy(scores=tuple(np.linspace(21.0, 27.0, 20).tolist())),
        at_once=20,
    ),
)
