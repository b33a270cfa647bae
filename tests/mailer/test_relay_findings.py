"""What the doctor says about a relay, at every place where a conversation can end."""

import asyncio
import ssl
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from carrying import HURRIED
from made_certificates import made_contexts
from scripted_server import Drop, ScriptedServer, Stall

from mailer.doctor.finding import Finding, Mark, has_error
from mailer.doctor.probe import Probe, Stage, probe
from mailer.doctor.relay import examine_relay
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.oauth import OAuthClient, TokenSource
from mailer.smtp.transport import TransportSettings

PASSWORD = "mật-khẩu/bí mật"
LOGIN = "khaosat:m%E1%BA%ADt-kh%E1%BA%A9u%2Fb%C3%AD%20m%E1%BA%ADt@"
OFFERS = ("8BITMIME", "SIZE 1000000", "AUTH PLAIN LOGIN", "DSN", "SMTPUTF8", "PIPELINING")


def look(
    server: ScriptedServer,
    *,
    scheme: str = "smtp",
    login: str = "",
    trust: ssl.SSLContext | None = None,
    tokens: TokenSource | None = None,
) -> tuple[Probe, dict[str, Finding]]:
    async def play() -> tuple[Probe, tuple[Finding, ...]]:
        async with server:
            endpoint = Endpoint.parse(f"{scheme}://{login}127.0.0.1:{server.port}")
            settings = TransportSettings(
                endpoint=endpoint, timeouts=HURRIED, tls_context=trust, tokens=tokens
            )
            seen = await probe(settings, sender="tra+doctor@so.example")
            found = examine_relay(
                "main", endpoint, seen, now=datetime.now(UTC), oauth=tokens is not None
            )
            return seen, found

    seen, found = asyncio.run(play())
    for finding in found:
        assert finding.vi
        assert finding.en
    return seen, {finding.check: finding for finding in found}


def marks(found: dict[str, Finding]) -> dict[str, str]:
    return {check: str(finding.mark) for check, finding in found.items()}


def test_a_relay_that_works_is_shown_with_what_it_offers() -> None:
    server = ScriptedServer(offers=OFFERS)
    seen, found = look(server, login=LOGIN)
    assert marks(found) == dict.fromkeys(("connect", "offers", "login", "sender"), "ok")
    for offer in ("SIZE 1000000", "DSN", "SMTPUTF8", "PIPELINING", "8BITMIME", "AUTH LOGIN PLAIN"):
        assert offer in found["offers"].vi
    assert (seen.hello, str(seen.peer)) == ("scripted", "127.0.0.1")
    assert all(seconds >= 0 for seconds in seen.seconds.values())
    verbs = [line.split(" ")[0] for line in server.commands]
    assert verbs == ["EHLO", "AUTH", "MAIL", "RSET", "QUIT"]
    assert server.taken == []


def test_what_a_relay_lacks_is_said_without_alarm() -> None:
    _, found = look(ScriptedServer(offers=("8BITMIME",)))
    assert found["offers"].mark is Mark.OK
    assert "DSN" in found["offers"].en
    assert found["login"].mark is Mark.NOT_CHECKED


def test_a_relay_that_takes_small_letters_only_is_a_warning() -> None:
    _, found = look(ScriptedServer(offers=("SIZE 20000",)))
    assert found["offers"].mark is Mark.WARNING


def test_nobody_at_home_is_an_error() -> None:
    endpoint = Endpoint.parse("smtp://127.0.0.1:1")
    settings = TransportSettings(endpoint=endpoint, timeouts=HURRIED)
    seen = asyncio.run(probe(settings, sender="a@b.example"))
    found = examine_relay("main", endpoint, seen, now=datetime.now(UTC), oauth=False)
    assert [(finding.check, finding.mark) for finding in found] == [("connect", Mark.ERROR)]


@pytest.mark.parametrize(
    ("verb", "step"),
    [
        ("GREETING", "554 5.7.1 go away"),
        ("GREETING", Drop()),
        ("GREETING", Stall(3)),
        ("EHLO", "502 5.5.1 no"),
    ],
)
def test_a_server_that_does_not_talk_is_an_error(verb: str, step: str | Drop | Stall) -> None:
    seen, found = look(ScriptedServer().script(verb, step))
    assert found["connect"].mark is Mark.ERROR
    assert has_error(found.values())
    assert seen.trouble is not None


def test_a_refused_login_tells_the_servers_words_and_never_the_password() -> None:
    echoed = b64encode(f"\0khaosat\0{PASSWORD}".encode()).decode()
    refusal = f"535 5.7.8 bad credentials {echoed} for {PASSWORD.split('/', maxsplit=1)[0]}"
    server = ScriptedServer(offers=("AUTH PLAIN",)).script("AUTH", refusal)
    seen, found = look(server, login=LOGIN)
    assert found["login"].mark is Mark.ERROR
    assert "535 5.7.8 bad credentials" in found["login"].vi
    said = repr((seen, found))
    assert echoed not in said
    assert PASSWORD not in said
    assert "sender" not in found


def test_a_server_without_a_login_is_an_error_where_one_was_given() -> None:
    _, found = look(ScriptedServer(offers=("DSN",)), login=LOGIN)
    assert found["login"].mark is Mark.ERROR


def test_a_token_server_that_cannot_be_reached_is_the_logins_error() -> None:
    client = OAuthClient(
        user="a@b.example", token_url="http://127.0.0.1:1/", client_id="x", client_secret="hush"
    )
    _, found = look(ScriptedServer(offers=("AUTH XOAUTH2",)), tokens=TokenSource(client))
    assert found["login"].mark is Mark.ERROR
    assert "token server" in found["login"].en
    assert "XOAUTH2" in found["login"].en
    assert "hush" not in repr(found)


def test_a_refused_sender_is_an_error() -> None:
    server = ScriptedServer().script("MAIL", "550 5.7.60 not allowed to send as this")
    _, found = look(server)
    assert found["sender"].mark is Mark.ERROR
    assert "5.7.60" in found["sender"].vi


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_protected_relay_shows_its_certificate(folder: Path, scheme: str) -> None:
    tls, trust = made_contexts(folder)
    server = ScriptedServer(offers=(*OFFERS, "STARTTLS"), tls=tls, implicit_tls=scheme == "smtps")
    seen, found = look(server, scheme=scheme, login=LOGIN, trust=trust)
    assert marks(found) == dict.fromkeys(
        ("connect", "tls", "certificate", "offers", "login", "sender"), "ok"
    )
    assert seen.tls in found["tls"].vi
    assert "CN=relay.example" in found["certificate"].vi
    assert "127.0.0.1" in found["certificate"].vi
    assert (Stage.TLS in seen.seconds) == (scheme == "smtp+starttls")


@pytest.mark.parametrize(("days", "mark"), [(20, Mark.WARNING), (22, Mark.OK)])
def test_a_certificate_that_ends_soon_is_a_warning(folder: Path, days: int, mark: Mark) -> None:
    tls, trust = made_contexts(folder, days=days)
    _, found = look(ScriptedServer(tls=tls, implicit_tls=True), scheme="smtps", trust=trust)
    assert found["certificate"].mark is mark


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_an_expired_certificate_is_shown_and_nothing_is_said_to_the_server(
    folder: Path, scheme: str
) -> None:
    tls, trust = made_contexts(folder, days=-2)
    server = ScriptedServer(
        offers=("STARTTLS", "AUTH PLAIN"), tls=tls, implicit_tls=scheme == "smtps"
    )
    _, found = look(server, scheme=scheme, login=LOGIN, trust=trust)
    assert found["certificate"].mark is Mark.ERROR
    assert "expired" in found["certificate"].en
    assert not any(line.startswith(("AUTH", "MAIL")) for line in server.commands)


def test_a_certificate_of_another_name_or_authority_is_an_error(folder: Path) -> None:
    tls, trust = made_contexts(folder, address="127.0.0.9")
    for trusted in (trust, None):
        server = ScriptedServer(tls=tls, implicit_tls=True)
        _, found = look(server, scheme="smtps", trust=trusted)
        assert found["certificate"].mark is Mark.ERROR
        assert "127.0.0.9" in found["certificate"].vi
        assert "ca_file" in found["certificate"].en


def test_a_stripped_starttls_is_an_error_and_no_password_goes_out() -> None:
    server = ScriptedServer(offers=("AUTH PLAIN",))
    _, found = look(server, scheme="smtp+starttls", login=LOGIN)
    assert found["tls"].mark is Mark.ERROR
    assert "STARTTLS" in found["tls"].vi
    assert [line.split(" ")[0] for line in server.commands] == ["EHLO"]


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("localhost", True), ("[::1]", True), ("relay.example", False)],
)
def test_a_relay_on_this_machine_is_our_own(host: str, own: bool) -> None:
    assert Endpoint.parse(f"smtp://{host}:25").is_loopback is own
