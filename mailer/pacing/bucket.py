"""Token buckets that never let more through than a limit, in any window of its length."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.pacing.limits import Window

_SHARE = {Window.SECOND: 8, Window.MINUTE: 8, Window.HOUR: 8, Window.DAY: 2}
"""One part in so many of a limit may go at once; a day's quota is mostly meant for one wave."""

_SPARE = 0.9
"""Letters are whole: what stays under limit + 1 stays within it. The rest is for rounding."""

_ROUNDING = 1e-6
"""A token that is a millionth short is there: instants are kept in microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Holds up to `capacity` tokens and gains `rate` of them a second; a letter takes one.

    In any window of W seconds at most floor(capacity + rate·W) letters take a token: those held
    when it begins and those gained in it.
    """

    capacity: int
    rate: float

    @classmethod
    def for_limit(cls, letters: int, window: Window) -> "Bucket":
        """Make the bucket for a limit: capacity + rate·W < letters + 1."""
        capacity = max(1, letters // _SHARE[window])
        return cls(capacity=capacity, rate=(letters - capacity + _SPARE) / window.seconds)

    def filled(self, tokens: float, since: datetime, now: datetime) -> float:
        """Give the tokens at `now` of a bucket that held so many at `since`.

        A clock that was put back gains nothing.
        """
        gained = max(0.0, (now - since).total_seconds()) * self.rate
        return min(float(self.capacity), tokens + gained)

    def wait(self, tokens: float, wanted: int = 1) -> timedelta:
        """Tell how long until `wanted` tokens have been there, each taken as it comes."""
        missing = wanted - tokens
        if missing <= _ROUNDING:
            return timedelta(0)
        return timedelta(microseconds=math.ceil(missing / self.rate * 1e6))


def whole(tokens: float) -> int:
    """Give how many letters may go with so many tokens."""
    return math.floor(tokens + _ROUNDING)
