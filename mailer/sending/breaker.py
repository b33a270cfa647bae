"""Standing back from a server that is out of order, and trying it with one letter at a time."""

import asyncio
from collections.abc import Callable

from mailer.sending.backoff import Backoff
from mailer.smtp.outcome import Outcome, Verdict

_TROUBLE = frozenset({Verdict.NOT_STARTED, Verdict.UNCERTAIN})
"""Uncertain ends too: a server that falls silent after every dot must not eat a whole wave."""


class Breaker:
    """Lets letters pass while the server works; after a broken session, one per pause."""

    def __init__(self, backoff: Backoff, *, chance: Callable[[], float]) -> None:
        self._backoff = backoff
        self._chance = chance
        self._failures = 0
        self._until = 0.0
        self._trying = False
        self._over = False
        self._moved = asyncio.Event()
        self.trouble: Outcome | None = None
        """What the server's last broken session ended in; None while it works."""

    async def admit(self) -> bool:
        """Wait until a letter may be tried; False where the courier gave up waiting."""
        loop = asyncio.get_running_loop()
        while self._failures and not self._over:
            wait = self._until - loop.time()
            if wait <= 0 and not self._trying:
                self._trying = True
                return True
            await _until_set(self._moved, None if self._trying else wait)
        return not self._over

    def withdraw(self) -> None:
        """Give the turn back: the admitted letter was not taken to the server."""
        self._trying = False
        self._move()

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
            pause = self._backoff.wait(self._failures, chance=self._chance())
            self._until = now + (pause.total_seconds() if pause else 0)
        self._move()

    def give_up(self) -> None:
        """Send away everybody who waits, and whoever comes."""
        self._over = True
        self._move()

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


async def _until_set(event: asyncio.Event, seconds: float | None) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
