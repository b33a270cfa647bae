"""When the steps of a round are taken, by the dates of its wave file."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from survey_service.waves.plan import WavePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The instants of a round; `fed` are those at which a rolling wave gets transactions."""

    prepared: datetime
    opened: datetime
    fed: tuple[datetime, ...]
    reminded: tuple[datetime, ...]
    closed: datetime
    frozen: datetime
    published: datetime


def timetable(plan: WavePlan, feed_days: int) -> Timetable:
    """Lay out the days of a round: prepared four days ahead, published six days after its end."""
    zone = ZoneInfo(plan.zone)

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(plan.opens + timedelta(days=day), time(hour, minute), zone)

    last = (plan.closes - plan.opens).days
    is_rolling = plan.sample is not None and plan.sample.rolling is not None
    fed = [*range(feed_days, last, feed_days), last] if is_rolling else []
    return Timetable(
        prepared=at(-4, 9),
        opened=at(0, 7, 30),
        fed=tuple(at(day, 7, 45) for day in fed),
        reminded=() if is_rolling else tuple(at(day, 8) for day in plan.reminders),
        closed=at(last + 1, 8),
        frozen=at(last + 4, 9),
        published=at(last + 6, 9),
    )
