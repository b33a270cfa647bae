"""What happens to a wave between its opening and the cut-off: pause, resume, extend, close."""

from datetime import date

import msgspec
from sqlalchemy import select

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.step_keeping import answer_late_steps, queue_again
from survey_service.waves.plan import WavePlan, plan_from_json, plan_to_json
from survey_service.waves.transitions import WaveStateError, change_state, require_state

__all__ = [
    "WaveStateError",
    "cancel_wave",
    "close_wave",
    "extend_wave",
    "pause_wave",
    "resume_wave",
]


def pause_wave(database: Database, clock: Clock, *, code: str, actor: str) -> bool:
    """Stop the mail of an open wave; answering goes on. False where it was paused already.

    Raises WaveUnknownError and WaveStateError.
    """
    return _step(database, clock, code, "pause", "paused", actor)


def resume_wave(database: Database, clock: Clock, *, code: str, actor: str) -> bool:
    """Let the mail of a paused wave go on; False where it is open already.

    Raises WaveUnknownError and WaveStateError.
    """
    return _step(database, clock, code, "resume", "resumed", actor)


def extend_wave(database: Database, clock: Clock, *, code: str, closes: date, actor: str) -> bool:
    """Move the last day of an open or paused wave to a later one; links stay as they are.

    Where the former last day was over, letters that were dropped for it are queued again.
    False where that is its last day already. Raises WaveUnknownError, WaveStateError, and
    ProblemsError where the day is earlier, the wave's time is over, or people were told that the
    lists are gone by then.
    """
    with database.writing() as session:
        wave = require_state(session, code, "extend")
        plan = plan_from_json(wave.plan)
        if closes == plan.closes:
            return False
        extended = msgspec.structs.replace(plan, closes=closes)
        if closes < plan.closes or extended.closes_at() <= clock.now():
            raise ProblemsError(
                problem(
                    f"đợt/wave {code}",
                    f"ngày kết thúc mới {closes:%d/%m/%Y} phải sau ngày {plan.closes:%d/%m/%Y} "
                    "và chưa qua.",
                    f"the new last day {closes:%d/%m/%Y} must come after {plan.closes:%d/%m/%Y} "
                    "and not be over.",
                )
            )
        if closes >= plan.privacy.kept_until:
            raise ProblemsError(_past_keeping(code, plan))
        details = {"from": plan.closes.isoformat(), "to": closes.isoformat()}
        wave.plan = plan_to_json(extended)
        wave.closes_at = extended.closes_at()
        queue_again(session, clock, wave.id, extended)
        record(session, clock, actor=actor, wave=code, event="extended", details=details)
    return True


def close_wave(
    database: Database, clock: Clock, *, code: str, actor: str, early: bool = False
) -> bool:
    """End the answering of an open or paused wave; False where it is closed already.

    Before the last day has ended that takes `early`, which the journal keeps. Raises
    WaveUnknownError, WaveStateError and ProblemsError.
    """
    with database.writing() as session:
        wave = session.scalar(select(Wave).where(Wave.code == code))
        too_soon = wave is not None and clock.now() < wave.closes_at
        if not change_state(session, code, "close"):
            return False
        if wave is not None and too_soon and not early:
            raise ProblemsError(_too_soon(code, plan_from_json(wave.plan)))
        answer_late_steps(session, clock, code, actor=actor)
        record(session, clock, actor=actor, wave=code, event="closed", details={"early": too_soon})
    return True


def cancel_wave(database: Database, clock: Clock, *, code: str, reason: str, actor: str) -> bool:
    """Give a wave up before its cut-off, for a stated reason; False where it was cancelled.

    Letters still queued are dropped by the mailer. Raises WaveUnknownError, WaveStateError, and
    ProblemsError where no reason, or one with an e-mail address, is given.
    """
    if not reason.strip() or "@" in reason:
        raise ProblemsError(
            problem(
                f"đợt/wave {code}",
                "cần ghi lý do hủy, không kèm địa chỉ thư điện tử của ai.",
                "a reason for cancelling is needed, without anybody's e-mail address.",
            )
        )
    with database.writing() as session:
        if not change_state(session, code, "cancel"):
            return False
        answer_late_steps(session, clock, code, actor=actor)
        details = {"reason": reason.strip()}
        record(session, clock, actor=actor, wave=code, event="cancelled", details=details)
    return True


def _step(database: Database, clock: Clock, code: str, action: str, event: str, actor: str) -> bool:
    with database.writing() as session:
        if not change_state(session, code, action):
            return False
        record(session, clock, actor=actor, wave=code, event=event, details={})
    return True


def _past_keeping(code: str, plan: WavePlan) -> Problem:
    day = plan.privacy.kept_until
    return problem(
        f"đợt/wave {code}",
        f"người được hỏi đã được báo rằng danh sách chỉ lưu đến {day:%d/%m/%Y}; ngày kết thúc mới "
        "phải trước ngày đó.",
        f"people were told that lists are kept until {day:%d/%m/%Y}; the new last day must come "
        "before it.",
    )


def _too_soon(code: str, plan: WavePlan) -> Problem:
    return problem(
        f"đợt/wave {code}",
        f"đợt điều tra nhận phiếu đến hết ngày {plan.closes:%d/%m/%Y}; muốn đóng sớm, thêm "
        "--early (nhật ký sẽ ghi lại).",
        f"the wave takes answers until the end of {plan.closes:%d/%m/%Y}; to close it before, "
        "add --early (the journal keeps it).",
    )
