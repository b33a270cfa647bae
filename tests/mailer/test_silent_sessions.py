"""A session that was silent is asked before it gets a letter, and one told to end ends."""

import asyncio
from dataclasses import replace

import pytest
from carrying import HURRIED, render
from scripted_server import Drop, ScriptedServer, Stall, Step

from mailer.smtp.connection import Timeouts
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.outcome import Outcome, Verdict
from mailer.smtp.transport import SmtpTransport, TransportSettings


def settings_for(server: ScriptedServer, timeouts: Timeouts = HURRIED) -> TransportSettings:
    endpoint = Endpoint.parse(f"smtp://127.0.0.1:{server.port}")
    return TransportSettings(endpoint=endpoint, connections=1, timeouts=timeouts)


def after_silence(server: ScriptedServer, idle_age: float) -> list[str]:
    """Send two letters with a silence between them; give the commands of the second."""

    async def play() -> list[str]:
        async with server:
            transport = SmtpTransport(
                replace(settings_for(server, replace(HURRIED, check=0.2)), idle_age=idle_age)
            )
            assert (await transport.deliver(render("anh"))).verdict is Verdict.SENT
            heard = len(server.commands)
            await asyncio.sleep(0.3)
            assert (await transport.deliver(render("binh"))).verdict is Verdict.SENT
            told = [line.split(" ")[0] for line in server.commands[heard:]]
            await transport.close()
            return told

    return asyncio.run(play())


def test_after_a_short_silence_the_session_is_simply_used() -> None:
    assert after_silence(ScriptedServer(), 60) == ["MAIL", "RCPT", "DATA"]


def test_after_half_the_time_the_session_is_asked_first() -> None:
    server = ScriptedServer().script("NOOP", "250 2.0.0 still here")
    assert after_silence(server, 0.5) == ["NOOP", "MAIL", "RCPT", "DATA"]
    assert server.connections == 1


@pytest.mark.parametrize("step", [Drop(), Stall(1), "421 4.4.2 idle for too long", "500 what?"])
def test_a_session_that_does_not_answer_is_opened_anew(step: Step) -> None:
    server = ScriptedServer().script("NOOP", step)
    told = after_silence(server, 0.5)
    assert told[0] == "NOOP"
    assert told[-4:] == ["EHLO", "MAIL", "RCPT", "DATA"]
    assert server.connections == 2


@pytest.mark.parametrize(
    ("verb", "verdict"),
    [
        ("GREETING", Verdict.NOT_STARTED),
        ("MAIL", Verdict.NOT_STARTED),
        ("RCPT", Verdict.NOT_STARTED),
        ("DATA", Verdict.NOT_STARTED),
        ("DOT", Verdict.UNCERTAIN),
    ],
)
@pytest.mark.parametrize("used", [False, True])
def test_a_letter_cut_short_ends_as_far_as_it_came(
    verb: str, verdict: Verdict, *, used: bool
) -> None:
    server = ScriptedServer()

    async def play() -> Outcome:
        async with server:
            patient = Timeouts(connect=30, command=30, data=30, dot=30)
            transport = SmtpTransport(settings_for(server, patient))
            if used:
                assert (await transport.deliver(render("binh"))).verdict is Verdict.SENT
                if verb == "GREETING":
                    await transport.close()
            server.script(verb, Stall(30))
            carried = asyncio.create_task(transport.deliver(render("anh")))
            await asyncio.sleep(0.2)
            assert not carried.done()
            transport.hang_up()
            async with asyncio.timeout(2):
                outcome = await carried
                after = await transport.deliver(render("chi"))
                await transport.close()
            assert after.verdict is Verdict.NOT_STARTED, "nothing begins any more"
            return outcome

    assert asyncio.run(play()).verdict is verdict
