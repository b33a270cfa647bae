"""The rules of an outbox: leases, fencing, late replies, and commits in groups."""

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from carrying import courier_for, id_of, now, transport_to
from scripted_server import ScriptedServer

from mailer.sending.memory import MemoryOutbox
from mailer.sending.outbox import Claimed, Settled, State, Ticket
from mailer.smtp.outcome import Outcome, Phase, Verdict

START = datetime(2023, 2, 20, tzinfo=UTC)
YES = Outcome(verdict=Verdict.SENT, phase=Phase.DOT, code=250)
NOT_STARTED = Outcome(verdict=Verdict.NOT_STARTED, phase=Phase.CONNECT)


class Bench:
    """An outbox of one letter beside a clock moved by hand."""

    def __init__(self) -> None:
        self.time = START
        self.outbox = MemoryOutbox([("l1", "<l1@x>")], now=lambda: self.time)

    def claim(self) -> Claimed[str]:
        (claimed,) = self.outbox.claim(10)
        return claimed

    def let_lease_end(self) -> None:
        self.time += timedelta(minutes=5)
        self.outbox.recover()

    def settle(self, ticket: Ticket, state: State, outcome: Outcome = YES) -> None:
        self.outbox.settle([Settled(ticket=ticket, state=state, at=self.time, outcome=outcome)])

    @property
    def state(self) -> State:
        return self.outbox.entries["l1"].state


def test_a_claimed_letter_is_nobody_elses() -> None:
    bench = Bench()
    assert bench.claim().ticket.attempt == 1
    assert bench.outbox.claim(10) == []
    assert bench.outbox.next_due() == START + timedelta(minutes=5)


def test_a_dead_couriers_claim_is_queued_uncounted() -> None:
    bench = Bench()
    bench.claim()
    bench.let_lease_end()
    assert bench.state is State.QUEUED
    assert bench.claim().ticket.attempt == 1


def test_a_dead_couriers_intent_is_a_doubt() -> None:
    bench = Bench()
    bench.outbox.record_intent([bench.claim().ticket])
    bench.let_lease_end()
    assert bench.state is State.UNCERTAIN
    assert bench.outbox.claim(10) == []
    (doubt,) = bench.outbox.uncertain(bench.time)
    assert (doubt.letter, doubt.attempt, doubt.message_id) == ("l1", 1, "<l1@x>")


def test_a_renewed_lease_holds() -> None:
    bench = Bench()
    ticket = bench.claim().ticket
    bench.time += timedelta(minutes=4)
    bench.outbox.renew([ticket])
    bench.time += timedelta(minutes=4)
    bench.outbox.recover()
    assert bench.state is State.CLAIMED


def test_who_lost_the_lease_changes_nothing() -> None:
    bench = Bench()
    old = bench.claim().ticket
    bench.let_lease_end()
    new = bench.claim().ticket
    assert bench.outbox.record_intent([old]) == set()
    bench.settle(old, State.SENT)
    bench.outbox.release([old])
    assert bench.state is State.CLAIMED
    assert bench.outbox.record_intent([new]) == {new}


def test_a_late_reply_ends_a_doubt() -> None:
    bench = Bench()
    ticket = bench.claim().ticket
    bench.outbox.record_intent([ticket])
    bench.let_lease_end()
    bench.settle(ticket, State.SENT)
    assert bench.state is State.SENT


@pytest.mark.parametrize("end", ["release", "not started"])
def test_what_did_not_begin_is_not_counted(end: str) -> None:
    bench = Bench()
    ticket = bench.claim().ticket
    if end == "release":
        bench.outbox.release([ticket])
    else:
        bench.outbox.record_intent([ticket])
        bench.settle(ticket, State.QUEUED, NOT_STARTED)
    assert bench.state is State.QUEUED
    assert bench.outbox.entries["l1"].attempt == 0
    assert bench.claim().ticket != ticket


class SlowOutbox(MemoryOutbox):
    """An outbox whose every commit takes a disk's time."""

    intents = 0
    settlements = 0

    def record_intent(self, tickets: Sequence[Ticket]) -> Collection[Ticket]:
        time.sleep(0.004)
        self.intents += 1
        return super().record_intent(tickets)

    def settle(self, settled: Sequence[Settled]) -> None:
        time.sleep(0.004)
        self.settlements += 1
        super().settle(settled)


def test_many_letters_share_a_commit() -> None:
    names = [f"n{number}" for number in range(160)]
    outbox = SlowOutbox([(name, id_of(name)) for name in names], now=now)

    async def play() -> None:
        async with ScriptedServer() as server:
            transport = transport_to(server.port, connections=16)
            await courier_for(outbox, transport).run_until_empty()
            await transport.close()

    asyncio.run(play())
    assert outbox.count(State.SENT) == 160
    assert outbox.intents < 60
    assert outbox.settlements < 60
