"""The next wave of a monthly series: the latest one's plan, moved on by a month."""

import re
from calendar import month_name, monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import select

from questionnaires.problems import ProblemsError, problem
from questionnaires.text import Text
from survey_service.rolling.wave_file import wave_file
from survey_service.store.database import Database
from survey_service.store.waves import Wave
from survey_service.waves.plan import WavePlan, plan_from_json
from survey_service.waves.reading import WaveUnknownError

_NUMBERED: Final = (
    ("{:%Y-%m}", r"(?<!\d){}(?!\d)"),
    ("{:%m-%Y}", r"(?<!\d){}(?!\d)"),
    ("{:%m/%Y}", r"(?<!\d){}(?!\d)"),
    ("{:%Y%m}", r"(?<!\d){}(?!\d)"),
)
"""How people write a month in figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextWave:
    """The wave that follows: its code, after which one, and the file to check and hand in."""

    code: str
    after: str
    file: str


def next_wave(database: Database, code: str) -> NextWave:
    """Write the file of the wave after the latest of a series; `code` is that of any of its waves.

    Raises WaveUnknownError, and ProblemsError for a wave of no series.
    """
    with database.reading() as session:
        plans = [plan_from_json(plan) for plan in session.scalars(select(Wave.plan))]
    named = next((plan for plan in plans if plan.code == code), None)
    if named is None:
        raise WaveUnknownError(code)
    if not named.series:
        raise ProblemsError(
            problem(
                f"đợt/wave {code}",
                "đợt này không thuộc chuỗi nào; ghi tên chuỗi ở mục series của tệp đợt điều tra.",
                "this wave is of no series; name one under series in its wave file.",
            )
        )
    latest = max(
        (plan for plan in plans if plan.series == named.series),
        key=lambda plan: (plan.opens, plan.code),
    )
    following = plan_of_next_month(latest)
    return NextWave(code=following.code, after=latest.code, file=wave_file(following))


def plan_of_next_month(plan: WavePlan) -> WavePlan:
    """Move a plan on by a month: its days, and the month in its code and titles.

    The last day of a month stays the last. A code or a title without a month gets the new one.
    """
    sample = plan.sample
    month = sample.since if sample else plan.opens
    following = month_later(month)
    moved: dict[str, Any] = {
        "code": _renamed(plan.code, month, following, lambda: f"-{following:%Y-%m}"),
        "title": Text(
            vi=_renamed(plan.title.vi, month, following, lambda: f" – tháng {following:%m/%Y}"),
            en=_english(plan.title.en, month, following),
        ),
        "opens": month_later(plan.opens),
        "closes": month_later(plan.closes),
        "privacy": msgspec.structs.replace(
            plan.privacy, kept_until=month_later(plan.privacy.kept_until)
        ),
    }
    if sample is not None:
        moved["sample"] = msgspec.structs.replace(
            sample, since=following, until=month_later(sample.until)
        )
    return msgspec.structs.replace(plan, **moved)


def month_later(day: date) -> date:
    """Give the same day of the next month; the last day of a month gives the last of the next."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    last = monthrange(year, month)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month, last if is_last else min(day.day, last))


def _renamed(written: str, month: date, following: date, added: Callable[[], str]) -> str:
    for form, whole in _NUMBERED:
        pattern = whole.format(re.escape(form.format(month)))
        renamed, times = re.subn(pattern, form.format(following), written)
        if times:
            return renamed
    short = rf"(?<!\d){month.month}/{month.year}(?!\d)"
    renamed, times = re.subn(short, f"{following.month}/{following.year}", written)
    return renamed if times else f"{written}{added()}"


def _english(written: str, month: date, following: date) -> str:
    former = f"{month_name[month.month]} {month.year}"
    now = f"{month_name[following.month]} {following.year}"
    if former in written:
        return written.replace(former, now)
    return _renamed(written, month, following, lambda: f", {now}")
