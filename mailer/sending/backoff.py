"""How long to wait before the next try."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Waits that grow by `factor` from `first` to `ceiling`, each spread by ± `spread`."""

    first: timedelta
    factor: float
    ceiling: timedelta
    spread: float = 0.2
    attempts: int | None = None
    """After so many attempts there is no further try; None tries on for ever."""

    def wait(self, attempt: int, *, chance: float) -> timedelta | None:
        """Give the wait after attempt number `attempt` (from 1); None where it was the last.

        `chance` in [0, 1) comes from the caller; it keeps many letters from returning at once.
        """
        if self.attempts is not None and attempt >= self.attempts:
            return None
        ceiling = self.ceiling.total_seconds()
        # The exponent is bounded so that a float never overflows; the ceiling rules long before.
        grown = self.first.total_seconds() * self.factor ** min(attempt - 1, 64)
        spread = 1 + self.spread * (2 * chance - 1)
        return timedelta(seconds=min(grown, ceiling) * spread)


RETRY = Backoff(
    first=timedelta(minutes=5), factor=2, ceiling=timedelta(hours=4), spread=0.2, attempts=12
)
"""For a letter put off by the recipient's server: 12 tries over about 28 hours, past any
greylisting (RFC 6647) and a full mailbox's night."""

OUTAGE = Backoff(first=timedelta(seconds=1), factor=2, ceiling=timedelta(minutes=5), spread=0.2)
"""For a server of ours that cannot be reached or refuses the session: no end, no letter counted."""

BUSY = Backoff(first=timedelta(seconds=30), factor=2, ceiling=timedelta(minutes=15), spread=0.2)
"""For a server that asks for patience (421, 432, 454): asking again at once makes it angrier."""
