"""Every end of an SMTP conversation leads to the state that it should, and to the next letter."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from carrying import HURRIED, carry_all, outbox_of, render, transport_to
from scripted_server import Drop, ScriptedServer, Stall, Step

from mailer.sending.memory import Entry, MemoryOutbox
from mailer.sending.outbox import State
from mailer.sending.progress import Progress
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.failure import Failure
from mailer.smtp.outcome import Phase, Verdict
from mailer.smtp.transport import SmtpTransport, TransportSettings


def converse(
    server: ScriptedServer, *, login: str = "", letters: tuple[str, ...] = ("anh", "binh")
) -> tuple[MemoryOutbox, Progress]:
    """Carry letters over one connection, the script meeting the first of them."""
    outbox = outbox_of(letters)

    async def play() -> Progress:
        async with server:
            return await carry_all(outbox, transport_to(server.port, login=login))

    return outbox, asyncio.run(play())


def first_of(verb: str, step: Step) -> tuple[Entry, Entry, ScriptedServer, Progress]:
    server = ScriptedServer().script(verb, step)
    outbox, progress = converse(server)
    return outbox.entries["anh"], outbox.entries["binh"], server, progress


@pytest.mark.parametrize(
    ("verb", "reply"),
    [
        ("RCPT", "450 4.2.1 greylisted"),
        ("RCPT", "451 4.3.0 try again"),
        ("RCPT", "452 4.2.2 mailbox full"),
        ("DATA", "451 4.3.0 not now"),
        ("DOT", "451 4.7.1 come back later"),
        ("DOT", "452 4.3.1 disk full"),
    ],
)
def test_a_temporary_refusal_defers_the_letter_and_only_it(verb: str, reply: str) -> None:
    letter, neighbour, server, _ = first_of(verb, reply)
    assert letter.state is State.DEFERRED
    assert letter.attempt == 1
    assert letter.not_before is not None
    assert neighbour.state is State.SENT
    assert server.connections == 1, "a clean refusal keeps the session"
    assert not any("nested" in str(line) for line in server.commands)


@pytest.mark.parametrize(
    ("verb", "reply", "failure"),
    [
        ("RCPT", "550 5.1.1 no such user", Failure.HARD_ADDRESS),
        ("RCPT", "550 User unknown", Failure.HARD_ADDRESS),
        ("RCPT", "553 mailbox name not allowed", Failure.HARD_ADDRESS),
        ("RCPT", "550 5.7.1 blocked by policy", Failure.POLICY),
        ("RCPT", "552 5.2.2 over quota", Failure.SOFT_MAILBOX),
        ("RCPT", "550 no", Failure.UNKNOWN),
        ("MAIL", "552 5.3.4 too large", Failure.CONTENT),
        ("DATA", "554 5.7.1 no", Failure.POLICY),
        ("DOT", "550 5.7.1 looks like spam", Failure.POLICY),
        ("DOT", "552 5.3.4 too large", Failure.CONTENT),
        ("DOT", "554 5.6.0 malformed", Failure.CONTENT),
    ],
)
def test_a_final_refusal_fails_the_letter_and_says_why(
    verb: str, reply: str, failure: Failure
) -> None:
    letter, neighbour, server, _ = first_of(verb, reply)
    assert letter.state is State.FAILED
    assert letter.outcome is not None
    assert letter.outcome.failure is failure
    assert letter.outcome.code == int(reply[:3])
    assert neighbour.state is State.SENT
    assert server.connections == 1


@pytest.mark.parametrize(
    ("verb", "step"),
    [
        ("GREETING", "421 4.3.2 busy"),
        ("GREETING", "554 5.7.1 not you"),
        ("GREETING", Drop()),
        ("EHLO", "421 4.3.2 busy"),
        ("MAIL", "421 4.4.2 closing"),
        ("MAIL", "450 4.1.8 sender unknown for now"),
        ("MAIL", "451 4.3.0 try again"),
        ("MAIL", "454 4.7.0 throttled"),
        ("MAIL", "503 5.5.1 nested"),
        ("MAIL", "550 5.7.1 sender not authorised"),
        ("MAIL", Drop()),
        ("MAIL", Stall(2)),
        ("RCPT", "421 4.7.0 too fast"),
        ("RCPT", "454 4.7.0 throttled"),
        ("RCPT", "503 5.5.1 out of order"),
        ("RCPT", Drop()),
        ("DATA", "503 5.5.1 out of order"),
        ("DATA", Drop()),
        ("DATA", Stall(2)),
        ("DOT", "421 4.3.2 shutting down"),
        ("DOT", "454 4.7.0 throttled"),
    ],
)
def test_a_broken_session_never_counts_against_the_recipient(verb: str, step: Step) -> None:
    letter, neighbour, server, progress = first_of(verb, step)
    assert (letter.state, letter.attempt) == (State.SENT, 1)
    assert (neighbour.state, neighbour.attempt) == (State.SENT, 1)
    assert progress.put_back == 1
    assert progress.trouble == ""
    assert sorted(taken.recipient for taken in server.taken) == [
        "anh@people.example",
        "binh@people.example",
    ]


@pytest.mark.parametrize("step", ["535 5.7.8 bad credentials", "454 4.7.0 try again"])
def test_a_refused_login_counts_against_nobody(step: str) -> None:
    server = ScriptedServer().script("AUTH", step)
    outbox, progress = converse(server, login="user:p%40ss@")
    assert outbox.count(State.SENT) == 2
    assert progress.put_back == 1
    assert {entry.attempt for entry in outbox.entries.values()} == {1}


@pytest.mark.parametrize(
    ("step", "accepted"),
    [
        (Drop(), 0),
        (Drop(keep=True), 1),
        (Stall(2), 0),
        (Stall(2, keep=True), 1),
        ("354 again", 0),
    ],
)
def test_silence_after_the_dot_is_uncertain(step: Step, accepted: int) -> None:
    letter, neighbour, server, progress = first_of("DOT", step)
    assert letter.state is State.UNCERTAIN
    assert letter.attempt == 1
    assert letter.outcome is not None
    assert letter.outcome.phase is Phase.DOT
    assert neighbour.state is State.SENT
    assert progress.uncertain == 1
    taken = [taken.recipient for taken in server.taken]
    assert taken.count("anh@people.example") == accepted


def test_a_hang_up_right_after_354_loses_nothing() -> None:
    letter, neighbour, server, _ = first_of("DATA", "421 4.3.2 closing")
    assert letter.state is State.SENT
    assert neighbour.state is State.SENT
    assert len(server.taken) == 2


def to_an_accented_address(letter: str) -> Envelope:
    plain = render(letter)
    recipient = plain.recipient.replace("anh@", "ánh@")
    return Envelope(sender=plain.sender, recipient=recipient, message=plain.message)


@pytest.mark.parametrize("offered", [False, True])
def test_an_accented_address_goes_only_where_smtputf8_is_offered(*, offered: bool) -> None:
    server = ScriptedServer(offers=("8BITMIME", "SMTPUTF8") if offered else ("8BITMIME",))

    async def play() -> list[str]:
        async with server:
            transport = transport_to(server.port)
            ends = [
                await transport.deliver(to_an_accented_address(name)) for name in ("anh", "binh")
            ]
            await transport.close()
            return [end.verdict.value for end in ends]

    verdicts = asyncio.run(play())
    assert verdicts == (["sent", "sent"] if offered else ["failed", "sent"])
    accented = [line for line in server.commands if "ánh@" in line]
    assert bool(accented) is offered, "an address that cannot go is never said to the server"
    assert not any("nested" in line for line in server.commands)
    wanting = [line for line in server.commands if "SMTPUTF8" in line]
    assert len(wanting) == (1 if offered else 0), "asked for only where it is needed"


def test_a_used_session_that_the_server_ended_is_no_outage() -> None:
    server = ScriptedServer().script("MAIL", "250 ok", "421 4.7.0 too many messages", "250 ok")
    outbox, progress = converse(server)
    assert outbox.count(State.SENT) == 2
    assert progress.put_back == 0
    assert server.connections == 2


def test_two_hundred_letters_use_no_more_than_four_connections() -> None:
    outbox = outbox_of(f"n{number}" for number in range(200))
    server = ScriptedServer()

    async def play() -> SmtpTransport:
        async with server:
            transport = transport_to(server.port, connections=4)
            await carry_all(outbox, transport)
            return transport

    transport = asyncio.run(play())
    assert outbox.count(State.SENT) == 200
    assert len(server.taken) == len({taken.message_id for taken in server.taken}) == 200
    assert server.connections == transport.opened == 4


def test_a_cancelled_caller_does_not_cut_the_conversation() -> None:
    server = ScriptedServer(linger=0.25)

    async def play() -> None:
        async with server:
            transport = transport_to(server.port)
            calling = asyncio.create_task(transport.deliver(render("anh")))
            await asyncio.sleep(0.1)
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
            assert server.taken == []
            after = await transport.deliver(render("binh"))
            assert after.verdict is Verdict.SENT
            await transport.close()

    asyncio.run(play())
    assert [taken.recipient for taken in server.taken] == [
        "anh@people.example",
        "binh@people.example",
    ]
    assert server.connections == 1


def test_an_abandoned_conversation_takes_its_session_with_it() -> None:
    server = ScriptedServer(linger=0.25)

    async def play() -> None:
        async with server:
            transport = transport_to(server.port)
            calling = asyncio.create_task(transport.deliver(render("anh")))
            await asyncio.sleep(0.1)
            transport.abandon()
            with pytest.raises(asyncio.CancelledError):
                await calling
            after = await transport.deliver(render("binh"))
            assert after.verdict is Verdict.SENT
            await transport.close()

    asyncio.run(play())
    assert server.connections == 2, "nobody reads the reply that was still to come"
    assert server.taken[-1].recipient == "binh@people.example"


def test_a_session_is_worn_out_by_letters_by_age_and_by_silence() -> None:
    async def play(**limits: Any) -> int:
        async with ScriptedServer() as server:
            endpoint = Endpoint.parse(f"smtp://127.0.0.1:{server.port}")
            settings = TransportSettings(endpoint=endpoint, connections=1, timeouts=HURRIED)
            transport = SmtpTransport(replace(settings, **limits))
            for name in ("anh", "binh", "chi", "dung"):
                assert (await transport.deliver(render(name))).verdict is Verdict.SENT
                await asyncio.sleep(0.02)
            await transport.close()
            assert server.commands.count("QUIT") == server.connections
            return server.connections

    assert asyncio.run(play()) == 1
    assert asyncio.run(play(messages_per_connection=2)) == 2
    assert asyncio.run(play(connection_age=0.01)) == 4
    assert asyncio.run(play(idle_age=0.01)) == 4


def test_a_transport_without_connections_is_refused() -> None:
    endpoint = Endpoint.parse("smtp://127.0.0.1:25")
    with pytest.raises(ValueError, match="at least one connection"):
        SmtpTransport(TransportSettings(endpoint=endpoint, connections=0))
