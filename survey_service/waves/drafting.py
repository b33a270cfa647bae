"""A draft wave, made from its file; while it is a draft the file may be handed in again."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.loading import Definitions
from questionnaires.problems import Problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.store.waves import Wave
from survey_service.waves.definitions import sound_definitions
from survey_service.waves.plan import WavePlan, plan_to_json
from survey_service.waves.plan_checking import check_plan, load_plan
from survey_service.waves.transitions import require_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft as it now stands; `new` where there was none of that code before."""

    code: str
    new: bool
    warnings: tuple[Problem, ...]


def create_wave(database: Database, clock: Clock, path: Path, *, actor: str) -> Drafted:
    """Create a draft wave from its file, or bring a draft of that code up to date.

    Raises ProblemsError with every mistake of the file, or else of the definitions it names, and
    WaveStateError where a wave of that code has been opened.
    """
    plan = load_plan(path)
    definitions, warnings = sound_definitions(plan.definitions, path.parent)
    if plan.form == "long":
        definitions = _without_rotations(definitions)
    with database.writing() as session:
        new = session.scalar(select(Wave.id).where(Wave.code == plan.code)) is None
        if new:
            session.add(_draft(plan, definitions))
        else:
            _redraft(session, plan, definitions)
        record(
            session,
            clock,
            actor=actor,
            wave=plan.code,
            event="created" if new else "edited",
            details={
                "framework": fingerprint(definitions.framework),
                "questionnaires": fingerprint(definitions.questionnaires),
                "opens": plan.opens.isoformat(),
                "closes": plan.closes.isoformat(),
                "seed": plan.seed,
            },
        )
    remarks = tuple(check_plan(plan, path.name))
    return Drafted(code=plan.code, new=new, warnings=(*remarks, *warnings))


def _without_rotations(definitions: Definitions) -> Definitions:
    whole = msgspec.structs.replace(definitions.questionnaires, rotations=msgspec.UNSET)
    return msgspec.structs.replace(definitions, questionnaires=whole)


def _draft(plan: WavePlan, definitions: Definitions) -> Wave:
    return Wave(
        code=plan.code,
        plan=plan_to_json(plan),
        framework=canonical_json(definitions.framework),
        questionnaires=canonical_json(definitions.questionnaires),
        framework_hash=fingerprint(definitions.framework),
        questionnaires_hash=fingerprint(definitions.questionnaires),
        opens_at=plan.opens_at(),
        closes_at=plan.closes_at(),
    )


def _redraft(session: Session, plan: WavePlan, definitions: Definitions) -> None:
    wave = require_state(session, plan.code, "edit")
    wave.plan = plan_to_json(plan)
    wave.framework = canonical_json(definitions.framework)
    wave.questionnaires = canonical_json(definitions.questionnaires)
    wave.framework_hash = fingerprint(definitions.framework)
    wave.questionnaires_hash = fingerprint(definitions.questionnaires)
    wave.opens_at = plan.opens_at()
    wave.closes_at = plan.closes_at()
