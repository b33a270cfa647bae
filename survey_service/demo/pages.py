"""What a visitor sees of a page: its heading, its forms, its fields; and a light HTTP client."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urljoin, urlsplit

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_INPUT = re.compile(r"<(input|textarea)\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form on a page: where it goes, and its inputs as (type, name, value)."""

    action: str
    inputs: tuple[tuple[str, str, str], ...]

    def hidden(self) -> Fields:
        """Give the fields that travel along unseen."""
        return [(name, value) for kind, name, value in self.inputs if kind == "hidden"]

    def choices(self) -> dict[str, list[str]]:
        """Give the radio groups: name → values in the order shown."""
        groups: dict[str, list[str]] = {}
        for kind, name, value in self.inputs:
            if kind == "radio":
                groups.setdefault(name, []).append(value)
        return groups

    def boxes(self) -> dict[str, list[str]]:
        """Give the checkboxes: name → values in the order shown."""
        groups: dict[str, list[str]] = {}
        for kind, name, value in self.inputs:
            if kind == "checkbox":
                groups.setdefault(name, []).append(value)
        return groups

    def written(self, kind: str) -> list[str]:
        """Give the names of the fields to write in: "text" or "textarea"."""
        return [name for this, name, _ in self.inputs if this == kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it came."""

    status: int
    url: str
    heading: str
    forms: tuple[Form, ...]

    def form(self, ending: str) -> Form | None:
        """Find the form whose address ends so."""
        return next((form for form in self.forms if form.action.endswith(ending)), None)


class Visitor:
    """A browser without scripts: one kept-alive connection, redirects followed."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)

    def open(self, url: str) -> Page:
        """Open an address."""
        return self._ask("GET", url, None)

    def send(self, url: str, fields: Iterable[tuple[str, str]]) -> Page:
        """Send a form."""
        return self._ask("POST", url, urlencode(list(fields)))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str, url: str, body: str | None) -> Page:
        while True:
            path = urlsplit(url)
            target = path.path + (f"?{path.query}" if path.query else "")
            status, location, text = self._exchange(method, target, body)
            if location is None:
                return _page(status, url, text)
            method, url, body = "GET", urljoin(url, location), None

    def _exchange(self, method: str, target: str, body: str | None) -> tuple[int, str | None, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            self._connection.request(method, target, body, headers)
            response = self._connection.getresponse()
        except (HTTPException, ConnectionError):
            # A kept-alive connection may have been hung up meanwhile; every form may be sent twice.
            self._connection.close()
            self._connection.request(method, target, body, headers)
            response = self._connection.getresponse()
        text = response.read().decode()
        return response.status, response.getheader("Location"), text


def _page(status: int, url: str, text: str) -> Page:
    heading = _HEADING.search(text)
    return Page(
        status=status,
        url=url,
        heading=html.unescape(_TAG.sub("", heading[1])).strip() if heading else "",
        forms=tuple(_form(url, attributes, inside) for attributes, inside in _FORM.findall(text)),
    )


def _form(url: str, attributes: str, inside: str) -> Form:
    given = dict(_ATTRIBUTE.findall(attributes))
    inputs: list[tuple[str, str, str]] = []
    for tag, written in _INPUT.findall(inside):
        field = dict(_ATTRIBUTE.findall(written))
        kind = "textarea" if tag == "textarea" else field.get("type", "text")
        inputs.append((kind, field.get("name", ""), html.unescape(field.get("value", ""))))
    return Form(action=urljoin(url, html.unescape(given.get("action", url))), inputs=tuple(inputs))
