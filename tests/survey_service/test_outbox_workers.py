"""Several workers at once: nothing claimed twice, nothing missed, no deadlock, the quota kept."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from made_waves import NOW
from outbox_hands import ended, lane_outbox, states_of
from queued_waves import queue_beside

from mailer.pacing.limits import Limits
from mailer.sending.outbox import Settled, State
from survey_service.clock import SteppedClock
from survey_service.mailing.sending.lanes import Lane
from survey_service.store.database import Database

WORKERS = 4


def _work(database: Database, lane: Lane, ready: Barrier) -> list[str]:
    """Claim, let go and settle until nothing more is given; gives the letters let go."""
    outbox = lane_outbox(database, SteppedClock(NOW), lane)
    gone: list[str] = []
    ready.wait()
    while claimed := outbox.claim(7):
        ends: list[Settled] = []
        for letter in claimed:
            marked = outbox.mark(ends, [letter.ticket])
            gone += [ticket.letter for ticket in marked.permitted]
            ends = [ended(ticket, State.SENT) for ticket in marked.permitted]
        outbox.settle(ends)
    outbox.leave()
    return gone


def _all(database: Database, lanes: list[Lane]) -> list[str]:
    ready = Barrier(len(lanes))
    with ThreadPoolExecutor(len(lanes)) as pool:
        jobs = [pool.submit(_work, database, lane, ready) for lane in lanes]
        return [letter for job in jobs for letter in job.result()]


def test_nothing_goes_twice_and_nothing_is_left(database: Database) -> None:
    letters = [
        letter
        for code in ("mot", "hai")
        for letter in queue_beside(database, code, ["a.example", "b.example"] * 30)
    ]
    gone = _all(database, [Lane()] * WORKERS)
    assert Counter(gone) == Counter(map(str, letters))
    assert set(states_of(database)) == {"sent"}


def test_workers_that_share_buckets_keep_the_quota_and_never_wait_for_each_other(
    database: Database,
) -> None:
    domains = ["a.example", "b.example", "c.example"] * 20
    letters = queue_beside(database, "mot", domains)
    each = Limits(per_minute=80, per_day=40)
    limits: dict[str, Limits] = dict.fromkeys(("c.example", "a.example", "b.example"), each)
    backwards = dict(reversed(limits.items()))
    total = Limits(per_hour=160)
    lanes = [
        Lane(name=f"relay-{n % 2}", limits=total, domain_limits=limits if n % 2 else backwards)
        for n in range(WORKERS)
    ]
    gone = _all(database, lanes)
    to = dict(zip(map(str, letters), domains, strict=True))
    # Ten of each domain at once (an eighth of 80 a minute), twenty of each lane.
    assert max(Counter(gone).values()) == 1
    assert Counter(to[letter] for letter in gone) == dict.fromkeys(limits, 10)
