"""Reminders: queued for those who got the first letter and neither answered nor withdrew."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.journal import record
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Invitation
from survey_service.waves.plan import WavePlan, plan_from_json
from survey_service.waves.queueing import INVITATION, queue_letters, reminder
from survey_service.waves.transitions import require_state

MOST = 9
"""More reminders than that are harassment, and the step's name has one digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """Which reminder it was, and how many letters were queued that had not been."""

    number: int
    queued: int


def remind_wave(
    database: Database, clock: Clock, *, code: str, actor: str, number: int | None = None
) -> Reminded:
    """Queue a reminder of an open wave: the newest that the plan has due, or a stated number.

    Repeating it queues nobody twice. Whether a person has answered is asked again when their
    letter is sent. Raises WaveUnknownError, WaveStateError, and ProblemsError where none is due
    or the wave's time is over.
    """
    with database.writing() as session:
        wave = require_state(session, code, "remind")
        plan = plan_from_json(wave.plan)
        if clock.now() >= wave.closes_at:
            raise ProblemsError(_over(code, plan))
        due = _due(plan, clock.now()) if number is None else number
        if number is None and due == 0:
            raise ProblemsError(_not_due(code, plan))
        if not 1 <= due <= MOST:
            raise ProblemsError(
                problem(
                    f"đợt/wave {code}",
                    f"lần nhắc phải từ 1 đến {MOST}.",
                    f"the number of a reminder is from 1 to {MOST}.",
                )
            )
        got_the_first = exists().where(
            Letter.invitation_id == Invitation.id,
            Letter.step == INVITATION,
            Letter.state.in_(("sent", "uncertain")),
        )
        waiting = (
            select(Invitation.id)
            .where(Invitation.wave_id == wave.id, got_the_first)
            .where(
                Invitation.answered.is_(False),
                Invitation.revoked.is_(False),
                Invitation.withdrawn.is_(False),
            )
        )
        queued = queue_letters(database, session, clock, wave.id, reminder(due), waiting)
        if queued:
            details = {"number": due, "queued": queued}
            record(session, clock, actor=actor, wave=code, event="reminded", details=details)
    return Reminded(number=due, queued=queued)


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


def _over(code: str, plan: WavePlan) -> Problem:
    return problem(
        f"đợt/wave {code}",
        f"đợt đã hết hạn ngày {plan.closes:%d/%m/%Y}; gia hạn trước bằng: wave extend.",
        f"its last day was {plan.closes:%d/%m/%Y}; extend it first with: wave extend.",
    )
