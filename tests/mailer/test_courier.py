"""The courier empties the outbox, stops when told, and stands back from a broken server."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from carrying import QUICK, carry_all, courier_for, id_of, now, outbox_of, render, transport_to
from scripted_server import Drop, ScriptedServer, Step

from mailer.sending.backoff import Backoff
from mailer.sending.courier import CourierSettings
from mailer.sending.doubts import DoubtSettings, Policy
from mailer.sending.ending import NotNowError
from mailer.sending.memory import MemoryOutbox
from mailer.sending.outbox import Claimed, Settled, State, Ticket
from mailer.sending.progress import Progress
from mailer.smtp.envelope import Envelope
from mailer.smtp.failure import Failure

NAMES = [f"n{number:03d}" for number in range(60)]


def test_every_letter_is_sent_once_and_counted() -> None:
    outbox = outbox_of(NAMES)
    seen: list[Progress] = []
    server = ScriptedServer()

    async def play() -> Progress:
        async with server:
            transport = transport_to(server.port, connections=4)
            courier = courier_for(outbox, transport, on_progress=seen.append)
            end = await courier.run_until_empty()
            await transport.close()
            return end

    end = asyncio.run(play())
    assert (end.sent, end.in_hand, end.failed, end.put_back) == (60, 0, 0, 0)
    assert outbox.count(State.SENT) == 60
    assert [taken.recipient for taken in server.taken].count("n000@people.example") == 1
    assert len({taken.message_id for taken in server.taken}) == 60
    assert [progress.sent for progress in seen] == sorted(progress.sent for progress in seen)
    assert seen[-1] == end


def test_an_empty_outbox_is_done_at_once() -> None:
    async def play() -> Progress:
        async with ScriptedServer() as server:
            return await carry_all(outbox_of([]), transport_to(server.port))

    assert asyncio.run(play()).sent == 0


def test_a_letter_that_cannot_be_written_fails_alone() -> None:
    outbox = outbox_of(["anh", "binh", "chi"])

    def write(letter: str) -> Envelope:
        if letter == "binh":
            raise KeyError("greeting")
        return render(letter)

    async def play() -> Progress:
        async with ScriptedServer() as server:
            transport = transport_to(server.port)
            end = await courier_for(outbox, transport, write=write).run_until_empty()
            await transport.close()
            return end

    end = asyncio.run(play())
    assert (end.sent, end.failed) == (2, 1)
    outcome = outbox.entries["binh"].outcome
    assert outcome is not None
    assert outcome.failure is Failure.LETTER
    assert "greeting" in outcome.text


def test_letters_that_cannot_be_written_for_now_do_not_fail() -> None:
    outbox = outbox_of(["anh", "binh"])

    def write(_letter: str) -> Envelope:
        raise NotNowError

    async def play() -> None:
        async with ScriptedServer() as server:
            transport = transport_to(server.port)
            try:
                await courier_for(outbox, transport, write=write).run_until_empty()
            finally:
                await transport.close()

    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(play())
    assert raised.group_contains(NotNowError)
    assert outbox.count(State.CLAIMED) == 2, "their leases run out"


def test_needless_letters_are_dropped_when_claimed_and_when_about_to_go() -> None:
    answered: set[str] = {"anh"}
    outbox = MemoryOutbox(
        [(name, f"<{name}@x>") for name in ("anh", "binh", "chi")],
        now=now,
        drop_reason=lambda letter: "answered" if letter in answered else None,
    )

    def write(letter: str) -> Envelope:
        # The answer comes in after the claim and before the letter goes.
        answered.add("binh")
        return render(letter)

    async def play() -> Progress:
        async with ScriptedServer() as server:
            transport = transport_to(server.port)
            end = await courier_for(outbox, transport, write=write).run_until_empty()
            await transport.close()
            return end

    end = asyncio.run(play())
    assert {name: entry.state for name, entry in outbox.entries.items()} == {
        "anh": State.DROPPED,
        "binh": State.DROPPED,
        "chi": State.SENT,
    }
    assert outbox.entries["binh"].dropped_for == "answered"
    assert (end.sent, end.dropped) == (1, 1)


def test_a_stop_finishes_what_is_under_way_and_gives_back_the_rest() -> None:
    outbox = outbox_of(NAMES)
    server = ScriptedServer()

    async def play() -> Progress:
        stop = asyncio.Event()

        def halt(progress: Progress) -> None:
            if progress.sent >= 10:
                stop.set()

        async with server:
            transport = transport_to(server.port, connections=2)
            end = await courier_for(outbox, transport, on_progress=halt).run(stop)
            await transport.close()
            return end

    end = asyncio.run(play())
    assert 10 <= end.sent < 60
    assert end.in_hand == 0
    assert outbox.count(State.SENT) == len(server.taken) == end.sent
    assert outbox.count(State.QUEUED) == 60 - end.sent
    assert all(entry.attempt == (entry.state is State.SENT) for entry in outbox.entries.values()), (
        "what was given back was not counted as an attempt"
    )


def test_an_idle_courier_finds_new_letters_and_stops() -> None:
    outbox = outbox_of([])

    async def play() -> Progress:
        stop = asyncio.Event()
        async with ScriptedServer() as server:
            transport = transport_to(server.port)
            courier = courier_for(outbox, transport, on_progress=lambda _progress: stop.set())
            running = asyncio.create_task(courier.run(stop))
            await asyncio.sleep(0.05)
            outbox.entries |= outbox_of(["anh"]).entries
            end = await running
            await transport.close()
            return end

    assert asyncio.run(play()).sent == 1


@pytest.mark.parametrize(
    ("greeting", "asked_again"),
    [("421 4.3.2 too many sessions", False), ("554 5.3.0 not today", True)],
)
def test_a_server_that_asks_for_patience_is_left_alone_for_longer(
    greeting: str, *, asked_again: bool
) -> None:
    outbox = outbox_of(NAMES)
    server = ScriptedServer().script("GREETING", *[greeting] * 500)
    long = Backoff(first=timedelta(seconds=60), factor=1, ceiling=timedelta(seconds=60))
    settings = replace(QUICK, patience=0.5, busy=long)

    async def play() -> None:
        async with server:
            transport = transport_to(server.port, connections=4)
            await courier_for(outbox, transport, settings=settings).run_until_empty()
            await transport.close()

    asyncio.run(play())
    assert (server.connections > 4) is asked_again


def test_a_server_out_of_order_is_tried_with_one_letter_per_pause() -> None:
    outbox = outbox_of(NAMES)
    server = ScriptedServer().script("GREETING", *["421 4.3.2 maintenance"] * 200)
    pause = Backoff(first=timedelta(milliseconds=100), factor=1, ceiling=timedelta(seconds=1))
    settings = replace(QUICK, patience=0.5, outage=pause, busy=pause)

    async def play() -> Progress:
        async with server:
            transport = transport_to(server.port, connections=4)
            end = await courier_for(outbox, transport, settings=settings).run_until_empty()
            await transport.close()
            return end

    end = asyncio.run(play())
    assert end.trouble == "421 4.3.2 maintenance"
    assert outbox.count(State.QUEUED) == 60
    assert {entry.attempt for entry in outbox.entries.values()} == {0}
    assert 2 <= server.connections <= 16, "four at first, then one in each 100 ms"


def test_a_server_that_comes_back_gets_the_whole_wave() -> None:
    outbox = outbox_of(NAMES)
    server = ScriptedServer().script("GREETING", *["421 4.3.2 maintenance"] * 6)

    async def play() -> Progress:
        async with server:
            return await carry_all(outbox, transport_to(server.port, connections=4))

    end = asyncio.run(play())
    assert (end.sent, end.trouble) == (60, "")
    assert len(server.taken) == 60


def test_a_server_that_is_not_there_leaves_every_letter_queued() -> None:
    outbox = outbox_of(["anh"])

    async def play() -> Progress:
        async with ScriptedServer() as server:
            port = server.port
        transport = transport_to(port)
        settings = replace(QUICK, patience=0.1)
        return await courier_for(outbox, transport, settings=settings).run_until_empty()

    end = asyncio.run(play())
    assert "Error connecting" in end.trouble
    assert outbox.entries["anh"].state is State.QUEUED


def test_what_has_not_begun_is_given_to_another_courier_while_a_server_is_out_of_order() -> None:
    outbox = outbox_of(NAMES)
    broken = ScriptedServer().script("GREETING", *["421 4.3.2 maintenance"] * 200)
    working = ScriptedServer()
    pause = Backoff(first=timedelta(seconds=30), factor=1, ceiling=timedelta(seconds=30))

    async def play() -> Progress:
        stop = asyncio.Event()
        async with broken, working:
            transports = [transport_to(server.port, connections=4) for server in (broken, working)]
            stuck = courier_for(
                outbox, transports[0], settings=replace(QUICK, outage=pause, busy=pause)
            )
            running = asyncio.create_task(stuck.run(stop))
            async with asyncio.timeout(20):
                while stuck.progress.in_hand or not stuck.progress.trouble:  # noqa: ASYNC110 - claims come from the ledger's thread
                    await asyncio.sleep(0.005)
            assert outbox.count(State.QUEUED) == len(NAMES)
            end = await courier_for(outbox, transports[1]).run_until_empty()
            stop.set()
            await running
            for transport in transports:
                await transport.close()
            return end

    end = asyncio.run(play())
    assert (end.sent, end.trouble) == (60, "")
    assert {entry.attempt for entry in outbox.entries.values()} == {1}


def test_a_courier_looks_again_when_the_pace_lets_it_not_at_the_next_poll() -> None:
    outbox = outbox_of(["anh", "binh"])
    outbox.entries["binh"].not_before = now() + timedelta(milliseconds=300)
    settings = replace(QUICK, poll=60, patience=30)

    async def play() -> Progress:
        async with ScriptedServer() as server, asyncio.timeout(20):
            transport = transport_to(server.port)
            end = await courier_for(outbox, transport, settings=settings).run_until_empty()
            await transport.close()
            return end

    assert asyncio.run(play()).sent == 2


class CountingClaims(MemoryOutbox):
    """An outbox that counts how often it is looked into."""

    claims = 0

    def claim(self, limit: int) -> Sequence[Claimed[str]]:
        self.claims += 1
        return super().claim(limit)


def test_a_courier_whose_pace_is_used_up_does_not_spin() -> None:
    outbox = CountingClaims([("anh", "<anh@x>")], now=now)
    outbox.entries["anh"].not_before = now() + timedelta(hours=1)

    async def play() -> None:
        stop = asyncio.Event()
        async with ScriptedServer() as server:
            transport = transport_to(server.port)
            settings = replace(QUICK, poll=0.1, recover_every=60)
            running = asyncio.create_task(
                courier_for(outbox, transport, settings=settings).run(stop)
            )
            await asyncio.sleep(0.35)
            stop.set()
            await running
            await transport.close()

    asyncio.run(play())
    assert 1 <= outbox.claims <= 5


def test_silent_dots_do_not_eat_a_whole_wave() -> None:
    outbox = outbox_of(NAMES)
    server = ScriptedServer().script("DOT", *[Drop()] * 200)
    pause = Backoff(first=timedelta(milliseconds=100), factor=1, ceiling=timedelta(seconds=1))
    settings = replace(QUICK, patience=0.4, outage=pause, busy=pause)

    async def play() -> None:
        stop = asyncio.Event()
        async with server:
            transport = transport_to(server.port, connections=2)
            running = asyncio.create_task(
                courier_for(outbox, transport, settings=settings).run(stop)
            )
            await asyncio.sleep(0.5)
            stop.set()
            await running
            await transport.close()

    asyncio.run(play())
    assert 1 <= outbox.count(State.UNCERTAIN) <= 10
    assert outbox.count(State.UNCERTAIN) + outbox.count(State.QUEUED) == 60


def test_a_deferred_letter_is_tried_again_in_time_and_given_up_at_last() -> None:
    outbox = outbox_of(["anh", "binh"])
    server = ScriptedServer().script("RCPT", *["450 4.2.1 greylisted"] * 6)
    again = Backoff(
        first=timedelta(milliseconds=20), factor=1, ceiling=timedelta(seconds=1), attempts=3
    )

    async def play() -> Progress:
        async with server:
            transport = transport_to(server.port)
            settings = replace(QUICK, retry=again)
            end = await courier_for(outbox, transport, settings=settings).run_until_empty()
            await transport.close()
            return end

    end = asyncio.run(play())
    assert (end.deferred, end.failed) == (4, 2)
    for entry in outbox.entries.values():
        assert (entry.state, entry.attempt) == (State.FAILED, 3)
        assert entry.outcome is not None
        assert entry.outcome.failure is Failure.EXPIRED
        assert entry.outcome.code == 450


def test_a_letter_put_off_for_long_does_not_keep_the_courier() -> None:
    outbox = outbox_of(["anh"])
    server = ScriptedServer().script("RCPT", "450 4.2.1 greylisted")

    async def play() -> Progress:
        async with server:
            return await carry_all(outbox, transport_to(server.port))

    end = asyncio.run(play())
    assert (end.deferred, end.sent) == (1, 0)


def test_without_evidence_the_policy_decides() -> None:
    async def play(policy: Policy) -> tuple[MemoryOutbox, ScriptedServer]:
        outbox = outbox_of(["anh"])
        server = ScriptedServer().script("DOT", Drop(keep=True))
        async with server:
            doubts = DoubtSettings(policy=policy, settle_time=timedelta(0))
            await carry_all(outbox, transport_to(server.port), doubts=doubts)
        return outbox, server

    outbox, server = asyncio.run(play(Policy.HOLD))
    assert outbox.entries["anh"].state is State.UNCERTAIN
    assert len(server.taken) == 1

    outbox, server = asyncio.run(play(Policy.RESEND))
    assert outbox.entries["anh"].state is State.SENT
    assert outbox.entries["anh"].attempt == 2
    assert len(server.taken) == 2
    assert len({taken.message_id for taken in server.taken}) == 1, "a double is recognisable"


class CountingOutbox(MemoryOutbox):
    """An outbox that counts renewals."""

    renewals = 0

    def renew(self, tickets: Sequence[Ticket]) -> None:
        super().renew(tickets)
        self.renewals += 1


def test_leases_are_renewed_while_a_server_takes_its_time() -> None:
    time = datetime(2023, 2, 20, tzinfo=UTC)
    outbox = CountingOutbox([(name, id_of(name)) for name in ("anh", "binh")], now=lambda: time)
    server = ScriptedServer(linger=0.6)
    settings = replace(QUICK, renew_every=0.02)
    states: set[State] = set()

    async def play() -> None:
        nonlocal time
        async with server:
            transport = transport_to(server.port)
            courier = courier_for(outbox, transport, at=lambda: time, settings=settings)
            running = asyncio.create_task(courier.run_until_empty())
            for round_ in range(1, 6):
                while outbox.renewals < round_ and not running.done():  # noqa: ASYNC110 - renewals come from the ledger's thread
                    await asyncio.sleep(0.005)
                # Two of these would outlast a lease of five minutes.
                time += timedelta(minutes=4)
                await asyncio.sleep(0.03)
                states.add(outbox.entries["anh"].state)
            await running
            await transport.close()

    asyncio.run(play())
    assert states <= {State.INTENT, State.SENT}
    assert [taken.recipient for taken in server.taken] == [
        "anh@people.example",
        "binh@people.example",
    ]


class BrokenOutbox(MemoryOutbox):
    """An outbox whose disk fills up."""

    def settle(self, settled: Sequence[Settled]) -> None:
        if self.count(State.SENT) >= 5:
            raise OSError("disk full")
        super().settle(settled)


def test_an_outbox_that_fails_ends_the_run_and_hides_nothing() -> None:
    outbox = BrokenOutbox([(name, f"<{name}@x>") for name in NAMES], now=now)
    server = ScriptedServer()

    async def play() -> None:
        async with server:
            transport = transport_to(server.port, connections=2)
            try:
                await courier_for(outbox, transport).run_until_empty()
            finally:
                await transport.close()

    with pytest.raises(ExceptionGroup, match="unhandled errors") as raised:
        asyncio.run(play())
    assert raised.group_contains(OSError, match="disk full")
    accepted = len(server.taken)
    assert accepted - 2 <= outbox.count(State.SENT) + outbox.count(State.INTENT) <= accepted + 2


@pytest.mark.parametrize("always", [Drop(), "454 4.7.1 <anh@people.example>: Relay access denied"])
def test_a_letter_at_which_the_server_breaks_off_lets_the_others_go_first(always: Step) -> None:
    outbox = outbox_of(["anh", *NAMES])
    server = ScriptedServer()
    server.at_recipient["anh@people.example"] = always

    async def play() -> Progress:
        async with server:
            transport = transport_to(server.port)
            courier = courier_for(outbox, transport, settings=replace(QUICK, patience=1))
            end = await courier.run_until_empty()
            await transport.close()
            return end

    end = asyncio.run(play())
    assert (end.sent, end.in_hand) == (60, 0)
    last = outbox.entries["anh"]
    assert (last.state, last.attempt) == (State.QUEUED, 0)
    assert end.put_back < 60, "the pauses grow"


class FencedOutbox(MemoryOutbox):
    """An outbox whose leases another courier has taken over."""

    def record_intent(self, tickets: Sequence[Ticket]) -> Collection[Ticket]:
        for ticket in tickets:
            self.entries[ticket.letter].lease = "another's"
        return super().record_intent(tickets)


def test_a_lost_lease_keeps_the_letter_from_going() -> None:
    outbox = FencedOutbox([("anh", "<anh@x>")], now=lambda: datetime(2023, 2, 20, tzinfo=UTC))
    server = ScriptedServer()
    settings = CourierSettings(poll=0.01, patience=0)

    async def play() -> Progress:
        async with server:
            transport = transport_to(server.port)
            end = await courier_for(outbox, transport, settings=settings).run_until_empty()
            await transport.close()
            return end

    end = asyncio.run(play())
    assert (end.sent, end.dropped, end.in_hand) == (0, 0, 0)
    assert server.taken == []
