"""The mail file: relays, pace, where mail comes back to, and the signature, in one TOML file."""

import msgspec
from msgspec.structs import fields

_HIDDEN = frozenset({"client_secret", "refresh_token", "url", "sent_folder", "mailbox", "secret"})


class _Discreet(msgspec.Struct, frozen=True):
    """A part of the file that shows in logs and errors without its secrets."""

    def __repr__(self) -> str:
        """Name what is set; of what may hold a secret, only that it is set."""
        shown = (
            f"{field.name}={'…' if field.name in _HIDDEN else repr(value)}"
            for field in fields(self)
            if (value := getattr(self, field.name))
        )
        return f"{type(self).__name__}({', '.join(shown)})"


class Login(_Discreet, frozen=True, forbid_unknown_fields=True):
    """An OAuth 2.0 client whose access tokens log in by XOAUTH2 (RFC 6749 sec. 4.4 and 6).

    With a `refresh_token` the tokens are a mailbox owner's, without one the application's own.
    """

    user: str
    token_url: str
    client_id: str
    client_secret: str = ""
    scope: str = ""
    refresh_token: str = ""


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many letters may go in any second, minute, hour and day; None is no limit."""

    per_second: int | None = None
    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None


class RelayPlan(_Discreet, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One relay: its URL and preset, and where what it accepted can be looked up.

    What is not given comes from the preset. `domains` are the recipient domains that it serves;
    none given are all. `postfix_log` is a log file of the relay's own Postfix, `sent_folder` the
    URL of its Sent folder (`imaps://user:pass@host/Sent`). `success_reports` asks the relay to
    report every delivery (RFC 3461). `dot_seconds` is the wait for the relay's word after a
    letter's final dot (600; a shorter one makes more doubts). `ca_file` holds the certificate
    (PEM) of the relay's own authority, where the system does not know it.
    """

    name: str
    url: str
    preset: str = "submission"
    connections: int | None = None
    messages_per_connection: int | None = None
    rate: Rate | None = None
    domains: tuple[str, ...] = ()
    login: Login | None = None
    postfix_log: str = ""
    sent_folder: str = ""
    settle_seconds: int | None = None
    success_reports: bool = False
    dot_seconds: int | None = None
    ca_file: str = ""


class DomainRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The pace towards one recipient domain, over all relays."""

    domain: str
    rate: Rate


class Returns(_Discreet, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where bounces come back to: the address they carry, and the mailbox that collects them.

    `address` is the base of the variable envelope sender: `thu-ve@coquan.example` becomes
    `thu-ve+LETTER.MAC@coquan.example`. `mailbox` is `imaps://user:pass@host/INBOX`; empty where
    a pipe or a webhook brings the mail.
    """

    address: str
    delimiter: str = "+"
    mailbox: str = ""
    login: Login | None = None
    processed: str = "Processed"
    unrecognised: str = "Unrecognised"
    every_seconds: int = 60


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """DKIM (RFC 6376): domain, selector and the file of the private key (PEM)."""

    domain: str
    selector: str
    key_file: str


class Webhook(_Discreet, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The secret that a mail provider signs its events with (Standard Webhooks, `whsec_…`)."""

    secret: str


class MailFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything about mail beyond the plain settings; every part may be left out."""

    relays: tuple[RelayPlan, ...] = ()
    domain_rates: tuple[DomainRate, ...] = ()
    returns: Returns | None = None
    dkim: Signature | None = None
    webhook: Webhook | None = None
