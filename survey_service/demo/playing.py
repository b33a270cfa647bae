"""Plays the round of 2022 from lists to publication, with the service's own parts."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from tqdm import tqdm

from mailer.catching.caught import caught_names
from mailer.sending.progress import Progress
from survey_service.background import catching
from survey_service.clock import SteppedClock
from survey_service.config import Settings, read_settings
from survey_service.demo.lists import CONTACTS, UNITS, Round, contact_list, read_round, unit_list
from survey_service.entropy import SeededEntropy, SystemEntropy
from survey_service.frame.units import import_units
from survey_service.freezing import freeze_wave
from survey_service.keys import KeyRing, open_key_ring
from survey_service.mailing.delivery import Delivery
from survey_service.publishing.wave import Published, publish_wave
from survey_service.store.database import Database
from survey_service.store.migrate import upgrade
from survey_service.waves.drafting import create_wave
from survey_service.waves.lifecycle import close_wave
from survey_service.waves.mail_plan.reminding import remind_wave
from survey_service.waves.opening import open_wave
from survey_service.waves.people import import_contacts
from survey_service.waves.preflighting.preflight import preflight
from survey_service.waves.status import WaveStatus, wave_status
from survey_service.web.app import create_app
from survey_service.web.serving import serving

WAVE = "par-2022"
ACTOR = "demo"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PREPARED = datetime(2023, 2, 16, 9, tzinfo=ZONE)
OPENED = datetime(2023, 2, 20, 7, 30, tzinfo=ZONE)
REMINDED = datetime(2023, 2, 25, 8, tzinfo=ZONE)
CLOSED = datetime(2023, 3, 5, 8, tzinfo=ZONE)
FROZEN = datetime(2023, 3, 8, 9, tzinfo=ZONE)
PUBLISHED = datetime(2023, 3, 10, 9, tzinfo=ZONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a demo is played: its folder, its clock, its parts, and whom it tells."""

    out: Path
    seed: int
    clock: SteppedClock
    settings: Settings
    database: Database
    keys: KeyRing
    tell: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What the round came to."""

    status: WaveStatus
    published: Published


def set_stage(
    out: Path,
    *,
    seed: int,
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
        clock=SteppedClock(PREPARED),
        settings=settings,
        database=database,
        keys=open_key_ring(settings.keys, SystemEntropy()),
        tell=tell,
    )


def play(stage: Stage) -> Played:
    """Play the round whole; leaves `dataset/` and `publication/` in the folder."""
    entropy = SeededEntropy(stage.seed)
    _prepare(stage, read_round())
    stage.clock.move_to(OPENED)
    opened = open_wave(stage.database, stage.clock, entropy, stage.settings, code=WAVE, actor=ACTOR)
    stage.tell(f"Mở đợt / Opened: {opened.invitations} phiếu phát ra / invitations")
    app = create_app(
        database=stage.database, settings=stage.settings, keys=stage.keys, clock=stage.clock
    )
    with ExitStack() as parts:
        relay = parts.enter_context(catching(stage.settings, 0))
        site = parts.enter_context(serving(app, stage.settings))
        send_letters(stage, relay, opened.invitations, "Thư mời / Invitations")
        last = caught_names(stage.settings.caught_mail)[-1]
        _let_people_answer(stage, site, "invitation", after="")
        stage.clock.move_to(REMINDED)
        reminded = remind_wave(stage.database, stage.clock, code=WAVE, actor=ACTOR)
        send_letters(stage, relay, reminded.queued, "Thư nhắc / Reminders")
        _let_people_answer(stage, site, "reminder", after=last)
    stage.clock.move_to(CLOSED)
    close_wave(stage.database, stage.clock, code=WAVE, actor=ACTOR)
    with stage.database.reading() as session:
        status = wave_status(session, WAVE)
    stage.clock.move_to(FROZEN)
    dataset = freeze_wave(
        stage.database,
        stage.clock,
        entropy,
        code=WAVE,
        folder=stage.out / "dataset",
        actor=ACTOR,
    )
    stage.tell(f"Chốt số liệu / Frozen dataset: {dataset}")
    stage.clock.move_to(PUBLISHED)
    published = publish_wave(
        stage.database, stage.clock, code=WAVE, wave_folder=stage.out, actor=ACTOR
    )
    return Played(status=status, published=published)


def send_letters(stage: Stage, relay: str, letters: int, title: str) -> Progress:
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


def _prepare(stage: Stage, played: Round) -> None:
    folder = stage.out / "input"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / UNITS).write_bytes(unit_list(played))
    (folder / CONTACTS).write_bytes(contact_list(played, stage.seed))
    plan = files("survey_service.demo").joinpath("wave.toml").read_text(encoding="utf-8")
    (folder / "wave.toml").write_text(
        plan.replace("seed = 2022", f"seed = {stage.seed}"), encoding="utf-8"
    )
    import_units(stage.database, stage.clock, folder / UNITS, actor=ACTOR)
    create_wave(stage.database, stage.clock, folder / "wave.toml", actor=ACTOR)
    imported = import_contacts(
        stage.database, stage.clock, folder / CONTACTS, code=WAVE, actor=ACTOR
    )
    stage.tell(
        f"Nhập danh sách / Imported: {len(played.units)} cơ quan / units, "
        f"{imported.added} người / people"
    )
    found = preflight(stage.database, stage.clock, stage.settings, code=WAVE)
    stage.tell(f"Kiểm tra trước khi mở / Preflight: {len(found.problems)} lưu ý / remarks")
    for one in found.problems:
        stage.tell(f"  - {one.where}: {one.message.vi}")
        stage.tell(f"    {one.where}: {one.message.en}")


def _let_people_answer(stage: Stage, site: str, phase: str, *, after: str) -> None:
    mails = [name for name in caught_names(stage.settings.caught_mail) if name > after]
    command = [
        *(sys.executable, "-P", "-m", "survey_service.demo.respondents"),
        *("--mail", str(stage.settings.caught_mail), "--site", site),
        *("--phase", phase, "--after", after, "--seed", str(stage.seed)),
    ]
    # The people run in a process of their own, as visitors do.
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as people,  # noqa: S603
        tqdm(total=len(mails), desc="Người trả lời / People", unit=" người") as bar,
    ):
        for line in people.stdout or ():
            counts: dict[str, int] = json.loads(line)
            bar.set_postfix_str(", ".join(f"{deed} {n}" for deed, n in sorted(counts.items())))
            bar.update(sum(counts.values()) - bar.n)
    if people.returncode:
        raise subprocess.CalledProcessError(people.returncode, command)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
