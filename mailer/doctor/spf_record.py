"""An SPF record as its terms (RFC 7208 sec. 4.6 and 12), and the macros in them (sec. 7)."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from mailer.doctor.names import IpAddress

VERSION: Final = "v=spf1"
LOOKUPS: Final = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""The terms that ask the DNS, and so count towards the limit (sec. 4.6.4)."""

_WORD = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)([:=/].*)?")
_PREFIXES = re.compile(r"(.*?)(?:/(\d{1,2}))?(?://(\d{1,3}))?")
_DOMAIN = re.compile(r"(?:%\{[slodiphcrtvSLODIPHCRTV]\d{0,3}r?[.\-+,/_=]*\}|%%|%_|%-|[!-$&-~])+")
_MACRO = re.compile(r"%(?:\{([A-Za-z])(\d{0,3})(r?)([.\-+,/_=]*)\}|([%_-]))")
_NEEDS_DOMAIN = frozenset({"include", "exists", "redirect", "exp"})
_MAY_HAVE_DOMAIN = frozenset({"a", "mx", "ptr"})
_NAME_OCTETS = 253


class SpfSyntaxError(Exception):
    """The record breaks the grammar; `term` is where."""

    def __init__(self, term: str) -> None:
        self.term = term[:80]
        super().__init__(self.term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A mechanism with its qualifier (`+`, `-`, `~` or `?`), or a modifier (qualifier "").

    `domain` is the unexpanded domain-spec, "" where none was written. `network` is of ip4 and
    ip6; `prefix4` and `prefix6` are of a and mx.
    """

    name: str
    qualifier: str = ""
    domain: str = ""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    prefix4: int = 32
    prefix6: int = 128

    def covers(self, address: IpAddress, wanted: IpAddress) -> bool:
        """Tell whether an address lies in the same network as one that was looked up."""
        if address.version != wanted.version:
            return False
        prefix = self.prefix4 if wanted.version == 4 else self.prefix6
        return address in ipaddress.ip_network(f"{wanted}/{prefix}", strict=False)


def is_spf(text: str) -> bool:
    """Tell whether a TXT record is an SPF record (sec. 4.5)."""
    return text.lower() == VERSION or text.lower().startswith(VERSION + " ")


def parse_spf(record: str) -> tuple[Term, ...]:
    """Read an SPF record; raises SpfSyntaxError."""
    terms = tuple(_term(word) for word in record[len(VERSION) :].split(" ") if word)
    names = [term.name for term in terms]
    for once in ("redirect", "exp"):
        if names.count(once) > 1:
            raise SpfSyntaxError(f"{once}= … {once}=")
    return terms


def _term(word: str) -> Term:
    qualifier = word[0] if word[0] in "+-~?" else ""
    found = _WORD.fullmatch(word[len(qualifier) :])
    if found is None:
        raise SpfSyntaxError(word)
    name, rest = found[1].lower(), found[2] or ""
    if rest.startswith("="):
        if qualifier:
            raise SpfSyntaxError(word)
        return _modifier(name, rest[1:], word)
    qualifier = qualifier or "+"
    if name == "all" and not rest:
        return Term(name=name, qualifier=qualifier)
    if name in {"ip4", "ip6"}:
        return Term(name=name, qualifier=qualifier, network=_network(name, rest, word))
    if name in {"include", "exists"} and rest.startswith(":"):
        return Term(name=name, qualifier=qualifier, domain=_domain(rest[1:], word))
    if name in _MAY_HAVE_DOMAIN:
        return _address_term(name, qualifier, rest, word)
    raise SpfSyntaxError(word)


def _modifier(name: str, value: str, word: str) -> Term:
    # A modifier that nobody knows is ignored, as long as it could be one (sec. 6).
    if name in _NEEDS_DOMAIN:
        return Term(name=name, domain=_domain(value, word))
    if name in {"all", "ip4", "ip6", *_MAY_HAVE_DOMAIN}:
        raise SpfSyntaxError(word)
    return Term(name=name)


def _network(name: str, rest: str, word: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    kind = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    address, _, prefix = rest[1:].partition("/")
    plain = not prefix or (prefix.isdigit() and str(int(prefix)) == prefix)
    try:
        if not rest.startswith(":") or not plain or rest.endswith("/"):
            raise SpfSyntaxError(word)
        return kind(f"{address}/{prefix}" if prefix else address, strict=False)
    except ValueError:
        raise SpfSyntaxError(word) from None


def _address_term(name: str, qualifier: str, rest: str, word: str) -> Term:
    found = _PREFIXES.fullmatch(rest)
    if found is None or (name == "ptr" and (found[2] or found[3])):
        raise SpfSyntaxError(word)
    prefix4, prefix6 = int(found[2] or 32), int(found[3] or 128)
    if prefix4 > 32 or prefix6 > 128 or (found[1] and not found[1].startswith(":")):
        raise SpfSyntaxError(word)
    domain = _domain(found[1][1:], word) if found[1] else ""
    return Term(name=name, qualifier=qualifier, domain=domain, prefix4=prefix4, prefix6=prefix6)


def _domain(text: str, word: str) -> str:
    if not _DOMAIN.fullmatch(text):
        raise SpfSyntaxError(word)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Macros:
    """What macros stand for: the sender's mailbox, the client's address and its EHLO name."""

    sender: str
    address: IpAddress
    helo: str

    def expand(self, text: str, domain: str) -> str:
        """Give a domain-spec as a name to look up, cut to 253 octets from the left (sec. 7.3)."""
        name = _MACRO.sub(lambda found: self._letter(found, domain), text).rstrip(".").lower()
        while len(name) > _NAME_OCTETS and "." in name:
            name = name.partition(".")[2]
        return name

    def _letter(self, found: "re.Match[str]", domain: str) -> str:
        if found[5]:
            return {"%": "%", "_": " ", "-": "%20"}[found[5]]
        local, _, sender_domain = self.sender.rpartition("@")
        values = {
            "s": self.sender,
            "l": local or "postmaster",
            "o": sender_domain,
            "d": domain,
            "i": _dotted(self.address),
            # A validated name costs look-ups and is discouraged (sec. 7.2).
            "p": "unknown",
            "v": "in-addr" if self.address.version == 4 else "ip6",
            "h": self.helo,
        }
        parts = re.split(f"[{re.escape(found[4] or '.')}]", values.get(found[1].lower(), "unknown"))
        if found[3]:
            parts.reverse()
        kept = int(found[2]) if found[2] else 0
        return ".".join(parts[-kept:])


def _dotted(address: IpAddress) -> str:
    if address.version == 4:
        return str(address)
    return ".".join(address.exploded.replace(":", ""))
