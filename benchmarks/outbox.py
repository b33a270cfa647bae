"""Claims from a long outbox by four workers on PostgreSQL, and memory over a long wave."""

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.mailed_wave import NOW, queue_wave
from benchmarks.mailer import Desk
from benchmarks.memory import peak_memory
from benchmarks.sink import sinking
from mailer.sending.outbox import Settled, State
from mailer.sending.progress import Progress
from mailer.smtp.outcome import Outcome, Phase, Verdict
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.event_loop import run_on_loop
from survey_service.keys import new_key_ring
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.migrate import upgrade
from tests.embedded import running_postgres

WORKERS, PORTION, GROUP, REPEATS = 4, 50, 16, 3
QUEUED, LONG, SHORT, PART = 20_000, 100_000, 5_000, 1_000
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


@contextmanager
def workers() -> Generator[ProcessPoolExecutor]:
    """Start the worker processes, and wait until each has read its modules."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        wait([pool.submit(get_ready) for _ in range(WORKERS)])
        yield pool


def get_ready() -> None:
    """Keep one worker busy while the others come up."""
    time.sleep(2)


def together(
    pool: ProcessPoolExecutor, work: Callable[[str, float], tuple[list[str], float]], url: str
) -> float:
    """Let the workers work at once on a fresh queue; gives letters a second, none of them twice."""
    start = time.time() + 1
    jobs = [pool.submit(work, url, start) for _ in range(WORKERS)]
    results = [job.result() for job in jobs]
    letters = [letter for mine, _ in results for letter in mine]
    if len(letters) != QUEUED or len(set(letters)) != QUEUED:
        raise AssertionError(f"{len(letters)} claimed, {len(set(letters))} of {QUEUED} letters")
    return QUEUED / (max(end for _, end in results) - start)


def on_postgresql() -> list[tuple[str, float, str]]:
    """Measure claims and whole life cycles on a server of the tests' own (fsync off)."""
    rates: dict[str, list[float]] = {"claim": [], "carry": []}
    with running_postgres() as server, workers() as pool:
        server.create("empty")
        template = Database(server.url("empty"))
        upgrade(template)
        queue_wave(template, QUEUED)
        template.close()
        for _ in range(REPEATS):
            for name, work in (("claim", claim), ("carry", carry)):
                server.create(name, "empty")
                rates[name].append(together(pool, work, server.url(name)))
                server.drop(name)
    return [
        ("claims on PostgreSQL, 4 workers, none twice (gate 2000)", median(rates["claim"]), "/s"),
        ("claim, intent and end on PostgreSQL, 4 workers", median(rates["carry"]), "letters/s"),
    ]


def sending(letters: int) -> tuple[float, list[float]]:
    """Send a wave in a process of its own; gives its peak in MiB, and the seconds of each part."""
    context = multiprocessing.get_context("spawn")
    with sinking() as port, tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), letters=letters, port=port)
        desk.database.close()
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return pool.submit(send_from, folder, port, letters).result()


def send_from(folder: str, port: int, letters: int) -> tuple[float, list[float]]:
    """Send what a folder's database holds; gives the process's peak, and the parts' seconds."""
    desk = Desk(Path(folder), letters=0, port=port)
    passed = [time.perf_counter()]

    def note(progress: Progress) -> None:
        if progress.sent >= len(passed) * PART:
            passed.append(time.perf_counter())

    sent = run_on_loop(desk.delivery().send(note)).sent
    if sent != letters:
        raise AssertionError(f"{sent} of {letters} letters were sent")
    return peak_memory(), [end - start for start, end in pairwise(passed)]


def run() -> Iterator[tuple[str, float, str]]:
    """Measure, as (name, figure, unit), each as soon as it is known."""
    yield from on_postgresql()
    few, _ = sending(SHORT)
    yield f"peak memory of sending {SHORT} letters", few, "MiB"
    many, seconds = sending(LONG)
    yield f"peak memory of sending {LONG} letters", many, "MiB"
    yield f"{LONG} letters, SQLite FULL, 16 connections", LONG / sum(seconds), "letters/s"
    quarter = len(seconds) // 4
    pace = sum(seconds[:quarter]) / sum(seconds[-quarter:])
    yield "pace of their last quarter beside that of their first", 100 * pace, "%"


if __name__ == "__main__":
    for name, figure, unit in run():
        print(f"{name:62} {figure:10.2f} {unit}")
