"""A mail provider's signed events (Standard Webhooks): whether one is genuine and fresh."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far a provider's clock may be from ours; older events may be replays."""
LARGEST_EVENT = 64 << 10
LEAST_SECRET = 24
"""Octets; the standard asks for 24 to 64."""
_PREFIX = "whsec_"


class ForgedEventError(ValueError):
    """The event does not prove where it comes from, or is too old to be new."""


def webhook_key(secret: str) -> bytes:
    """Read a secret such as `whsec_MfKQ…`; raises ValueError where it is none, or too short."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a webhook's secret is whsec_ and base64") from None
    if len(key) < LEAST_SECRET:
        raise ValueError(f"a webhook's secret has at least {LEAST_SECRET} octets")
    return key


def check_event(headers: Mapping[str, str], body: bytes, *, key: bytes, now: datetime) -> str:
    """Give a genuine event's id (`webhook-id`), the same on every repetition.

    The signature is HMAC-SHA256 over `id.timestamp.body`; one of several may fit, so that a
    secret can be changed. Raises ForgedEventError, which does not say what was wrong.
    """
    name = headers.get("webhook-id", "")
    sent = headers.get("webhook-timestamp", "")
    if not name or len(name) > 200 or not (sent.isascii() and sent.isdigit()) or len(sent) > 10:
        raise ForgedEventError
    expected = base64.b64encode(hmac.digest(key, f"{name}.{sent}.".encode() + body, "sha256"))
    signatures = headers.get("webhook-signature", "")[:2_000].split()
    # Each is compared whole, so that the time tells nothing.
    genuine = [
        hmac.compare_digest(given.removeprefix("v1,").encode(), expected)
        for given in signatures
        if given.startswith("v1,")
    ]
    if not any(genuine) or abs(now - datetime.fromtimestamp(int(sent), UTC)) > TOLERANCE:
        raise ForgedEventError
    return name
