"""Where letters are handed over: one URL, secure unless it plainly says otherwise."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from mailer.reason import Reason, RefusedError
from mailer.smtp.loopback import is_loopback


class Security(StrEnum):
    """How the connection is protected; each is demanded, never merely tried."""

    IMPLICIT_TLS = "implicit TLS"
    STARTTLS = "STARTTLS"
    PLAIN = "plain"


_PORTS = {Security.IMPLICIT_TLS: 465, Security.STARTTLS: 587, Security.PLAIN: 25}
_SCHEMES = {
    "smtps": Security.IMPLICIT_TLS,
    "smtp+starttls": Security.STARTTLS,
    "smtp+plain": Security.PLAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A mail server and how to log in there."""

    host: str
    port: int
    security: Security
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine."""
        return is_loopback(self.host)

    @classmethod
    def parse(cls, url: str) -> "Endpoint":
        """Read a URL such as `smtp+starttls://user:pass@relay.example:587`.

        Schemes: `smtps`, `smtp+starttls`, `smtp+plain`, and `smtp`, which is plain on the loopback
        and STARTTLS anywhere else. User and password are percent-encoded. Raises RefusedError,
        with a wording that never holds the password.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise RefusedError(_UNREADABLE) from None
        security = _SCHEMES.get(parts.scheme)
        if parts.scheme == "smtp" and host:
            security = Security.PLAIN if is_loopback(host) else Security.STARTTLS
        extra = parts.path not in {"", "/"} or parts.query or parts.fragment
        if security is None or not host or extra:
            raise RefusedError(_UNREADABLE)
        if (parts.username is None) != (parts.password is None):
            raise RefusedError(_HALF_LOGIN)
        if parts.password is not None and security is Security.PLAIN and not is_loopback(host):
            raise RefusedError(_BARE_PASSWORD)
        return cls(
            host=host,
            port=_PORTS[security] if port is None else port,
            security=security,
            username=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
        )


_UNREADABLE = Reason(
    code="endpoint-unreadable",
    vi="Không đọc được địa chỉ máy chủ thư. Viết theo mẫu "
    "smtp+starttls://taikhoan:matkhau@maychu:587, smtps://… hoặc smtp://127.0.0.1:25; "
    "ký tự đặc biệt trong mật khẩu phải mã hóa kiểu %40.",
    en="The mail server's URL cannot be read. Write it as smtp+starttls://user:pass@host:587, "
    "smtps://… or smtp://127.0.0.1:25; special characters in the password as %40.",
)
_HALF_LOGIN = Reason(
    code="endpoint-login",
    vi="Địa chỉ máy chủ thư phải có cả tài khoản và mật khẩu, hoặc không có cả hai.",
    en="The mail server's URL needs both user and password, or neither.",
)
_BARE_PASSWORD = Reason(
    code="endpoint-bare-password",
    vi="Mật khẩu sẽ đi qua mạng không mã hóa. Dùng smtp+starttls:// hoặc smtps://.",
    en="The password would cross the network unprotected. Use smtp+starttls:// or smtps://.",
)
