"""How mail goes out and comes back here: the settings and the mail file, put together."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from msgspec.structs import replace

from mailer.pacing.limits import Limits
from mailer.pacing.presets import PRESETS
from mailer.smtp.connection import Timeouts
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.oauth import OAuthClient, TokenSource
from mailer.smtp.transport import TransportSettings
from survey_service.config import Settings
from survey_service.mailing.relays.mail_file import (
    Login,
    MailFile,
    Rate,
    RelayPlan,
    Returns,
    Signature,
    Webhook,
)
from survey_service.mailing.relays.reading_mail_file import load_mail_file
from survey_service.mailing.sending.lanes import Lane

ONLY_RELAY = "relay"
"""The name of the one relay where no mail file names any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One relay, ready for use.

    `transport` holds its endpoint, `lane` its pace and the domains it serves. What it accepted
    can be looked up in `postfix_log`, or over IMAP in `sent_folder` (a URL that may hold a
    password), once `settle` has gone by.
    """

    name: str
    preset: str
    transport: TransportSettings
    lane: Lane
    settle: timedelta
    login: Login | None = None
    postfix_log: Path | None = None
    sent_folder: str = field(default="", repr=False)

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens and how one logs in."""
        return self.transport.endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSetup:
    """Relays in the order of the mail file, what comes back, the signature, and the webhook."""

    relays: tuple[Relay, ...]
    returns: Returns | None = None
    dkim: Signature | None = None
    webhook: Webhook | None = None


def read_mail_setup(settings: Settings) -> MailSetup:
    """Read how mail is set up; without a mail file it is the one relay of the settings, unpaced.

    Relays of the mail file take the place of the settings' own. Relative paths of the file are
    relative to its folder. Raises ProblemsError with every mistake of the file.
    """
    path = settings.mail_file
    if path is None:
        return MailSetup(relays=(_only_relay(settings, {}),))
    file = load_mail_file(path, has_relay=settings.names_relay)
    domain_limits = {rate.domain.lower(): _limits(rate.rate) for rate in file.domain_rates}
    return MailSetup(
        relays=tuple(_relay(plan, settings, path.parent, domain_limits) for plan in file.relays)
        or (_only_relay(settings, domain_limits),),
        returns=_returns(file),
        dkim=_signature(file, path.parent),
        webhook=file.webhook,
    )


def _only_relay(settings: Settings, domain_limits: Mapping[str, Limits]) -> Relay:
    return Relay(
        name=ONLY_RELAY,
        preset="",
        transport=TransportSettings(
            endpoint=Endpoint.parse(settings.smtp_url),
            connections=settings.mail_connections,
            local_hostname=_own_name(settings),
        ),
        lane=Lane(name=ONLY_RELAY, domain_limits=domain_limits),
        settle=timedelta(seconds=settings.settle_seconds),
    )


def _relay(
    plan: RelayPlan, settings: Settings, folder: Path, domain_limits: Mapping[str, Limits]
) -> Relay:
    preset = PRESETS[plan.preset]
    settle = plan.settle_seconds
    if settle is None:
        settle = settings.settle_seconds if preset.settle is None else preset.settle
    return Relay(
        name=plan.name,
        preset=plan.preset,
        transport=TransportSettings(
            endpoint=Endpoint.parse(plan.url),
            connections=plan.connections or preset.connections,
            messages_per_connection=plan.messages_per_connection or preset.messages_per_connection,
            connection_age=preset.connection_age,
            idle_age=preset.idle_age,
            local_hostname=_own_name(settings),
            success_reports=plan.success_reports,
            timeouts=Timeouts() if plan.dot_seconds is None else Timeouts(dot=plan.dot_seconds),
            tokens=None if plan.login is None else token_source(plan.login),
            tls_context=_trust(plan, folder),
        ),
        lane=Lane(
            name=plan.name,
            limits=preset.limits if plan.rate is None else _limits(plan.rate),
            domain_limits=domain_limits,
            domains=tuple(domain.lower() for domain in plan.domains),
        ),
        settle=timedelta(seconds=settle),
        login=plan.login,
        postfix_log=folder / plan.postfix_log if plan.postfix_log else None,
        sent_folder=_with_user(plan.sent_folder, plan.login),
    )


def token_source(login: Login) -> TokenSource:
    """Make what fetches and keeps the access tokens of a login."""
    return TokenSource(
        OAuthClient(
            user=login.user,
            token_url=login.token_url,
            client_id=login.client_id,
            client_secret=login.client_secret,
            scope=login.scope,
            refresh_token=login.refresh_token,
        )
    )


def _with_user(mailbox: str, login: Login | None) -> str:
    """Put the login's user into a mailbox's URL that names nobody."""
    parts = urlsplit(mailbox)
    if login is None or not mailbox or parts.username:
        return mailbox
    return parts._replace(netloc=f"{quote(login.user, safe='')}@{parts.netloc}").geturl()


def _trust(plan: RelayPlan, folder: Path) -> ssl.SSLContext | None:
    return ssl.create_default_context(cafile=folder / plan.ca_file) if plan.ca_file else None


def _limits(rate: Rate) -> Limits:
    return Limits(
        per_second=rate.per_second,
        per_minute=rate.per_minute,
        per_hour=rate.per_hour,
        per_day=rate.per_day,
    )


def _returns(file: MailFile) -> Returns | None:
    found = file.returns
    return found and replace(found, mailbox=_with_user(found.mailbox, found.login))


def _signature(file: MailFile, folder: Path) -> Signature | None:
    dkim = file.dkim
    if dkim is None:
        return None
    return Signature(
        domain=dkim.domain, selector=dkim.selector, key_file=str(folder / dkim.key_file)
    )


def _own_name(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2]
