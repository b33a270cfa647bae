"""Samples drawn, answered, weighted and scored by the code that runs in production."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Final, Literal

import numpy as np
from msgspec.structs import replace as changed
from numpy.typing import NDArray

from analysis.sampling.lot import Target
from analysis.sampling.numbers import is_taken, permanent_number
from analysis.scoring.columns import Ballots, IndexColumns, LeafColumns, Stratum
from analysis.scoring.scoring import score
from analysis.studies.opinions import WORTHS
from analysis.studies.populations import ITEMS, Population, population
from analysis.studies.tallies import Tally
from survey_service.freezing.coarsening import coarsen
from survey_service.freezing.drawn_people import considered
from survey_service.freezing.drawn_strata import FrameStratum, drawn_strata, fpc_population
from survey_service.freezing.narrowing import InvitedPerson
from survey_service.freezing.weighting import SampledPerson, weigh
from survey_service.sampling.contacts import DrawnPerson
from survey_service.sampling.fixing import DIGEST, FixedFrame
from survey_service.sampling.selecting import select_people
from survey_service.sampling.strata import Place
from survey_service.sampling.summary import StratumSummary
from survey_service.waves.sample_plan import FirstStage, Rolling, SamplePlan, SampleSize

GROUP, K = "ND", 10
UNITS: Final = (700, 500)
SEED_BYTES: Final = 32
PLAN: Final = SamplePlan(group=GROUP, since=date(2025, 1, 1), until=date(2025, 2, 28))
Way = Literal[
    "simple", "systematic", "proportional", "neyman", "fixed", "two-stage", "rolling"
]  # fmt: skip


def plan_of(way: Way, target: Target, people: int = 360) -> SamplePlan:
    """Write the plan of a sample of so many people."""
    plan = changed(PLAN, target=target, size=SampleSize(rule="total", total=people), floor=20)
    match way:
        case "simple" | "systematic":
            return changed(plan, design=way, floor=0)
        case "proportional" | "neyman" | "fixed":
            sigmas = {
                f"{place.unit}/{place.service}/{place.channel}": Decimal(20 + number % 3) / 100
                for number, place in enumerate(PLACES)
            }
            return changed(plan, allocation=way, sigmas=sigmas if way == "neyman" else {})
        case "two-stage":
            return changed(plan, design=way, first_stage=FirstStage(count=1))
        case "rolling":
            return changed(plan, rolling=Rolling(rate=Decimal(people) / sum(UNITS)))


PLACES: Final = tuple(
    Place(unit=unit, service=service, channel=channel, mode="web")
    for unit, service, channel in product(("XA1", "XA2"), ("HT", "KS"), ("counter", "online"))
)
"""The cells of `analysis.studies.populations`, in their order."""


def frame_of(people: Population) -> FixedFrame:
    """Give everybody of a population as the frame of a wave."""
    return FixedFrame(
        people=bytearray(b"".join(one.to_bytes(DIGEST) for one in range(len(people.cases)))),
        first=np.append(people.first, len(people.cell)).astype(np.uint32),
        transaction=np.arange(len(people.cell), dtype=np.uint32),
        place=people.cell.astype(np.uint32),
        day=(people.day * 59).astype(np.uint16),
        places=PLACES,
        cases=tuple(np.bincount(people.cell, minlength=len(PLACES)).tolist()),
        fingerprint="",
        unit_fingerprints={},
    )


@dataclass(frozen=True, slots=True)
class Simulated:
    """A population and its frame; people answer by the channel and unit of their transaction."""

    people: Population
    frame: FixedFrame
    truth: NDArray[np.float64]

    @classmethod
    def of(cls, rng: np.random.Generator, target: Target) -> "Simulated":
        """Make a population; the truth of a unit is that of what was done there."""
        people = population(rng, np.array(UNITS))
        share = np.ones(len(people.unit))
        if target == "people":
            share = 1 / np.repeat(people.cases, people.cases)
        whole = np.bincount(people.unit, share)
        return cls(people, frame_of(people), np.bincount(people.unit, share * people.value) / whole)

    def run(self, rng: np.random.Generator, plan: SamplePlan, *, band: int = K) -> Tally:
        """Draw, lose, weight and score once; a unit that was not drawn counts for nothing.

        `band` is how many people share a number of transactions in their weight, 1 for nobody.
        """
        strata, drawn = _drawn(self.frame, plan, rng.bytes(SEED_BYTES))
        by_code = {one.stratum: one for one in strata}
        coarsened = coarsen([_invited(by_code[one.stratum]) for one in drawn], K, {GROUP: "drawn"})
        answered = rng.random(len(drawn)) < self.people.willing[[one.transaction for one in drawn]]
        weighted = weigh(
            drawn_strata(
                GROUP,
                [FrameStratum(counted=one) for one in strata],
                {one.stratum: code for one, code in zip(drawn, coarsened.stratum_of, strict=True)},
                coarsened.strata,
            ),
            [
                SampledPerson(stratum=code, transactions=one.transactions, answered=bool(told))
                for one, code, told in zip(drawn, coarsened.stratum_of, answered, strict=True)
            ],
            target=plan.target,
            k=band,
        )
        row = {one.code: number for number, one in enumerate(coarsened.strata)}
        told = np.flatnonzero(answered)
        case = np.array([one.transaction for one in drawn])[told]
        distinct = sorted(set(weighted.weights))
        ballots = Ballots(
            respondent=np.arange(len(told)),
            stratum=np.array([row[code] for code in coarsened.stratum_of])[told],
            group=np.zeros(len(told), dtype=np.int64),
            unit=self.people.unit[case],
            weight=np.array([distinct.index(one) for one in weighted.weights])[told],
            weights=tuple(Fraction(one) for one in distinct),
            answers=self.people.answers[case],
        )
        listed = tuple(Stratum(population=one.population) for one in coarsened.strata)
        found = score(ballots, listed, INDEX).units
        return sum(
            (
                Tally.of(float(one.points), one.interval, float(truth))
                for one, truth in zip(found, self.truth, strict=True)
                if one.points is not None and one.interval is not None
            ),
            Tally(),
        )


INDEX: Final = IndexColumns(
    leaves=(
        (
            LeafColumns(
                code="mean",
                maximum=Fraction(1),
                weights=(Fraction(1),),
                items=(tuple(range(ITEMS)),),
                minimum=(1,),
            ),
        ),
    ),
    unit_class=(0,) * len(UNITS),
    values=(tuple(Fraction(worth) for worth in WORTHS),) * ITEMS,
)


def _drawn(
    frame: FixedFrame, plan: SamplePlan, seed: bytes
) -> tuple[tuple[StratumSummary, ...], list[DrawnPerson]]:
    if plan.rolling is None:
        selection = select_people(frame, plan, seed)
        return selection.strata, [one for one in selection.people() if one.is_asked]
    # Everybody is considered, and lot takes or passes over each by themselves.
    everybody = select_people(frame, changed(plan, size=SampleSize(rule="all")), seed)
    rate = Fraction(plan.rolling.rate)
    people = [
        one if is_taken(permanent_number(one.person, seed), rate) else replace(one, state="passed")
        for one in everybody.people()
    ]
    counts: dict[str, Counter[tuple[str, int]]] = {
        one.stratum: Counter() for one in everybody.strata
    }
    for one in people:
        counts[one.stratum][one.state, one.transactions] += 1
    return tuple(_rolled(everybody.strata, counts, plan)), [one for one in people if one.is_asked]


def _rolled(
    strata: tuple[StratumSummary, ...],
    counts: Mapping[str, Mapping[tuple[str, int], int]],
    plan: SamplePlan,
) -> Iterator[StratumSummary]:
    for one in strata:
        yield considered(one, counts[one.stratum], plan.target)


def _invited(stratum: StratumSummary) -> InvitedPerson:
    units = frozenset({stratum.unit})
    return InvitedPerson(
        group=GROUP,
        eligible=units,
        assigned=units,
        unit=stratum.unit,
        service=stratum.service,
        channel=stratum.channel,
        population=fpc_population(stratum),
    )
