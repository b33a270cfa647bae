"""Limits of pace: how many letters may go in any second, minute, hour and day."""

from dataclasses import dataclass
from enum import StrEnum


class Window(StrEnum):
    """The lengths of time that limits are stated for."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def seconds(self) -> int:
        """How long it is."""
        return _SECONDS[self]


_SECONDS = {Window.SECOND: 1, Window.MINUTE: 60, Window.HOUR: 3_600, Window.DAY: 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many letters may go in any window of that length; None is no limit.

    Raises ValueError for a limit below 1: to let nothing pass, pause the transport.
    """

    per_second: int | None = None
    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None

    def __post_init__(self) -> None:
        for window, letters in self.stated():
            if letters < 1:
                raise ValueError(f"{letters} letters in a {window} are not a limit")

    def stated(self) -> tuple[tuple[Window, int], ...]:
        """Give the limits that there are, the shortest window first."""
        pairs = (
            (Window.SECOND, self.per_second),
            (Window.MINUTE, self.per_minute),
            (Window.HOUR, self.per_hour),
            (Window.DAY, self.per_day),
        )
        return tuple((window, letters) for window, letters in pairs if letters is not None)
