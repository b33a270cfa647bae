"""A pool of lasting connections to one mail server."""

import asyncio
import ssl
from dataclasses import dataclass, field

from mailer.smtp.connection import Connection, Timeouts
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.outcome import Outcome, Phase, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """How a mail server is to be used; ages in seconds."""

    endpoint: Endpoint
    connections: int = 4
    messages_per_connection: int = 100
    connection_age: float = 600
    idle_age: float = 60
    """Servers hang up on the silent; a session idle for longer is opened anew."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    local_hostname: str = "localhost"
    """The name said in EHLO; a public server expects this machine's own."""
    tls_context: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(slots=True)
class _Seat:
    """A place for one connection, and when it was opened and last used (loop time)."""

    connection: Connection | None = None
    opened: float = 0
    used: float = 0


class SmtpTransport:
    """Carries letters over at most `connections` sessions, each opened when first needed."""

    def __init__(self, settings: TransportSettings) -> None:
        if settings.connections < 1:
            raise ValueError("a transport needs at least one connection")
        self._settings = settings
        # The seat used last is taken first: a slow wave keeps few sessions, and keeps them warm.
        self._seats: asyncio.LifoQueue[_Seat] = asyncio.LifoQueue()
        for _ in range(settings.connections):
            self._seats.put_nowait(_Seat())
        self._transactions: set[asyncio.Task[Outcome]] = set()
        self.opened = 0
        """Sessions opened so far."""

    @property
    def connections(self) -> int:
        """How many letters can be under way at once."""
        return self._settings.connections

    async def deliver(self, envelope: Envelope) -> Outcome:
        """Carry one letter over a free session, waiting for one; every SMTP end is an Outcome.

        Cancelling the caller does not cut the conversation: it runs to its end unheard, or until
        the loop itself is torn down, which closes the session.
        """
        transaction = asyncio.create_task(self._carry(envelope))
        self._transactions.add(transaction)
        transaction.add_done_callback(self._transactions.discard)
        return await asyncio.shield(transaction)

    def abandon(self) -> None:
        """Cut what is under way; whatever had its dot written stays uncertain."""
        for transaction in self._transactions:
            transaction.cancel()

    async def close(self) -> None:
        """Wait for what is under way, then end every session."""
        if self._transactions:
            await asyncio.wait(self._transactions)
        seats = [await self._seats.get() for _ in range(self._settings.connections)]
        await asyncio.gather(*(self._vacate(seat) for seat in seats))
        for seat in seats:
            self._seats.put_nowait(seat)

    async def _carry(self, envelope: Envelope) -> Outcome:
        seat = await self._seats.get()
        try:
            outcome = await self._try(seat, envelope)
            if isinstance(outcome, _Stale):
                outcome = await self._try(seat, envelope)
            return outcome.outcome if isinstance(outcome, _Stale) else outcome
        finally:
            self._seats.put_nowait(seat)

    async def _try(self, seat: _Seat, envelope: Envelope) -> "Outcome | _Stale":
        now = asyncio.get_running_loop().time
        if self._is_worn(seat, now()):
            await self._vacate(seat)
        if seat.connection is None:
            connection = self._connection()
            trouble = await connection.open()
            if trouble is not None:
                return trouble
            self.opened += 1
            seat.connection, seat.opened = connection, now()
        was_used = seat.connection.delivered > 0
        outcome = await seat.connection.deliver(envelope)
        seat.used = now()
        if seat.connection.is_open:
            return outcome
        seat.connection = None
        hung_up = outcome.verdict is Verdict.NOT_STARTED and outcome.phase is Phase.MAIL
        # A server that ends a used session ("too many messages", idle) says nothing of outage.
        return _Stale(outcome) if was_used and hung_up and outcome.code in {None, 421} else outcome

    def _connection(self) -> Connection:
        return Connection(
            self._settings.endpoint,
            timeouts=self._settings.timeouts,
            local_hostname=self._settings.local_hostname,
            tls_context=self._settings.tls_context,
        )

    def _is_worn(self, seat: _Seat, now: float) -> bool:
        settings = self._settings
        return seat.connection is not None and (
            not seat.connection.is_open
            or seat.connection.delivered >= settings.messages_per_connection
            or now - seat.opened >= settings.connection_age
            or now - seat.used >= settings.idle_age
        )

    async def _vacate(self, seat: _Seat) -> None:
        if seat.connection is not None:
            connection, seat.connection = seat.connection, None
            await connection.close()


@dataclass(frozen=True, slots=True)
class _Stale:
    """A used session had been ended before the letter: worth one fresh session."""

    outcome: Outcome
