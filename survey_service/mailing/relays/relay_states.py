"""How each relay stands: where it is, what is left of its pace, and whether it is stopped."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer.pacing.bucket import whole
from mailer.pacing.limits import Limits
from survey_service.mailing.relays.setup import MailSetup, Relay
from survey_service.mailing.sending.pace import bucket_names, read_quota
from survey_service.store.mail import PausedTransport


class PaceLeft(msgspec.Struct, frozen=True, kw_only=True):
    """One limit: so many letters in any `window`, and how many may go this instant."""

    window: str
    limit: int
    left: int


class DomainPace(msgspec.Struct, frozen=True, kw_only=True):
    """The pace towards one recipient domain, over all relays."""

    domain: str
    pace: tuple[PaceLeft, ...]


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """Since when a relay is stopped, and why."""

    at: datetime
    reason: str


class RelayState(msgspec.Struct, frozen=True, kw_only=True):
    """One relay as it is set up and as it stands; holds no password.

    `login` is `none`, `password` or `xoauth2`. `evidence` says where an uncertain letter can be
    looked up: `postfix-log`, `sent-folder`.
    """

    name: str
    preset: str
    server: str
    security: str
    login: str
    connections: int
    messages_per_connection: int
    domains: tuple[str, ...]
    pace: tuple[PaceLeft, ...]
    evidence: tuple[str, ...]
    stopped: Stopped | None


class RelayStates(msgspec.Struct, frozen=True, kw_only=True):
    """All relays in the order of the mail file, and the pace towards domains."""

    relays: tuple[RelayState, ...]
    domains: tuple[DomainPace, ...]


def relay_states(session: Session, setup: MailSetup, now: datetime) -> RelayStates:
    """Read how the relays stand as of `now`."""
    stopped = {
        row.name: Stopped(at=row.at, reason=row.reason)
        for row in session.scalars(select(PausedTransport))
    }
    domain_limits = setup.relays[0].lane.domain_limits
    return RelayStates(
        relays=tuple(
            _state(session, relay, now, stopped.get(relay.name)) for relay in setup.relays
        ),
        domains=tuple(
            DomainPace(
                domain=domain,
                pace=_pace(session, setup.relays[0], f"@{domain}", domain_limits[domain], now),
            )
            for domain in sorted(domain_limits)
        ),
    )


def _state(session: Session, relay: Relay, now: datetime, stopped: Stopped | None) -> RelayState:
    endpoint = relay.endpoint
    password = "password" if endpoint.username is not None else "none"
    evidence = {"postfix-log": relay.postfix_log, "sent-folder": relay.sent_folder}
    return RelayState(
        name=relay.name,
        preset=relay.preset,
        server=f"{endpoint.host}:{endpoint.port}",
        security=endpoint.security,
        login="xoauth2" if relay.login else password,
        connections=relay.transport.connections,
        messages_per_connection=relay.transport.messages_per_connection,
        domains=relay.lane.domains,
        pace=_pace(session, relay, relay.lane.name, relay.lane.limits, now),
        evidence=tuple(name for name, where in evidence.items() if where),
        stopped=stopped,
    )


def _pace(
    session: Session, relay: Relay, owner: str, limits: Limits, now: datetime
) -> tuple[PaceLeft, ...]:
    quota = read_quota(session, relay.lane, relay.lane.domain_limits, now)
    left: Mapping[str, int] = {name: whole(level.tokens) for name, level in quota.levels()}
    names = zip(bucket_names(owner, limits), limits.stated(), strict=True)
    return tuple(
        PaceLeft(window=window, limit=limit, left=left[name]) for name, (window, limit) in names
    )
