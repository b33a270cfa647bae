"""Small datasets of people drawn from transactions: units × services × channels, by hand."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count, product

import msgspec
from hand_made import hand_made, two_units, with_rules

from questionnaires.definition import Questionnaires, Service
from questionnaires.index import Framework
from questionnaires.packing import pack
from questionnaires.text import Text
from survey_service.dataset.content import BallotRow, DatasetContent
from survey_service.dataset.design import (
    Coverage,
    DatasetStratum,
    Exclusion,
    Issued,
    SampleChange,
    SampledStratum,
    Sampling,
)

Cell = tuple[str, str, str, str]
"""Unit, service, channel, mode."""
SERVICES = (
    Service(code="DAT", name=Text(vi="Cấp giấy chứng nhận đất", en="Land certificate")),
    Service(code="NUOC", name=Text(vi="Lắp đồng hồ nước", en="Water-meter connection")),
    Service(code="XE", name=Text(vi="Đổi giấy phép lái xe", en="Driving licence")),
)
SIZES = (2, 4, 5, 7, 9, 11, 14, 18, 25)
LISTED = 4
"""People of the frame for each who answered."""


def service_framework(threshold: int = 10, **rules: object) -> Framework:
    """Let citizens alone be asked about two of three criteria: those are their satisfaction."""
    framework = two_units().framework
    (unit_class,) = framework.unit_classes
    leaves = tuple(
        msgspec.structs.replace(leaf, weights={"ND": Decimal(100)}, minimum_counts={})
        if "ND" in leaf.weights
        else leaf
        for leaf in unit_class.leaves
    )
    own = msgspec.structs.replace(unit_class, leaves=leaves)
    changed = msgspec.structs.replace(framework, unit_classes=(own,))
    return with_rules(changed, disclosure_threshold=threshold, **rules)


def service_questionnaires() -> Questionnaires:
    return msgspec.structs.replace(two_units().questionnaires, services=SERVICES)


def drawn_by_lot(seed: int, threshold: int, units: int = 6) -> DatasetContent:
    """Give cells of all sizes, some of them empty; every other seed leaves some answers out."""
    chance = random.Random(seed)
    cells: dict[Cell, int] = {}
    for unit, service in product(range(1, units + 1), SERVICES):
        channels = [one for one in ("MC", "TT") if chance.random() >= 0.25]
        for channel in channels if chance.random() >= 0.25 else ():
            cells[f"XA{unit}", service.code, channel, ""] = chance.choice(SIZES)
        if chance.random() < 0.3:
            cells[f"XA{unit}", service.code, "", "receipt"] = chance.choice(SIZES)
    return sampled(cells, seed=seed, framework=service_framework(threshold), blank=0.1 * (seed % 2))


def coarsened(seed: int, threshold: int, units: int = 6) -> DatasetContent:
    """Do so with strata that lost their service or channel; every other seed has two stages."""
    chance = random.Random(seed)
    services = (*(one.code for one in SERVICES), "")
    cells: dict[Cell, int] = {
        (f"XA{unit}", service, channel, ""): chance.choice(SIZES)
        for unit, service, channel in product(
            range(1, units + 1), services, ("counter", "online", "post", "")
        )
        if chance.random() < 0.4
    }
    framework = service_framework(threshold)
    return sampled(cells, seed=seed, framework=framework, blank=0.15, two_stage=bool(seed % 2))


def sampled(
    cells: Mapping[Cell, int],
    *,
    seed: int = 1,
    framework: Framework | None = None,
    weighted: bool = True,
    two_stage: bool = False,
    blank: float = 0.0,
) -> DatasetContent:
    """Give so many people who answered per cell; each stands for four or more of the frame."""
    chance = random.Random(seed)
    bank = service_questionnaires()
    units = tuple(sorted({unit for unit, _, _, _ in cells}))
    base = hand_made([], framework=framework or service_framework(), units=units)
    quality = {key: chance.uniform(0.3, 0.9) for key in product(units, (s.code for s in SERVICES))}
    rows: list[BallotRow] = []
    strata: list[DatasetStratum] = []
    number = count(1)
    for (unit, service, channel, mode), people in sorted(
        cells.items(), key=lambda cell: (cell[0][3] == "receipt", cell)
    ):
        code = "/".join(part for part in ("ND", unit, service, channel, mode) if part)
        volunteers = mode == "receipt"
        listed = None if volunteers else people * LISTED + (len(strata) % 3) * 7
        strata.append(
            DatasetStratum(
                code=code,
                group="ND",
                population=listed,
                subset=False,
                list_kind="volunteers" if volunteers else "drawn",
                invited=people * 2,
                unit=unit,
                service=service,
                channel=channel,
                mode="receipt" if volunteers else "letter" if mode == "letter" else "web",
            )
        )
        weight = f"{listed / people:.4f}" if listed and people and weighted else "1"
        level = quality.get((unit, service), 0.6)
        rows += [
            BallotRow(
                ballot=f"{next(number):016x}",
                respondent=f"{1_000_000 + next(number):016x}",
                stratum=code,
                unit=unit,
                familiar=True,
                answers=pack(bank, answered(chance, level, blank)),
                weight=weight,
            )
            for _ in range(people)
        ]
    issued = Counter(row.unit for row in rows)
    design = msgspec.structs.replace(
        base.design,
        strata=tuple(strata),
        issued=tuple(
            Issued(unit=unit, group="ND", ballots=2 * issued[unit]) for unit in sorted(issued)
        ),
        threshold=base.framework.rules.disclosure_threshold,
        sampling=sampling_of(strata, two_stage=two_stage),
    )
    return replace(base, questionnaires=bank, design=design, ballots=rows)


def answered(chance: random.Random, level: float, blank: float = 0.0) -> dict[str, str]:
    late = chance.random() < 0.4
    return {
        "S3": rated(chance, level),
        "S4": "" if chance.random() < blank else rated(chance, level),
        "TRE": "yes" if late else "no",
        **({"XIN-LOI": chance.choice(("thu", "loi", "khong"))} if late else {}),
        "SO-LAN": str(chance.choice((1, 1, 2, 3))),
    }


def rated(chance: random.Random, level: float) -> str:
    return str(1 + round(min(max(chance.gauss(level, 0.25), 0), 1) * 4))


def sampling_of(strata: Sequence[DatasetStratum], *, two_stage: bool = False) -> Sampling:
    drawn = [one for one in strata if one.population is not None]
    return Sampling(
        group="ND",
        target="people",
        design="two-stage" if two_stage else "stratified",
        allocation="proportional",
        seed="5f" * 16,
        commitment="c0" * 32,
        frame="fa" * 32,
        sample="5a" * 32,
        intact=True,
        draws=1,
        strata=tuple(
            SampledStratum(
                stratum=one.code,
                transactions=(one.population or 0) * 3,
                people=one.population or 0,
                drawn=one.invited,
                called=1,
                replaced=1,
                answered=one.invited // 2,
                probability="0.5",
                weight="4",
                first_stage="0.25" if two_stage else None,
            )
            for one in drawn
        ),
        excluded=(
            Exclusion(rule="no-email", unit="XA1", transactions=310),
            Exclusion(rule="opted-out", unit="XA1", transactions=4),
            Exclusion(rule="no-email", unit="XA2", transactions=120),
        ),
        coverage=(
            Coverage(field="channel", value="MOT-CUA", transactions=900, email=400, telephone=450),
            Coverage(field="channel", value="TRUC-TUYEN", transactions=300, email=290, telephone=8),
            Coverage(field="month", value="2025-09", transactions=600, email=330, telephone=240),
            Coverage(field="month", value="2025-10", transactions=600, email=360, telephone=218),
            Coverage(field="service", value="DAT", transactions=800, email=480, telephone=300),
            Coverage(field="service", value="NUOC", transactions=400, email=210, telephone=158),
            Coverage(field="unit", value="XA1", transactions=700, email=350, telephone=340),
            Coverage(field="unit", value="XA2", transactions=500, email=340, telephone=118),
        ),
        changes=(
            SampleChange(unit="XA1", change="replaced", reason="bounced", count=2),
            SampleChange(unit="XA1", change="called", reason="bounced", count=2),
        ),
    )
