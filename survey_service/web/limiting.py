"""How often one client may ask: counted in memory, by an address that cannot be read back."""

import hashlib
import ipaddress
import secrets
import threading
from collections import Counter
from datetime import datetime
from typing import Any

from litestar import Request

from survey_service.clock import Clock

PER_HOUR = 60
"""An office of a hundred people may sit behind one address."""
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


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

    Only what the nearest proxy itself has added to `X-Forwarded-For` is looked at.
    """
    peer = request.client.host if request.client else ""
    if peer in _LOOPBACK:
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return forwarded or peer
    return peer


def _network(client: str) -> str:
    """Take the part of an IPv6 address that one household or office shares (64 bits)."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client[:64]
    if address.version == 6:
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)
