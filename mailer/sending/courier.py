"""Carries letters from the outbox to the server until told to stop or until none is left."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from mailer.sending.backoff import BUSY, OUTAGE, RETRY, Backoff
from mailer.sending.breaker import Breaker
from mailer.sending.doubts import DoubtSettings, look_up, ripe_doubts, settle_doubts
from mailer.sending.ending import NotNowError, ending, unwritten, words
from mailer.sending.ledger import Ledger
from mailer.sending.outbox import Claimed, Marked, Outbox, Settled, State, Ticket, Uncertain
from mailer.sending.progress import Progress, Tally
from mailer.smtp.envelope import Envelope
from mailer.smtp.outcome import Outcome

Cargo = TypeVar("Cargo")


class Transport(Protocol):
    """Carries one letter to its end; `SmtpTransport` does."""

    @property
    def connections(self) -> int:
        """How many letters can be under way at once."""
        ...

    async def deliver(self, envelope: Envelope) -> Outcome:
        """Carry one letter; every end of an SMTP conversation is an Outcome."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierSettings:
    """Sizes and times; plain numbers are seconds of the machine, not of the injected clock."""

    batch: int = 256
    """Letters in hand beyond those under way; a claim of many costs little more than of one."""
    poll: float = 1
    """How often an idle courier looks into the outbox; up to ten times as often where the outbox
    says that the pace will soon let something go."""
    gather: float = 0.004
    """How long a commit waits for connections whose next letter has not come yet."""
    renew_every: float = 60
    recover_every: float = 15
    patience: float = 60
    """How long `run_until_empty` waits for letters put off, doubts and a server out of order."""
    retry: Backoff = RETRY
    outage: Backoff = OUTAGE
    busy: Backoff = BUSY
    doubts: DoubtSettings = field(default_factory=DoubtSettings)


class Courier(Generic[Cargo]):
    """Claims letters, has them written, and carries them over the transport's connections.

    `render` writes one letter from its cargo (called on the loop: a fraction of a millisecond);
    what it raises fails that letter alone, but for NotNowError, which ends the run as an error of
    the outbox does. `now` and `chance` are injected. A courier runs once.
    The transport is the caller's to close, after the run.
    """

    def __init__(
        self,
        *,
        outbox: Outbox[Cargo],
        transport: Transport,
        render: Callable[[Cargo], Envelope],
        now: Callable[[], datetime],
        chance: Callable[[], float],
        settings: CourierSettings,
        on_progress: Callable[[Progress], None] = lambda _progress: None,
    ) -> None:
        self._outbox = outbox
        self._transport = transport
        self._render = render
        self._now = now
        self._settings = settings
        self._on_progress = on_progress
        self._ledger = Ledger(
            outbox,
            on_marked=self._count,
            crowd=transport.connections,
            gather=settings.gather,
        )
        self._breaker = Breaker(settings.outage, settings.busy, chance=chance)
        self._chance = chance
        self._queue: asyncio.Queue[Claimed[Cargo] | None] = asyncio.Queue()
        self._returned: list[Ticket] = []
        """Taken from the queue and not begun, because the server is out of order."""
        self._held: set[Ticket] = set()
        self._under_way = 0
        self._tries: Counter[Uncertain] = Counter()
        """How often doubts have been looked up."""
        self._tally = Tally()
        self._stopping = False
        self._wake = asyncio.Event()
        self._moved_at = 0.0

    @property
    def progress(self) -> Progress:
        """The figures as they stand."""
        trouble = self._breaker.trouble
        return self._tally.progress(
            in_hand=len(self._held), trouble="" if trouble is None else words(trouble)
        )

    async def run(self, stop: asyncio.Event) -> Progress:
        """Carry letters until `stop` is set; then finish what is under way and give back the rest.

        An error of the outbox ends the run in an ExceptionGroup; what was under way is found
        again as intent.
        """
        return await self._run(stop, until_empty=False)

    async def run_until_empty(self) -> Progress:
        """Carry letters until none is left that could go within `patience`.

        Letters put off for longer, held doubts, and `trouble` show in what it gives.
        """
        return await self._run(asyncio.Event(), until_empty=True)

    async def _run(self, stop: asyncio.Event, *, until_empty: bool) -> Progress:
        self._moved_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.TaskGroup() as group:
                ledger = group.create_task(self._ledger.run())
                attendants = [
                    group.create_task(self._heed(stop)),
                    group.create_task(self._keep_leases()),
                ]
                workers = [
                    group.create_task(self._work()) for _ in range(self._transport.connections)
                ]
                await self._feed(until_empty=until_empty)
                self._stopping = True
                for _ in workers:
                    self._queue.put_nowait(None)
                await asyncio.wait(workers)
                for attendant in attendants:
                    attendant.cancel()
                self._ledger.close()
                # Only once every end is committed is what is still held known to be unbegun.
                await asyncio.wait([ledger])
                await self._ledger.call(self._outbox.release, list(self._held))
                self._held.clear()
        finally:
            self._ledger.shut()
        return self.progress

    async def _heed(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping = True
        self._wake.set()

    async def _feed(self, *, until_empty: bool) -> None:
        """Keep the workers' queue filled."""
        now = asyncio.get_running_loop().time
        tend_at = look_at = now()
        while not self._stopping:
            self._wake.clear()
            if now() >= tend_at:
                await self._tend()
                tend_at = now() + self._settings.recover_every
            # Letters held back are given back even where the server works again by now.
            if self._breaker.is_open or self._returned:
                await self._give_back()
            room = self._room()
            claimed: Sequence[Claimed[Cargo]] = ()
            # An outbox that gave less than asked is looked at again when it is time, or when
            # everything in hand has ended; not after every letter.
            if room and (now() >= look_at or not self._held):
                claimed = await self._ledger.call(self._outbox.claim, room)
                look_at = now() if len(claimed) == room else now() + await self._look_after()
            for letter in claimed:
                self._held.add(letter.ticket)
                self._queue.put_nowait(letter)
            if claimed:
                continue
            if until_empty and not self._under_way and await self._is_over():
                return
            await self._nap(look_at)

    def _room(self) -> int:
        """Tell how many letters to claim: for the trial of a server out of order, one."""
        room = self._settings.batch - self._queue.qsize()
        if self._breaker.is_open:
            return 1 if self._breaker.may_try and self._queue.empty() else 0
        return room if room * 2 > self._settings.batch else 0

    async def _give_back(self) -> None:
        """Release what has not begun: another courier may reach another server."""
        while not self._queue.empty():
            letter = self._queue.get_nowait()
            if letter is not None:
                self._returned.append(letter.ticket)
        returned, self._returned = self._returned, []
        if returned:
            await self._ledger.call(self._outbox.release, returned)
            self._held.difference_update(returned)

    async def _look_after(self) -> float:
        """Tell in how many seconds to look again into an outbox that gave less than asked."""
        poll = self._settings.poll
        due = await self._ledger.call(self._outbox.next_due)
        wait = 0.0 if due is None else (due - self._now()).total_seconds()
        return poll if wait <= 0 else min(poll, max(poll / 10, wait))

    async def _is_over(self) -> bool:
        if self._held and self._breaker.trouble is None:
            return False
        if asyncio.get_running_loop().time() - self._moved_at > self._settings.patience:
            return True
        if self._held:
            return False
        due = await self._ledger.call(self._next_event)
        return due is None or due > self._now() + timedelta(seconds=self._settings.patience)

    def _next_event(self) -> datetime | None:
        events = [self._outbox.next_due()]
        doubts = self._settings.doubts
        if doubts.can_clear:
            uncertain = self._outbox.uncertain(self._now())
            events += [doubts.due(doubt, tries=self._tries[doubt]) for doubt in uncertain]
        return min((event for event in events if event is not None), default=None)

    async def _nap(self, look_at: float) -> None:
        """Sleep until woken, or until there is something to look after."""
        poll = self._settings.poll
        until_look = look_at - asyncio.get_running_loop().time()
        waits = [wait for wait in (until_look, self._breaker.pause) if wait > 0]
        try:
            async with asyncio.timeout(min([poll, *waits])):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _work(self) -> None:
        while (letter := await self._queue.get()) is not None:
            if self._stopping:
                continue
            if self._breaker.admit():
                self._under_way += 1
                try:
                    await self._carry(letter)
                finally:
                    self._under_way -= 1
            else:
                self._returned.append(letter.ticket)
                self._wake.set()
            if self._queue.qsize() * 2 <= self._settings.batch:
                self._wake.set()

    async def _carry(self, letter: Claimed[Cargo]) -> None:
        ticket = letter.ticket
        try:
            envelope = self._render(letter.cargo)
        except NotNowError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter stays with it
            self._breaker.withdraw()
            self._settle(ticket, unwritten(error))
            return
        if not await self._ledger.permit(ticket):
            self._breaker.withdraw()
            self._held.discard(ticket)
            self._wake.set()
            return
        outcome = await self._transport.deliver(envelope)
        self._breaker.note(outcome)
        self._settle(ticket, outcome)

    def _settle(self, ticket: Ticket, outcome: Outcome) -> None:
        retry = self._settings.retry.wait(ticket.attempt, chance=self._chance())
        aside = self._breaker.step_aside(ticket.letter, outcome)
        self._ledger.settle(ending(ticket, outcome, at=self._now(), retry=retry, aside=aside))

    def _count(self, settled: Sequence[Settled], marked: Marked) -> None:
        """Take note of what is now committed."""
        self._tally.add(settled, dropped=marked.dropped)
        self._held.difference_update(end.ticket for end in settled)
        if any(end.state is not State.QUEUED for end in settled):
            self._moved_at = asyncio.get_running_loop().time()
        if not self._held or self._breaker.is_open:
            self._wake.set()
        if settled or marked.dropped:
            self._on_progress(self.progress)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._settings.renew_every)
            if self._held:
                await self._ledger.call(self._outbox.renew, list(self._held))

    async def _tend(self) -> None:
        await self._ledger.call(self._outbox.recover)
        settings = self._settings.doubts
        doubts = await self._ledger.call(ripe_doubts, self._outbox, settings, now=self._now())
        if not doubts:
            return
        # A look-up may take long: beside the ledger, so that letters under way can be settled.
        answers = await asyncio.to_thread(look_up, doubts, settings)
        self._tries.update(doubts)
        resolutions = settle_doubts(doubts, answers, settings, now=self._now())
        if resolutions:
            await self._ledger.call(self._outbox.resolve, resolutions)
