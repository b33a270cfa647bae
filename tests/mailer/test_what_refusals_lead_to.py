"""Each refusal ends in its state, and the next recipient never pays for it."""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import replace

import pytest
from carrying import HURRIED, QUICK, courier_for, outbox_of, render, transport_to
from refusals import REFUSALS, Refusal
from scripted_server import ScriptedServer
from token_server import TokenServer, running_token_server

from mailer.sending.courier import CourierSettings
from mailer.sending.memory import MemoryOutbox
from mailer.sending.outbox import State
from mailer.sending.progress import Progress
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.failure import Failure
from mailer.smtp.oauth import OAuthClient, TokenSource
from mailer.smtp.transport import SmtpTransport, TransportSettings
from mailer.writing.address import Address, parse_address

IMPATIENT = replace(QUICK, patience=0.2)
AT_ONCE = replace(HURRIED, command=0.3, data=0.3, dot=0.3)
SESSION = [refusal for refusal in REFUSALS if refusal.state is State.QUEUED]


def with_password(port: int) -> SmtpTransport:
    endpoint = Endpoint.parse(f"smtp://user:secret@127.0.0.1:{port}")
    return SmtpTransport(TransportSettings(endpoint=endpoint, connections=1, timeouts=AT_ONCE))


def carry(
    server: ScriptedServer,
    transport_to_port: Callable[[int], SmtpTransport] = with_password,
    write: Callable[[str], Envelope] = render,
    settings: CourierSettings = QUICK,
) -> tuple[MemoryOutbox, Progress]:
    """Carry a letter to anh and one to binh over one connection."""
    outbox = outbox_of(["anh", "binh"])

    async def play() -> Progress:
        async with server:
            transport = transport_to_port(server.port)
            courier = courier_for(outbox, transport, settings=settings, write=write)
            try:
                return await courier.run_until_empty()
            finally:
                await transport.close()

    return outbox, asyncio.run(play())


def assert_untouched(outbox: MemoryOutbox, progress: Progress) -> None:
    """Assert that nothing was sent or counted, and that the trouble is in sight."""
    ends = {(entry.state, entry.attempt) for entry in outbox.entries.values()}
    assert ends == {(State.QUEUED, 0)}
    assert progress.sent == 0
    assert progress.trouble != ""


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.sentence)
def test_a_refusal_ends_in_its_state(refusal: Refusal) -> None:
    outbox, progress = carry(ScriptedServer().script(refusal.verb, refusal.step))
    letter, neighbour = outbox.entries["anh"], outbox.entries["binh"]
    assert (neighbour.state, neighbour.attempt) == (State.SENT, 1)
    if refusal.state is State.QUEUED:
        assert progress.put_back == 1
        assert (letter.state, letter.attempt) == (State.SENT, 1)
    else:
        assert (letter.state, letter.attempt) == (refusal.state, 1)
        assert letter.outcome is not None
        assert letter.outcome.failure is refusal.failure
        assert (letter.not_before is not None) == (refusal.state is State.DEFERRED)


@pytest.mark.parametrize("refusal", SESSION, ids=lambda refusal: refusal.sentence)
def test_a_session_refused_again_and_again_costs_no_attempt(refusal: Refusal) -> None:
    server = ScriptedServer().script(refusal.verb, *[refusal.step] * 1000)
    outbox, progress = carry(server, settings=IMPATIENT)
    assert_untouched(outbox, progress)
    assert server.taken == []


def accented(letter: str) -> Envelope:
    plain = render(letter)
    return replace(plain, recipient=plain.recipient.replace("anh@", "ánh@"))


def test_an_accented_address_is_sent_to_where_smtputf8_is_offered() -> None:
    server = ScriptedServer(offers=("8BITMIME", "SMTPUTF8"))
    outbox, _ = carry(server, transport_to, accented)
    assert outbox.count(State.SENT) == 2
    assert [line for line in server.commands if "SMTPUTF8" in line][1:] == []


def test_an_accented_address_fails_by_name_elsewhere_and_harms_nobody() -> None:
    server = ScriptedServer(offers=("8BITMIME",))
    outbox, progress = carry(server, transport_to, accented)
    letter, neighbour = outbox.entries["anh"], outbox.entries["binh"]
    assert (letter.state, letter.attempt) == (State.FAILED, 1)
    assert letter.outcome is not None
    assert letter.outcome.failure is Failure.NEEDS_SMTPUTF8
    assert (neighbour.state, progress.put_back) == (State.SENT, 0)
    verbs = [line.split(" ")[0] for line in server.commands]
    assert verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"], "the server never hears of it"


def test_an_accented_domain_needs_no_smtputf8() -> None:
    address = parse_address("anh@tỉnh-lào-cai.vn")
    assert isinstance(address, Address)

    def write(letter: str) -> Envelope:
        return replace(render(letter), recipient=address.wire)

    server = ScriptedServer(offers=("8BITMIME", "SMTPUTF8"))
    outbox, _ = carry(server, transport_to, write)
    assert outbox.count(State.SENT) == 2
    assert {taken.recipient for taken in server.taken} == {"anh@xn--tnh-lo-cai-l4a3992g.vn"}
    assert not any("SMTPUTF8" in line for line in server.commands)


@pytest.mark.parametrize("address", ["a b@people.example", "anh@x\r\nRCPT TO:<y@z>", "anh@tỉnh.vn"])
def test_an_address_that_no_server_may_hear_fails_before_mail(address: str) -> None:
    def write(letter: str) -> Envelope:
        plain = render(letter)
        return replace(plain, recipient=address) if letter == "anh" else plain

    server = ScriptedServer()
    outbox, _ = carry(server, transport_to, write)
    letter, neighbour = outbox.entries["anh"], outbox.entries["binh"]
    assert (letter.state, neighbour.state) == (State.FAILED, State.SENT)
    assert letter.outcome is not None
    assert letter.outcome.failure is Failure.LETTER
    assert len([line for line in server.commands if line.startswith("MAIL")]) == 1


def test_a_stripped_starttls_sends_nothing_and_counts_for_nothing() -> None:
    def demanding(port: int) -> SmtpTransport:
        endpoint = Endpoint.parse(f"smtp+starttls://user:secret@127.0.0.1:{port}")
        return SmtpTransport(TransportSettings(endpoint=endpoint, timeouts=HURRIED))

    server = ScriptedServer(offers=("AUTH PLAIN",))
    outbox, progress = carry(server, demanding, settings=IMPATIENT)
    assert_untouched(outbox, progress)
    assert "STARTTLS" in progress.trouble
    assert {line.split(" ")[0] for line in server.commands} == {"EHLO"}


@pytest.fixture
def tokens() -> Generator[TokenServer]:
    with running_token_server() as server:
        yield server


def by_token(server: TokenServer) -> Callable[[int], SmtpTransport]:
    client = OAuthClient(user="u", token_url=server.url, client_id="c", client_secret="s")

    def make(port: int) -> SmtpTransport:
        endpoint = Endpoint.parse(f"smtp://127.0.0.1:{port}")
        return SmtpTransport(
            TransportSettings(
                endpoint=endpoint, connections=1, timeouts=HURRIED, tokens=TokenSource(client)
            )
        )

    return make


def test_an_expired_token_is_replaced_and_the_letters_go(tokens: TokenServer) -> None:
    logins = [b"user=u\x01auth=Bearer t2\x01\x01"]
    server = ScriptedServer(offers=("AUTH XOAUTH2",), logins=logins)
    outbox, progress = carry(server, by_token(tokens))
    assert outbox.count(State.SENT) == 2
    assert progress.put_back == 0


def test_a_token_refused_for_good_costs_no_attempt(tokens: TokenServer) -> None:
    server = ScriptedServer(offers=("AUTH XOAUTH2",), logins=[b"nobody"])
    outbox, progress = carry(server, by_token(tokens), settings=IMPATIENT)
    assert_untouched(outbox, progress)
    assert progress.trouble.startswith("535 5.7.3")
