"""Where a demo is played: an empty service in a folder, its clock, and its courier."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tqdm import tqdm

from mailer.sending.progress import Progress
from survey_service.clock import SteppedClock
from survey_service.config import Settings, read_settings
from survey_service.entropy import SeededEntropy
from survey_service.keys import KeyRing, open_key_ring
from survey_service.mailing.delivery import Delivery
from survey_service.store.database import Database
from survey_service.store.migrate import upgrade

ACTOR = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a demo is played: its folder, its clock, its parts, and whom it tells."""

    out: Path
    seed: int
    clock: SteppedClock
    entropy: SeededEntropy
    settings: Settings
    database: Database
    keys: KeyRing
    tell: Callable[[str], None]


def set_stage(
    out: Path,
    *,
    seed: int,
    begins: datetime,
    port: int,
    environment: Mapping[str, str],
    tell: Callable[[str], None],
) -> Stage:
    """Prepare an empty service in `out/service`, on the port or on a free one where it is 0."""
    address = f"http://127.0.0.1:{port or _free_port()}"
    settings = read_settings(
        {
            **{name: value for name, value in environment.items() if name == "DATABASE_URL"},
            "SURVEY_DATA": str(out / "service"),
            "SURVEY_PUBLIC_URL": address,
            "SURVEY_PORT": address.rpartition(":")[2],
            "SURVEY_MAIL_CONNECTIONS": "8",
        }
    )
    database = Database(settings.database_url)
    upgrade(database)
    return Stage(
        out=out,
        seed=seed,
        clock=SteppedClock(begins),
        entropy=SeededEntropy(seed),
        settings=settings,
        database=database,
        # Who is drawn from transactions follows from the keys; another sequence than the waves'.
        keys=open_key_ring(settings.keys, SeededEntropy(-1 - seed)),
        tell=tell,
    )


def send_letters(stage: Stage, relay: str, title: str, letters: int | None = None) -> Progress:
    """Send what is queued through the real mailer, with a bar on the terminal."""
    settings = read_settings(
        {
            "SURVEY_DATA": str(stage.settings.data),
            "SURVEY_PUBLIC_URL": stage.settings.public_url,
            "SURVEY_SMTP_URL": relay,
            "SURVEY_MAIL_CONNECTIONS": str(stage.settings.mail_connections),
        }
    )
    delivery = Delivery(
        database=stage.database, clock=stage.clock, keys=stage.keys, settings=settings
    )
    with tqdm(total=letters, desc=title, unit=" thư") as bar:

        def show(progress: Progress) -> None:
            bar.update(progress.sent + progress.dropped + progress.failed - bar.n)

        ended = asyncio.run(delivery.send(show))
        show(ended)
    return ended


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
