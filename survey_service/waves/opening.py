"""Opening a wave: its copies frozen, everybody assigned and invited, their letters queued."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.entropy import Entropy
from survey_service.frame.register import units_in_force
from survey_service.journal import record
from survey_service.keys import KeyRing
from survey_service.store.database import Database
from survey_service.store.people import Invitation, Unit
from survey_service.store.waves import Wave
from survey_service.waves.assignment import assign_people
from survey_service.waves.inviting import SEED_BYTES, invite
from survey_service.waves.mail_plan.queueing import queue_letters
from survey_service.waves.mail_plan.step_keeping import PLAN, keep_step
from survey_service.waves.mail_plan.steps import INVITATION, PRE_NOTICE, Step
from survey_service.waves.mail_plan.timetable import timetable
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.preflighting.preflight import Preflight, judge, rated_units, tally_of
from survey_service.waves.reading import LoadedWave, load_wave
from survey_service.waves.rolling_seed import commit_seed
from survey_service.waves.sample_keeping import note_asked
from survey_service.waves.transitions import change_state


class PreflightError(ProblemsError):
    """The preflight bars the wave from opening; carries its warnings too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A wave as it opened; `preflight` is None where it was open already.

    `pre_notices` are letters that announce the invitation; 0 where the plan has none or their
    time is over.
    """

    invitations: int
    preflight: Preflight | None
    pre_notices: int = 0


def open_wave(
    database: Database,
    clock: Clock,
    entropy: Entropy,
    settings: Settings,
    *,
    code: str,
    actor: str,
    keys: KeyRing | None = None,
) -> Opened:
    """Open a draft wave: freeze its units, invite everybody, queue the letters, in one step.

    A plan with a pre-notice lets a wave open from the day of the pre-notice: invitations wait for
    the first day. A rolling wave needs `keys`: its lots follow from them and a nonce, and the
    journal gets their commitment. Opening an open wave again changes nothing. Raises
    WaveUnknownError, WaveStateError, PreflightError with everything that bars it, and
    ProblemsError before that day, or for a rolling wave without keys.
    """
    with database.writing() as session:
        # Taken first: it locks the wave, so that no import can slip in beside the opening.
        if not change_state(session, code, "open"):
            return Opened(invitations=_count(session, code), preflight=None)
        wave = load_wave(session, code)
        if clock.now() < _first_instant(wave):
            raise ProblemsError(_too_early(wave))
        units = units_in_force(session, wave.plan.opens)
        tally = tally_of(wave, units)
        seed = int.from_bytes(entropy.token(SEED_BYTES))
        people = tally.watch(assign_people(session, wave, units, seed=seed))
        invitations = invite(session, wave, people, entropy)
        rated = rated_units(wave, units)
        found = judge(wave, rated, tally, settings, clock.now())
        if not found.ready:
            raise PreflightError(*found.problems)
        session.get_one(Wave, wave.id).units = [_frozen(unit) for unit in rated]
        note_asked(session, wave, clock.now().astimezone(ZoneInfo(wave.plan.zone)).date())
        pre_notices = _queue_first_letters(database, session, clock, wave, actor)
        commit_seed(session, clock, entropy, keys, wave, actor=actor)
        record(
            session,
            clock,
            actor=actor,
            wave=code,
            event="opened",
            details={
                "framework": wave.framework_hash,
                "questionnaires": wave.questionnaires_hash,
                "units": [unit.code for unit in rated],
                "invitations": invitations,
                "pre_notices": pre_notices,
                "groups": {group: tally.persons(group) for group in tally.groups()},
                "warnings": len(found.problems),
            },
        )
    return Opened(invitations=invitations, preflight=found, pre_notices=pre_notices)


def _queue_first_letters(
    database: Database, session: Session, clock: Clock, wave: LoadedWave, actor: str
) -> int:
    """Queue the invitations, and before them the pre-notice; tells how many of the latter."""
    now = clock.now()
    row = session.get_one(Wave, wave.id)
    everybody = select(Invitation.id).where(Invitation.wave_id == wave.id)
    due = {planned.step: planned.due_at or now for planned in timetable(wave.plan)}
    announced_at = next_opening(wave.plan, now)
    invited_at = next_opening(wave.plan, max(now, wave.opens_at))

    def queue(step: Step, not_before: datetime) -> int:
        keep_step(session, clock, row, step, "queued", due_at=due[step], actor=actor)
        return queue_letters(
            database, session, clock, wave.id, step.name, everybody, not_before=not_before
        )

    announced = 0
    if PRE_NOTICE in due:
        if announced_at < invited_at:
            announced = queue(PRE_NOTICE, announced_at)
        else:
            at = due[PRE_NOTICE]
            keep_step(session, clock, row, PRE_NOTICE, "skipped", due_at=at, actor=PLAN)
    queue(INVITATION, invited_at)
    return announced


def _count(session: Session, code: str) -> int:
    invited = (
        select(func.count())
        .select_from(Invitation)
        .join(Wave, Wave.id == Invitation.wave_id)
        .where(Wave.code == code)
    )
    return session.scalar(invited) or 0


def _frozen(unit: Unit) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name_vi": unit.name_vi,
        "name_en": unit.name_en,
        "unit_class": unit.unit_class,
        "superior": unit.superior,
        "sectors": list(unit.sectors),
    }


def _first_instant(wave: LoadedWave) -> datetime:
    ahead = timedelta(days=wave.plan.mail.pre_notice or 0)
    return datetime.combine(wave.plan.opens - ahead, time(), ZoneInfo(wave.plan.zone))


def _too_early(wave: LoadedWave) -> Problem:
    if wave.plan.mail.pre_notice is not None:
        day = _first_instant(wave)
        return problem(
            f"đợt/wave {wave.code}",
            f"chưa đến ngày báo trước {day:%d/%m/%Y}; chờ đến ngày đó, hoặc sửa ngày trong tệp "
            "đợt điều tra và chạy lại wave create.",
            f"the day of its pre-notice {day:%d/%m/%Y} has not come; wait for it, or change the "
            "days in the wave file and run wave create again.",
        )
    return problem(
        f"đợt/wave {wave.code}",
        f"chưa đến ngày mở {wave.plan.opens:%d/%m/%Y}; chờ đến ngày đó, hoặc sửa ngày trong tệp "
        "đợt điều tra và chạy lại wave create.",
        f"its first day {wave.plan.opens:%d/%m/%Y} has not come; wait for it, or change the day "
        "in the wave file and run wave create again.",
    )
