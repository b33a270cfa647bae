"""Decisions of staff about a step: a late one sent or skipped, a coming one left out."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.store.database import Database
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.scheduling import current_step, queue_step
from survey_service.waves.mail_plan.step_keeping import drop_waiting, note_step, noted_steps
from survey_service.waves.mail_plan.steps import INVITATION
from survey_service.waves.mail_plan.timetable import PlannedStep, timetable
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.plan import WavePlan, plan_from_json
from survey_service.waves.transitions import STATE_NAMES, require_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about a step, and how many letters were queued or dropped for it."""

    step: str
    sent: bool
    letters: int


def send_step(database: Database, clock: Clock, *, code: str, step: str, actor: str) -> Decided:
    """Queue a step that was late or skipped, for those whom it is for now.

    Sending it again queues nobody twice. Raises WaveUnknownError, WaveStateError, and
    ProblemsError where the plan has no such step, its day has not come or the next has begun.
    """
    with database.writing() as session:
        wave = require_state(session, code, "step")
        plan, now = plan_from_json(wave.plan), clock.now()
        planned = _find(session, wave, plan, step)
        allowed = "published" if planned.step.after == "published" else "open"
        if not planned.step.goes_in(wave.state):
            raise ProblemsError(_not_now(wave, planned, allowed))
        if not planned.has_begun(now):
            raise ProblemsError(_not_yet(wave, planned))
        if planned.is_over(next_opening(plan, now)):
            raise ProblemsError(_overtaken(wave, planned))
        queued = queue_step(database, session, clock, wave, planned, actor=actor)
    return Decided(step=step, sent=True, letters=queued)


def skip_step(database: Database, clock: Clock, *, code: str, step: str, actor: str) -> Decided:
    """Leave a step out: nothing is queued for it any more, and what waits to be sent is dropped.

    Skipping it again changes nothing. Raises WaveUnknownError, WaveStateError, and ProblemsError
    where the plan has no such step or the next has begun.
    """
    with database.writing() as session:
        wave = require_state(session, code, "step")
        plan, now = plan_from_json(wave.plan), clock.now()
        planned = _find(session, wave, plan, step)
        if planned.is_over(now):
            raise ProblemsError(_overtaken(wave, planned))
        kept = noted_steps(session, wave.id).get(step)
        dropped = drop_waiting(session, clock, wave.id, [step], "skipped")
        if kept is None or kept.state != "skipped" or dropped:
            due_at = planned.due_at or now
            note_step(
                *(session, clock, wave, planned.step, "skipped"),
                due_at=due_at,
                actor=actor,
                dropped=dropped,
            )
    return Decided(step=step, sent=False, letters=dropped)


def _find(session: Session, wave: Wave, plan: WavePlan, name: str) -> PlannedStep:
    """Find a step that can be decided about; raises ProblemsError."""
    if name == INVITATION.name:
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                "thư mời được xếp hàng khi mở đợt, không gửi lại hay bỏ qua được; dừng thư bằng: "
                "wave pause.",
                "invitations are queued by the opening and cannot be sent again or skipped; stop "
                "the mail with: wave pause.",
            )
        )
    planned = current_step(session, wave, plan, name)
    if planned is None:
        names = ", ".join(one.step.name for one in timetable(plan) if one.step is not INVITATION)
        raise ProblemsError(
            problem(
                f"đợt/wave {wave.code}",
                f"kế hoạch không có bước “{name}”; các bước: {names or 'không có'}.",
                f"the plan has no step “{name}”; its steps: {names or 'none'}.",
            )
        )
    return planned


def _not_now(wave: Wave, planned: PlannedStep, allowed: str) -> Problem:
    needed = STATE_NAMES["published" if allowed == "published" else "open"]
    return problem(
        f"đợt/wave {wave.code}",
        f"bước {planned.step.name} chỉ gửi được khi đợt {needed.vi}.",
        f"the step {planned.step.name} is sent only while the wave is {needed.en}.",
    )


def _not_yet(wave: Wave, planned: PlannedStep) -> Problem:
    day = f"{planned.day:%d/%m/%Y}" if planned.day else ""
    return problem(
        f"đợt/wave {wave.code}",
        f"chưa đến ngày của bước {planned.step.name} ({day}); nhắc sớm bằng: wave remind --number.",
        f"the step {planned.step.name} is due on {day}; to remind before, use: wave remind "
        "--number.",
    )


def _overtaken(wave: Wave, planned: PlannedStep) -> Problem:
    return problem(
        f"đợt/wave {wave.code}",
        f"đã quá lúc của bước {planned.step.name}: bước sau đã bắt đầu hoặc đợt đã hết hạn.",
        f"the time of the step {planned.step.name} is over: the next has begun, or the wave's "
        "last day is.",
    )
