"""A sender that is killed, again and again, loses no letter and doubles none that was known."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from carrying import QUICK, courier_for, id_of, outbox_of, transport_to

from mailer.catching.catcher import Catcher
from mailer.catching.caught import caught_names, message_id_in
from mailer.resolving.resolver import CatcherResolver
from mailer.sending.doubts import DoubtSettings, Policy
from mailer.sending.memory import MemoryOutbox
from mailer.sending.outbox import State

LETTERS = [f"l{number:04d}" for number in range(400)]
CONNECTIONS = 8
KILLS = 8


class Hands:
    """A clock moved by hand: past every lease when a courier was killed."""

    def __init__(self) -> None:
        self.time = datetime(2023, 2, 20, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def past_leases(self) -> None:
        self.time += timedelta(minutes=6)


async def kill_and_resume(
    outbox: MemoryOutbox, folder: Path, hands: Hands, doubts: DoubtSettings, pauses: Iterator[float]
) -> int:
    """Run couriers that are torn down in mid-work, then one to the end; give the most doubts."""
    settings = replace(QUICK, doubts=doubts)
    worst = 0
    async with Catcher(folder) as catcher:
        for pause in pauses:
            transport = transport_to(catcher.port, connections=CONNECTIONS)
            courier = courier_for(outbox, transport, at=hands.now, settings=settings)
            running = asyncio.create_task(courier.run(asyncio.Event()))
            await asyncio.sleep(pause)
            # As a killed process: conversations end unheard, nothing more is written.
            running.cancel()
            transport.abandon()
            await asyncio.gather(running, return_exceptions=True)
            hands.past_leases()
            # What the kernel still holds may yet be accepted: that is the settle time.
            await asyncio.sleep(0.1)
            before = outbox.count(State.UNCERTAIN)
            outbox.recover()
            worst = max(worst, outbox.count(State.UNCERTAIN) - before)
        transport = transport_to(catcher.port, connections=CONNECTIONS)
        await courier_for(outbox, transport, at=hands.now, settings=settings).run_until_empty()
        await transport.close()
    return worst


def accepted(folder: Path) -> Counter[str]:
    return Counter(message_id_in(folder / f"{name}.eml") for name in caught_names(folder))


def pauses(seed: int) -> Iterator[float]:
    chance = random.Random(seed)
    return (chance.uniform(0.005, 0.12) for _ in range(KILLS))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_a_resolver_nothing_is_lost_and_nothing_doubled(tmp_path: Path, seed: int) -> None:
    hands = Hands()
    outbox = outbox_of(LETTERS, at=hands.now)
    doubts = DoubtSettings(resolver=CatcherResolver(tmp_path), settle_time=timedelta(0))
    worst = asyncio.run(kill_and_resume(outbox, tmp_path, hands, doubts, pauses(seed)))
    assert outbox.count(State.SENT) == len(LETTERS)
    assert accepted(tmp_path) == Counter(map(id_of, LETTERS))
    assert worst <= CONNECTIONS


def test_without_a_resolver_doubts_are_held_and_shown(tmp_path: Path) -> None:
    hands = Hands()
    outbox = outbox_of(LETTERS, at=hands.now)
    doubts = DoubtSettings(policy=Policy.HOLD, settle_time=timedelta(0))
    worst = asyncio.run(kill_and_resume(outbox, tmp_path, hands, doubts, pauses(4)))
    caught = accepted(tmp_path)
    held = {entry.message_id for entry in outbox.entries.values() if entry.state is State.UNCERTAIN}
    assert max(caught.values()) == 1
    assert set(caught) | held == set(map(id_of, LETTERS))
    assert outbox.count(State.SENT) + len(held) == len(LETTERS)
    assert 0 < len(held) <= KILLS * CONNECTIONS
    assert worst <= CONNECTIONS, "one open letter for each connection, no more"


def test_resending_by_policy_loses_none_and_doubles_only_doubts(tmp_path: Path) -> None:
    hands = Hands()
    outbox = outbox_of(LETTERS, at=hands.now)
    doubts = DoubtSettings(policy=Policy.RESEND, settle_time=timedelta(0))
    asyncio.run(kill_and_resume(outbox, tmp_path, hands, doubts, pauses(5)))
    caught = accepted(tmp_path)
    assert set(caught) == set(map(id_of, LETTERS))
    assert outbox.count(State.SENT) == len(LETTERS)
    retried = {entry.message_id for entry in outbox.entries.values() if entry.attempt > 1}
    assert {identity for identity, times in caught.items() if times > 1} <= retried
    assert len(retried) <= KILLS * CONNECTIONS
