"""The same refusals through the outbox in the database: state, reason and attempts of each row."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from carrying import HURRIED, QUICK
from made_waves import NOW, MadePerson, make_wave
from refusals import REFUSALS, Refusal
from scripted_server import ScriptedServer
from sqlalchemy import select, update

from mailer.sending.courier import Courier
from mailer.sending.outbox import State
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.transport import SmtpTransport, TransportSettings
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import new_key_ring
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import LetterOrder, Letters
from survey_service.store.database import Database
from survey_service.store.letters import Letter


def render(order: LetterOrder) -> Envelope:
    return Envelope(
        sender="khaosat@survey.example",
        recipient=order.addressee.email,
        message=b"Subject: thu\r\n\r\nA letter.\r\n",
    )


class RunningClock:
    """Runs from the made wave's day on: a letter at which a server broke off waits for a moment."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - self._began)


async def play(refusal: Refusal, outbox: SqlOutbox, clock: RunningClock) -> None:
    async with ScriptedServer().script(refusal.verb, refusal.step) as server:
        transport = SmtpTransport(
            TransportSettings(
                endpoint=Endpoint.parse(f"smtp://user:secret@127.0.0.1:{server.port}"),
                connections=1,
                timeouts=replace(HURRIED, command=0.3, data=0.3, dot=0.3),
            )
        )
        courier = Courier(
            outbox=outbox,
            transport=transport,
            render=render,
            now=clock.now,
            chance=lambda: 0.5,
            settings=QUICK,
        )
        await courier.run_until_empty()
        await transport.close()


def put_off(database: Database, letters: Sequence[int], *, until: timedelta) -> None:
    with database.writing() as session:
        session.execute(update(Letter).where(Letter.id.in_(letters)).values(not_before=NOW + until))


def expected(refusal: Refusal) -> tuple[str, int, str | None]:
    if refusal.state is State.QUEUED:
        return State.SENT, 1, None
    return refusal.state, 1, refusal.failure


def test_every_refusal_leaves_its_row_as_it_should_and_the_next_one_sent(
    database: Database,
) -> None:
    made = make_wave(database, [MadePerson(name=f"Người {n}") for n in range(2 * len(REFUSALS))])
    pairs = list(zip(made.letters[::2], made.letters[1::2], strict=True))
    put_off(database, made.letters, until=timedelta(days=1))
    clock = RunningClock()
    letters = Letters(read_settings({}), new_key_ring(SystemEntropy()))
    outbox = SqlOutbox(database, clock, SystemEntropy(), letters, lease=timedelta(minutes=5))
    for refusal, pair in zip(REFUSALS, pairs, strict=True):
        put_off(database, pair, until=timedelta(0))
        asyncio.run(play(refusal, outbox, clock))
    with database.reading() as session:
        rows = session.execute(select(Letter.id, Letter.state, Letter.attempt, Letter.reason))
        ends = {row.id: (row.state, row.attempt, row.reason) for row in rows}
    assert {
        refusal.sentence: ends[letter] for refusal, (letter, _) in zip(REFUSALS, pairs, strict=True)
    } == {refusal.sentence: expected(refusal) for refusal in REFUSALS}
    assert {ends[neighbour] for _, neighbour in pairs} == {(State.SENT, 1, None)}
