"""A pool of lasting connections to one mail server."""

import asyncio
import ssl
from dataclasses import dataclass, field

from mailer.smtp.connection import Connection, Timeouts
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.oauth import TokenSource
from mailer.smtp.outcome import Outcome, Phase, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """How a mail server is to be used; ages in seconds."""

    endpoint: Endpoint
    connections: int = 4
    messages_per_connection: int = 100
    connection_age: float = 600
    idle_age: float = 60
    """Servers hang up on the silent; a session idle for longer is opened anew, and one idle for
    half as long is asked first whether it is still there."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    local_hostname: str = "localhost"
    """The name said in EHLO; a public server expects this machine's own."""
    tls_context: ssl.SSLContext | None = field(default=None, repr=False)
    tokens: TokenSource | None = field(default=None, repr=False)
    """Where there is one, sessions log in by XOAUTH2 with its access tokens."""
    success_reports: bool = False
    """Whether a server that knows how (RFC 3461) is to report every delivery too."""


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
        self._openings: set[asyncio.Task[Outcome | None]] = set()
        self._in_use: set[Connection] = set()
        self._hung_up = False
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

    def hang_up(self) -> None:
        """Cut every session at once, and have each letter under way end as its phase says.

        What had its dot written ends uncertain, all else as not started; so does whatever comes.
        """
        self._hung_up = True
        for opening in self._openings:
            opening.cancel()
        for connection in self._in_use:
            connection.hang_up()

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
        if self._is_worn(seat, now()) or not await self._is_awake(seat, now()):
            await self._vacate(seat)
        if self._hung_up:
            return _GIVEN_UP
        if seat.connection is None:
            connection = self._connection()
            trouble = await self._open(connection)
            if trouble is not None:
                return trouble
            self.opened += 1
            seat.connection, seat.opened = connection, now()
        was_used = seat.connection.delivered > 0
        self._in_use.add(seat.connection)
        try:
            outcome = await seat.connection.deliver(envelope)
        finally:
            self._in_use.discard(seat.connection)
        seat.used = now()
        if seat.connection.is_open:
            return outcome
        seat.connection = None
        hung_up = outcome.verdict is Verdict.NOT_STARTED and outcome.phase is Phase.MAIL
        # A server that ends a used session ("too many messages", idle) says nothing of outage.
        return _Stale(outcome) if was_used and hung_up and outcome.code in {None, 421} else outcome

    async def _open(self, connection: Connection) -> Outcome | None:
        opening = asyncio.create_task(connection.open())
        self._openings.add(opening)
        try:
            return await opening
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return _GIVEN_UP
        finally:
            self._openings.discard(opening)

    def _connection(self) -> Connection:
        return Connection(
            self._settings.endpoint,
            timeouts=self._settings.timeouts,
            local_hostname=self._settings.local_hostname,
            tls_context=self._settings.tls_context,
            tokens=self._settings.tokens,
            success_reports=self._settings.success_reports,
        )

    def _is_worn(self, seat: _Seat, now: float) -> bool:
        settings = self._settings
        return seat.connection is not None and (
            not seat.connection.is_open
            or seat.connection.delivered >= settings.messages_per_connection
            or now - seat.opened >= settings.connection_age
            or now - seat.used >= settings.idle_age
        )

    async def _is_awake(self, seat: _Seat, now: float) -> bool:
        """Ask a session that was long silent; a server may have hung up without our knowing."""
        if seat.connection is None or now - seat.used < self._settings.idle_age / 2:
            return True
        return await seat.connection.still_answers()

    async def _vacate(self, seat: _Seat) -> None:
        if seat.connection is not None:
            connection, seat.connection = seat.connection, None
            await connection.close()


_GIVEN_UP = Outcome(verdict=Verdict.NOT_STARTED, phase=Phase.CONNECT, text="given up")


@dataclass(frozen=True, slots=True)
class _Stale:
    """A used session had been ended before the letter: worth one fresh session."""

    outcome: Outcome
