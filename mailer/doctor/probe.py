"""A conversation with a relay that goes as far as its first letter would, and sends none."""

import asyncio
import contextlib
import ipaddress
import ssl
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPException, SMTPResponseException
from cryptography import x509

from mailer.doctor.names import IpAddress
from mailer.smtp.endpoint import Security
from mailer.smtp.oauth import TokenError
from mailer.smtp.transport import TransportSettings
from mailer.smtp.words import plain_words

_WORDS = 300
"""Characters of the relay's words that are kept."""


class Stage(StrEnum):
    """The steps of the conversation, in their order."""

    CONNECT = "connect"
    HELLO = "hello"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    """MAIL with the envelope sender of our letters, taken back at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Whom a server's certificate names, who vouches for it, and until when."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Where the conversation ended early: the reply's code, if there was one, and its words."""

    stage: Stage
    words: str
    code: int | None = None


@dataclass(slots=True, kw_only=True)
class Probe:
    """What was seen; seconds by stage, for the stages that were reached."""

    seconds: dict[Stage, float] = field(default_factory=dict[Stage, float])
    peer: IpAddress | None = None
    hello: str = ""
    """The name that the server gave itself."""
    offers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Extensions after TLS, in capitals, with their parameters."""
    logins: tuple[str, ...] = ()
    """Mechanisms of AUTH."""
    tls: str = ""
    certificate: Certificate | None = None
    trouble: Trouble | None = None

    def reached(self, stage: Stage) -> bool:
        """Tell whether a stage was gone through without trouble."""
        troubled = self.trouble is not None and self.trouble.stage is stage
        return stage in self.seconds and not troubled


async def probe(settings: TransportSettings, *, sender: str) -> Probe:
    """Talk to a relay as a transport would, up to its first MAIL; every end is in the Probe.

    Password and token are in nothing that is given back, whatever the server repeats.
    """
    endpoint = settings.endpoint
    seen = Probe()
    client = _client(settings, settings.tls_context)
    secrets = [endpoint.password or "", f"\0{endpoint.username}\0{endpoint.password}"]
    try:
        async with _timed(seen, Stage.CONNECT, secrets):
            await client.connect(start_tls=False)
        async with _timed(seen, Stage.HELLO, secrets):
            await client.ehlo()
        if endpoint.security is Security.STARTTLS:
            async with _timed(seen, Stage.TLS, secrets):
                await client.starttls()
                await client.ehlo()
        _look(client, seen)
        if settings.tokens is not None or endpoint.username is not None:
            async with _timed(seen, Stage.LOGIN, secrets):
                await _log_in(client, settings, secrets)
        async with _timed(seen, Stage.SENDER, secrets):
            await client.mail(sender)
            await client.rset()
        with contextlib.suppress(SMTPException, OSError):
            await client.quit(timeout=settings.timeouts.quit)
    except _EndedError:
        _look(client, seen)
    finally:
        client.close()
    if seen.trouble is not None and "CERTIFICATE_VERIFY_FAILED" in seen.trouble.words:
        seen.certificate = await _distrusted_certificate(settings)
    return seen


class _EndedError(Exception):
    """The conversation is over; the Probe says why."""


@contextlib.asynccontextmanager
async def _timed(seen: Probe, stage: Stage, secrets: list[str]) -> AsyncGenerator[None]:
    began = time.monotonic()
    try:
        yield
    except (SMTPException, OSError, ValueError, TokenError) as error:
        code = error.code if isinstance(error, SMTPResponseException) else None
        words = error.message if isinstance(error, SMTPException) else str(error)
        seen.trouble = Trouble(
            stage=stage,
            code=code if code is not None and code > 0 else None,
            words=_discreet(words or type(error).__name__, secrets),
        )
        raise _EndedError from error
    finally:
        seen.seconds[stage] = time.monotonic() - began


def _client(settings: TransportSettings, context: ssl.SSLContext | None) -> SMTP:
    endpoint = settings.endpoint
    return SMTP(
        hostname=endpoint.host,
        port=endpoint.port,
        use_tls=endpoint.security is Security.IMPLICIT_TLS,
        start_tls=False,
        tls_context=context,
        local_hostname=settings.local_hostname,
        timeout=settings.timeouts.connect,
    )


async def _log_in(client: SMTP, settings: TransportSettings, secrets: list[str]) -> None:
    endpoint = settings.endpoint
    if settings.tokens is not None:
        token = await asyncio.to_thread(settings.tokens.token)
        secrets.append(token)
        await client.auth_xoauth2(settings.tokens.user, token)
    else:
        await client.login(endpoint.username or "", endpoint.password or "")


def _look(client: SMTP, seen: Probe) -> None:
    """Note what the session shows of itself; what is not there is left as it was."""
    if not client.is_connected:
        return
    seen.peer = _peer(client)
    if client.last_ehlo_response is not None:
        seen.hello = client.last_ehlo_response.message.split("\n")[0].split(" ")[0].lower()
    seen.offers = {name.upper(): text for name, text in client.esmtp_extensions.items()}
    seen.logins = tuple(sorted(name.upper() for name in client.server_auth_methods))
    secured: ssl.SSLObject | None = client.get_transport_info("ssl_object")
    if secured is not None:
        seen.tls = secured.version() or ""
        seen.certificate = _certificate(secured.getpeercert(binary_form=True))


def _peer(client: SMTP) -> IpAddress | None:
    try:
        return ipaddress.ip_address(client.get_transport_info("peername")[0])
    except (TypeError, ValueError, IndexError):
        return None


async def _distrusted_certificate(settings: TransportSettings) -> Certificate | None:
    """Read the certificate of a server that could not be trusted; nothing is said to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client = _client(settings, context)
    try:
        await client.connect(start_tls=False)
        if settings.endpoint.security is Security.STARTTLS:
            await client.starttls()
        secured: ssl.SSLObject | None = client.get_transport_info("ssl_object")
        return None if secured is None else _certificate(secured.getpeercert(binary_form=True))
    except (SMTPException, OSError, ValueError):
        return None
    finally:
        client.close()


def _certificate(octets: bytes | None) -> Certificate | None:
    if octets is None:
        return None
    try:
        found = x509.load_der_x509_certificate(octets)
        subject, issuer = found.subject.rfc4514_string(), found.issuer.rfc4514_string()
    except ValueError:
        return None
    return Certificate(
        subject=subject,
        issuer=issuer,
        names=_names(found),
        expires=found.not_valid_after_utc,
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _discreet(words: str, secrets: list[str]) -> str:
    for secret in secrets:
        if secret:
            octets = secret.encode()
            for shape in (secret, b64encode(octets).decode(), octets.hex()):
                words = words.replace(shape, "…")
    return " ".join(plain_words(words, 2 * _WORDS).split())[:_WORDS]
