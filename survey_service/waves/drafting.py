"""A draft wave, made from its file; while it is a draft the file may be handed in again."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.loading import Definitions
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.store.waves import Wave
from survey_service.waves.definitions import sound_definitions
from survey_service.waves.plan import WavePlan, plan_from_json, plan_to_json
from survey_service.waves.plan_checking import check_plan, load_plan
from survey_service.waves.sample_checking import check_sample_group
from survey_service.waves.sample_keeping import (
    refuse_another_sample,
    remove_listed,
    removed_from_list,
)
from survey_service.waves.transitions import require_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft as it now stands; `new` where there was none of that code before."""

    code: str
    new: bool
    warnings: tuple[Problem, ...]


def create_wave(database: Database, clock: Clock, path: Path, *, actor: str) -> Drafted:
    """Create a draft wave from its file, or bring a draft of that code up to date.

    People of a group that is to be drawn leave the draft, where a list had brought them in. Raises
    ProblemsError with every mistake of the file, or else of the definitions it names, or where the
    draft's sample was drawn and the file has another; and WaveStateError where a wave of that code
    has been opened.
    """
    plan = load_plan(path)
    definitions, warnings = sound_definitions(plan.definitions, path.parent)
    unfit = tuple(check_sample_group(plan, definitions.questionnaires, path.name))
    if unfit:
        raise ProblemsError(*unfit)
    if plan.form == "long":
        definitions = _without_rotations(definitions)
    with database.writing() as session:
        removed = 0
        new = session.scalar(select(Wave.id).where(Wave.code == plan.code)) is None
        if new:
            session.add(_draft(plan, definitions))
        else:
            removed = _redraft(session, plan, definitions)
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
                **({"removed_from_list": removed} if removed else {}),
            },
        )
    remarks = tuple(check_plan(plan, path.name))
    if plan.form == "short" and not definitions.questionnaires.short_forms():
        remarks = (*remarks, _nothing_to_rotate(path.name))
    if removed:
        remarks = (*remarks, removed_from_list(plan, path.name, removed))
    return Drafted(code=plan.code, new=new, warnings=(*remarks, *warnings))


def _without_rotations(definitions: Definitions) -> Definitions:
    whole = msgspec.structs.replace(definitions.questionnaires, rotations=msgspec.UNSET)
    return msgspec.structs.replace(definitions, questionnaires=whole)


def _nothing_to_rotate(file: str) -> Problem:
    return problem(
        f"{file}: form",
        "form = “short” nhưng bộ phiếu không có nhóm câu hỏi luân phiên: mọi người sẽ được hỏi tất "
        "cả các câu. Thêm rotations vào bộ phiếu, hoặc bỏ dòng này.",
        "form = “short”, but the questionnaires have no rotations: everybody will be asked every "
        "item. Add rotations to the questionnaires, or leave this line out.",
        warning=True,
    )


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


def _redraft(session: Session, plan: WavePlan, definitions: Definitions) -> int:
    """Bring a draft up to date; tells how many people of the sample's group left it."""
    wave = require_state(session, plan.code, "edit")
    refuse_another_sample(session, wave.id, plan_from_json(wave.plan), plan)
    wave.plan = plan_to_json(plan)
    wave.framework = canonical_json(definitions.framework)
    wave.questionnaires = canonical_json(definitions.questionnaires)
    wave.framework_hash = fingerprint(definitions.framework)
    wave.questionnaires_hash = fingerprint(definitions.questionnaires)
    wave.opens_at = plan.opens_at()
    wave.closes_at = plan.closes_at()
    return 0 if plan.sample is None else remove_listed(session, wave.id, plan.sample.group)
