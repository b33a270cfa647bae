"""Periodic work beside the couriers: feeds, rolls, plans, returned mail, refusals, evidence."""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.entropy import Entropy
from survey_service.keys import KeyRing
from survey_service.mailing.relays.setup import MailSetup
from survey_service.mailing.returning.polling import poll_returns
from survey_service.mailing.returning.returns import note_refusals, purge_returns
from survey_service.store.database import Database
from survey_service.transactions.feed import take_feeds
from survey_service.waves.mail_plan.scheduling import schedule

logger = logging.getLogger(__name__)

EVERY_MINUTE: Final = 60.0
EVERY_FEW_MINUTES: Final = 300.0
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
    database: Database,
    clock: Clock,
    entropy: Entropy,
    keys: KeyRing,
    settings: Settings,
    setup: MailSetup,
) -> tuple[Chore, ...]:
    """List the chores of a worker; what came in and back is taken before letters are queued."""
    chores = [
        Chore(
            name="feeds",
            every=EVERY_FEW_MINUTES,
            work=lambda: take_feeds(database, clock, keys, settings),
        ),
        Chore(name="refusals", every=EVERY_MINUTE, work=lambda: note_refusals(database, clock)),
        Chore(name="evidence", every=EVERY_QUARTER, work=lambda: purge_returns(database, clock)),
        Chore(
            name="roll",
            every=EVERY_FEW_MINUTES,
            work=lambda: _roll(database, clock, entropy, keys),
        ),
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


def _roll(database: Database, clock: Clock, entropy: Entropy, keys: KeyRing) -> None:
    from survey_service.rolling.rolls import roll_all  # noqa: PLC0415 - numpy, for workers alone

    roll_all(database, clock, entropy, keys)


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
