"""Coverage of score intervals: many surveys of known truth, scored as one survey of many units."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.special import stdtrit

from analysis.scoring.columns import (
    Ballots,
    FloatArray,
    IndexColumns,
    IntArray,
    LeafColumns,
    Stratum,
)
from analysis.scoring.scoring import Scores, score
from analysis.studies.opinions import WORTHS, Opinion
from analysis.studies.tallies import Tally

ONE = Fraction(1)
POINTS, ITEMS = (10, 8, 7, 5), 3
"""Criteria of 10 + 8 + 7 + 5 points, three items each."""
SHARES = (40, 20, 25, 15)
"""What the four groups weigh on every criterion, in percent."""
OPINIONS = (
    Opinion(shares=(0.45, 0.30, 0.15, 0.07, 0.03), missing=0.06),
    Opinion(shares=(0.60, 0.25, 0.10, 0.04, 0.01), missing=0.06),
    Opinion(shares=(0.35, 0.35, 0.18, 0.08, 0.04), missing=0.06),
    Opinion(shares=(0.70, 0.19, 0.07, 0.03, 0.01), missing=0.06),
)
"""How the four groups answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanStudy:
    """The mean of three items over n respondents: one group, one criterion worth 1."""

    opinion: Opinion
    n: int

    def run(self, rng: np.random.Generator, runs: int) -> Tally:
        """Survey as many units as runs, all of the same truth."""
        ballots = _answered(rng, np.zeros(runs), (self.opinion,), (self.n,), leaves=1)
        index = _index(runs, (1,), (100,))
        scores = score(ballots, (Stratum(population=None),) * runs, index)
        return _tally(scores, np.full(runs, self.opinion.mean()))


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeScoreStudy:
    """Four criteria, four groups of `sizes`; `lists` are the lists they were drawn from.

    With lists the truth is the score that everybody on them would have given.
    """

    sizes: tuple[int, ...]
    lists: tuple[int, ...] | None = None

    def run(self, rng: np.random.Generator, runs: int) -> Tally:
        """Survey as many units as runs, each with lists of its own."""
        index = _index(runs, POINTS, SHARES)
        everybody = _answered(
            rng, np.zeros(runs), OPINIONS, self.lists or self.sizes, leaves=len(POINTS)
        )
        if self.lists is None:
            truth = np.full(runs, _true_score(0.0))
            strata = (Stratum(population=None),) * (runs * len(SHARES))
            return _tally(score(everybody, strata, index), truth)
        strata = tuple(Stratum(population=size) for _ in range(runs) for size in self.lists)
        whole = score(everybody, strata, index)
        truth = np.array([float(unit.points or 0) for unit in whole.units])
        drawn = np.concatenate(
            [np.arange(size) < n for _ in range(runs)
             for size, n in zip(self.lists, self.sizes, strict=True)]
        )  # fmt: skip
        return _tally(score(_some(everybody, drawn), strata, index), truth)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRatersStudy:
    """People of two groups who rate several units each, of different quality.

    Each rates `rated` of `units`: all of them, or a subset drawn at random. Intervals are those
    of the scores, or of the difference of two units where `differences` is set.
    """

    people: tuple[int, int]
    units: int
    rated: int
    differences: bool = False

    def run(self, rng: np.random.Generator, runs: int) -> Tally:
        """Survey the units of one wave after another until there are as many intervals."""
        waves = -(-runs // (1 if self.differences else self.units))
        quality = np.tile(np.linspace(-0.3, 0.3, self.units), waves)
        index = _index(waves * self.units, POINTS, (60, 40))
        subset = self.rated < self.units
        strata = (Stratum(population=None, subset=subset),) * (2 * waves)
        scores = score(self._ballots(rng, waves, quality), strata, index)
        truth = np.array([_true_score(one, (60, 40)) for one in quality[: self.units]])
        if not self.differences:
            return _tally(scores, np.tile(truth, waves))
        first = np.arange(waves) * self.units
        return _tally_differences(scores, first, first + 1, float(truth[0] - truth[1]))

    def _ballots(self, rng: np.random.Generator, waves: int, quality: FloatArray) -> Ballots:
        people = sum(self.people)
        group = np.tile(np.repeat([0, 1], self.people), waves)
        person = np.arange(waves * people)
        chosen = np.argsort(rng.random((len(person), self.units)), axis=1)[:, : self.rated]
        unit = (person // people * self.units)[:, None] + chosen
        leanings = np.repeat(rng.standard_normal(len(person)), self.rated)
        owner = np.repeat(person, self.rated)
        own_unit = unit.reshape(-1)
        answers = np.zeros((len(owner), len(POINTS) * ITEMS), dtype=np.int16)
        for place in (0, 1):
            rows = np.flatnonzero(group[owner] == place)
            answers[rows] = OPINIONS[place].draw(
                rng, leanings[rows], answers.shape[1], quality[own_unit[rows]]
            )
        return Ballots(
            respondent=owner,
            stratum=(owner // people) * 2 + group[owner],
            group=group[owner],
            unit=own_unit,
            weight=np.zeros(len(owner), dtype=np.int64),
            weights=(ONE,),
            answers=answers,
        )


def _answered(
    rng: np.random.Generator,
    quality: FloatArray,
    opinions: Sequence[Opinion],
    sizes: Sequence[int],
    *,
    leaves: int,
) -> Ballots:
    """Let so many people of each group rate each unit; nobody rates two."""
    units, groups = len(quality), len(sizes)
    unit = np.repeat(np.arange(units), sum(sizes))
    group = np.tile(np.repeat(np.arange(groups), sizes), units)
    answers = np.zeros((len(unit), leaves * ITEMS), dtype=np.int16)
    for place, opinion in enumerate(opinions):
        rows = np.flatnonzero(group == place)
        leanings = rng.standard_normal(len(rows))
        answers[rows] = opinion.draw(rng, leanings, leaves * ITEMS, quality[unit[rows]])
    return Ballots(
        respondent=np.arange(len(unit)),
        stratum=unit * groups + group,
        group=group,
        unit=unit,
        weight=np.zeros(len(unit), dtype=np.int64),
        weights=(ONE,),
        answers=answers,
    )


def _some(ballots: Ballots, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ballots:
    return Ballots(
        respondent=ballots.respondent[rows],
        stratum=ballots.stratum[rows],
        group=ballots.group[rows],
        unit=ballots.unit[rows],
        weight=ballots.weight[rows],
        weights=ballots.weights,
        answers=ballots.answers[rows],
    )


def _index(units: int, points: Sequence[int], shares: Sequence[int]) -> IndexColumns:
    values = tuple(Fraction(worth) for worth in WORTHS)
    return IndexColumns(
        leaves=(
            tuple(
                LeafColumns(
                    code=f"{leaf}",
                    maximum=Fraction(maximum),
                    weights=tuple(Fraction(share, 100) for share in shares),
                    items=(tuple(range(leaf * ITEMS, (leaf + 1) * ITEMS)),) * len(shares),
                    minimum=(1,) * len(shares),
                )
                for leaf, maximum in enumerate(points)
            ),
        ),
        unit_class=(0,) * units,
        values=(values,) * (len(points) * ITEMS),
    )


def _true_score(quality: float, shares: Sequence[int] = SHARES) -> float:
    return sum(POINTS) * sum(
        share / 100 * opinion.mean(quality)
        for share, opinion in zip(shares, OPINIONS, strict=False)
    )


def _tally(scores: Scores, truth: FloatArray) -> Tally:
    ends = [unit.interval for unit in scores.units]
    held = [
        end is not None and end[0] <= one <= end[1]
        for end, one in zip(ends, truth.tolist(), strict=True)
    ]
    return Tally(
        runs=len(held),
        covered=sum(held),
        width=sum(end[1] - end[0] for end in ends if end is not None),
    )


def _tally_differences(scores: Scores, one: IntArray, other: IntArray, truth: float) -> Tally:
    """Cover a difference by t with the smaller degrees of freedom of its two units."""
    points = np.array([float(unit.points or 0) for unit in scores.units])
    freedom = np.array([unit.degrees_of_freedom or 1.0 for unit in scores.units])
    matrix = scores.covariance
    error = np.sqrt(matrix[one, one] + matrix[other, other] - 2 * matrix[one, other])
    half = stdtrit(np.minimum(freedom[one], freedom[other]), 0.975) * error
    held = np.abs(points[one] - points[other] - truth) <= half
    return Tally(runs=len(one), covered=int(held.sum()), width=float(2 * half.sum()))
