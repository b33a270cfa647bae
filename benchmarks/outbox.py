"""Claims from a long outbox by four workers on PostgreSQL, and memory over a long wave."""

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.mailed_wave import NOW, queue_wave
from benchmarks.mailer import Desk, run_sending
from benchmarks.sink import sinking
from mailer.sending.outbox import Settled, State
from mailer.smtp.outcome import Outcome, Phase, Verdict
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import new_key_ring
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.migrate import upgrade
from tests.embedded import running_postgres

WORKERS, PORTION, GROUP, REPEATS = 4, 50, 16, 3
QUEUED, LONG, SHORT = 20_000, 100_000, 5_000
SENT = Outcome(verdict=Verdict.SENT, phase=Phase.DOT, code=250, text="2.0.0 Ok: queued as 4XyZ")


def _outbox(database: Database) -> SqlOutbox:
    letters = Letters(read_settings({}), new_key_ring(SystemEntropy()))
    lease = timedelta(hours=1)
    return SqlOutbox(database, SteppedClock(NOW), SystemEntropy(), letters, lease=lease)


def claim(url: str, start: float) -> tuple[list[str], float]:
    """Claim until nothing is left, from a common start; gives the letters and when it ended."""
    database = Database(url)
    outbox, mine = _outbox(database), list[str]()
    time.sleep(max(0.0, start - time.time()))
    while claimed := outbox.claim(PORTION):
        mine += [letter.ticket.letter for letter in claimed]
    end = time.time()
    database.close()
    return mine, end


def carry(url: str, start: float) -> tuple[list[str], float]:
    """Claim, let go and settle as a sender does, in groups; gives letters and when it ended."""
    database = Database(url)
    outbox, mine, ends = _outbox(database), list[str](), list[Settled]()
    time.sleep(max(0.0, start - time.time()))
    while claimed := outbox.claim(PORTION):
        for first in range(0, len(claimed), GROUP):
            tickets = [letter.ticket for letter in claimed[first : first + GROUP]]
            going = outbox.mark(ends, tickets).permitted
            mine += [ticket.letter for ticket in going]
            ends = [
                Settled(ticket=ticket, state=State.SENT, at=NOW, outcome=SENT) for ticket in going
            ]
    outbox.settle(ends)
    end = time.time()
    database.close()
    return mine, end


def together(work: Callable[[str, float], tuple[list[str], float]], url: str) -> float:
    """Let the workers work at once on a fresh queue; gives letters a second, none of them twice."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        start = time.time() + 5
        jobs = [pool.submit(work, url, start) for _ in range(WORKERS)]
        results = [job.result() for job in jobs]
    letters = [letter for mine, _ in results for letter in mine]
    if len(letters) != QUEUED or len(set(letters)) != QUEUED:
        raise AssertionError(f"{len(letters)} claimed, {len(set(letters))} of {QUEUED} letters")
    return QUEUED / (max(end for _, end in results) - start)


def on_postgresql() -> list[tuple[str, float, str]]:
    """Measure claims and whole life cycles on a server of the tests' own (fsync off)."""
    rates: dict[str, list[float]] = {"claim": [], "carry": []}
    with running_postgres() as server:
        server.create("empty")
        template = Database(server.url("empty"))
        upgrade(template)
        queue_wave(template, QUEUED)
        template.close()
        for _ in range(REPEATS):
            for name, work in (("claim", claim), ("carry", carry)):
                server.create(name, "empty")
                rates[name].append(together(work, server.url(name)))
                server.drop(name)
    return [
        ("claims on PostgreSQL, 4 workers, none twice (gate 2000)", median(rates["claim"]), "/s"),
        ("claim, intent and end on PostgreSQL, 4 workers", median(rates["carry"]), "letters/s"),
    ]


def memory(letters: int) -> tuple[float, float]:
    """Send a wave in a process of its own; gives its peak in MiB, and the seconds it took."""
    context = multiprocessing.get_context("spawn")
    with sinking() as port, tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), letters=letters, port=port)
        desk.database.close()
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return pool.submit(send_from, folder, port, letters).result()


def send_from(folder: str, port: int, letters: int) -> tuple[float, float]:
    """Send what a folder's database holds; gives the process's peak in MiB, and the seconds."""
    desk = Desk(Path(folder), letters=0, port=port)
    start = time.perf_counter()
    sent = run_sending(desk.delivery())
    taken = time.perf_counter() - start
    if sent != letters:
        raise AssertionError(f"{sent} of {letters} letters were sent")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, taken


def run() -> list[tuple[str, float, str]]:
    """Measure, as (name, figure, unit)."""
    few, _ = memory(SHORT)
    many, seconds = memory(LONG)
    return [
        *on_postgresql(),
        (f"peak memory of sending {SHORT} letters", few, "MiB"),
        (f"peak memory of sending {LONG} letters", many, "MiB"),
        (f"{LONG} letters, SQLite FULL, 16 connections", LONG / seconds, "letters/s"),
    ]


if __name__ == "__main__":
    for name, figure, unit in run():
        print(f"{name:62} {figure:10.2f} {unit}")
