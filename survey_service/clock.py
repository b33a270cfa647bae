"""Where time comes from: one clock, passed in."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware instant in UTC."""

    def now(self) -> datetime:
        """Give the present instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present instant."""
        return datetime.now(UTC)


class SteppedClock:
    """A clock that stands still until it is moved: the demo's dates, a test's patience."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._followed: Clock | None = None

    def now(self) -> datetime:
        """Give the instant the clock was last moved to, or that of the clock it follows."""
        return self._now if self._followed is None else self._followed.now()

    def follow(self, clock: Clock) -> None:
        """Run with another clock from now on: the play is over, real days begin."""
        self._followed = clock

    def move_to(self, instant: datetime) -> None:
        """Set the clock; it may not run backwards."""
        if instant < self._now:
            message = f"the clock stands at {self._now:%Y-%m-%d %H:%M} and cannot run backwards"
            raise ValueError(message)
        self._now = instant.astimezone(UTC)
