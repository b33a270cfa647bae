"""Coverage and bias of means over samples drawn, answered and weighted as in a real wave.

Each batch makes a population anew; each run takes one transaction of every person by lot, fixes
the sizes, draws, loses those who do not answer, weights, and scores the run as a unit.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from analysis.estimation.nonresponse import adjust_for_nonresponse
from analysis.planning.allocation import Method
from analysis.planning.stratum_sizes import stratum_sizes
from analysis.sampling.selection import stratified, systematic
from analysis.scoring.columns import (
    Ballots,
    BoolArray,
    FloatArray,
    IndexColumns,
    IntArray,
    LeafColumns,
    Stratum,
)
from analysis.scoring.scoring import score
from analysis.studies.opinions import WORTHS
from analysis.studies.populations import ITEMS, Correction, Population, Target, population
from analysis.studies.tallies import Tally

Design = Literal["simple", "stratified", "systematic", "rolling"]

CELLS = 4
"""The strata of a unit: two services × two channels."""
SIGMAS = tuple(Fraction(one, 100) for one in (24, 20, 22, 18)) * 2
_AT_ONCE = 10
"""Runs whose response classes are formed in one go: the loops of one do not see the others."""
_DIGITS = 10_000
"""Weights are rounded to whole ten-thousandths, so that scoring adds them up exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignStudy:
    """A sample of `size` people of all units, whose mean over people or transactions is wanted.

    `responding` "by class" loses people by channel and unit; `classes` "one" weights up as if it
    did not. `within` says in what the error is taken: the cells unit × service × channel, which
    weight a sample that is not stratified afterwards, or all at once. `correction` is the rule
    of `Population.listed`.
    """

    design: Design
    target: Target
    size: int
    responding: Literal["all", "by class"]
    method: Method = "proportional"
    floor: int = 0
    units: tuple[int, ...] = (700, 500)
    correction: Correction = "lot"
    within: Literal["all", "cells"] = "cells"
    classes: Literal["one", "cells"] = "cells"

    def run(self, rng: np.random.Generator, runs: int) -> Tally:
        """Draw from one population again and again."""
        people = population(rng, np.array(self.units))
        cells = CELLS * len(self.units)
        taken = people.lot(rng, runs)
        cell = (people.cell[taken] + cells * np.arange(runs)[:, None]).ravel()
        asked = np.flatnonzero(self._drawn(rng, cell, people.day[taken].ravel(), runs))
        strata = runs if self.within == "all" else cells * runs
        code = cell // cells if self.within == "all" else cell
        person = np.tile(np.arange(len(people.cases)), runs)
        listed = people.listed(code, person, strata, self.target, self.correction)
        size = np.bincount(code, minlength=strata)
        chosen, own = taken.ravel()[asked], code[asked]
        answered = np.ones(len(asked), dtype=np.bool_)
        if self.responding == "by class":
            answered = rng.random(len(asked)) < people.willing[chosen]
        weight = (size / np.maximum(np.bincount(own, minlength=strata), 1))[own]
        if self.responding == "by class" and self.classes == "one":
            weight = weight * (len(answered) / answered.sum())
        elif self.responding == "by class":
            weight = weighted_up(weight, answered, cell[asked], cells)
        chosen, own, weight = chosen[answered], own[answered], weight[answered]
        if self.target == "transactions":
            weight = weight * people.cases[person[asked][answered]]
        return _tally(people, chosen, own, weight, listed, runs, people.truth(self.target))

    def _drawn(
        self, rng: np.random.Generator, cell: IntArray, day: FloatArray, runs: int
    ) -> BoolArray:
        """Mark who is drawn, shape (runs · J,)."""
        numbers = rng.integers(0, 2**64, len(cell), dtype=np.uint64)
        cells = CELLS * len(self.units)
        if self.design == "rolling":
            rate = self.size / sum(self.units)
            return numbers < np.uint64(int(rate * 2**64))
        if self.design == "simple":
            return stratified(numbers, cell // cells, (self.size,) * runs).rank > 0
        if self.design == "systematic":
            starts = [int(one) for one in rng.integers(0, 2**64, runs, dtype=np.uint64)]
            return (
                systematic(
                    numbers, cell // cells, (self.size,) * runs, keys=(cell, day), starts=starts
                ).rank
                > 0
            )
        people = np.bincount(cell, minlength=runs * cells).reshape(runs, cells).tolist()
        sizes = [
            n
            for row in people
            for n in stratum_sizes(
                row, self.size, self.method, floor=self.floor, sigmas=SIGMAS[:cells]
            )
        ]
        return stratified(numbers, cell, sizes).rank > 0


def weighted_up(
    weight: FloatArray, answered: BoolArray, stratum: IntArray, strata: int
) -> FloatArray:
    """Adjust for those who did not answer; strata are classes, thin ones merged in their unit."""
    if answered.all():
        return weight
    adjusted = np.zeros(len(weight))
    lot = stratum // (strata * _AT_ONCE)
    for each in range(int(lot.max()) + 1):
        rows = np.flatnonzero(lot == each)
        own = stratum[rows]
        adjusted[rows] = adjust_for_nonresponse(
            weight[rows],
            answered[rows],
            _by_channel(own % CELLS),
            strata=own // CELLS,
        ).weights
    return adjusted


def _by_channel(cell: IntArray) -> IntArray:
    """Put a unit's cells into the order of the response classes: by channel, then service."""
    return cell % 2 * 2 + cell // 2


def _tally(
    people: Population,
    chosen: IntArray,
    stratum: IntArray,
    weight: FloatArray,
    listed: IntArray,
    runs: int,
    truth: float,
) -> Tally:
    """Score each run as a unit, and hold its interval against the truth."""
    distinct, place = np.unique(np.rint(weight * _DIGITS).astype(np.int64), return_inverse=True)
    scores = score(
        Ballots(
            respondent=np.arange(len(chosen)),
            stratum=stratum,
            group=np.zeros(len(chosen), dtype=np.int64),
            unit=stratum // (len(listed) // runs),
            weight=place,
            weights=tuple(Fraction(one, _DIGITS) for one in distinct.tolist()),
            answers=people.answers[chosen],
        ),
        tuple(Stratum(population=one) for one in listed.tolist()),
        _index(runs),
    )
    tally = Tally()
    for one in scores.units:
        if one.points is not None and one.interval is not None:
            tally += Tally.of(float(one.points), one.interval, truth)
    return tally


def _index(units: int) -> IndexColumns:
    values = tuple(Fraction(worth) for worth in WORTHS)
    leaf = LeafColumns(
        code="mean",
        maximum=Fraction(1),
        weights=(Fraction(1),),
        items=(tuple(range(ITEMS)),),
        minimum=(1,),
    )
    return IndexColumns(leaves=((leaf,),), unit_class=(0,) * units, values=(values,) * ITEMS)
