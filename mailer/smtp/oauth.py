"""Access tokens of OAuth 2.0, fetched when needed and kept for as long as they hold."""

import http.client
import json
import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    getproxies,
)

_ANSWER_LIMIT = 65_536
"""Octets of a token server's answer that are read."""
_UNSTATED_SECONDS = 300
"""How long a token is kept where its server does not say how long it holds."""
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_ERROR_CODE = re.compile(r"[a-z_]{1,60}")


class TokenError(Exception):
    """No token was to be had; the wording holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """Who asks for tokens, and where: client credentials, or a mailbox owner's refresh token.

    RFC 6749 sec. 4.4 and 6; `user` is the mailbox that logs in with them.
    """

    user: str
    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    refresh_token: str = field(default="", repr=False)


class TokenSource:
    """Keeps one client's access token; any number of threads may ask, one fetches.

    `clock` counts seconds. A token is renewed when a tenth of its time is left, 5 minutes at most.
    A refresh token that the server replaces is kept in memory only.
    """

    def __init__(
        self,
        client: OAuthClient,
        *,
        clock: Callable[[], float] = time.monotonic,
        timeout: float = 20,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self.user = client.user
        self._client = client
        self._refresh_token = client.refresh_token
        self._clock = clock
        self._timeout = timeout
        self._opener = _opener(tls_context or ssl.create_default_context())
        self._turn = threading.Lock()
        self._token = ""
        self._fresh_until = 0.0

    def token(self, *, instead_of: str = "") -> str:
        """Give a token that holds, fetching one where need be; blocks, raises TokenError.

        `instead_of` is a token that a server has just rejected; it is not given again.
        """
        with self._turn:
            if not self._token or self._token == instead_of or self._clock() >= self._fresh_until:
                self._token = ""
                self._token, seconds = self._fetch()
                self._fresh_until = self._clock() + seconds - min(300, seconds / 10)
            return self._token

    def _fetch(self) -> tuple[str, float]:
        answer = self._ask()
        token, seconds = answer.get("access_token"), answer.get("expires_in", _UNSTATED_SECONDS)
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise TokenError("the token server's answer holds no access token")
        replaced = answer.get("refresh_token")
        if self._refresh_token and isinstance(replaced, str) and replaced:
            self._refresh_token = replaced
        try:
            return token, max(0.0, float(seconds))
        except (TypeError, ValueError):
            return token, _UNSTATED_SECONDS

    def _ask(self) -> dict[str, Any]:
        client = self._client
        grant = "refresh_token" if self._refresh_token else "client_credentials"
        fields = {
            "grant_type": grant,
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "scope": client.scope,
            "refresh_token": self._refresh_token,
        }
        body = urlencode({name: value for name, value in fields.items() if value}).encode()
        request = Request(  # noqa: S310 - the mail file's own URL, checked to be https or loopback
            client.token_url, data=body, headers={"Accept": "application/json"}
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return _table(response.read(_ANSWER_LIMIT))
        except HTTPError as error:
            with error:
                raise TokenError(_refusal(error)) from None
        except (OSError, http.client.HTTPException) as error:
            raise TokenError(f"the token server cannot be reached: {_words(error)}") from None


def _opener(context: ssl.SSLContext) -> OpenerDirector:
    """Build what follows no redirect: the client's secret is for the server that was named."""
    opener = OpenerDirector()
    # Only what TLS protects goes through a proxy.
    proxies = {scheme: proxy for scheme, proxy in getproxies().items() if scheme == "https"}
    for handler in (
        ProxyHandler(proxies),
        HTTPHandler(),
        HTTPSHandler(context=context),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _table(octets: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(octets)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise TokenError("the token server's answer is not a JSON object")
    return cast("dict[str, Any]", answer)


def _refusal(error: HTTPError) -> str:
    """Word a refusal by its status and its code alone: descriptions may repeat what was sent."""
    try:
        code = _table(error.read(_ANSWER_LIMIT)).get("error")
    except (TokenError, OSError, http.client.HTTPException):
        code = None
    known = isinstance(code, str) and _ERROR_CODE.fullmatch(code)
    return f"the token server refuses: {error.code}{f' {code}' if known else ''}"


def _words(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error) or type(error).__name__
