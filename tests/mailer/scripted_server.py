"""A mail server that says what a test wants, at the command where the test wants it."""

import asyncio
import base64
import re
import ssl
from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Drop:
    """Hang up instead of replying; `keep` takes the mail first, as a crash after the commit."""

    keep: bool = False


@dataclass(frozen=True)
class Stall:
    """Say nothing for so many seconds, then hang up; `keep` takes the mail first."""

    seconds: float
    keep: bool = False


Step = str | Drop | Stall

_DEFAULTS = {
    "GREETING": "220 scripted",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 taken",
    "RSET": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
}
_MESSAGE_ID = re.compile(rb"(?mi)^message-id: (<[^>]+>)")


@dataclass(frozen=True)
class Taken:
    recipient: str
    message_id: str
    octets: bytes


class ScriptedServer:
    """Plays each verb's script once, in order, over all connections; then its usual reply."""

    def __init__(
        self,
        *,
        offers: tuple[str, ...] = ("8BITMIME", "SIZE 1000000", "AUTH PLAIN"),
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        linger: float = 0,
        logins: Collection[bytes] = (),
    ) -> None:
        self.scripts: defaultdict[str, deque[Step]] = defaultdict(deque)
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.connections = 0
        self._offers = offers
        self._tls = tls
        self._implicit = implicit_tls
        self.linger = linger
        self.logins = logins
        """The XOAUTH2 responses that it lets in; any, where there are none."""
        self.at_recipient: dict[str, Step] = {}
        """What it always does at RCPT for some recipients."""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def script(self, verb: str, *steps: Step) -> Self:
        self.scripts[verb].extend(steps)
        return self

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, ssl=self._tls if self._implicit else None
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._talk(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self, reader, writer)
        try:
            if await session.answer("GREETING"):
                while await session.command():
                    pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    def offers(self) -> str:
        lines = ["scripted", *self._offers]
        return "\r\n".join([*(f"250-{line}" for line in lines), "250 ENHANCEDSTATUSCODES"])

    @property
    def tls(self) -> ssl.SSLContext | None:
        return self._tls


class _Session:
    def __init__(
        self, server: ScriptedServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._sender = ""
        self._recipient = ""

    async def command(self) -> bool:
        line = (await self._reader.readuntil(b"\r\n")).decode().rstrip()
        self._server.commands.append(line)
        verb = line.split(" ")[0].upper()
        self._seen(verb, line)
        match verb:
            case "EHLO":
                return await self.answer("EHLO", self._server.offers())
            case "STARTTLS":
                return await self._start_tls()
            case "MAIL":
                return await self._mail(line)
            case "DATA":
                return await self._data()
            case "AUTH" if self._server.logins:
                return await self._xoauth2(line)
            case _:
                always = self._server.at_recipient.get(self._recipient) if verb == "RCPT" else None
                usual = always or _DEFAULTS.get(verb, "502 5.5.2 what?")
                going = await self.answer(verb, usual)
                return going and verb != "QUIT"

    def _seen(self, verb: str, line: str) -> None:
        if verb == "RCPT":
            self._recipient = line.partition("<")[2].partition(">")[0]
        if verb == "RSET":
            self._sender = ""

    async def answer(self, verb: str, usual: Step | None = None, *, octets: bytes = b"") -> bool:
        """Play the verb's next step; False where the connection is to end."""
        script = self._server.scripts[verb]
        step = script.popleft() if script else usual or _DEFAULTS[verb]
        if isinstance(step, str):
            if verb == "DOT" and step.startswith("2"):
                self._take(octets)
            self._writer.write(step.encode(errors="surrogateescape") + b"\r\n")
            await self._writer.drain()
            return not step.startswith("421")
        if step.keep:
            self._take(octets)
        if isinstance(step, Stall):
            await asyncio.sleep(step.seconds)
        return False

    async def _mail(self, line: str) -> bool:
        if self._sender:
            return await self.answer("NESTED", "503 5.5.1 nested MAIL command")
        going = await self.answer("MAIL")
        self._sender = line
        return going

    async def _xoauth2(self, line: str) -> bool:
        """Let in or refuse as Google and Microsoft do: with a challenge before the refusal."""
        assert line.startswith("AUTH XOAUTH2 ")
        if base64.b64decode(line.split(" ")[2], validate=True) in self._server.logins:
            return await self.answer("AUTH")
        self._writer.write(b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        assert await self._reader.readuntil(b"\r\n") == b"\r\n"
        return await self.answer("EXPIRED", "535 5.7.3 Authentication unsuccessful")

    async def _data(self) -> bool:
        asked = self._server.scripts["DATA"]
        refused = bool(asked) and not (isinstance(asked[0], str) and asked[0].startswith("354"))
        going = await self.answer("DATA")
        if refused or not going:
            return going
        stuffed = await self._reader.readuntil(b"\r\n.\r\n")
        await asyncio.sleep(self._server.linger)
        lines = stuffed.removesuffix(b".\r\n").split(b"\r\n")
        octets = b"\r\n".join(line.removeprefix(b".") for line in lines)
        self._sender = ""
        return await self.answer("DOT", octets=octets)

    async def _start_tls(self) -> bool:
        tls = self._server.tls
        assert tls is not None
        self._writer.write(b"220 2.0.0 go ahead\r\n")
        await self._writer.start_tls(tls)
        return True

    def _take(self, octets: bytes) -> None:
        found = _MESSAGE_ID.search(octets)
        self._server.taken.append(
            Taken(
                recipient=self._recipient,
                message_id=found[1].decode() if found else "",
                octets=octets,
            )
        )
