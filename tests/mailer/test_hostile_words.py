"""What a hostile server says: any octets, kept as words that a database and a terminal take."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from carrying import HURRIED, QUICK
from made_waves import NOW, MadePerson, make_wave
from scripted_server import ScriptedServer
from sqlalchemy import select
from test_what_refusals_leave import render

from mailer.sending.courier import Courier
from mailer.sending.outbox import State
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.transport import SmtpTransport, TransportSettings
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import new_key_ring
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.letters import Letter

HOSTILE = "550 5.1.1 no\udcff such \x00\x1b[2J\x9b31muser"
"""An octet that is no UTF-8, an empty one, and commands for a terminal."""


async def send(outbox: SqlOutbox, clock: SteppedClock) -> None:
    async with ScriptedServer().script("RCPT", HOSTILE) as server:
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


def test_no_words_of_a_server_keep_a_letter_from_its_end(database: Database) -> None:
    made = make_wave(database, [MadePerson(name="Một"), MadePerson(name="Hai")])
    clock = SteppedClock(NOW)
    letters = Letters(read_settings({}), new_key_ring(SystemEntropy()))
    outbox = SqlOutbox(database, clock, SystemEntropy(), letters, lease=timedelta(minutes=5))
    asyncio.run(send(outbox, clock))
    with database.reading() as session:
        rows = session.scalars(select(Letter).order_by(Letter.id)).all()
        ends = [(row.id, row.state) for row in rows]
        reply = next(row.reply for row in rows if row.state == State.FAILED)
    assert sorted(state for _, state in ends) == [State.FAILED, State.SENT]
    assert [letter for letter, _ in ends] == list(made.letters)
    assert reply is not None
    assert reply.isprintable()
    assert reply.startswith("550 5.1.1 no")
