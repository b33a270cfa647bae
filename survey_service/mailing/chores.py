"""Periodic work beside the couriers: plans, returned mail, refusals, old evidence."""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from survey_service.clock import Clock
from survey_service.keys import KeyRing
from survey_service.mailing.relays.setup import MailSetup
from survey_service.mailing.returning.polling import poll_returns
from survey_service.mailing.returning.returns import note_refusals, purge_returns
from survey_service.store.database import Database
from survey_service.waves.mail_plan.scheduling import schedule

logger = logging.getLogger(__name__)

EVERY_MINUTE: Final = 60.0
EVERY_QUARTER: Final = 6 * 3600.0
GRACE: Final = 10.0
"""Seconds that a chore under way gets to finish when the process stops.

One that hangs on the network is left behind: each does its work again from where it was.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to be done every so many seconds; doing it twice at once does no harm."""

    name: str
    every: float
    work: Callable[[], object]


def list_chores(
    database: Database, clock: Clock, keys: KeyRing, setup: MailSetup
) -> tuple[Chore, ...]:
    """List the chores of a worker; what came back is taken before new letters are queued."""
    chores = [
        Chore(name="refusals", every=EVERY_MINUTE, work=lambda: note_refusals(database, clock)),
        Chore(name="evidence", every=EVERY_QUARTER, work=lambda: purge_returns(database, clock)),
        Chore(name="schedule", every=EVERY_MINUTE, work=lambda: schedule(database, clock)),
    ]
    if setup.returns is not None and setup.returns.mailbox:
        fetching = Chore(
            name="returns",
            every=setup.returns.every_seconds,
            work=lambda: poll_returns(database, clock, keys, setup),
        )
        chores.insert(0, fetching)
    return tuple(chores)


def run_once(chores: Sequence[Chore]) -> None:
    """Do every chore once, one after the other; one that fails is logged and stops no other."""
    for chore in chores:
        _run(chore)


@contextmanager
def in_threads(chores: Sequence[Chore], *, grace: float = GRACE) -> Generator[None]:
    """Do the chores again and again, each in a thread of its own, until the block ends."""
    stop = threading.Event()
    threads = [
        # A daemon, so that a chore that hangs cannot keep the process from ending.
        threading.Thread(target=_repeat, args=(chore, stop), name=chore.name, daemon=True)
        for chore in chores
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        until = time.monotonic() + grace
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))


def _repeat(chore: Chore, stop: threading.Event) -> None:
    while not stop.is_set():
        _run(chore)
        stop.wait(chore.every)


def _run(chore: Chore) -> None:
    try:
        chore.work()
    except Exception as error:  # noqa: BLE001 - whatever it is, the next run may do better
        # Its text is left out: it may name an address or hold a password.
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error(  # noqa: TRY400 - a traceback's last line is that text
            "chore %s failed: %s (%s, line %s)",
            *(chore.name, type(error).__name__, place.name, place.lineno),
        )
