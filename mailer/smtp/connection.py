"""One SMTP connection that always knows how far a letter has come."""

import asyncio
import ssl
from dataclasses import dataclass

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPException, SMTPServerDisconnected
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse

from mailer.smtp.endpoint import Endpoint, Security
from mailer.smtp.envelope import Envelope
from mailer.smtp.failure import Failure
from mailer.smtp.outcome import Outcome, Phase, Verdict, judge_error, judge_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait in each phase (RFC 5321 sec. 4.5.3.2).

    Ten minutes after the final dot look long; a shorter wait makes doubles.
    """

    connect: float = 30
    command: float = 300
    data: float = 120
    dot: float = 600
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
    ) -> None:
        self._timeouts = timeouts
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
        """Connect, secure and log in; None where it worked, else what went wrong."""
        try:
            await self._client.connect()
            if self._client.is_ehlo_or_helo_needed:
                await self._client.ehlo()
        except (SMTPException, OSError, ValueError) as error:
            self._client.close()
            return judge_error(error, Phase.CONNECT)
        except asyncio.CancelledError:
            self._client.close()
            raise
        return None

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

    async def _ask_mail(self, envelope: Envelope) -> SMTPResponse:
        options = b""
        if self._client.supports_extension("size"):
            options += b" SIZE=%d" % len(envelope.message)
        if envelope.needs_smtputf8:
            options += b" BODY=8BITMIME SMTPUTF8"
        return await self._command(
            b"MAIL FROM:<" + envelope.sender.encode() + b">" + options,
            timeout=self._timeouts.command,
        )

    async def _ask_rcpt(self, envelope: Envelope) -> SMTPResponse:
        return await self._command(
            b"RCPT TO:<" + envelope.recipient.encode() + b">", timeout=self._timeouts.command
        )

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
        failure=Failure.HARD_ADDRESS,
    )
