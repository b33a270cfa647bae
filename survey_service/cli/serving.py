"""`serve` and `worker`: the service's two processes, or both in one."""

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType

import click
from tqdm import tqdm

from mailer.sending.progress import Progress
from questionnaires.problems import ProblemsError, problem
from survey_service.background import catching, in_background
from survey_service.cli.speaking import Voice, say, speaks
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.config import Settings
from survey_service.event_loop import run_on_loop
from survey_service.mailing.chores import Chore, in_threads, list_chores, run_once
from survey_service.mailing.delivery import Delivery
from survey_service.mailing.relays.resolvers import resolver_for
from survey_service.mailing.relays.setup import read_mail_setup
from survey_service.system_errors import explain
from survey_service.waves.preflighting.bars import check_relay

CATCHER_PORT = 8025
"""Where the built-in mail catcher listens, as the default of SURVEY_SMTP_URL says."""


@click.command()
@click.option(
    "--worker/--no-worker", "sends", default=True, help="Gửi thư luôn · Send letters too."
)
@speaks
@pass_wiring
def serve(wiring: Wiring, voice: Voice, *, sends: bool) -> None:
    """Phục vụ trang web và gửi thư · Serve the pages and send letters.

    Where no relay is named (SURVEY_SMTP_URL), letters go to the built-in mail catcher.
    """
    from survey_service.web.app import create_app  # noqa: PLC0415 - quicker help
    from survey_service.web.serving import listen  # noqa: PLC0415
    from survey_service.web.serving import serve as serve_pages  # noqa: PLC0415

    settings = wiring.settings
    if found := [*check_relay(settings)]:
        raise ProblemsError(*found)
    app = create_app(
        database=wiring.database,
        settings=settings,
        keys=wiring.keys,
        clock=wiring.clock,
        caught=settings.caught_mail if settings.catches_mail else None,
    )
    # The web server hands the signal on once it has finished; the courier is to finish too.
    signal.signal(signal.SIGTERM, _end)
    with ExitStack() as parts:
        listener = parts.enter_context(listen(settings))
        if settings.catches_mail:
            _catch_mail(parts, settings)
        if sends:
            delivery = _delivery(wiring)
            parts.enter_context(in_threads(_chores(wiring)))
            parts.enter_context(
                in_background("courier", lambda stop: delivery.run_on(stop, _tell_trouble()))
            )
        at = f"{settings.public_url} (cổng/port {listener.getsockname()[1]})"
        say(voice, f"Đang phục vụ tại {at}", f"Serving at {at}")
        serve_pages(app, settings, listener)


@click.command()
@click.option("--until-empty", is_flag=True, help="Gửi hết rồi dừng · Stop when all are sent.")
@speaks
@pass_wiring
def worker(wiring: Wiring, voice: Voice, *, until_empty: bool) -> None:
    """Gửi thư đến hạn cho đến khi được dừng · Send what is due until told to stop."""
    delivery = _delivery(wiring)
    chores = _chores(wiring)
    if until_empty:
        run_once(chores)
    with in_threads(() if until_empty else chores), tqdm(desc="Thư / Letters", unit=" thư") as bar:

        def show(progress: Progress) -> None:
            bar.update(progress.sent - bar.n)
            if progress.trouble:
                bar.write(progress.trouble)

        ended = run_on_loop(delivery.send(show) if until_empty else _until_stopped(delivery, show))
    say(
        voice,
        f"Đã gửi {ended.sent}, hoãn {ended.deferred}, hỏng {ended.failed}, "
        f"chưa rõ {ended.uncertain}, bỏ {ended.dropped}.",
        f"Sent {ended.sent}, deferred {ended.deferred}, failed {ended.failed}, "
        f"uncertain {ended.uncertain}, dropped {ended.dropped}.",
    )


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _tell_trouble() -> Callable[[Progress], None]:
    """Say on stderr what is wrong with the relay, once for each trouble."""
    told = ""

    def tell(progress: Progress) -> None:
        nonlocal told
        if progress.trouble != told:
            told = progress.trouble
            words = told or "lại gửi được · sending again"
            click.echo(f"Thư · Mail: {words}", err=True)

    return tell


def _catch_mail(parts: ExitStack, settings: Settings) -> None:
    """Start the mail catcher; raises ProblemsError where its port is taken."""
    try:
        parts.enter_context(catching(settings, CATCHER_PORT))
    except OSError as error:
        if error.filename is not None:  # its folder, not its port
            raise
        vi, en = explain(error)
        raise ProblemsError(
            problem(
                "SURVEY_SMTP_URL",
                f"không mở được cổng {CATCHER_PORT} của nơi bắt thư thử ({vi}): có lẽ một lệnh "
                "serve khác đang chạy; dừng lệnh đó, hoặc đặt SURVEY_SMTP_URL là máy chủ gửi thư.",
                f"the built-in mail catcher cannot listen on port {CATCHER_PORT} ({en}): most "
                "likely another serve runs; stop that one, or set SURVEY_SMTP_URL to a relay.",
            )
        ) from error


async def _until_stopped(delivery: Delivery, show: Callable[[Progress], None]) -> Progress:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def finish(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, finish)
    return await delivery.run(stop, show)


def _chores(wiring: Wiring) -> tuple[Chore, ...]:
    setup = read_mail_setup(wiring.settings)
    return list_chores(
        wiring.database, wiring.clock, wiring.entropy, wiring.keys, wiring.settings, setup
    )


def _delivery(wiring: Wiring) -> Delivery:
    settings = wiring.settings
    caught = settings.caught_mail if settings.catches_mail else None
    return Delivery(
        database=wiring.database,
        clock=wiring.clock,
        keys=wiring.keys,
        settings=settings,
        resolver_for=lambda relay: resolver_for(
            relay, database=wiring.database, clock=wiring.clock, caught=caught
        ),
    )
