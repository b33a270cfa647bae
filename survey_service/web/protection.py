"""What every answer carries against prying, framing and forged forms."""

from collections.abc import MutableMapping
from typing import cast
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import MutableScopeHeaders, State
from litestar.exceptions import PermissionDeniedException
from litestar.types import BeforeMessageSendHookHandler, Message, Scope

from survey_service.config import Settings

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
FROM_ELSEWHERE = "from_elsewhere"
"""The option of a handler that takes forms from other sites: mail providers post to it."""
HSTS = "max-age=31536000"


def header_hook(settings: Settings) -> BeforeMessageSendHookHandler:
    """Make the hook that puts the headers on every answer, those of errors included.

    A header that a page has set itself (an immutable file's caching) stays.
    """
    headers = dict(HEADERS)
    if urlsplit(settings.public_url).scheme == "https":
        headers["strict-transport-security"] = HSTS

    async def add(message: Message, scope: Scope) -> None:  # noqa: ARG001 - the hook's shape
        if message["type"] == "http.response.start":
            present = cast("MutableMapping[str, str]", MutableScopeHeaders.from_message(message))
            for name, value in headers.items():
                present.setdefault(name, value)

    return add


def refuse_cross_site(settings: Settings, request: "Request[None, None, State]") -> None:
    """Refuse a form sent from another site; raises PermissionDeniedException.

    `Sec-Fetch-Site` decides where it is present. Of older browsers the `Origin` is compared,
    unless it is "null": that is what our own pages send under `no-referrer` (Fetch, sec. 3.2).
    A client that sends neither is no browser, and holds the token already.
    """
    if request.method != "POST" or request.route_handler.opt.get(FROM_ELSEWHERE):
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null")
    public = urlsplit(settings.public_url)
    own = f"{public.scheme}://{public.netloc}"
    if site not in {None, "same-origin", "none"} or (site is None and origin not in {"null", own}):
        raise PermissionDeniedException
