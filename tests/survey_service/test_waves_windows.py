from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from made_waves import PLAN

from survey_service.waves.mail_plan.windows import is_hour, next_opening
from survey_service.waves.plan import MailPlan, SendWindow, WavePlan


def planned(window: SendWindow | None, zone: str = "Asia/Ho_Chi_Minh") -> WavePlan:
    return msgspec.structs.replace(PLAN, zone=zone, mail=MailPlan(window=window))


OFFICE = SendWindow(opens="08:00", closes="17:30")


def test_without_a_window_letters_go_at_any_time() -> None:
    now = datetime(2025, 3, 8, 20, tzinfo=UTC)
    assert next_opening(planned(None), now) == now


# 2025-03-07 was a Friday; Viet Nam is seven hours ahead of UTC all year.
@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2025-03-07T08:00", "2025-03-07T08:00"),
        ("2025-03-07T17:29:59", "2025-03-07T17:29:59"),
        ("2025-03-07T17:30", "2025-03-10T08:00"),
        ("2025-03-08T12:00", "2025-03-10T08:00"),
        ("2025-03-09T23:59:59", "2025-03-10T08:00"),
        ("2025-03-10T00:00", "2025-03-10T08:00"),
        # Still the day before in UTC.
        ("2025-03-10T06:59", "2025-03-10T08:00"),
    ],
)
def test_a_window_in_viet_nam_waits_for_the_morning_and_over_the_weekend(
    now: str, opening: str
) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    instant = datetime.fromisoformat(now).replace(tzinfo=zone)
    expected = datetime.fromisoformat(opening).replace(tzinfo=zone)
    assert next_opening(planned(OFFICE), instant.astimezone(UTC)) == expected


def test_a_window_may_end_with_the_day() -> None:
    whole = planned(SendWindow(opens="00:00", closes="24:00", days=("sat",)))
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    last = datetime(2025, 3, 8, 23, 59, 59, tzinfo=zone)
    assert next_opening(whole, last) == last
    after = datetime(2025, 3, 9, tzinfo=zone)
    assert next_opening(whole, after) == datetime(2025, 3, 15, tzinfo=zone)


# Germany: the clocks went from 2:00 to 3:00 on 2025-03-30, and from 3:00 to 2:00 on 2025-10-26.
@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (datetime(2025, 3, 29, 18, tzinfo=UTC), datetime(2025, 3, 30, 6, tzinfo=UTC)),
        (datetime(2025, 3, 28, 18, tzinfo=UTC), datetime(2025, 3, 29, 7, tzinfo=UTC)),
        (datetime(2025, 10, 25, 18, tzinfo=UTC), datetime(2025, 10, 26, 7, tzinfo=UTC)),
    ],
)
def test_a_window_keeps_its_hours_when_the_clocks_change(now: datetime, opening: datetime) -> None:
    every_day = SendWindow(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    assert next_opening(planned(every_day, "Europe/Berlin"), now) == opening


def test_a_window_that_the_spring_swallows_opens_the_next_week() -> None:
    night = planned(SendWindow(opens="02:30", closes="03:00", days=("sun",)), "Europe/Berlin")
    now = datetime(2025, 3, 30, tzinfo=UTC)
    assert next_opening(night, now) == datetime(2025, 4, 6, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("hour", ["00:00", "08:00", "23:59", "24:00"])
def test_hours_of_the_day_are_known(hour: str) -> None:
    assert is_hour(hour)


@pytest.mark.parametrize("hour", ["8:00", "24:01", "12:60", "0800", "08:00:00", "٠٨:٠٠", ""])
def test_anything_else_is_no_hour(hour: str) -> None:
    assert not is_hour(hour)
