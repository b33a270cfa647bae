"""Building letters, and the whole path from outbox to server, against bare aiosmtplib."""

import asyncio
import email.policy
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from statistics import median

from aiosmtplib import SMTP
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.mailed_wave import NOW, queue_wave
from benchmarks.sink import sinking
from mailer.smtp.envelope import Envelope
from mailer.writing.message_id import message_id
from survey_service.clock import SteppedClock
from survey_service.config import Settings, read_settings
from survey_service.entropy import SystemEntropy
from survey_service.event_loop import run_on_loop
from survey_service.keys import KeyRing, new_key_ring
from survey_service.mailing.delivery import Delivery
from survey_service.mailing.relays.mail_file import Returns, Signature
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import LetterOrder, Letters
from survey_service.store.database import Database
from survey_service.store.migrate import upgrade
from survey_service.waves.reading import LoadedWave, load_wave

WAVE, CONNECTIONS, REPEATS = 4_000, 16, 3
KEY = b"a key for measuring"
SENDER = "Sở Nội vụ tỉnh Ví Dụ <khaosat@sonoivu.example>"
PARAGRAPH = (
    "Thực hiện Kế hoạch của Ủy ban nhân dân tỉnh, Sở Nội vụ tổ chức điều tra xã hội học. "
    "Kính mong Ông/Bà dành ít phút trả lời phiếu điều tra bằng liên kết riêng dưới đây. "
)
OTHERS = (
    ("LimeSurvey 6.14, 2 cores, to a sink that takes all at once", 139.0),
    ("LimeSurvey 6.14 as shipped (50 a minute)", 50 / 60),
    ("listmonk, as its users report (its issues 1854 and 2069)", 1_000 / 60),
    ("listmonk through one Haraka, by its author (issue 1805)", 50_000 / 60),
)
"""Letters a second of others: LimeSurvey measured by us on 2 cores, listmonk as it is told."""


class Desk:
    """A database with a queued wave, and what it takes to write and send its letters."""

    def __init__(self, folder: Path, *, letters: int, port: int = 25) -> None:
        self.settings: Settings = read_settings(
            {
                "SURVEY_DATA": str(folder),
                "SURVEY_SMTP_URL": f"smtp://127.0.0.1:{port}",
                "SURVEY_MAIL_CONNECTIONS": str(CONNECTIONS),
            }
        )
        self.keys: KeyRing = new_key_ring(SystemEntropy())
        self.clock = SteppedClock(NOW)
        self.database = Database(self.settings.database_url)
        upgrade(self.database)
        queue_wave(self.database, letters)

    def orders(self) -> tuple[LoadedWave, list[LetterOrder]]:
        """Claim every letter; gives the wave and what is to be written."""
        letters = Letters(self.settings, self.keys)
        lease = timedelta(hours=1)
        outbox = SqlOutbox(self.database, self.clock, SystemEntropy(), letters, lease=lease)
        orders = [claimed.cargo for claimed in outbox.claim(WAVE)]
        with self.database.reading() as session:
            return load_wave(session, orders[0].wave), orders

    def delivery(self) -> Delivery:
        """Give the sender that the service itself uses."""
        return Delivery(
            database=self.database, clock=self.clock, keys=self.keys, settings=self.settings
        )


@contextmanager
def desk(*, letters: int, port: int = 25) -> Generator[Desk]:
    """Open a desk over a database of its own (SQLite, synchronous=FULL)."""
    with tempfile.TemporaryDirectory() as folder:
        made = Desk(Path(folder), letters=letters, port=port)
        yield made
        made.database.close()


def microseconds(work: Callable[[LetterOrder], object], orders: Sequence[LetterOrder]) -> float:
    """Give the CPU time of a letter: the median of several runs."""
    work(orders[0])
    times: list[float] = []
    for _ in range(REPEATS):
        start = time.process_time()
        for order in orders:
            work(order)
        times.append((time.process_time() - start) / len(orders) * 1e6)
    return median(times)


def by_library(order: LetterOrder) -> bytes:
    """Write a letter of that length by the standard library."""
    name, address = order.addressee.name, order.addressee.email
    text = f"Kính gửi {name},\n\n" + (PARAGRAPH * 3 + "\n\n") * 4
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = message["Reply-To"] = SENDER
    message["Subject"] = "Mời tham gia điều tra xã hội học"
    message["To"] = f"{name} <{address}>"
    message["Message-ID"] = message_id(str(order.letter), key=KEY, domain="survey.example")
    message["Date"] = format_datetime(NOW)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    return message.as_bytes()


def signing(folder: Path, settings: Settings, keys: KeyRing) -> Letters:
    """Give letters with a DKIM signature (RSA of 2,048 bits) and a sender of their own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = folder / "dkim.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    file.chmod(0o600)
    domain = settings.mail_from.rpartition("@")[2]
    return Letters(
        settings,
        keys,
        returns=Returns(address=f"thu-ve@{domain}"),
        dkim=Signature(domain=domain, selector="s1", key_file=str(file)),
    )


def building() -> tuple[list[tuple[str, float, str]], list[Envelope]]:
    """Measure the building of letters; gives the figures, and the letters built."""
    with desk(letters=WAVE) as made, tempfile.TemporaryDirectory() as folder:
        wave, orders = made.orders()
        plain = Letters(made.settings, made.keys)
        signed = signing(Path(folder), made.settings, made.keys)
        ours = microseconds(lambda order: plain.envelope(wave, order, NOW), orders)
        with_dkim = microseconds(lambda order: signed.envelope(wave, order, NOW), orders[:500])
        library = microseconds(by_library, orders[:200])
        built = [plain.envelope(wave, order, NOW) for order in orders]
    return [
        ("building a letter (gate 150)", ours, "µs"),
        ("the same with DKIM (RSA 2048) and a sender of its own", with_dkim, "µs"),
        ("one of that length by EmailMessage", library, "µs"),
        ("ratio of the last to the first", library / ours, "×"),
    ], built


def whole_path(port: int) -> float:
    """Send a wave as the service does, every state durable; gives letters a second."""
    with desk(letters=WAVE, port=port) as made:
        sender = made.delivery()
        start = time.perf_counter()
        end = run_on_loop(sender.send()).sent
        taken = time.perf_counter() - start
    if end != WAVE:
        raise AssertionError(f"{end} of {WAVE} letters were sent")
    return WAVE / taken


async def bare(port: int, letters: Sequence[Envelope]) -> float:
    """Send prebuilt bytes by aiosmtplib alone over as many connections."""
    waiting = iter(letters)

    async def work() -> None:
        async with SMTP(
            hostname="127.0.0.1", port=port, start_tls=False, local_hostname="localhost"
        ) as client:
            for letter in waiting:
                await client.sendmail(letter.sender, letter.recipient, letter.message)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return len(letters) / (time.perf_counter() - start)


def run() -> Iterator[tuple[str, float, str]]:
    """Measure building and the whole path, and their ratios, as (name, figure, unit)."""
    figures, built = building()
    yield from figures
    with sinking() as port:
        pairs = [(whole_path(port), asyncio.run(bare(port, built))) for _ in range(REPEATS)]
    ours, theirs = (median(rates) for rates in zip(*pairs, strict=True))
    ratio = median(mine / other for mine, other in pairs)
    yield "outbox to smtp-sink, SQLite FULL, 16 connections (gate 450)", ours, "letters/s"
    yield "bare aiosmtplib (asyncio), prebuilt bytes, same sink", theirs, "letters/s"
    yield "ratio of the two, median of the pairs (gate 40)", 100 * ratio, "%"
    for name, figure in OTHERS:
        yield name, figure, "letters/s"


if __name__ == "__main__":
    for name, figure, unit in run():
        print(f"{name:62} {figure:10.2f} {unit}")
