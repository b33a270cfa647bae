"""A bucket never lets more through than its limit, in whichever window one looks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.pacing.bucket import Bucket, whole
from mailer.pacing.limits import Limits, Window

START = datetime(2023, 2, 20, tzinfo=UTC)


def _send(bucket: Bucket, waits: list[float], wanted: int) -> list[tuple[datetime, int]]:
    """Send up to `wanted` letters after each wait, as many as there are tokens."""
    tokens, at, sent = float(bucket.capacity), START, list[tuple[datetime, int]]()
    for wait in waits:
        now = at + timedelta(seconds=wait)
        tokens, at = bucket.filled(tokens, at, now), now
        going = min(wanted, whole(tokens))
        if going:
            tokens -= going
            sent.append((now, going))
    return sent


@given(
    limit=st.integers(1, 500),
    window=st.sampled_from(Window),
    shares=st.lists(st.floats(0, 0.4), min_size=1, max_size=60),
    wanted=st.integers(1, 500),
)
def test_no_window_holds_more_than_the_limit(
    limit: int, window: Window, shares: list[float], wanted: int
) -> None:
    waits = [share * window.seconds for share in shares]
    sent = _send(Bucket.for_limit(limit, window), waits, wanted)
    length = timedelta(seconds=window.seconds)
    for begin, _ in sent:
        inside = [going for moment, going in sent if begin <= moment <= begin + length]
        assert sum(inside) <= limit


@given(limit=st.integers(1, 100_000), window=st.sampled_from(Window))
def test_an_empty_bucket_tells_when_its_next_token_is_there(limit: int, window: Window) -> None:
    bucket = Bucket.for_limit(limit, window)
    wait = bucket.wait(0)
    assert whole(bucket.filled(0, START, START + wait)) == 1
    assert bucket.wait(1) == timedelta(0)


@given(limit=st.integers(8, 100_000), window=st.sampled_from(Window))
def test_a_long_wave_gets_most_of_its_limit(limit: int, window: Window) -> None:
    bucket = Bucket.for_limit(limit, window)
    share = 0.5 if window is Window.DAY else 0.87
    assert bucket.rate * window.seconds >= share * limit


def test_a_limit_of_one_lets_one_through_each_window() -> None:
    bucket = Bucket.for_limit(1, Window.MINUTE)
    sent = _send(bucket, [1.0] * 600, 5)
    assert 8 <= len(sent) <= 10
    gaps = [later - former for (former, _), (later, _) in pairwise(sent)]
    assert min(gaps) > timedelta(minutes=1)


def test_a_clock_that_was_put_back_gains_nothing() -> None:
    bucket = Bucket.for_limit(60, Window.MINUTE)
    assert bucket.filled(2, START, START - timedelta(hours=1)) == 2


def test_limits_are_stated_shortest_first_and_none_is_no_limit() -> None:
    limits = Limits(per_day=10_000, per_minute=30)
    assert limits.stated() == ((Window.MINUTE, 30), (Window.DAY, 10_000))
    assert Limits().stated() == ()


@pytest.mark.parametrize("letters", [0, -1])
def test_a_limit_below_one_is_refused(letters: int) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limits(per_hour=letters)
