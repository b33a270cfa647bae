"""Real processes of the service, started and killed by tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path


def environment(data: Path, database_url: str, **settings: object) -> dict[str, str]:
    """Give a process its settings and nothing else that begins with SURVEY_."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    return {
        **kept,
        "DATABASE_URL": database_url,
        "SURVEY_DATA": str(data),
        **{f"SURVEY_{name.upper()}": str(value) for name, value in settings.items()},
    }


def command(*words: str) -> list[str]:
    """Give the command line of the service."""
    return [sys.executable, "-c", "from survey_service.cli import main; main()", *words]


@contextmanager
def process(
    words: list[str], variables: Mapping[str, str], log: Path
) -> Generator[subprocess.Popen[bytes]]:
    """Start a process and make sure that it is gone at the end."""
    with log.open("ab") as file:
        running = subprocess.Popen(words, env=dict(variables), stdout=file, stderr=file)
        try:
            yield running
        finally:
            running.kill()
            running.wait()


def wait_until(done: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait for something to become true; raises TimeoutError."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def answers(port: int) -> bool:
    """Tell whether a server on the port says that it is alive."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
