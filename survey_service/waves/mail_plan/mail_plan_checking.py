"""The plan of a wave's letters, checked: days in order and far enough apart, a window not empty."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from questionnaires.problems import Problem, problem
from survey_service.waves.mail_plan.steps import CLOSING_NOTICE, INVITATION, PRE_NOTICE
from survey_service.waves.mail_plan.timetable import MOST_PLANNED, PlannedStep, timetable
from survey_service.waves.mail_plan.windows import is_hour
from survey_service.waves.plan import SendWindow, WavePlan

LONGEST_AHEAD = 30
"""Days between a pre-notice and the opening; whoever reads of it earlier has forgotten it."""
MOST_DAYS = 30
"""Days between two letters that ask; more would never let the second go."""
MOST_HOURS = 720
"""A month: a limit beyond it would let a restored backup write to people."""


def check_mail_plan(plan: WavePlan, file: str) -> Iterator[Problem]:
    """Find what cannot stand in the plan of letters of a wave whose own dates are sound."""
    found = [*_check_figures(plan, file), *_check_window(plan.mail.window, file)]
    yield from found
    if not found:
        yield from _check_order(plan, file)


def _check_figures(plan: WavePlan, file: str) -> Iterator[Problem]:
    days = (plan.closes - plan.opens).days
    ordered = list(plan.reminders) == sorted(set(plan.reminders))
    if not ordered or any(not 1 <= day <= days for day in plan.reminders):
        yield problem(
            f"{file}: reminders",
            f"các ngày nhắc phải tăng dần, từ 1 đến {days} ngày sau ngày mở.",
            f"reminders go upwards, from 1 to {days} days after the opening.",
        )
    elif len(plan.reminders) > MOST_PLANNED:
        yield problem(
            f"{file}: reminders",
            f"nhiều nhất {MOST_PLANNED} lần nhắc; nhắc nhiều hơn là làm phiền người được hỏi.",
            f"at most {MOST_PLANNED} reminders; more than that bothers people.",
        )
    mail = plan.mail
    for key, value, least, most in (
        ("pre_notice", mail.pre_notice, 1, LONGEST_AHEAD),
        ("closing_notice", mail.closing_notice, 0, days),
        ("days_between", mail.days_between, 1, MOST_DAYS),
        ("late_hours", mail.late_hours, 1, MOST_HOURS),
    ):
        if value is not None and not least <= value <= most:
            yield problem(
                f"{file}: mail.{key}",
                f"phải từ {least} đến {most}.",
                f"takes a number from {least} to {most}.",
            )


def _check_window(window: SendWindow | None, file: str) -> Iterator[Problem]:
    if window is None:
        return
    hours = {"from": window.opens, "to": window.closes}
    wrong = [key for key, written in hours.items() if not is_hour(written)]
    for key in wrong:
        yield problem(
            f"{file}: mail.window.{key}",
            "ghi giờ và phút như “08:00”, muộn nhất “24:00”.",
            "write hours and minutes like “08:00”, at the latest “24:00”.",
        )
    if not wrong and window.opens >= window.closes:
        yield problem(
            f"{file}: mail.window",
            f"khung giờ gửi rỗng: từ {window.opens} đến {window.closes}; giờ đầu phải trước giờ "
            "cuối trong cùng một ngày.",
            f"the window is empty: from {window.opens} to {window.closes}; the first hour comes "
            "before the last, on one day.",
        )
    if not window.days:
        yield problem(
            f"{file}: mail.window.days",
            "cần ít nhất một ngày trong tuần (mon, tue, wed, thu, fri, sat, sun).",
            "at least one weekday is needed (mon, tue, wed, thu, fri, sat, sun).",
        )


def _check_order(plan: WavePlan, file: str) -> Iterator[Problem]:
    steps = timetable(plan)
    zone = ZoneInfo(plan.zone)
    if steps[0].step is PRE_NOTICE:
        yield from _check_ahead(plan, steps[0], steps[1], file)
    asking = [
        (step, step.due_at.astimezone(zone)) for step in steps if step.step.asks and step.due_at
    ]
    told: set[str] = set()
    for (former, before), (later, after) in pairwise(asking):
        key = _key(later)
        if key not in told and (after.date() - before.date()).days < plan.mail.days_between:
            told.add(key)
            yield _too_close(plan, f"{file}: {key}", former, before, after)
    for step, due in asking:
        key = _key(step)
        if key not in told and due >= plan.closes_at():
            told.add(key)
            yield problem(
                f"{file}: {key}",
                f"khung giờ gửi đẩy bước {step.step.name} đến {due:%H:%M %d/%m/%Y}, khi đợt đã "
                "kết thúc.",
                f"the send window puts the step {step.step.name} off to {due:%H:%M %d/%m/%Y}, "
                "when the wave is over.",
            )


def _check_ahead(
    plan: WavePlan, ahead: PlannedStep, invitation: PlannedStep, file: str
) -> Iterator[Problem]:
    day = plan.opens - timedelta(days=plan.mail.pre_notice or 0)
    if plan.letter.date > day and plan.letter.date <= plan.opens:
        yield problem(
            f"{file}: mail.pre_notice",
            f"thư báo trước ngày {day:%d/%m/%Y} dẫn công văn ký sau đó, ngày "
            f"{plan.letter.date:%d/%m/%Y}.",
            f"the pre-notice of {day:%d/%m/%Y} cites an official letter dated after it, "
            f"{plan.letter.date:%d/%m/%Y}.",
        )
    elif ahead.due_at and invitation.due_at and ahead.due_at >= invitation.due_at:
        yield problem(
            f"{file}: mail.pre_notice",
            "khung giờ gửi đẩy thư báo trước đến lúc gửi thư mời; báo trước sớm hơn.",
            "the send window puts the pre-notice off until the invitation goes; plan it earlier.",
        )


def _too_close(
    plan: WavePlan, where: str, former: PlannedStep, before: datetime, after: datetime
) -> Problem:
    least = plan.mail.days_between
    earliest = before.date() + timedelta(days=least)
    if former.step is INVITATION:
        vi, en = "thư mời", "the invitation"
    else:
        vi, en = "lần nhắc trước đó", "the reminder before it"
    return problem(
        where,
        f"bước ngày {after:%d/%m/%Y} quá gần {vi} ngày {before:%d/%m/%Y}; với mail.days_between = "
        f"{least}, sớm nhất là ngày {earliest:%d/%m/%Y}.",
        f"the step of {after:%d/%m/%Y} is too close to {en} of {before:%d/%m/%Y}; with "
        f"mail.days_between = {least} the earliest day is {earliest:%d/%m/%Y}.",
    )


def _key(planned: PlannedStep) -> str:
    if planned.step is INVITATION:
        return "mail.window"
    return "mail.closing_notice" if planned.step is CLOSING_NOTICE else "reminders"
