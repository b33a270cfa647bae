"""The outbox's one writer: many letters' marks in one commit."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, Protocol, TypeVar

from mailer.sending.outbox import Marked, Settled, Ticket

P = ParamSpec("P")
R = TypeVar("R")


class Marks(Protocol):
    """The part of an outbox that the ledger writes."""

    def mark(self, settled: Sequence[Settled], tickets: Sequence[Ticket]) -> Marked:
        """Note ends, then intents, durably."""
        ...


class Ledger:
    """Gathers what comes in while a commit is under way into the next one.

    Ends are written with the intents that came with them: a connection whose next letter goes
    out has its former one settled, so a crash leaves at most one open letter per connection.

    A commit costs much the same for one letter as for twenty, so a round waits up to `gather`
    seconds until `crowd` letters, one for each connection, ask to go.
    """

    def __init__(
        self,
        marks: Marks,
        *,
        on_marked: Callable[[Sequence[Settled], Marked], None],
        crowd: int = 1,
        gather: float = 0,
    ) -> None:
        self._marks = marks
        self._on_marked = on_marked
        self._crowd = crowd
        self._gather = gather
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")
        self._ends: list[Settled] = []
        self._intents: list[tuple[Ticket, asyncio.Future[bool]]] = []
        self._work = asyncio.Event()
        self._complete = asyncio.Event()
        self._closing = False

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one outbox call in the ledger's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: function(*args, **kwargs))

    async def permit(self, ticket: Ticket) -> bool:
        """Have an intent committed; tells whether the letter may go."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._intents.append((ticket, future))
        self._work.set()
        if len(self._intents) >= self._crowd:
            self._complete.set()
        return await future

    def settle(self, settled: Settled) -> None:
        """Have an end committed with the next round."""
        self._ends.append(settled)
        self._work.set()

    def close(self) -> None:
        """Let `run` end once everything is written."""
        self._closing = True
        self._work.set()
        self._complete.set()

    async def run(self) -> None:
        """Commit rounds until closed; an error of the outbox ends it and is raised."""
        while self._ends or self._intents or not self._closing:
            await self._work.wait()
            if not self._closing:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._gather):
                        await self._complete.wait()
            self._work.clear()
            self._complete.clear()
            ends, self._ends = self._ends, []
            intents, self._intents = self._intents, []
            if not ends and not intents:
                continue
            marked = await self.call(self._marks.mark, ends, [ticket for ticket, _ in intents])
            for ticket, future in intents:
                if not future.done():
                    future.set_result(ticket in marked.permitted)
            self._on_marked(ends, marked)

    def shut(self) -> None:
        """Give up the thread, once its present call has ended."""
        self._thread.shutdown()
