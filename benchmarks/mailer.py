"""Writing letters against an `EmailMessage` each, and carrying them against bare aiosmtplib."""

import asyncio
import email.policy
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from aiosmtplib import SMTP

from mailer.catching.catcher import Catcher
from mailer.sending.courier import Courier, CourierSettings
from mailer.sending.memory import MemoryOutbox
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.transport import SmtpTransport, TransportSettings
from mailer.writing.header import Mailbox
from mailer.writing.letter import Skeleton, Wording
from mailer.writing.message_id import message_id
from mailer.writing.part import slot

LETTERS, WAVE, CONNECTIONS, REPEATS = 1_000, 1_611, 8, 5
KEY = b"a key for measuring"
SENDER = Mailbox(address="khaosat@sonoivu.example", name="Sở Nội vụ tỉnh Ví Dụ")
SUBJECT = "Mời tham gia điều tra xã hội học xác định Chỉ số cải cách hành chính"
DATE = datetime(2023, 2, 20, tzinfo=UTC)
LINK = "https://khaosat.example/s/AbCdEf-_0123456789.abcdefghijk01234567"
PARAGRAPH = (
    "Thực hiện Kế hoạch của Ủy ban nhân dân tỉnh, Sở Nội vụ tổ chức điều tra xã hội học. "
    "Kính mong Ông/Bà dành ít phút trả lời phiếu điều tra bằng liên kết riêng dưới đây. "
)


def text(name: str, link: str) -> str:
    """Give the plain text of a letter of usual length."""
    return f"Kính gửi {name},\n\n" + (PARAGRAPH * 3 + "\n\n") * 4 + f"{link}\n"


def html(name: str, link: str) -> str:
    """Give the same letter in HTML."""
    body = f"<p>{PARAGRAPH * 3}</p>" * 4
    return f'<html><body><p>Kính gửi {name},</p>{body}<a href="{link}">{link}</a></body></html>'


SKELETON = Skeleton.build(
    Wording(
        sender=SENDER,
        reply_to=SENDER,
        subject=SUBJECT,
        list_id="wave-2022.survey.example",
        language="vi",
        text=text(slot("name"), slot("link")),
        html=html(slot("name"), slot("link")),
    )
)


def fill(letter: str) -> bytes:
    """Write a letter as the mailer does."""
    name = f"Nguyễn Thị Ánh {letter}"
    return SKELETON.fill(
        Mailbox(address=f"{letter}@people.example", name=name),
        {"name": name, "link": LINK},
        message_id=message_id(letter, key=KEY, domain="survey.example"),
        date=DATE,
    )


def build(letter: str) -> bytes:
    """Write the same letter by the standard library."""
    name = f"Nguyễn Thị Ánh {letter}"
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = message["Reply-To"] = f"{SENDER.name} <{SENDER.address}>"
    message["Subject"] = SUBJECT
    message["To"] = f"{name} <{letter}@people.example>"
    message["Message-ID"] = message_id(letter, key=KEY, domain="survey.example")
    message["Date"] = format_datetime(DATE)
    message["List-Id"] = "<wave-2022.survey.example>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "vi"
    message.set_content(text(name, LINK))
    message.add_alternative(html(name, LINK), subtype="html")
    return message.as_bytes()


def rate(work: Callable[[str], object], letters: int) -> float:
    """Give letters per second of CPU: the median of several runs."""
    rates: list[float] = []
    for _ in range(REPEATS):
        start = time.process_time()
        for number in range(letters):
            work(f"l{number}")
        rates.append(letters / (time.process_time() - start))
    return median(rates)


def serve(folder: str, pipe: Connection) -> None:
    """Be the catcher, in a process of its own, until told to end."""

    async def catch() -> None:
        async with Catcher(Path(folder)) as catcher:
            pipe.send(catcher.port)
            await asyncio.to_thread(pipe.recv)

    asyncio.run(catch())


@contextmanager
def catching() -> Generator[int]:
    """Run a catcher beside; gives its port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=serve, args=(folder, theirs))
        process.start()
        yield ours.recv()
        ours.send(None)
        process.join()


async def carry(port: int) -> float:
    """Carry a wave by the courier, from outbox to catcher; gives letters per second."""
    outbox = MemoryOutbox(((f"l{number}", "") for number in range(WAVE)), now=lambda: DATE)
    endpoint = Endpoint.parse(f"smtp://127.0.0.1:{port}")
    transport = SmtpTransport(
        TransportSettings(
            endpoint=endpoint, connections=CONNECTIONS, messages_per_connection=10_000
        )
    )
    courier = Courier(
        outbox=outbox,
        transport=transport,
        render=lambda letter: Envelope(
            sender=SENDER.address, recipient=f"{letter}@people.example", message=fill(letter)
        ),
        now=lambda: DATE,
        chance=lambda: 0.5,
        settings=CourierSettings(),
    )
    start = time.perf_counter()
    end = await courier.run_until_empty()
    taken = time.perf_counter() - start
    await transport.close()
    if end.sent != WAVE:
        raise AssertionError(f"{end.sent} of {WAVE} letters were sent")
    return WAVE / taken


async def carry_bare(port: int) -> float:
    """Send prebuilt bytes by aiosmtplib alone over as many connections."""
    prebuilt = [(f"l{number}@people.example", fill(f"l{number}")) for number in range(WAVE)]
    waiting = iter(prebuilt)

    async def work() -> None:
        async with SMTP(
            hostname="127.0.0.1", port=port, start_tls=False, local_hostname="localhost"
        ) as client:
            for recipient, message in waiting:
                await client.sendmail(SENDER.address, recipient, message)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return WAVE / (time.perf_counter() - start)


def run() -> list[tuple[str, float, str]]:
    """Measure writing and carrying, and their ratios, as (name, figure, unit)."""
    ours, library = rate(fill, LETTERS * 5), rate(build, LETTERS // 10)
    with catching() as port:
        pairs = [(asyncio.run(carry(port)), asyncio.run(carry_bare(port))) for _ in range(3)]
    whole, bare = (median(figures) for figures in zip(*pairs, strict=True))
    return [
        ("writing a letter", 1e6 / ours, "µs"),
        ("the same by EmailMessage", 1e6 / library, "µs"),
        ("ratio of the two", ours / library, "×"),
        ("outbox (in memory) to catcher, 8 connections", whole, "letters/s"),
        ("bare aiosmtplib with prebuilt bytes, same catcher", bare, "letters/s"),
        ("ratio of the two", whole / bare, "×"),
    ]


if __name__ == "__main__":
    for name, figure, unit in run():
        print(f"{name:60} {figure:10.2f} {unit}")
