"""A lane: one relay as the outbox sees it, with its pace and the domains that it serves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mailer.pacing.limits import Limits

_NOWHERE: Mapping[str, Limits] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lane:
    """A relay by its name, how fast it may be fed, and whom it serves.

    `domain_limits` are the limits towards recipient domains; they hold over all lanes together
    and are the same for each. `domains` are the recipient domains that it serves; none are all.
    Domains are in lower case.
    """

    name: str = "relay"
    limits: Limits = field(default_factory=Limits)
    domain_limits: Mapping[str, Limits] = field(default_factory=lambda: _NOWHERE)
    domains: tuple[str, ...] = ()
