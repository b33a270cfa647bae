"""Standing back from a server that is out of order, and trying it with one letter at a time."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from mailer.sending.backoff import Backoff
from mailer.smtp.outcome import Outcome, Phase, Verdict

_TROUBLE = frozenset({Verdict.NOT_STARTED, Verdict.UNCERTAIN})
"""Uncertain ends too: a server that falls silent after every dot must not eat a whole wave."""

_BUSY = frozenset({421, 432, 454})
"""The server works, and wants fewer of our sessions or letters for now."""


class Breaker:
    """Lets letters pass while the server works; after a broken session, one per pause."""

    def __init__(self, outage: Backoff, busy: Backoff, *, chance: Callable[[], float]) -> None:
        self._outage = outage
        self._busy = busy
        self._chance = chance
        self._failures = 0
        self._until = 0.0
        self._trying = False
        self._balked: Counter[str] = Counter()
        """How often the server broke off at a letter."""
        self.trouble: Outcome | None = None
        """What the server's last broken session ended in; None while it works."""

    @property
    def is_open(self) -> bool:
        """Whether letters are held back."""
        return self._failures > 0

    @property
    def may_try(self) -> bool:
        """Whether a letter may be tried now: any while the server works, one after each pause."""
        if not self._failures:
            return True
        return not self._trying and asyncio.get_running_loop().time() >= self._until

    @property
    def pause(self) -> float:
        """How many seconds are left until the next try; 0 while the server works."""
        if not self._failures:
            return 0
        return max(0.0, self._until - asyncio.get_running_loop().time())

    def admit(self) -> bool:
        """Take the turn of a letter that is to be tried; False where it is held back."""
        if not self.may_try:
            return False
        self._trying = self.is_open
        return True

    def withdraw(self) -> None:
        """Give the turn back: the admitted letter was not taken to the server."""
        self._trying = False

    def note(self, outcome: Outcome) -> None:
        """Learn from a conversation how the server does."""
        now = asyncio.get_running_loop().time()
        self._trying = False
        if outcome.verdict not in _TROUBLE:
            self._failures, self.trouble = 0, None
        elif not self._failures or now >= self._until:
            # Connections that broke together count as one failure.
            self._failures += 1
            self.trouble = outcome
            self._until = now + self._wait(outcome, self._failures)

    def step_aside(self, letter: str, outcome: Outcome) -> timedelta | None:
        """Tell how long a letter lets others go first, whose end was just noted.

        Where a server breaks off as it hears of the recipient or gets the text, the letter may be
        the cause: as the oldest it would be tried after every pause, and none would ever pass.
        """
        if outcome.verdict is not Verdict.NOT_STARTED or outcome.phase < Phase.RCPT:
            del self._balked[letter]
            return None
        self._balked[letter] += 1
        return timedelta(seconds=self.pause + self._wait(outcome, self._balked[letter]))

    def _wait(self, outcome: Outcome, times: int) -> float:
        backoff = self._busy if outcome.code in _BUSY else self._outage
        wait = backoff.wait(times, chance=self._chance())
        return 0 if wait is None else wait.total_seconds()
