"""A wave as it was opened, read back from its frozen copies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.definition import Questionnaires
from questionnaires.index import Framework
from questionnaires.loading import framework_from_json, questionnaires_from_json
from questionnaires.problems import ProblemsError, problem
from survey_service.store.waves import Wave
from survey_service.waves.plan import WavePlan, plan_from_json

WaveState = Literal["draft", "open", "paused", "closed", "frozen", "published", "cancelled"]


class WaveUnknownError(ProblemsError):
    """There is no wave of that code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            problem(
                f"đợt/wave {code}",
                "không có đợt điều tra nào mang mã này; tạo bằng: wave create.",
                "there is no wave of that code; make one with: wave create.",
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveUnit:
    """A unit as the wave knows it."""

    code: str
    name_vi: str
    name_en: str
    unit_class: str
    superior: str | None = None
    sectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedWave:
    """A wave with its plan, definitions and units decoded."""

    id: int
    code: str
    state: WaveState
    plan: WavePlan
    framework: Framework
    questionnaires: Questionnaires
    framework_hash: str
    questionnaires_hash: str
    units: dict[str, WaveUnit]
    opens_at: datetime
    closes_at: datetime


def load_wave(session: Session, code: str) -> LoadedWave:
    """Read a wave by its code; raises WaveUnknownError."""
    row = session.scalar(select(Wave).where(Wave.code == code))
    if row is None:
        raise WaveUnknownError(code)
    return decode_wave(row)


def decode_wave(row: Wave) -> LoadedWave:
    """Decode a wave's row."""
    return LoadedWave(
        id=row.id,
        code=row.code,
        state=cast("WaveState", row.state),
        plan=plan_from_json(row.plan),
        framework=framework_from_json(row.framework),
        questionnaires=questionnaires_from_json(row.questionnaires),
        framework_hash=row.framework_hash,
        questionnaires_hash=row.questionnaires_hash,
        units={
            unit["code"]: WaveUnit(
                code=unit["code"],
                name_vi=unit["name_vi"],
                name_en=unit["name_en"],
                unit_class=unit["unit_class"],
                superior=unit.get("superior"),
                sectors=tuple(unit.get("sectors", ())),
            )
            for unit in row.units
        },
        opens_at=row.opens_at,
        closes_at=row.closes_at,
    )
