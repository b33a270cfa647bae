"""Who of a fixed frame is drawn: one case each by lot, sizes, then the plan's design."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.sampling.first_stage import UnitsDrawn, draw_units
from analysis.sampling.lot import fpc_population
from analysis.sampling.numbers import chosen_case, label_numbers, permanent_numbers
from analysis.sampling.selection import Drawn, stratified, systematic, two_stage
from questionnaires.problems import ProblemsError, problem
from survey_service.sampling.contacts import DrawnPerson
from survey_service.sampling.fixing import FixedFrame
from survey_service.sampling.sizing import sample_sizes
from survey_service.sampling.strata import Place, kept_at, list_at, stratum_at
from survey_service.sampling.summary import StratumSummary
from survey_service.waves.sample_plan import FirstStage, SamplePlan

ShortArray = NDArray[np.int32]

UNITS_START: Final = "first stage"
"""The label whose number starts the systematic walk along the units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The strata of a frame, in order of their codes, and who was drawn in them.

    `chosen` is the case that each person is asked about, a row of the frame; `stratum` that
    person's, a place in `strata`. `within` is the list that lot decided in, a place among those
    of `drawn`: the stratum, or everybody of a mode where the design draws from one list.
    """

    frame: FixedFrame
    strata: tuple[StratumSummary, ...]
    chosen: NDArray[np.uint32]
    stratum: ShortArray
    within: ShortArray
    drawn: Drawn

    def people(self) -> Iterator[DrawnPerson]:
        """Walk the people drawn and the reserves, in the order of their digests."""
        frame = self.frame
        for row in np.flatnonzero(self.drawn.rank).tolist():
            place = int(self.drawn.rank[row])
            yield DrawnPerson(
                person=frame.person(row),
                transaction=int(frame.transaction[self.chosen[row]]),
                stratum=self.strata[int(self.stratum[row])].stratum,
                place=place,
                transactions=int(frame.first[row + 1]) - int(frame.first[row]),
                state="invited" if place <= self.drawn.drawn[int(self.within[row])] else "reserve",
            )


def select_people(frame: FixedFrame, plan: SamplePlan, seed: bytes) -> Selection:
    """Draw the plan's sample; the same frame and seed give the same people.

    Raises ProblemsError where the frame cannot give what the plan asks.
    """
    chosen = _cases(frame, seed)
    own = frame.place[chosen]
    strata = {stratum_at(plan, place): kept_at(plan, place) for place in frame.places}
    stratum = _codes(sorted(strata), [stratum_at(plan, place) for place in frame.places])[own]
    lists = dict(list_at(plan, place) for place in frame.places)
    names = sorted(lists)
    within = _codes(names, [list_at(plan, place)[0] for place in frame.places])[own]
    places = [lists[name] for name in names]
    people: list[int] = np.bincount(within, minlength=len(names)).tolist()
    numbers = permanent_numbers(frame.everybody(), seed)
    if plan.design == "two-stage" and plan.first_stage is not None:
        drawn = _two_stage(plan, plan.first_stage, places, people, numbers, within, seed)
    else:
        sizes = sample_sizes(plan, places, people)
        reserves = _reserves(plan, sizes)
        if plan.design == "systematic":
            drawn = systematic(
                *(numbers, within, sizes),
                keys=_list_order(frame, chosen),
                starts=label_numbers(names, seed).tolist(),
                reserves=reserves,
            )
        else:
            drawn = stratified(numbers, within, sizes, reserves=reserves)
    return Selection(
        frame=frame,
        strata=tuple(_summaries(frame, plan, strata, stratum, within, drawn)),
        chosen=chosen,
        stratum=stratum,
        within=within,
        drawn=drawn,
    )


def _codes(names: Sequence[str], named: Sequence[str]) -> ShortArray:
    """Give each name's place among the names."""
    number = {name: row for row, name in enumerate(names)}
    return np.array([number[name] for name in named], dtype=np.int32)


def _cases(frame: FixedFrame, seed: bytes) -> NDArray[np.uint32]:
    """Take one of each person's cases by lot."""
    chosen = frame.first[:-1].copy()
    counts = np.diff(frame.first)
    for row in np.flatnonzero(counts > 1).tolist():
        chosen[row] += chosen_case(frame.person(row), seed, int(counts[row]))
    return chosen


def _list_order(
    frame: FixedFrame, chosen: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint32]]:
    """Give what a systematic sample walks by: unit, service, channel; day; digest."""
    order = sorted(range(len(frame.places)), key=frame.places.__getitem__)
    sorted_place = np.empty(len(order), dtype=np.uint32)
    sorted_place[order] = np.arange(len(order), dtype=np.uint32)
    rows = np.arange(len(chosen), dtype=np.uint32)
    return sorted_place[frame.place[chosen]], frame.day[chosen], rows


def _two_stage(
    plan: SamplePlan,
    stage: FirstStage,
    strata: Sequence[Place],
    people: Sequence[int],
    numbers: NDArray[np.uint64],
    stratum: ShortArray,
    seed: bytes,
) -> Drawn:
    codes = sorted({place.unit for place in strata})
    unit = [codes.index(place.unit) for place in strata]
    of_unit = [0] * len(codes)
    for one, count in zip(unit, people, strict=True):
        of_unit[one] += count
    units = _draw_units(stage, codes, of_unit, seed)
    sizes = sample_sizes(plan, strata, people, [units.probability[one] for one in unit])
    return two_stage(
        *(numbers, stratum, sizes), unit=unit, units=units, reserves=_reserves(plan, sizes)
    )


def _draw_units(
    stage: FirstStage, codes: Sequence[str], people: Sequence[int], seed: bytes
) -> UnitsDrawn:
    filled = sum(count > 0 for count in people)
    if stage.count > filled:
        raise ProblemsError(
            problem(
                "sample.first_stage",
                f"khung mẫu chỉ có {filled} đơn vị, không rút được {stage.count} đơn vị ở giai "
                "đoạn một.",
                f"the frame has {filled} units only; {stage.count} cannot be drawn in the first "
                "stage.",
            )
        )
    (start,) = label_numbers([UNITS_START], seed).tolist()
    return draw_units(
        people, label_numbers(codes, seed), stage.count, stage.chances, start=int(start)
    )


def _reserves(plan: SamplePlan, sizes: Sequence[int]) -> list[int]:
    share = Fraction(plan.reserve)
    return [-(-size * share.numerator // share.denominator) for size in sizes]


def _summaries(
    frame: FixedFrame,
    plan: SamplePlan,
    strata: Mapping[str, Place],
    stratum: ShortArray,
    within: ShortArray,
    drawn: Drawn,
) -> Iterator[StratumSummary]:
    """Count each stratum, in order of the codes; its probability is that of the list."""
    names = sorted(strata)
    transactions: Counter[str] = Counter()
    for place, cases in zip(frame.places, frame.cases, strict=True):
        transactions[stratum_at(plan, place)] += cases
    several = _several(frame, stratum, len(names))
    invited = (drawn.rank > 0) & (drawn.rank <= np.array(drawn.drawn)[within])
    asked = np.bincount(stratum[invited], minlength=len(names)).tolist()
    ranked = np.bincount(stratum[drawn.rank > 0], minlength=len(names)).tolist()
    lists = sorted({list_at(plan, place)[0] for place in frame.places})
    for row, name in enumerate(names):
        place = strata[name]
        of_list = lists.index(list_at(plan, place)[0])
        yield StratumSummary(
            stratum=name,
            unit=place.unit,
            service=place.service,
            channel=place.channel,
            mode=place.mode,
            transactions=transactions[name],
            people=sum(several[row].values()),
            fpc_population=fpc_population(several[row], plan.target),
            drawn=asked[row],
            reserve=ranked[row] - asked[row],
            probability=str(drawn.probability[of_list]),
            first_stage=str(drawn.first_stage[of_list]) if plan.design == "two-stage" else None,
        )


def _several(frame: FixedFrame, stratum: ShortArray, strata: int) -> list[dict[int, int]]:
    """Count by stratum how many people have each number of transactions."""
    cases = np.diff(frame.first)
    width = int(cases.max(initial=0)) + 1
    people = np.bincount(stratum * np.int64(width) + cases, minlength=strata * width)
    return [
        {number: count for number, count in enumerate(row) if count}
        for row in people.reshape(strata, width).tolist()
    ]
