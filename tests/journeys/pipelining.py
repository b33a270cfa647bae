"""Many small requests over a few kept connections, pipelined: HTTP/1.1 as fast as it goes."""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

TOGETHER = 20
"""Requests written before the first answer is read."""
ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, and what is to come of it."""

    method: str
    path: str
    agent: str
    status: int
    body: bytes = b""

    def encode(self, host: str) -> bytes:
        """Write the request."""
        kind = "content-type: application/x-www-form-urlencoded\r\n" if self.body else ""
        head = (
            f"{self.method} {self.path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: {self.agent}\r\n"
            f"accept: */*\r\n{kind}content-length: {len(self.body)}\r\n\r\n"
        )
        return head.encode("latin-1") + self.body


class Wire:
    """One kept connection, opened anew where the server has hung up an idle one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._host = f"127.0.0.1:{port}"
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        self._file = self._socket.makefile("rb")

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def send(self, calls: Sequence[Call]) -> list[int]:
        """Make the calls in their order and give the statuses; hung up on, it calls again."""
        for attempt in range(ATTEMPTS):
            try:
                self._socket.sendall(b"".join(call.encode(self._host) for call in calls))
                return [self._read(call) for call in calls]
            except ConnectionError:
                if attempt == ATTEMPTS - 1:
                    raise
                self.close()
                self._open()
        raise AssertionError

    def _read(self, call: Call) -> int:
        line = self._file.readline()
        if not line:
            raise ConnectionResetError
        status = int(line.split(b" ", 2)[1])
        length = 0
        while (line := self._file.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if call.method != "HEAD":
            self._file.read(length)
        return status


def play(
    ports: Sequence[int], calls: Sequence[Call], *, connections: int = 4
) -> list[tuple[Call, int]]:
    """Make all calls over so many connections; gives those that ended otherwise than stated."""

    def share(number: int) -> list[tuple[Call, int]]:
        wire = Wire(ports[number % len(ports)])
        mine = iter(calls[number::connections])
        odd: list[tuple[Call, int]] = []
        while batch := list(islice(mine, TOGETHER)):
            ended = zip(batch, wire.send(batch), strict=True)
            odd += [(call, status) for call, status in ended if status != call.status]
        wire.close()
        return odd

    with ThreadPoolExecutor(connections) as pool:
        return [one for odd in pool.map(share, range(connections)) for one in odd]
