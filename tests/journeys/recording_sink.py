"""A mail server in a process of its own that notes each Message-ID on disk before its 250.

It also writes a log in Postfix's form, so that the product's own reader of such logs can be asked
what it accepted. Every so many letters it can break off, as a network does; each letter once.
"""

import asyncio
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from processes import wait_until

CUTS = ("drop before", "drop after", "stall before", "stall after")
"""Hang up, or fall silent, before or after a letter was accepted."""
STALL_SECONDS = 30
_MESSAGE_ID = re.compile(rb"(?mi)^message-id: *(<[^>]+>)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A running sink."""

    folder: Path
    port: int

    @property
    def log(self) -> Path:
        """Its log, in Postfix's form."""
        return self.folder / "maillog"

    def accepted(self) -> Counter[str]:
        """Count how often each Message-ID was accepted."""
        return Counter((self.folder / "accepted").read_text().split())

    def cuts(self) -> Counter[str]:
        """Count how often it broke off, by the way it did."""
        return Counter((self.folder / "cuts").read_text().splitlines())

    def mail_file(self, *more: str, connections: int = 8) -> Path:
        """Write a mail file that names it as the relay, with further lines."""
        path = self.folder / "mail.toml"
        lines = (
            "[[relays]]",
            'name = "sink"',
            f'url = "smtp://127.0.0.1:{self.port}"',
            'preset = "postfix-local"',
            f"connections = {connections}",
            "settle_seconds = 1",
            *more,
        )
        path.write_text("\n".join(lines))
        path.chmod(0o600)
        return path


@contextmanager
def recording_sink(folder: Path, *, cut_every: int = 0) -> Generator[Sink]:
    """Start a sink that breaks off at each `cut_every`-th letter, in the order of CUTS."""
    folder.mkdir()
    for name in ("accepted", "cuts"):
        (folder / name).touch()
    started = folder / "port"
    with (folder / "stderr").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, __file__, str(folder), str(cut_every)], stderr=log
        )
        try:
            wait_until(started.exists)
            yield Sink(folder=folder, port=int(started.read_text()))
        finally:
            running.kill()
            running.wait()


class _Server:
    def __init__(self, folder: Path, cut_every: int) -> None:
        self._log = (folder / "maillog").open("a", buffering=1)
        self._accepted = (folder / "accepted").open("a")
        self._cuts = (folder / "cuts").open("a", buffering=1)
        self._cut_every = cut_every
        self._ways = cycle(CUTS)
        self._seen: set[str] = set()
        self._letters = 0
        self._sessions = 0
        # The server was there long before the first letter, and its log shows it.
        self.note("postfix/master[1]: daemon started", at=datetime.now(UTC) - timedelta(hours=1))

    def note(self, entry: str, *, at: datetime | None = None) -> None:
        self._log.write(f"{(at or datetime.now(UTC)).isoformat()} relay {entry}\n")

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._sessions += 1
        name = f"postfix/smtpd[{self._sessions}]"
        self.note(f"{name}: connect from localhost[127.0.0.1]")
        try:
            await self._converse(reader, writer, name)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.note(f"{name}: lost connection after DATA (0 bytes) from localhost[127.0.0.1]")
        finally:
            self.note(f"{name}: disconnect from localhost[127.0.0.1]")
            writer.transport.abort()

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str
    ) -> None:
        writer.write(b"220 sink ESMTP\r\n")
        while True:
            verb = (await reader.readuntil(b"\r\n"))[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                if not await self._take(reader, name):
                    return
                writer.write(b"250 2.0.0 taken\r\n")
            else:
                replies = {b"EHLO": b"250-sink\r\n250 8BITMIME\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}
                writer.write(replies.get(verb, b"250 2.0.0 ok\r\n"))
                if verb == b"QUIT":
                    await writer.drain()
                    return

    async def _take(self, reader: asyncio.StreamReader, name: str) -> bool:
        """Take a letter; False where the session is to end without a word."""
        self._letters += 1
        number = self._letters
        queue = f"{number:010X}"
        self.note(f"{name}: {queue}: client=localhost[127.0.0.1]")
        octets = await reader.readuntil(b"\r\n.\r\n")
        found = _MESSAGE_ID.search(octets)
        message_id = found[1].decode() if found else "<>"
        self.note(f"postfix/cleanup[2]: {queue}: message-id={message_id}")
        way = self._way_to_cut(number, message_id)
        if not way.endswith("before"):
            self._accepted.write(f"{message_id}\n")
            self._accepted.flush()
            os.fsync(self._accepted.fileno())
            self.note(f"postfix/qmgr[3]: {queue}: from=<>, size=9, nrcpt=1 (queue active)")
        if way.startswith("stall"):
            # Not a word, until the other side has had enough.
            await asyncio.wait_for(reader.read(1), STALL_SECONDS)
        if way.endswith("before"):
            self.note(f"{name}: lost connection after DATA (9 bytes) from localhost[127.0.0.1]")
        return not way

    def _way_to_cut(self, number: int, message_id: str) -> str:
        if not self._cut_every or number % self._cut_every or message_id in self._seen:
            return ""
        self._seen.add(message_id)
        way = next(self._ways)
        self._cuts.write(f"{way}\n")
        return way


async def _serve(folder: Path, cut_every: int) -> None:
    sink = _Server(folder, cut_every)
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0, limit=1 << 20)
    beside = folder / "port.part"
    beside.write_text(str(server.sockets[0].getsockname()[1]))
    beside.rename(folder / "port")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
