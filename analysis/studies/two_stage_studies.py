"""Coverage and bias of a province's mean from units drawn first and people in them second."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.estimation.design import survey_design
from analysis.estimation.means import means
from analysis.estimation.nonresponse import adjust_for_nonresponse
from analysis.planning.stratum_sizes import stratum_sizes, unit_sizes
from analysis.sampling.first_stage import Chances, UnitsDrawn, draw_units
from analysis.sampling.selection import two_stage
from analysis.scoring.columns import FloatArray, IntArray
from analysis.studies.populations import Correction, Population, Target, population
from analysis.studies.tallies import Tally

CHANNELS = 2
"""The strata of a unit: people are drawn in it by channel."""
COMMUNES = tuple(100 + 5 * place for place in range(40))
WITH_A_TOWN = (*COMMUNES[:-1], 1500)
"""People of 40 communes; a town among them is certain under proportional chances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoStageStudy:
    """`count` of the units by the chances, then `size` people in all, by channel in each unit.

    The interval is figure ± t·SE with as many degrees of freedom as units less their strata. A
    certain unit is a stratum of its own. Where chances are proportional the first stage counts as
    if from k/f units, f = Σπ²/k (Hartley & Rao 1962, to the order of 1/N).
    """

    chances: Chances
    target: Target
    responding: Literal["all", "by class"]
    count: int = 16
    size: int = 1200
    units: tuple[int, ...] = COMMUNES
    correction: Correction = "lot"

    def run(self, rng: np.random.Generator, runs: int) -> Tally:
        """Draw from one population again and again."""
        people = population(rng, np.array(self.units))
        truth = people.truth(self.target)
        return sum((self._once(rng, people, truth) for _ in range(runs)), Tally())

    def _once(self, rng: np.random.Generator, people: Population, truth: float) -> Tally:
        taken = people.lot(rng, 1)[0]
        unit = people.unit[taken]
        stratum = unit * CHANNELS + people.cell[taken] % CHANNELS
        strata = len(self.units) * CHANNELS
        listed = people.listed(stratum, np.arange(len(taken)), strata, self.target, self.correction)
        size = np.bincount(stratum, minlength=strata)
        units = self._units(rng, size.reshape(-1, CHANNELS).sum(axis=1).tolist())
        drawn = two_stage(
            rng.integers(0, 2**64, len(taken), dtype=np.uint64),
            stratum,
            self._sizes(size, units),
            unit=np.repeat(np.arange(len(self.units)), CHANNELS).tolist(),
            units=units,
        )
        asked = np.flatnonzero(drawn.rank)
        chosen, own, home = taken[asked], stratum[asked], unit[asked]
        first = np.array([float(one) for one in units.probability])
        weight = 1 / np.array([float(one or 1) for one in drawn.probability])[own]
        answered = np.ones(len(asked), dtype=np.bool_)
        if self.responding == "by class":
            answered = rng.random(len(asked)) < people.willing[chosen]
            weight = adjust_for_nonresponse(weight, answered, own % CHANNELS, strata=home).weights
        if self.target == "transactions":
            weight = weight * people.cases[asked]
        design = survey_design(
            weight[answered],
            strata=[_first_strata(units)[home[answered]], own[answered]],
            clusters=[home[answered], asked[answered]],
            populations=[_first_populations(units, first)[home[answered]], listed[own[answered]]],
            lonely="adjust",
        )
        mean = means(design, people.value[chosen[answered]])
        low, high = mean.interval()[0].tolist()
        return Tally.of(float(mean.values[0]), (low, high), truth)

    def _units(self, rng: np.random.Generator, people: list[int]) -> UnitsDrawn:
        *numbers, start = rng.integers(0, 2**64, len(people) + 1, dtype=np.uint64).tolist()
        return draw_units(people, numbers, self.count, self.chances, start=start)

    def _sizes(self, size: IntArray, units: UnitsDrawn) -> list[int]:
        by_unit: list[list[int]] = size.reshape(-1, CHANNELS).tolist()
        wanted = unit_sizes([sum(row) for row in by_unit], units.probability, self.size)
        return [
            n
            for row, total, chosen in zip(by_unit, wanted, units.chosen, strict=True)
            for n in (stratum_sizes(row, total, "proportional", floor=2) if chosen else row)
        ]


def _first_strata(units: UnitsDrawn) -> IntArray:
    """Give each unit its stratum of the first stage: one for all but the certain ones."""
    certain = np.array(units.certain)
    return np.where(certain, 1 + np.arange(len(certain)), 0)


def _first_populations(units: UnitsDrawn, probability: FloatArray) -> FloatArray:
    """Give how many units the stratum of each counts as: 1 for a certain one."""
    certain = np.array(units.certain)
    chance = probability[~certain]
    count = float(chance.sum())
    return np.where(certain, 1.0, count**2 / float((chance**2).sum()))
