"""Access tokens are fetched once, kept while they hold, and never told to anybody else."""

import asyncio
import json
import threading
from collections.abc import Generator
from dataclasses import replace

import pytest
from carrying import HURRIED, carry_all, outbox_of, render
from scripted_server import ScriptedServer
from token_server import TokenServer, running_token_server

from mailer.sending.outbox import State
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.oauth import OAuthClient, TokenError, TokenSource
from mailer.smtp.outcome import Outcome, Phase, Verdict
from mailer.smtp.transport import SmtpTransport, TransportSettings

USER = "khaosat@coquan.example"
SECRET = "bí mật"
OFFERS = ("8BITMIME", "AUTH PLAIN XOAUTH2")


@pytest.fixture
def tokens() -> Generator[TokenServer]:
    with running_token_server() as server:
        yield server


def client(server: TokenServer, **changes: str) -> OAuthClient:
    plain = OAuthClient(
        user=USER, token_url=server.url, client_id="app", client_secret=SECRET, scope="smtp"
    )
    return replace(plain, **changes)


def response(token: str) -> bytes:
    return f"user={USER}\x01auth=Bearer {token}\x01\x01".encode()


def transport_with(server: ScriptedServer, source: TokenSource) -> SmtpTransport:
    return SmtpTransport(
        TransportSettings(
            endpoint=Endpoint.parse(f"smtp://127.0.0.1:{server.port}"),
            connections=1,
            timeouts=HURRIED,
            tokens=source,
        )
    )


def send_one(server: ScriptedServer, source: TokenSource) -> Outcome:
    async def play() -> Outcome:
        async with server:
            transport = transport_with(server, source)
            outcome = await transport.deliver(render("anh"))
            await transport.close()
            return outcome

    return asyncio.run(play())


def test_an_application_asks_with_its_own_credentials(tokens: TokenServer) -> None:
    assert TokenSource(client(tokens)).token() == "t1"
    assert tokens.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "app",
            "client_secret": SECRET,
            "scope": "smtp",
        }
    ]


def test_a_mailbox_owner_s_refresh_token_is_used_and_replaced(tokens: TokenServer) -> None:
    tokens.seconds = 0
    tokens.script.append((200, b'{"access_token": "first", "refresh_token": "r2"}'))
    source = TokenSource(client(tokens, refresh_token="r1", client_secret=""))
    assert source.token() == "first"
    assert source.token(instead_of="first") == "t2"
    assert [asked["refresh_token"] for asked in tokens.asked] == ["r1", "r2"]
    assert {asked["grant_type"] for asked in tokens.asked} == {"refresh_token"}
    assert "client_secret" not in tokens.asked[0]


@pytest.mark.parametrize(("seconds", "holds"), [(3600, 3300), (100, 90), (None, 270), ("x", 270)])
def test_a_token_is_renewed_shortly_before_its_end(
    tokens: TokenServer, seconds: object, holds: float
) -> None:
    tokens.seconds = seconds
    at = 1000.0
    source = TokenSource(client(tokens), clock=lambda: at)
    assert source.token() == "t1"
    at = 1000 + holds - 1
    assert source.token() == "t1"
    at = 1000 + holds
    assert source.token() == "t2"


def test_many_who_ask_at_once_share_one_token(tokens: TokenServer) -> None:
    tokens.pause.clear()
    source = TokenSource(client(tokens))
    got: list[str] = []
    askers = [threading.Thread(target=lambda: got.append(source.token())) for _ in range(8)]
    for asker in askers:
        asker.start()
    tokens.pause.set()
    for asker in askers:
        asker.join()
    assert got == ["t1"] * 8
    assert len(tokens.asked) == 1


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            400,
            b'{"error": "invalid_client", "error_description": "b\xc3\xad m\xe1\xba\xadt"}',
            "400 inv",
        ),
        (401, b"b\xc3\xad m\xe1\xba\xadt", "refuses: 401"),
        (302, b"", "refuses: 302"),
        (500, json.dumps({"error": SECRET}).encode(), "refuses: 500"),
        (200, b"[]", "not a JSON object"),
        (200, b"{}", "no access token"),
        (200, b'{"access_token": "a b"}', "no access token"),
    ],
)
def test_a_refusal_is_told_without_a_secret(
    tokens: TokenServer, status: int, body: bytes, words: str
) -> None:
    tokens.script.append((status, body))
    source = TokenSource(client(tokens))
    with pytest.raises(TokenError, match=words) as refused:
        source.token()
    assert SECRET not in str(refused.value)
    assert len(tokens.asked) == 1, "no redirect is followed"
    assert source.token() == "t2", "the next who asks tries again"


def test_a_client_does_not_show_its_secrets() -> None:
    shown = repr(OAuthClient(user=USER, token_url="u", client_id="c", client_secret=SECRET))
    assert SECRET not in shown


def test_the_session_logs_in_with_the_token(tokens: TokenServer) -> None:
    server = ScriptedServer(offers=OFFERS, logins=[response("t1")])
    assert send_one(server, TokenSource(client(tokens))).verdict is Verdict.SENT
    verbs = [line.split(" ")[0] for line in server.commands]
    assert verbs == ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


def test_an_expired_token_is_given_up_and_a_fresh_one_sends_the_letter(
    tokens: TokenServer,
) -> None:
    server = ScriptedServer(offers=OFFERS, logins=[response("t2")])
    assert send_one(server, TokenSource(client(tokens))).verdict is Verdict.SENT
    assert len(tokens.asked) == 2
    assert server.connections == 2, "a session whose login failed is not built upon"


def test_a_login_refused_twice_is_nobody_s_fault_and_ends(tokens: TokenServer) -> None:
    server = ScriptedServer(offers=OFFERS, logins=[response("never")])
    outcome = send_one(server, TokenSource(client(tokens)))
    assert (outcome.verdict, outcome.phase, outcome.code) == (
        Verdict.NOT_STARTED,
        Phase.CONNECT,
        535,
    )
    assert len(tokens.asked) == 2
    assert not any(line.startswith("MAIL") for line in server.commands)


def test_a_login_put_off_keeps_its_token(tokens: TokenServer) -> None:
    server = ScriptedServer(offers=OFFERS, logins=[response("never")])
    server.script("EXPIRED", "454 4.7.0 Temporary authentication failure")
    outcome = send_one(server, TokenSource(client(tokens)))
    assert (outcome.verdict, outcome.code) == (Verdict.NOT_STARTED, 454)
    assert len(tokens.asked) == 1


def test_a_server_without_xoauth2_gets_no_token(tokens: TokenServer) -> None:
    server = ScriptedServer(offers=("AUTH PLAIN",))
    outcome = send_one(server, TokenSource(client(tokens)))
    assert outcome.verdict is Verdict.NOT_STARTED
    assert "XOAUTH2" in outcome.text
    assert [line.split(" ")[0] for line in server.commands] == ["EHLO"]


def test_a_token_server_out_of_order_puts_letters_back_until_it_works(
    tokens: TokenServer,
) -> None:
    tokens.script.append((503, b""))
    server = ScriptedServer(offers=OFFERS, logins=[response("t2")])
    outbox = outbox_of(["anh", "binh"])

    async def play() -> int:
        async with server:
            transport = transport_with(server, TokenSource(client(tokens)))
            return (await carry_all(outbox, transport)).put_back

    assert asyncio.run(play()) == 1
    assert {(one.state, one.attempt) for one in outbox.entries.values()} == {(State.SENT, 1)}


def test_a_token_server_that_is_not_there_is_said(tokens: TokenServer) -> None:
    gone = client(tokens, token_url="http://127.0.0.1:1/token")
    with pytest.raises(TokenError, match=r"cannot be reached: .*refused"):
        TokenSource(gone).token()
