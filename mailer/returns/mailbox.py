"""A mailbox over IMAP: mails are read without a mark, and moved when done, never deleted."""

import imaplib
import re
import ssl
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast

from mailer.reason import Reason, RefusedError
from mailer.returns.mailbox_url import MailboxUrl
from mailer.returns.taking_apart import LARGEST
from mailer.smtp.words import plain_words

TIMEOUT = 60
"""Seconds that a server may take to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A mail in the folder: its UID (RFC 3501 sec. 2.3.1.1) and its first megabyte."""

    uid: int
    octets: bytes


class MailboxError(OSError):
    """The mailbox cannot be used now; trying again later may help."""


class Mailbox:
    """An open folder; `uid_validity` tells whether UIDs of an earlier visit still hold."""

    def __init__(self, session: imaplib.IMAP4, folder: str) -> None:
        self._session = session
        # What a server offers before the login is not all that it offers (RFC 3501 sec. 6.2.3).
        self._offers = frozenset(_octets(_told("CAPABILITY", session.capability())[0]).split())
        _told("SELECT", session.select(_quoted(folder)))
        _, said = session.response("UIDVALIDITY")
        self.uid_validity = int(_octets(said[0]) or b"0") if said else 0
        self._known: set[str] = set()

    def uids(self) -> Sequence[int]:
        """List the mails that lie in the folder, oldest first."""
        (found, *_) = _told("SEARCH", self._session.uid("SEARCH", "UNDELETED"))
        return sorted(int(uid) for uid in _octets(found).split())

    def fetch(self, uid: int) -> Held | None:
        """Read a mail's first megabyte without marking it; None where it is gone."""
        said = _told("FETCH", self._session.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST}>)"))
        # Beside the literal come plain octets, and news that nobody asked for.
        literals = [cast("tuple[bytes, bytes]", line) for line in said if isinstance(line, tuple)]
        return Held(uid=uid, octets=literals[0][1]) if literals else None

    def holds(self, message_id: str) -> bool:
        """Tell whether a mail here has a Message-ID that contains this (RFC 3501 sec. 6.4.4)."""
        asked = ("HEADER", "Message-ID", f'"{message_id}"')
        (found, *_) = _told("SEARCH", self._session.uid("SEARCH", *asked))
        return bool(_octets(found).split())

    def move(self, uid: int, folder: str) -> None:
        """Move a mail into another folder, made where it is missing (RFC 6851, RFC 4315)."""
        self._make(folder)
        if b"MOVE" in self._offers:
            _told("MOVE", self._session.uid("MOVE", str(uid), _quoted(folder)))
            return
        # Cut off in between, this leaves a second copy, which counts for nothing.
        _told("COPY", self._session.uid("COPY", str(uid), _quoted(folder)))
        _told("STORE", self._session.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)"))
        # EXPUNGE alone would also remove what others have marked.
        if b"UIDPLUS" in self._offers:
            _told("EXPUNGE", self._session.uid("EXPUNGE", str(uid)))

    def _make(self, folder: str) -> None:
        if folder in self._known:
            return
        listed = cast("tuple[str, list[object]]", self._session.list('""', _quoted(folder)))
        if listed[0] != "OK" or not any(listed[1]):
            # Somebody else may have made it in between; then MOVE works, or says why not.
            self._session.create(_quoted(folder))
        self._known.add(folder)


@contextmanager
def open_mailbox(
    url: MailboxUrl,
    *,
    token: Callable[[], str] | None = None,
    context: ssl.SSLContext | None = None,
) -> Generator[Mailbox]:
    """Open a folder; `token` gives an access token for XOAUTH2 where there is no password.

    Raises MailboxError where the server cannot be reached or refuses, without a secret in it,
    and RefusedError where the URL gives no way to log in.
    """
    session: imaplib.IMAP4 | None = None
    try:
        session = _connect(url, context or ssl.create_default_context())
        _log_in(session, url, token)
        yield Mailbox(session, url.folder)
    except imaplib.IMAP4.error as error:
        raise MailboxError(f"IMAP: {_first_line(error)}") from None
    finally:
        if session is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                session.logout()


def _connect(url: MailboxUrl, context: ssl.SSLContext) -> imaplib.IMAP4:
    if url.implicit_tls:
        return imaplib.IMAP4_SSL(url.host, url.port, ssl_context=context, timeout=TIMEOUT)
    session = imaplib.IMAP4(url.host, url.port, timeout=TIMEOUT)
    if url.starttls:
        try:
            session.starttls(context)
        except (OSError, imaplib.IMAP4.error):
            session.shutdown()
            raise
    return session


def _log_in(session: imaplib.IMAP4, url: MailboxUrl, token: Callable[[], str] | None) -> None:
    if url.password is not None:
        session.login(url.username, url.password)
    elif token is not None:
        said = f"user={url.username}\x01auth=Bearer {token()}\x01\x01".encode()
        answers = iter((said,))
        # A refusal comes as a challenge, to be answered with nothing.
        session.authenticate("XOAUTH2", lambda _: next(answers, b""))
    else:
        raise RefusedError(_NO_LOGIN)


def _told(command: str, answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    verdict, said = answer
    if verdict != "OK":
        words = _octets(said[0] if said else b"").decode("ascii", "replace")[:200]
        raise MailboxError(f"IMAP {command}: {words}")
    return said


def _octets(said: object) -> bytes:
    return said if isinstance(said, bytes) else b""


def _first_line(error: Exception) -> str:
    return " ".join(plain_words(str(error), 400).split())[:200]


def _quoted(folder: str) -> str:
    """Write a folder's name for the wire: modified UTF-7 (RFC 3501 sec. 5.1.3), in quotes."""
    written = ""
    for plain, other in re.findall(r"([\x20-\x7e]+)|([^\x20-\x7e]+)", folder):
        if plain:
            written += plain.replace("&", "&-")
        else:
            written += other.encode("utf-7").decode("ascii").replace("+", "&", 1).replace("/", ",")
            written += "" if written.endswith("-") else "-"
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'


_NO_LOGIN = Reason(
    code="mailbox-login",
    vi="Hộp thư nhận thư trả về chưa có mật khẩu và cũng chưa có [returns.login]. "
    "Viết mật khẩu vào địa chỉ hộp thư hoặc khai báo OAuth.",
    en="The mailbox for returned mail has neither a password nor a [returns.login]. "
    "Put the password into its URL, or set OAuth up.",
)
