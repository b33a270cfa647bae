"""One SMTP connection that always knows how far a letter has come."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import cast

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPServerDisconnected,
)
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse

from mailer.smtp.endpoint import Endpoint, Security
from mailer.smtp.envelope import Envelope
from mailer.smtp.failure import Failure
from mailer.smtp.oauth import TokenError, TokenSource
from mailer.smtp.outcome import Outcome, Phase, Verdict, judge_error, judge_reply
from mailer.smtp.reports import mail_options, rcpt_options


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait in each phase (RFC 5321 sec. 4.5.3.2).

    Ten minutes after the final dot look long; a shorter wait makes doubles.
    """

    connect: float = 30
    command: float = 300
    data: float = 120
    dot: float = 600
    check: float = 10
    """For the word that a silent session is asked for before it gets a letter."""
    quit: float = 5


class Connection:
    """A logged-in session with a mail server, for one letter at a time."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeouts: Timeouts,
        local_hostname: str,
        tls_context: ssl.SSLContext | None = None,
        tokens: TokenSource | None = None,
        success_reports: bool = False,
    ) -> None:
        self._timeouts = timeouts
        self._tokens = tokens
        self._success_reports = success_reports
        self._client = SMTP(
            hostname=endpoint.host,
            port=endpoint.port,
            username=endpoint.username,
            password=endpoint.password,
            use_tls=endpoint.security is Security.IMPLICIT_TLS,
            # None would try STARTTLS and go on in clear where a stranger strips the offer.
            start_tls=endpoint.security is Security.STARTTLS,
            tls_context=tls_context,
            local_hostname=local_hostname,
            timeout=timeouts.connect,
        )
        self.delivered = 0
        """Letters that this session has been asked to carry."""

    @property
    def is_open(self) -> bool:
        """Whether the session can carry a letter, as far as one can see."""
        return self._client.is_connected

    async def open(self) -> Outcome | None:
        """Connect, secure and log in; None where it worked, else what went wrong.

        An access token that the server rejects is given up, and a fresh one tried once.
        """
        try:
            if self._tokens is None:
                await self._connect()
            else:
                await self._connect_with(self._tokens)
        except (SMTPException, OSError, ValueError, TokenError) as error:
            self._client.close()
            return judge_error(error, Phase.CONNECT)
        except asyncio.CancelledError:
            self._client.close()
            raise
        return None

    async def still_answers(self) -> bool:
        """Ask a silent session whether it is still there; it is closed where it is not."""
        try:
            return (await self._client.noop(timeout=self._timeouts.check)).code == 250
        except (SMTPException, OSError):
            self._client.close()
            return False
        except BaseException:
            self._client.close()
            raise

    async def deliver(self, envelope: Envelope) -> Outcome:
        """Carry one letter to its end. The session stays open only after a clean reply.

        A cancelled call closes the session: nobody may read the reply that is still to come.
        """
        self.delivered += 1
        if envelope.needs_smtputf8 and not self._client.supports_extension("smtputf8"):
            return _undeliverable_address()
        phase = Phase.MAIL
        try:
            reply = await self._ask_mail(envelope)
            if _is_yes(reply):
                phase = Phase.RCPT
                reply = await self._ask_rcpt(envelope)
            if phase is Phase.RCPT and _is_yes(reply):
                phase = Phase.DATA
                reply = await self._command(b"DATA", timeout=self._timeouts.data)
            if phase is Phase.DATA and reply.code == 354:
                protocol = self._protocol()
                protocol.write(envelope.stuffed())
                # What the kernel has taken cannot be called back, even without its final dot.
                phase = Phase.DOT
                reply = await protocol.read_response(timeout=self._timeouts.dot)
            outcome = judge_reply(reply.code, reply.message, phase)
        except (SMTPException, OSError) as error:
            self._client.close()
            return judge_error(error, phase)
        except BaseException:
            self._client.close()
            raise
        if outcome.verdict is not Verdict.SENT:
            await self._clear(outcome)
        return outcome

    async def close(self) -> None:
        """Say goodbye where there is somebody to hear it, and hang up."""
        try:
            if self._client.is_connected:
                await self._client.quit(timeout=self._timeouts.quit)
        except (SMTPException, OSError):
            pass
        finally:
            self._client.close()

    def hang_up(self) -> None:
        """Cut the session at once; whoever waits for a reply learns of it as of any broken one."""
        if self._client.transport is not None:
            cast("asyncio.WriteTransport", self._client.transport).abort()

    async def _ask_mail(self, envelope: Envelope) -> SMTPResponse:
        options = b""
        if self._client.supports_extension("size"):
            options += b" SIZE=%d" % len(envelope.message)
        if envelope.needs_smtputf8:
            options += b" BODY=8BITMIME SMTPUTF8"
        if self._client.supports_extension("dsn"):
            options += mail_options(envelope)
        return await self._command(
            b"MAIL FROM:<" + envelope.sender.encode() + b">" + options,
            timeout=self._timeouts.command,
        )

    async def _ask_rcpt(self, envelope: Envelope) -> SMTPResponse:
        options = b""
        if self._client.supports_extension("dsn"):
            options = rcpt_options(envelope, success=self._success_reports)
        return await self._command(
            b"RCPT TO:<" + envelope.recipient.encode() + b">" + options,
            timeout=self._timeouts.command,
        )

    async def _connect(self) -> None:
        await self._client.connect()
        if self._client.is_ehlo_or_helo_needed:
            await self._client.ehlo()

    async def _connect_with(self, tokens: TokenSource) -> None:
        # A server is not kept waiting while a token is fetched.
        token = await asyncio.to_thread(tokens.token)
        await self._connect()
        try:
            await self._present(tokens.user, token)
        except SMTPAuthenticationError as error:
            if error.code < 500:
                raise
            # It may have been revoked, or our clock been wrong about its end.
            self._client.close()
            token = await asyncio.to_thread(tokens.token, instead_of=token)
            await self._connect()
            await self._present(tokens.user, token)

    async def _present(self, user: str, token: str) -> None:
        if "xoauth2" not in self._client.server_auth_methods:
            raise SMTPNotSupported("the server does not offer XOAUTH2")
        await self._client.auth_xoauth2(user, token, timeout=self._timeouts.command)

    def _protocol(self) -> SMTPProtocol:
        if self._client.protocol is None:
            raise SMTPServerDisconnected("connection lost before the text")
        return self._client.protocol

    async def _command(self, command: bytes, *, timeout: float) -> SMTPResponse:  # noqa: ASYNC109 - the phase's own limit, kept by the library that also closes
        return await self._client.execute_command(command, timeout=timeout)

    async def _clear(self, outcome: Outcome) -> None:
        """End a refused transaction, so that the next letter does not inherit it."""
        if outcome.verdict in {Verdict.NOT_STARTED, Verdict.UNCERTAIN}:
            self._client.close()
            return
        try:
            await self._client.rset(timeout=self._timeouts.command)
        except (SMTPException, OSError):
            self._client.close()
        except BaseException:
            self._client.close()
            raise


def _is_yes(reply: SMTPResponse) -> bool:
    return 200 <= reply.code < 300


def _undeliverable_address() -> Outcome:
    return Outcome(
        verdict=Verdict.FAILED,
        phase=Phase.MAIL,
        code=550,
        text="5.6.7 the server does not offer SMTPUTF8, which this address needs (RFC 6531)",
        failure=Failure.NEEDS_SMTPUTF8,
    )
