"""A mail server that takes everything and keeps nothing: Postfix's own, in C."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def sinking() -> Generator[int]:
    """Run `smtp-sink` on a free port of the loopback; gives the port."""
    program = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
    if program is None:
        sys.exit("smtp-sink is missing; it comes with Postfix: apt-get install postfix")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "1000"])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.recv(1)
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("smtp-sink does not listen")
