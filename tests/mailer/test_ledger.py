"""The ledger writes in rounds, ends and intents together, and hides no error."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from mailer.sending.ledger import Ledger
from mailer.sending.outbox import Marked, Settled, State, Ticket
from mailer.smtp.outcome import Outcome, Phase, Verdict

START = datetime(2023, 2, 20, tzinfo=UTC)
YES = Outcome(verdict=Verdict.SENT, phase=Phase.DOT, code=250)


def ticket(number: int) -> Ticket:
    return Ticket(letter=f"l{number}", attempt=1, lease="a")


def end(number: int) -> Settled:
    return Settled(ticket=ticket(number), state=State.SENT, at=START, outcome=YES)


class Diary:
    """Writes down what is asked of it, and by which thread."""

    def __init__(self) -> None:
        self.rounds: list[tuple[list[str], list[str]]] = []
        self.threads: set[str] = set()

    def mark(self, settled: Sequence[Settled], tickets: Sequence[Ticket]) -> Marked:
        ends = [one.ticket.letter for one in settled]
        self.rounds.append((ends, [one.letter for one in tickets]))
        self.threads.add(threading.current_thread().name)
        return Marked(permitted=[one for one in tickets if one.letter != "l9"])


def test_what_comes_together_is_written_together() -> None:
    diary, committed = Diary(), list[str]()

    async def play() -> list[bool]:
        ledger = Ledger(
            diary, on_marked=lambda ends, _: committed.extend(e.ticket.letter for e in ends)
        )
        running = asyncio.create_task(ledger.run())
        asking = [asyncio.create_task(ledger.permit(ticket(number))) for number in (3, 9)]
        await asyncio.sleep(0)
        ledger.settle(end(1))
        ledger.settle(end(2))
        permitted = await asyncio.gather(*asking)
        ledger.settle(end(3))
        ledger.close()
        await running
        ledger.shut()
        return permitted

    assert asyncio.run(play()) == [True, False]
    assert diary.rounds == [(["l1", "l2"], ["l3", "l9"]), (["l3"], [])]
    assert committed == ["l1", "l2", "l3"]
    assert diary.threads == {"outbox_0"}


def test_a_round_waits_for_whoever_is_about_to_come() -> None:
    diary = Diary()

    async def play() -> None:
        ledger = Ledger(diary, on_marked=lambda _ends, _marked: None, crowd=2, gather=60)
        running = asyncio.create_task(ledger.run())
        first = asyncio.create_task(ledger.permit(ticket(1)))
        await asyncio.sleep(0.02)
        await asyncio.gather(first, ledger.permit(ticket(2)))
        ledger.settle(end(1))
        ledger.close()
        await running
        ledger.shut()

    asyncio.run(play())
    assert diary.rounds == [([], ["l1", "l2"]), (["l1"], [])]


def test_a_round_waits_for_nobody_longer_than_it_was_told() -> None:
    diary = Diary()

    async def play() -> bool:
        ledger = Ledger(diary, on_marked=lambda _ends, _marked: None, crowd=2, gather=0.001)
        running = asyncio.create_task(ledger.run())
        async with asyncio.timeout(20):
            permitted = await ledger.permit(ticket(1))
        ledger.close()
        await running
        ledger.shut()
        return permitted

    assert asyncio.run(play())
    assert diary.rounds == [([], ["l1"])]


class Full(Diary):
    """A diary without a page left."""

    def mark(self, settled: Sequence[Settled], tickets: Sequence[Ticket]) -> Marked:
        raise OSError(f"disk full, {len(settled) + len(tickets)} lines unwritten")


def test_an_error_of_the_outbox_comes_out() -> None:
    async def play() -> None:
        ledger = Ledger(Full(), on_marked=lambda _ends, _marked: None)
        ledger.settle(end(1))
        try:
            await ledger.run()
        finally:
            ledger.shut()

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(play())
