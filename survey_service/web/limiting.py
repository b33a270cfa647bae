"""How often one client may ask: counted in memory, by an address that cannot be read back."""

import hashlib
import ipaddress
import re
import secrets
import threading
from collections import Counter
from datetime import datetime
from typing import Any

from litestar import Request

from survey_service.clock import Clock

PER_HOUR = 60
"""An office of a hundred people may sit behind one address."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
_WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+):\d+")


class Limiter:
    """Counts requests per client and hour; a restart forgets them.

    Clients are kept as keyed hashes, with a secret of the process that is written nowhere.
    """

    def __init__(self, clock: Clock, per_hour: int = PER_HOUR) -> None:
        self._clock = clock
        self._per_hour = per_hour
        self._secret = secrets.token_bytes(32)
        self._hour: datetime | None = None
        self._counts: Counter[bytes] = Counter()
        self._gate = threading.Lock()

    def allows(self, client: str) -> bool:
        """Count one more request of a client; tells whether it is still within the limit."""
        hour = self._clock.now().replace(minute=0, second=0, microsecond=0)
        key = hashlib.blake2s(_network(client).encode(), key=self._secret, digest_size=16).digest()
        with self._gate:
            if hour != self._hour:
                self._hour, self._counts = hour, Counter()
            self._counts[key] += 1
            return self._counts[key] <= self._per_hour


def client_of(request: "Request[Any, Any, Any]") -> str:
    """Give the address that a request came from, through a proxy of this machine too.

    Only what the nearest proxy itself has added to `X-Forwarded-For` is looked at: the last entry
    of the last such header, since some proxies write one of their own below the client's.
    """
    peer = request.client.host if request.client else ""
    if peer in _LOOPBACK:
        lines = request.headers.getall("x-forwarded-for", [])
        forwarded = lines[-1].rpartition(",")[2].strip() if lines else ""
        return forwarded or peer
    return peer


def _network(client: str) -> str:
    """Take the part of an IPv6 address that one household or office shares (64 bits).

    Some proxies write the client's port too, which differs by connection.
    """
    found = _WITH_PORT.fullmatch(client)
    try:
        address = ipaddress.ip_address(found[1] or found[2] if found else client)
    except ValueError:
        return client[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)
