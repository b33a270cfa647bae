"""Whether a client has a page already: If-None-Match (RFC 9110 sec. 13.1.2)."""

import hashlib
from typing import Any

from litestar import Request


def etag_of(content: bytes) -> str:
    """Give the entity tag of some bytes: their SHA-256, quoted (RFC 9110 sec. 8.8.3)."""
    return f'"{hashlib.sha256(content).hexdigest()}"'


def is_known(request: "Request[Any, Any, Any]", etag: str) -> bool:
    """Compare weakly, as If-None-Match asks."""
    known = request.headers.get("if-none-match", "")
    tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
    return etag in tags or "*" in tags
