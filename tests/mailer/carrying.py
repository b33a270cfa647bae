"""What the courier's tests share: letters, settings, and a round from outbox to server."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailer.sending.backoff import Backoff
from mailer.sending.courier import Courier, CourierSettings
from mailer.sending.doubts import DoubtSettings
from mailer.sending.memory import MemoryOutbox
from mailer.sending.outbox import Uncertain
from mailer.sending.progress import Progress
from mailer.smtp.connection import Timeouts
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.transport import SmtpTransport, TransportSettings
from mailer.writing.message_id import message_id

KEY = b"a key for tests"
SHORT = Backoff(first=timedelta(milliseconds=20), factor=1, ceiling=timedelta(seconds=1))
QUICK = CourierSettings(
    poll=0.01,
    recover_every=0.01,
    patience=5,
    outage=SHORT,
    busy=SHORT,
    doubts=DoubtSettings(settle_time=timedelta(0)),
)
HURRIED = Timeouts(connect=2, command=1, data=1, dot=1, quit=1)


def now() -> datetime:
    return datetime.now(UTC)


def id_of(letter: str) -> str:
    return message_id(letter, key=KEY, domain="survey.example")


def outbox_of(letters: Iterable[str], *, at: Callable[[], datetime] = now) -> MemoryOutbox:
    return MemoryOutbox([(letter, id_of(letter)) for letter in letters], now=at)


def render(letter: str) -> Envelope:
    return Envelope(
        sender="khaosat@survey.example",
        recipient=f"{letter}@people.example",
        message=f"To: {letter}\r\nMessage-ID: {id_of(letter)}\r\n\r\nA letter.\r\n".encode(),
    )


def doubt(
    message_id: str, *, since: datetime | None = None, begun: datetime | None = None
) -> Uncertain:
    """A letter of which nothing is known; its name is the part of the id before the first dot."""
    return Uncertain(
        letter=message_id.strip("<").partition(".")[0],
        attempt=1,
        message_id=message_id,
        since=since or now(),
        begun=begun,
    )


def transport_to(port: int, *, connections: int = 1, login: str = "") -> SmtpTransport:
    endpoint = Endpoint.parse(f"smtp://{login}127.0.0.1:{port}")
    return SmtpTransport(
        TransportSettings(endpoint=endpoint, connections=connections, timeouts=HURRIED)
    )


def courier_for(
    outbox: MemoryOutbox,
    transport: SmtpTransport,
    *,
    at: Callable[[], datetime] = now,
    settings: CourierSettings = QUICK,
    write: Callable[[str], Envelope] = render,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
) -> Courier[str]:
    return Courier(
        outbox=outbox,
        transport=transport,
        render=write,
        now=at,
        chance=lambda: 0.5,
        settings=settings,
        on_progress=on_progress,
    )


async def carry_all(
    outbox: MemoryOutbox, transport: SmtpTransport, *, doubts: DoubtSettings | None = None
) -> Progress:
    settings = QUICK if doubts is None else replace(QUICK, doubts=doubts)
    try:
        return await courier_for(outbox, transport, settings=settings).run_until_empty()
    finally:
        await transport.close()
