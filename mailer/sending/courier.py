"""Carries letters from the outbox to the server until told to stop or until none is left."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from mailer.sending.backoff import OUTAGE, RETRY, Backoff
from mailer.sending.breaker import Breaker
from mailer.sending.doubts import DoubtSettings, clear_doubts
from mailer.sending.ledger import Ledger
from mailer.sending.outbox import Claimed, Outbox, Settled, State, Ticket
from mailer.sending.progress import Progress, Tally
from mailer.smtp.envelope import Envelope
from mailer.smtp.failure import Failure
from mailer.smtp.outcome import Outcome, Phase, Verdict

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

    batch: int = 64
    """Letters in hand beyond those under way."""
    poll: float = 1
    """How often an idle courier looks into the outbox."""
    renew_every: float = 60
    recover_every: float = 15
    patience: float = 60
    """How long `run_until_empty` waits for letters put off, doubts and a server out of order."""
    retry: Backoff = RETRY
    outage: Backoff = OUTAGE
    doubts: DoubtSettings = field(default_factory=DoubtSettings)


class Courier(Generic[Cargo]):
    """Claims letters, has them written, and carries them over the transport's connections.

    `render` writes one letter from its cargo (called on the loop: a fraction of a millisecond);
    what it raises fails that letter alone. `now` and `chance` are injected. A courier runs once.
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
        self._ledger = Ledger(outbox, on_settled=self._count)
        self._breaker = Breaker(settings.outage, chance=chance)
        self._chance = chance
        self._queue: asyncio.Queue[Claimed[Cargo] | None] = asyncio.Queue()
        self._held: set[Ticket] = set()
        self._under_way = 0
        self._tally = Tally()
        self._stopping = False
        self._wake = asyncio.Event()
        self._moved_at = 0.0

    @property
    def progress(self) -> Progress:
        """The figures as they stand."""
        trouble = self._breaker.trouble
        return self._tally.progress(
            in_hand=len(self._held), trouble="" if trouble is None else _words(trouble)
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
                self._breaker.give_up()
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
        self._breaker.give_up()
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
            room = self._settings.batch - self._queue.qsize()
            claimed: Sequence[Claimed[Cargo]] = ()
            # An outbox that gave less than asked is looked at again when it is time, or when
            # everything in hand has ended; not after every letter.
            if room * 2 > self._settings.batch and (now() >= look_at or not self._held):
                claimed = await self._ledger.call(self._outbox.claim, room)
                look_at = now() if len(claimed) == room else now() + self._settings.poll
            for letter in claimed:
                self._held.add(letter.ticket)
                self._queue.put_nowait(letter)
            if claimed:
                continue
            if until_empty and not self._under_way and await self._is_over():
                return
            await self._nap()

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
            events += [doubt.since + doubts.settle_time for doubt in uncertain]
        return min((event for event in events if event is not None), default=None)

    async def _nap(self) -> None:
        try:
            async with asyncio.timeout(self._settings.poll):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _work(self) -> None:
        while (letter := await self._queue.get()) is not None:
            if not self._stopping and await self._breaker.admit():
                self._under_way += 1
                try:
                    await self._carry(letter)
                finally:
                    self._under_way -= 1
            if self._queue.qsize() * 2 <= self._settings.batch:
                self._wake.set()

    async def _carry(self, letter: Claimed[Cargo]) -> None:
        ticket = letter.ticket
        try:
            envelope = self._render(letter.cargo)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter stays with it
            self._breaker.withdraw()
            self._settle(ticket, _unwritten(error))
            return
        if not await self._ledger.permit(ticket):
            self._breaker.withdraw()
            self._held.discard(ticket)
            self._tally.dropped += 1
            self._wake.set()
            return
        outcome = await self._transport.deliver(envelope)
        self._breaker.note(outcome)
        self._settle(ticket, outcome)

    def _settle(self, ticket: Ticket, outcome: Outcome) -> None:
        now = self._now()
        not_before = None
        if outcome.verdict is Verdict.DEFERRED:
            wait = self._settings.retry.wait(ticket.attempt, chance=self._chance())
            if wait is None:
                outcome = _expired(outcome)
            else:
                not_before = now + wait
        self._ledger.settle(
            Settled(
                ticket=ticket,
                state=_STATES[outcome.verdict],
                at=now,
                outcome=outcome,
                not_before=not_before,
            )
        )

    def _count(self, settled: Sequence[Settled]) -> None:
        """Take note of ends that are now committed."""
        self._tally.add(settled)
        self._held.difference_update(end.ticket for end in settled)
        if any(end.state is not State.QUEUED for end in settled):
            self._moved_at = asyncio.get_running_loop().time()
        if not self._held:
            self._wake.set()
        self._on_progress(self.progress)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._settings.renew_every)
            if self._held:
                await self._ledger.call(self._outbox.renew, list(self._held))

    async def _tend(self) -> None:
        await self._ledger.call(self._outbox.recover)
        await self._ledger.call(clear_doubts, self._outbox, self._settings.doubts, now=self._now())


_STATES = {
    Verdict.SENT: State.SENT,
    Verdict.DEFERRED: State.DEFERRED,
    Verdict.FAILED: State.FAILED,
    Verdict.NOT_STARTED: State.QUEUED,
    Verdict.UNCERTAIN: State.UNCERTAIN,
}


def _unwritten(error: Exception) -> Outcome:
    return Outcome(
        verdict=Verdict.FAILED,
        phase=Phase.CONNECT,
        text=f"{type(error).__name__}: {error}"[:500],
        failure=Failure.LETTER,
    )


def _expired(outcome: Outcome) -> Outcome:
    return Outcome(
        verdict=Verdict.FAILED,
        phase=outcome.phase,
        code=outcome.code,
        text=outcome.text,
        failure=Failure.EXPIRED,
    )


def _words(outcome: Outcome) -> str:
    return f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
