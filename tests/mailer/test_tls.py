"""Protection is demanded: who takes it away gets no letter and no password."""

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from carrying import HURRIED, render
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scripted_server import ScriptedServer

from mailer.smtp.endpoint import Endpoint
from mailer.smtp.outcome import Outcome, Phase, Verdict
from mailer.smtp.transport import SmtpTransport, TransportSettings


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for 127.0.0.1, and a client's that trusts it."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.example")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    chain = folder / "chain.pem"
    chain.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain)
    return server, ssl.create_default_context(cafile=str(chain))


def send_one(server: ScriptedServer, scheme: str, trust: ssl.SSLContext | None) -> Outcome:
    async def play() -> Outcome:
        async with server:
            endpoint = Endpoint.parse(f"{scheme}://user:secret@127.0.0.1:{server.port}")
            transport = SmtpTransport(
                TransportSettings(
                    endpoint=endpoint, connections=1, timeouts=HURRIED, tls_context=trust
                )
            )
            outcome = await transport.deliver(render("anh"))
            await transport.close()
            return outcome

    return asyncio.run(play())


def test_starttls_protects_login_and_letter(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server = ScriptedServer(offers=("STARTTLS", "AUTH PLAIN"), tls=contexts[0])
    assert send_one(server, "smtp+starttls", contexts[1]).verdict is Verdict.SENT
    verbs = [line.split(" ")[0] for line in server.commands]
    assert verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


def test_implicit_tls_protects_from_the_first_octet(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server = ScriptedServer(tls=contexts[0], implicit_tls=True)
    assert send_one(server, "smtps", contexts[1]).verdict is Verdict.SENT


def test_a_stripped_offer_stops_everything() -> None:
    server = ScriptedServer(offers=("AUTH PLAIN",))
    outcome = send_one(server, "smtp+starttls", None)
    assert (outcome.verdict, outcome.phase) == (Verdict.NOT_STARTED, Phase.CONNECT)
    assert "STARTTLS" in outcome.text
    assert [line.split(" ")[0] for line in server.commands] == ["EHLO"]


@pytest.mark.parametrize("implicit", [False, True])
def test_a_stranger_with_a_certificate_of_its_own_gets_nothing(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext], *, implicit: bool
) -> None:
    server = ScriptedServer(
        offers=("STARTTLS", "AUTH PLAIN"), tls=contexts[0], implicit_tls=implicit
    )
    outcome = send_one(server, "smtps" if implicit else "smtp+starttls", None)
    assert outcome.verdict is Verdict.NOT_STARTED
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.text
    assert not any(line.startswith(("AUTH", "MAIL")) for line in server.commands)
