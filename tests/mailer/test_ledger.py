"""The ledger writes in rounds, ends before intents, and hides no error."""

import asyncio
import threading
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import pytest

from mailer.sending.ledger import Ledger
from mailer.sending.outbox import Settled, State, Ticket
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
        self.lines: list[tuple[str, list[str]]] = []
        self.threads: set[str] = set()

    def record_intent(self, tickets: Sequence[Ticket]) -> Collection[Ticket]:
        self._note("intent", [one.letter for one in tickets])
        return [one for one in tickets if one.letter != "l9"]

    def settle(self, settled: Sequence[Settled]) -> None:
        self._note("end", [one.ticket.letter for one in settled])

    def _note(self, what: str, letters: list[str]) -> None:
        self.lines.append((what, letters))
        self.threads.add(threading.current_thread().name)


def test_what_comes_together_is_written_together_ends_first() -> None:
    diary, committed = Diary(), list[str]()

    async def play() -> list[bool]:
        ledger = Ledger(
            diary, on_settled=lambda ends: committed.extend(e.ticket.letter for e in ends)
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
    assert diary.lines[-1] == ("end", ["l3"])
    first_end = diary.lines.index(("end", ["l1", "l2"]))
    assert first_end <= 1
    assert committed == ["l1", "l2", "l3"]
    assert diary.threads == {"outbox_0"}


def test_ends_go_before_the_intents_of_their_round() -> None:
    diary = Diary()

    async def play() -> None:
        ledger = Ledger(diary, on_settled=lambda _ends: None)
        asking = asyncio.create_task(ledger.permit(ticket(2)))
        await asyncio.sleep(0)
        ledger.settle(end(1))
        running = asyncio.create_task(ledger.run())
        await asking
        ledger.close()
        await running
        ledger.shut()

    asyncio.run(play())
    assert diary.lines == [("end", ["l1"]), ("intent", ["l2"])]


class Full(Diary):
    """A diary without a page left."""

    def settle(self, settled: Sequence[Settled]) -> None:
        raise OSError(f"disk full, {len(settled)} ends unwritten")


def test_an_error_of_the_outbox_comes_out() -> None:
    async def play() -> None:
        ledger = Ledger(Full(), on_settled=lambda _ends: None)
        ledger.settle(end(1))
        try:
            await ledger.run()
        finally:
            ledger.shut()

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(play())
