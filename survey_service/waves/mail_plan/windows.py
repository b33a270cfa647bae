"""Send windows: the next instant at which a wave's letters may go."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from survey_service.waves.plan import SendWindow, WavePlan, Weekday

WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""

_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def next_opening(plan: WavePlan, now: datetime) -> datetime:
    """Give the instant (UTC) from which a letter may go: `now` itself inside the window.

    A plan without a window lets letters go at any time.
    """
    window = plan.mail.window
    if window is None:
        return now.astimezone(UTC)
    spans = _spans(window, plan.zone, now)
    return next(max(begins, now.astimezone(UTC)) for begins, ends in spans if now < ends)


def is_hour(written: str) -> bool:
    """Tell whether a text is a time of day as windows state it: 00:00 to 24:00."""
    return _HOUR.fullmatch(written) is not None


def _spans(window: SendWindow, zone: str, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Give the window's spans in UTC, from the civil day of `now`."""
    day = now.astimezone(ZoneInfo(zone)).date()
    while True:
        if WEEKDAYS[day.weekday()] in window.days:
            begins, ends = _instant(day, window.opens, zone), _instant(day, window.closes, zone)
            # The hour that the clocks skip in spring can swallow a short window whole.
            if begins < ends:
                yield begins, ends
        day += timedelta(days=1)


def _instant(day: date, written: str, zone: str) -> datetime:
    hours, _, minutes = written.partition(":")
    # Wall-clock arithmetic before the zone: a window keeps its hours when the clocks change.
    wall = datetime.combine(day, time()) + timedelta(hours=int(hours), minutes=int(minutes))
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
