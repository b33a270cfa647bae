"""Where a mailbox is: one URL, secure unless it plainly stays on this machine."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from mailer.reason import Reason, RefusedError
from mailer.smtp.loopback import is_loopback

_PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxUrl:
    """An IMAP server, a login and a folder there; `tls` is from the first octet or by STARTTLS.

    Without a password the login is by an OAuth token.
    """

    host: str
    port: int
    implicit_tls: bool
    starttls: bool
    username: str
    password: str | None = field(repr=False)
    folder: str

    @classmethod
    def parse(cls, url: str, *, user: str = "") -> "MailboxUrl":
        """Read a URL such as `imaps://user:pass@host/INBOX`.

        `imaps` is TLS from the first octet; `imap` demands STARTTLS, but on the loopback, where
        it is plain. User, password and folder are percent-encoded. `user` logs in where the URL
        names nobody. Raises RefusedError, with a wording that never holds the password.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise RefusedError(_UNREADABLE) from None
        username = unquote(parts.username or "") or user
        if parts.scheme not in _PORTS or not host or not username or parts.query:
            raise RefusedError(_UNREADABLE)
        implicit = parts.scheme == "imaps"
        return cls(
            host=host,
            port=_PORTS[parts.scheme] if port is None else port,
            implicit_tls=implicit,
            starttls=not implicit and not is_loopback(host),
            username=username,
            password=None if parts.password is None else unquote(parts.password),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )

    @property
    def name(self) -> str:
        """A name for the folder that holds no password and fits a column of 200."""
        return f"{self.username}@{self.host}:{self.port}/{self.folder}"[:200]


_UNREADABLE = Reason(
    code="mailbox-unreadable",
    vi="Không đọc được địa chỉ hộp thư (IMAP). Viết theo mẫu "
    "imaps://taikhoan:matkhau@maychu/INBOX; ký tự đặc biệt viết kiểu %40.",
    en="The URL of the mailbox (IMAP) cannot be read. Write it as "
    "imaps://user:pass@host/INBOX, special characters as %40.",
)
