"""A mail server that keeps every mail in a folder and passes none on."""

import asyncio
import os
import re
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailer.catching.caught import RECIPIENT_HEADER, caught_names

_FOLDED = re.compile(r"[\r\n]+")


class Catcher:
    """Listens on the loopback; a mail is in the folder, whole, before its 250 is said.

    Files are named by number in the order of their coming, `00000001.eml`, and are written beside
    and renamed, so that a reader never sees half a mail. Use as `async with`.
    """

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.folder = folder
        self._host = host
        self._wanted_port = port
        self._server: asyncio.Server | None = None
        self._sessions: set[SMTP] = set()
        self._last = 0

    @property
    def port(self) -> int:
        """The port it listens on; raises RuntimeError before it was started."""
        if self._server is None:
            raise RuntimeError("the catcher has not been started")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """The transport's URL for it."""
        return f"smtp://{self._host}:{self.port}"

    async def start(self) -> None:
        """Begin to listen on the running loop; raises OSError where the port is taken."""
        # The mails hold everybody's links: for the owner only.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._last = max(map(int, caught_names(self.folder)), default=0)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, self._host, self._wanted_port)

    async def stop(self) -> None:
        """Stop listening and end the sessions; what was accepted stays in the folder."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        handlers = [_hang_up(session) for session in self._sessions]
        await asyncio.gather(*filter(None, handlers), return_exceptions=True)
        self._sessions.clear()
        await server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    def keep(self, content: bytes, *, sender: str, recipients: Iterable[str]) -> str:
        """Write a mail into the folder under the next number, and give its name."""
        self._last += 1
        name = f"{self._last:08d}"
        trace = f"Return-Path: <{sender}>\r\n{RECIPIENT_HEADER}: {', '.join(recipients)}\r\n"
        beside = self.folder / f".{name}.part"
        beside.write_bytes(trace.encode() + content)
        os.replace(beside, self.folder / f"{name}.eml")  # noqa: PTH105 - as quick as it can be
        return name

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's hook
        """Keep a mail; the reply names it."""
        content = envelope.original_content or b""
        sender = _FOLDED.sub(" ", envelope.mail_from or "")
        try:
            name = self.keep(content, sender=sender, recipients=envelope.rcpt_tos)
        except OSError as error:
            return f"452 4.3.1 cannot keep the mail: {error.strerror}"
        return f"250 2.0.0 kept as {name}"

    def _session(self) -> SMTP:
        self._sessions = {session for session in self._sessions if session.transport is not None}
        session = SMTP(
            self,
            hostname="catcher.localhost",
            ident="mail catcher",
            enable_SMTPUTF8=True,
            # AUTH is not offered in clear; nobody needs to log in here.
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=asyncio.get_running_loop(),
        )
        self._sessions.add(session)
        return session


def _hang_up(session: SMTP) -> "asyncio.Task[None] | None":
    """End a session; gives its task, to be awaited."""
    handler = session._handler_coroutine  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the server offers no way to end a session
    if session.transport is not None:
        session.transport.close()
    if handler is not None:
        handler.cancel()
    return handler
