"""Asynchronous workers beside the main thread: the courier and the mail catcher."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any

from mailer.catching.catcher import Catcher
from survey_service.config import Settings
from survey_service.event_loop import run_on_loop

START_SECONDS = 30
STOP_SECONDS = 60


@contextmanager
def catching(settings: Settings, port: int) -> Generator[str]:
    """Run the mail catcher from a thread; gives its SMTP URL. Raises OSError for a taken port."""
    catcher = Catcher(settings.caught_mail, port=port)

    async def run(stop: asyncio.Event) -> None:
        await stop.wait()
        await catcher.stop()

    with _on_a_loop("mail catcher", run, prepare=catcher.start):
        yield catcher.url


@contextmanager
def in_background(
    name: str, work: Callable[[asyncio.Event], Coroutine[Any, Any, object]]
) -> Generator[None]:
    """Run an asynchronous worker from a thread until the block ends, then let it finish."""
    with _on_a_loop(name, work):
        yield


@contextmanager
def _on_a_loop(
    name: str,
    work: Callable[[asyncio.Event], Coroutine[Any, Any, object]],
    prepare: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> Generator[None]:
    ready = threading.Event()
    failure: list[BaseException] = []
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        if prepare is not None:
            await prepare()
        ready.set()
        await work(stop)

    def run() -> None:
        try:
            run_on_loop(main())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            failure.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name=name)
    thread.start()
    ready.wait(START_SECONDS)
    if failure:
        thread.join()
        raise failure[0]
    try:
        yield
    finally:
        loop, stop = loops[0]
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join(STOP_SECONDS)
    if failure:
        raise failure[0]
