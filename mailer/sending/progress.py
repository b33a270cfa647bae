"""How far a courier has come, in figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.sending.outbox import Settled, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Letters since the courier began; an attempt that never started shows as `put_back`."""

    sent: int
    deferred: int
    failed: int
    uncertain: int
    dropped: int
    put_back: int
    in_hand: int
    """Claimed and not yet ended."""
    trouble: str
    """What is wrong with the server just now; empty while it works."""


class Tally:
    """Counts ends as they are committed."""

    def __init__(self) -> None:
        self._ends: Counter[State] = Counter()
        self._dropped = 0

    def add(self, settled: Sequence[Settled], *, dropped: int) -> None:
        """Count committed ends, and letters dropped as they were about to go."""
        self._dropped += dropped
        self._ends.update(end.state for end in settled)

    def progress(self, *, in_hand: int, trouble: str) -> Progress:
        """Give the figures as they stand."""
        return Progress(
            sent=self._ends[State.SENT],
            deferred=self._ends[State.DEFERRED],
            failed=self._ends[State.FAILED],
            uncertain=self._ends[State.UNCERTAIN],
            dropped=self._dropped,
            put_back=self._ends[State.QUEUED],
            in_hand=in_hand,
            trouble=trouble,
        )
