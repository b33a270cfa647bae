"""What the usual relays allow: figures to start from, each to be overridden.

The figures were looked up in 2026; providers change theirs, and an account may have its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mailer.pacing.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """How a kind of relay is to be used; ages and times in seconds.

    `idle_age` is when a silent session is opened anew, and after half of it one asks before using
    it. `keeps_sent` tells whether the relay puts a copy of what it accepted into a Sent folder,
    where an uncertain letter can be looked up; None where nobody knows. `settle` is how long a
    letter may take to show in the relay's own log; None is as the service is set.
    """

    connections: int = 4
    messages_per_connection: int = 100
    connection_age: float = 300
    idle_age: float = 15
    limits: Limits = field(default_factory=Limits)
    keeps_sent: bool | None = None
    settle: int | None = None


SUBMISSION = Preset()
"""Any relay on port 587 of which nothing more is known. Servers may end an idle session after
5 minutes (RFC 5321 sec. 4.5.3.2.7) and many do sooner: 15 s idle, 5 minutes and 100 letters a
session are safe with all of them. Its limits are its provider's to say, so none is assumed."""

POSTFIX_LOCAL = Preset(messages_per_connection=1000, idle_age=120, keeps_sent=False, settle=60)
"""A Postfix on this machine or beside it. It keeps an idle session for 300 s (`smtpd_timeout`),
which falls to 10 s under stress; it has no limit of letters, and more than 4 connections made it
no faster (320-400 letters/s with 1 to 16 on two cores). What it accepted is in its log at once."""

MICROSOFT_365 = Preset(
    connections=3,
    messages_per_connection=30,
    connection_age=120,
    idle_age=10,
    limits=Limits(per_minute=30, per_day=2_000),
    keeps_sent=True,
)
"""Exchange Online, SMTP AUTH: 3 connections at once (the fourth gets 432 4.3.2), 30 letters a
minute, 10,000 recipients a day in all and, as announced, 2,000 a day outside one's own
organisation. Submitted letters are kept in Sent Items."""

GMAIL_RELAY = Preset(
    connections=2,
    idle_age=10,
    limits=Limits(per_day=2_000),
    keeps_sent=True,
)
"""Google Workspace: 2,000 to 3,000 letters a day to others, by account (10,000 a day and user
where the administrator has set up `smtp-relay.gmail.com`, support.google.com/a/answer/2956491).
`smtp.gmail.com` keeps a copy in Sent; `smtp-relay.gmail.com` does only with comprehensive mail
storage."""

SES = Preset(
    messages_per_connection=50,
    connection_age=60,
    idle_age=5,
    limits=Limits(per_second=14, per_day=50_000),
    keeps_sent=False,
)
"""Amazon SES after the sandbox: 14 letters/s and 50,000 in any 24 hours (an account's own quota
is in its console; the sandbox has 1/s and 200). It ends sessions with 421 after too many letters
and answers 454 "Throttling failure" where it is fed too fast."""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "postfix-local": POSTFIX_LOCAL,
        "submission": SUBMISSION,
        "microsoft365": MICROSOFT_365,
        "gmail-relay": GMAIL_RELAY,
        "ses": SES,
    }
)
"""Every preset by the name that a mail file calls it."""
