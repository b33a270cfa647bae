"""Reminders by hand: for those who got the first letter and neither answered nor withdrew."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.waves.mail_plan.queueing import queue_letters
from survey_service.waves.mail_plan.recipients import earliest_day, recipients, unanswered
from survey_service.waves.mail_plan.step_keeping import keep_step
from survey_service.waves.mail_plan.steps import MOST_REMINDERS, REMINDERS
from survey_service.waves.mail_plan.windows import next_opening
from survey_service.waves.plan import WavePlan, plan_from_json
from survey_service.waves.transitions import require_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """Which reminder it was, and how many letters were queued that had not been.

    `too_early` are people left out because they were asked fewer days ago than the plan says.
    """

    number: int
    queued: int
    too_early: int = 0


def remind_wave(
    database: Database,
    clock: Clock,
    *,
    code: str,
    actor: str,
    number: int | None = None,
    even_so: bool = False,
) -> Reminded:
    """Queue a reminder of an open wave: the newest that the plan has due, or a stated number.

    Repeating it queues nobody twice. Whoever was asked fewer than the plan's `days_between` ago
    is left out, unless `even_so`. Whether a person has answered is asked again when their letter
    is sent. Raises WaveUnknownError, WaveStateError, and ProblemsError where none is due, where
    it is too early for everybody, or where the wave's time has not come or is over.
    """
    with database.writing() as session:
        wave = require_state(session, code, "remind")
        plan, now = plan_from_json(wave.plan), clock.now()
        found = _find(code, plan, now, number)
        if isinstance(found, Problem):
            raise ProblemsError(found)
        step, due = REMINDERS[found - 1], found
        everybody = unanswered(wave.id, step)
        whom = everybody if even_so else recipients(wave.id, step, plan, now)
        waiting = session.scalar(select(func.count()).select_from(everybody.subquery())) or 0
        queued = queue_letters(
            *(database, session, clock, wave.id, step.name, whom),
            not_before=next_opening(plan, now),
        )
        if waiting and not queued:
            raise ProblemsError(_too_early(code, plan, earliest_day(session, wave.id, step, plan)))
        if queued:
            keep_step(session, clock, wave, step, "queued", due_at=now, actor=actor)
            details: dict[str, object] = {"number": due, "queued": queued}
            if even_so:
                details["even_so"] = True
            record(session, clock, actor=actor, wave=code, event="reminded", details=details)
    return Reminded(number=due, queued=queued, too_early=waiting - queued)


def _find(code: str, plan: WavePlan, now: datetime, number: int | None) -> int | Problem:
    """Give the number of the reminder to send now, or why there is none."""
    if next_opening(plan, now) >= plan.closes_at():
        return _over(code, plan)
    due = _due(plan, now) if number is None else number
    if number is None and due == 0:
        return _not_due(code, plan)
    if not 1 <= due <= MOST_REMINDERS:
        return problem(
            f"đợt/wave {code}",
            f"lần nhắc phải từ 1 đến {MOST_REMINDERS}.",
            f"the number of a reminder is from 1 to {MOST_REMINDERS}.",
        )
    return due


def _due(plan: WavePlan, now: datetime) -> int:
    """Give the number of the newest planned reminder whose civil day has come; 0 for none."""
    today = now.astimezone(ZoneInfo(plan.zone)).date()
    return sum(plan.opens + timedelta(days=days) <= today for days in plan.reminders)


def _not_due(code: str, plan: WavePlan) -> Problem:
    if not plan.reminders:
        return problem(
            f"đợt/wave {code}",
            "kế hoạch không có lần nhắc nào; muốn nhắc, thêm --number 1.",
            "the plan has no reminders; to send one all the same, add --number 1.",
        )
    first = plan.opens + timedelta(days=plan.reminders[0])
    return problem(
        f"đợt/wave {code}",
        f"chưa đến ngày nhắc lần 1 ({first:%d/%m/%Y}); muốn nhắc sớm, thêm --number 1.",
        f"the first reminder is due on {first:%d/%m/%Y}; to send it before, add --number 1.",
    )


def _too_early(code: str, plan: WavePlan, earliest: date | None) -> Problem:
    days = plan.mail.days_between
    if earliest is None:
        return problem(
            f"đợt/wave {code}",
            "thư mời hoặc thư nhắc trước còn chờ gửi; chờ gửi xong rồi nhắc, hoặc thêm --even-so "
            "(nhật ký sẽ ghi lại).",
            "invitations or earlier reminders still wait to be sent; remind when they are gone, or "
            "add --even-so (the journal keeps it).",
        )
    return problem(
        f"đợt/wave {code}",
        f"hai thư giục trả lời cách nhau ít nhất {days} ngày (mail.days_between): sớm nhất là "
        f"ngày {earliest:%d/%m/%Y}; muốn gửi ngay, thêm --even-so (nhật ký sẽ ghi lại).",
        f"letters that ask are at least {days} days apart (mail.days_between): the earliest day is "
        f"{earliest:%d/%m/%Y}; to send them now, add --even-so (the journal keeps it).",
    )


def _over(code: str, plan: WavePlan) -> Problem:
    return problem(
        f"đợt/wave {code}",
        f"không còn giờ gửi thư trước khi đợt hết hạn ngày {plan.closes:%d/%m/%Y}; gia hạn trước "
        "bằng: wave extend.",
        f"no hour to send is left before its last day {plan.closes:%d/%m/%Y} is over; extend it "
        "first with: wave extend.",
    )
