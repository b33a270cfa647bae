"""A real Postfix and a real Dovecot of the tests' own, on the loopback, gone with the test.

```python
with running_dovecot() as dovecot:
    with running_postfix({"khaosat.example": dovecot.lmtp}) as postfix:
        ...  # SMTP on postfix.port, IMAP on dovecot.port, the relay's log in postfix.log
```
Tests share one of each through the fixtures `dovecot` and `postfix` of conftest.py.
"""

import imaplib
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from free_ports import free_port
from postal_plans import DOVECOT, MASTER, make_queue, postfix_parameters

START_SECONDS = 20
PASSWORD = "mat-khau"
NO_SUCH_MAILBOX = "khong-co@hop-thu.example"
FULL_MAILBOX = "day@hop-thu.example"
POLICY = "chan@hop-thu.example"
REFUSED_AT_THE_END = "cuoi@hop-thu.example"
ROUTES: dict[str, str] = {
    NO_SUCH_MAILBOX: "error:5.1.1 mailbox does not exist",
    FULL_MAILBOX: "error:5.2.2 mailbox is full",
    POLICY: "error:5.7.1 message blocked by policy",
    "*": "discard:",
}
"""What becomes of mail by recipient or domain, as in Postfix's transport(5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """A running IMAP and LMTP server.

    Every user exists, with PASSWORD; a `+detail` is not part of the user. Mail lies as Maildir
    in `mail / USER`. Folders: INBOX, Sent, Processed, Unrecognised; others can be made.
    """

    folder: Path
    port: int
    lmtp_port: int

    @property
    def lmtp(self) -> str:
        """The route by which a Postfix hands mail over to it."""
        return f"lmtp:inet:127.0.0.1:{self.lmtp_port}"

    @property
    def log(self) -> Path:
        """Its log, for when something goes wrong."""
        return self.folder / "dovecot.log"

    def url(self, user: str, mailbox: str = "INBOX") -> str:
        """Give the URL of a user's mailbox, as the mail file wants it."""
        return f"imap://{user}:{PASSWORD}@127.0.0.1:{self.port}/{mailbox}"

    @contextmanager
    def session(self, user: str) -> Generator[imaplib.IMAP4]:
        """Open an IMAP session of a user."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as session:
            session.login(user, PASSWORD)
            yield session

    def append(self, user: str, message: bytes, mailbox: str = "INBOX") -> None:
        """Put a mail into a mailbox."""
        with self.session(user) as session:
            verdict, words = session.append(mailbox, "", "", message)
            assert verdict == "OK", words

    def count(self, user: str, mailbox: str = "INBOX") -> int:
        """Count the mails of a mailbox."""
        with self.session(user) as session:
            verdict, words = session.select(mailbox, readonly=True)
            assert verdict == "OK", words
            return int(words[0] or b"0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix:
    """A running mail server that takes everything from the loopback."""

    folder: Path
    port: int

    @property
    def log(self) -> Path:
        """Its log (`maillog_file`)."""
        return self.folder / "maillog"

    @property
    def url(self) -> str:
        """The relay's URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def flush(self) -> None:
        """Have it try everything in its queue again now."""
        subprocess.run(["postqueue", "-c", self.folder / "etc", "-f"], check=True)


@contextmanager
def running_dovecot(extra: str = "") -> Generator[Dovecot]:
    """Start a Dovecot; `extra` is added to its configuration."""
    with _home("dovecot") as folder:
        port, lmtp_port = free_port(), free_port()
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", *_mail_owner())
        configuration = folder / "dovecot.conf"
        configuration.write_text(
            DOVECOT.format(
                folder=folder,
                port=port,
                lmtp_port=lmtp_port,
                password=PASSWORD,
                owner=_mail_owner()[0],
                group=_mail_owner()[1],
                internal="dovecot" if os.geteuid() == 0 else _mail_owner()[0],
                login="dovenull" if os.geteuid() == 0 else _mail_owner()[0],
                extra=extra,
            )
        )
        dovecot = Dovecot(folder=folder, port=port, lmtp_port=lmtp_port)
        command = [_program("dovecot"), "-F", "-c", str(configuration)]
        with _server(command, dovecot.log, lambda: _answers(port) and _answers(lmtp_port)):
            yield dovecot


@contextmanager
def running_postfix(
    routes: Mapping[str, str] | None = None, **parameters: object
) -> Generator[Postfix]:
    """Start a Postfix; needs root.

    `routes` come before ROUTES, `parameters` are those of postconf(5). A letter to
    REFUSED_AT_THE_END is refused after its final dot.
    """
    with _home("postfix") as folder:
        port = free_port()
        etc = folder / "etc"
        etc.mkdir()
        table = "".join(f"{key} {route}\n" for key, route in {**ROUTES, **(routes or {})}.items())
        (etc / "routes").write_text(table)
        (etc / "at-the-end").write_text(f"{REFUSED_AT_THE_END} 550 5.7.1 not this letter\n")
        settings = {**postfix_parameters(folder), **parameters}
        (etc / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
        (etc / "master.cf").write_text(MASTER.format(port=port))
        for file in etc.iterdir():
            # Postfix waits until its files are a few seconds old, for fear of reading half of one.
            os.utime(file, (1, 1))
        make_queue(folder)
        postfix = Postfix(folder=folder, port=port)
        command = [str(_daemons() / "master"), "-c", str(etc), "-d"]
        with _server(command, folder / "stderr", lambda: _answers(port)):
            yield postfix


def send(postfix: Postfix, recipient: str, message: bytes, sender: str = "<>", **dsn: str) -> None:
    """Hand a mail over by SMTP; `dsn` are ENVID and NOTIFY of RFC 3461."""
    mail = [f"ENVID={dsn['envid']}"] if "envid" in dsn else []
    rcpt = [f"NOTIFY={dsn['notify']}"] if "notify" in dsn else []
    with smtplib.SMTP("127.0.0.1", postfix.port, local_hostname="khaosat.example") as client:
        client.sendmail(sender, [recipient], message, mail_options=mail, rcpt_options=rcpt)


def wait_for(done: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait for something to become true; raises TimeoutError."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


@contextmanager
def _home(name: str) -> Generator[Path]:
    """Make a folder that other users may enter, with a path short enough for Unix sockets."""
    folder = Path(tempfile.mkdtemp(prefix=f"survey-{name}-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(command: list[str], log: Path, ready: Callable[[], bool]) -> Generator[None]:
    """Run a server in a process group of its own, and end the whole group."""
    with log.open("ab") as file:
        running = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    try:
        end = time.monotonic() + START_SECONDS
        while not ready():
            if running.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]} did not start: {log.read_text()[-2000:]}")
            time.sleep(0.02)
        yield
    finally:
        _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """Kill the whole group at once: nothing here is to outlive the test."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as session:
            return bool(session.recv(1))
    except OSError:
        return False


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise RuntimeError(f"{name} is not installed; as root, ./tests/run installs it")
    return found


def _daemons() -> Path:
    asked = [_program("postconf"), "-d", "-h", "daemon_directory"]
    return Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())


def _mail_owner() -> tuple[str | int, str | int]:
    return ("nobody", "nogroup") if os.geteuid() == 0 else (os.getuid(), os.getgid())
