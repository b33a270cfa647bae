"""Citizens drawn by lot from invented transactions, and others who came by a receipt."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from msgspec.structs import replace

from analysis.sampling.lot import fpc_population
from questionnaires.catalogue import folder
from questionnaires.definition import Rotation, Service
from questionnaires.index import Code, Mode
from questionnaires.loading import Definitions, load_definitions
from questionnaires.text import Text
from survey_service.dataset.design import (
    Coverage,
    DatasetUnit,
    Exclusion,
    SampleChange,
    Sampling,
)
from survey_service.freezing.coarsening import Coarsened
from survey_service.freezing.drawn_strata import FrameStratum, drawn_strata
from survey_service.freezing.narrowing import InvitedPerson
from survey_service.freezing.weighting import SampledPerson, weigh
from survey_service.sampling.summary import StratumSummary

SERVICES = {"LX": ("Cấp đổi giấy phép lái xe", "Driving licence"),
            "NUOC": ("Lắp đồng hồ nước", "Water meter")}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCitizens:
    """A group drawn in every cell of unit × service × channel.

    The frame of a cell has `people` and up to twice more, by its place; of each `share` are drawn.
    They have 1 to `most` transactions. `letters` and `receipts` people per unit and service come
    by these modes; letters are drawn from as many again.
    """

    group: Code = "ND"
    services: Sequence[Code] = tuple(SERVICES)
    channels: Sequence[Code] = ("online", "mot-cua")
    people: int = 90
    share: Fraction = Fraction(1, 3)
    most: int = 3
    letters: int = 0
    receipts: int = 0
    target: Literal["people", "transactions"] = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """Somebody asked; `stratum` is that of the frame, "" for who came by a receipt."""

    frame: InvitedPerson
    stratum: str
    transactions: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Everybody of the group who was asked, and the frame that they were drawn from."""

    plan: DrawnCitizens
    frame: list[FrameStratum] = field(default_factory=list[FrameStratum])
    people: list[Citizen] = field(default_factory=list[Citizen])


def ask(plan: DrawnCitizens, units: Sequence[DatasetUnit], *, seed: int) -> Asked:
    """Draw in every cell of every unit."""
    chance = random.Random(f"citizens {seed}")
    asked = Asked(plan)
    for number, (unit, service, channel, mode, people, drawn) in enumerate(_cells(plan, units)):
        code = "/".join(part for part in (unit, service, channel) if part)
        stratum = code if mode == "web" else f"{mode}:{code}"
        several = [1 + int(chance.random() ** 2 * plan.most) for _ in range(people)]
        if mode != "receipt":
            asked.frame.append(
                FrameStratum(
                    counted=StratumSummary(
                        stratum=stratum, unit=unit, service=service, channel=channel, mode=mode,
                        transactions=sum(several), people=people, drawn=drawn, reserve=2,
                        fpc_population=fpc_population(Counter(several), plan.target),
                        probability=f"{drawn}/{people}",
                    ),
                    # One of the drawn was replaced in every third stratum.
                    called=int(number % 3 == 0), replaced=int(number % 3 == 0),
                )
            )  # fmt: skip
        one = InvitedPerson(
            group=plan.group, eligible=frozenset({unit}), assigned=frozenset({unit}),
            unit=unit, service=service, channel=channel, mode=mode,
            population=None
            if mode == "receipt"
            else fpc_population(Counter(several), plan.target),
        )  # fmt: skip
        asked.people.extend(
            Citizen(
                frame=one, stratum="" if mode == "receipt" else stratum, transactions=several[at]
            )
            for at in range(drawn)
        )
    return asked


def _cells(
    plan: DrawnCitizens, units: Sequence[DatasetUnit]
) -> Iterator[tuple[Code, Code, Code, Mode, int, int]]:
    number = 0
    for unit in units:
        for service in plan.services:
            for channel in plan.channels:
                people = plan.people * (2 + number % 3) // 2
                yield unit.code, service, channel, "web", people, int(people * plan.share)
                number += 1
            if plan.letters:
                yield unit.code, service, "", "letter", 2 * plan.letters, plan.letters
            if plan.receipts:
                yield unit.code, service, "", "receipt", plan.receipts, plan.receipts


def weighted(
    asked: Asked, coarsened: Coarsened, strata: Sequence[Code], answered: Sequence[bool], k: int
) -> tuple[list[str], Sampling]:
    """Weight the citizens, whose strata and answers stand in their order, and say how."""
    plan = asked.plan
    drawn = [place for place, person in enumerate(asked.people) if person.stratum]
    into = {asked.people[place].stratum: strata[place] for place in drawn}
    found = weigh(
        drawn_strata(plan.group, asked.frame, into, coarsened.strata),
        [
            SampledPerson(
                stratum=strata[place],
                transactions=asked.people[place].transactions,
                answered=answered[place],
            )
            for place in drawn
        ],
        target=plan.target,
        k=k,
    )
    weights = ["1"] * len(asked.people)
    for place, weight in zip(drawn, found.weights, strict=True):
        weights[place] = weight
    by_channel: Counter[str] = Counter()
    replaced: Counter[str] = Counter()
    for one in asked.frame:
        by_channel[one.counted.channel] += one.counted.transactions
        replaced[one.counted.unit] += one.replaced
    return weights, Sampling(
        group=plan.group,
        target=plan.target,
        design="stratified",
        allocation="proportional",
        seed="5a" * 32,
        commitment="c0" * 32,
        frame="f0" * 32,
        sample="5e" * 32,
        intact=True,
        draws=1,
        strata=found.strata,
        excluded=tuple(
            Exclusion(rule="no-contact", unit=unit, transactions=12) for unit in sorted(replaced)
        ),
        coverage=tuple(
            Coverage(
                field="channel", value=channel, transactions=2 * number, email=number,
                telephone=number // 2,
            )
            for channel, number in sorted(by_channel.items())
        ),
        changes=tuple(
            SampleChange(unit=unit, change=change, reason="bounced", count=count)
            for unit, count in sorted(replaced.items())
            for change in ("called", "replaced")
            if count
        ),
    )  # fmt: skip


def definitions_with_services(*, rotated: bool = False) -> Definitions:
    """Give the two units' questionnaires with services, and a short form where asked for."""
    both = load_definitions(folder("two-units"))
    sets = (("S3", "TRE", "XIN-LOI"), ("S4", "SO-LAN"))
    return Definitions(
        framework=both.framework,
        questionnaires=replace(
            both.questionnaires,
            services=tuple(
                Service(code=code, name=Text(vi=vi, en=en)) for code, (vi, en) in SERVICES.items()
            ),
            **({"rotations": (Rotation(group="ND", sets=sets),)} if rotated else {}),
        ),
    )
