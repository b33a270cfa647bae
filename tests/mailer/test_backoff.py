"""Waits grow, spread and end."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailer.sending.backoff import BUSY, OUTAGE, RETRY


def test_waits_double_to_the_ceiling_and_end() -> None:
    waits = [RETRY.wait(attempt, chance=0.5) for attempt in range(1, 13)]
    minutes = [None if wait is None else wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [5, 10, 20, 40, 80, 160, 240, 240, 240, 240, 240, None]


@given(attempt=st.integers(1, 10**9), chance=st.floats(0, 1, exclude_max=True))
def test_an_outage_is_waited_out_for_ever_within_bounds(attempt: int, chance: float) -> None:
    wait = OUTAGE.wait(attempt, chance=chance)
    assert wait is not None
    assert timedelta(seconds=0.8) <= wait <= timedelta(minutes=6)


def test_a_server_that_asks_for_patience_is_left_alone_for_longer() -> None:
    waits = [BUSY.wait(attempt, chance=0.5) for attempt in range(1, 7)]
    assert waits == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240, 480, 900)]
