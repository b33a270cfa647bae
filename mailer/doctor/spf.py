"""Whether a domain's SPF record lets an address send for it (RFC 7208 sec. 4)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from mailer.doctor.names import IpAddress, Names, NamesUnreachableError
from mailer.doctor.spf_record import (
    LOOKUPS,
    Macros,
    SpfSyntaxError,
    Term,
    is_spf,
    parse_spf,
)

T = TypeVar("T")

MOST_LOOKUPS = 10
"""Terms that ask the DNS, over all records that are followed (sec. 4.6.4)."""
MOST_VOID = 2
"""Look-ups that may find nothing."""
MOST_NAMES = 10
"""Names that one mx or ptr may lead to."""
_SHOWN_LOOKUPS = 100
"""Where counting stops: a record that includes itself would have no end."""


class SpfResult(StrEnum):
    """What a check gives (sec. 2.6)."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - the RFC's word
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_QUALIFIED = {
    "+": SpfResult.PASS,
    "-": SpfResult.FAIL,
    "~": SpfResult.SOFTFAIL,
    "?": SpfResult.NEUTRAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfVerdict:
    """The result, and why: the term that matched, or what is wrong."""

    result: SpfResult
    why: str = ""


def spf_records(names: Names, domain: str) -> tuple[str, ...]:
    """Give the SPF records of a domain; one is right. Raises NamesUnreachableError."""
    return tuple(text for text in names.texts(domain) if is_spf(text))


def check_host(
    names: Names, *, address: IpAddress, domain: str, sender: str, helo: str
) -> SpfVerdict:
    """Evaluate whether `address` may send for `domain`, as a receiver does (sec. 4)."""
    macros = Macros(sender=sender, address=address, helo=helo)
    try:
        return _Check(names, address, macros).evaluate(domain)
    except _PermanentError as error:
        return SpfVerdict(result=SpfResult.PERMERROR, why=str(error))
    except NamesUnreachableError as error:
        return SpfVerdict(result=SpfResult.TEMPERROR, why=error.name)


class _PermanentError(Exception):
    """The records cannot be evaluated."""


@dataclass(slots=True)
class _Check:
    names: Names
    address: IpAddress
    macros: Macros
    lookups: int = 0
    voids: int = 0

    def evaluate(self, domain: str) -> SpfVerdict:
        records = spf_records(self.names, domain)
        if len(records) > 1:
            raise _PermanentError(f"{domain}: {len(records)} SPF records")
        try:
            terms = [parse_spf(record) for record in records]
        except SpfSyntaxError as error:
            raise _PermanentError(f"{domain}: {error.term}") from error
        if not terms:
            return SpfVerdict(result=SpfResult.NONE, why=domain)
        for term in terms[0]:
            if term.qualifier and self._matches(term, domain):
                return SpfVerdict(result=_QUALIFIED[term.qualifier], why=_shown(term))
        for term in terms[0]:
            if term.name == "redirect":
                return self._follow(term, domain)
        return SpfVerdict(result=SpfResult.NEUTRAL)

    def _follow(self, term: Term, domain: str) -> SpfVerdict:
        self._count(term)
        target = self.macros.expand(term.domain, domain)
        verdict = self.evaluate(target)
        if verdict.result is SpfResult.NONE:
            raise _PermanentError(f"redirect={target}: no SPF record")
        return verdict

    def _matches(self, term: Term, domain: str) -> bool:
        if term.name == "all":
            return True
        if term.network is not None:
            return self.address.version == term.network.version and self.address in term.network
        self._count(term)
        target = self.macros.expand(term.domain, domain) if term.domain else domain
        asks: dict[str, Callable[[str], bool]] = {
            "include": self._included,
            "a": lambda name: self._is_at(term, name),
            "mx": lambda name: self._is_exchange(term, name),
            "ptr": self._points_into,
            # Asked for IPv4 whatever the sender's address (sec. 5.7).
            "exists": lambda name: bool(self._found(self.names.addresses(name, 4))),
        }
        return asks[term.name](target)

    def _is_at(self, term: Term, target: str) -> bool:
        found = self._found(self.names.addresses(target, self.address.version))
        return any(term.covers(self.address, one) for one in found)

    def _included(self, target: str) -> bool:
        verdict = self.evaluate(target)
        if verdict.result is SpfResult.NONE:
            raise _PermanentError(f"include:{target}: no SPF record")
        return verdict.result is SpfResult.PASS

    def _is_exchange(self, term: Term, target: str) -> bool:
        exchanges = self._found(self.names.exchanges(target))
        if len(exchanges) > MOST_NAMES:
            raise _PermanentError(f"mx:{target}: more than {MOST_NAMES} MX")
        return any(
            term.covers(self.address, one)
            for exchange in exchanges
            if exchange.host
            for one in self.names.addresses(exchange.host, self.address.version)
        )

    def _points_into(self, target: str) -> bool:
        try:
            pointers = self.names.pointers(self.address)[:MOST_NAMES]
        except NamesUnreachableError:
            return False
        return any(
            (name == target or name.endswith(f".{target}"))
            and self.address in self.names.addresses(name, self.address.version)
            for name in pointers
        )

    def _count(self, term: Term) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise _PermanentError(f"{_shown(term)}: more than {MOST_LOOKUPS} look-ups")

    def _found(self, records: tuple[T, ...]) -> tuple[T, ...]:
        if not records:
            self.voids += 1
            if self.voids > MOST_VOID:
                raise _PermanentError(f"more than {MOST_VOID} look-ups find nothing")
        return records


@dataclass(slots=True)
class SpfTree:
    """Everything that a record leads to, whatever the sender: the worst case of a check."""

    lookups: int = 0
    domains: set[str] = field(default_factory=set[str])
    """Names reached by include and redirect, the first included."""
    missing: list[str] = field(default_factory=list[str])
    """Names reached that have no SPF record, or several."""
    ending: str = ""
    """The qualifier of the `all` that the record ends in, by redirect too; "" for none."""


def spf_tree(names: Names, domain: str) -> SpfTree:
    """Follow every include and redirect of a domain's record, and count its look-ups.

    Names with macros depend on the sender and are counted, not followed. Raises SpfSyntaxError
    and NamesUnreachableError.
    """
    tree = SpfTree()
    tree.ending = _grow(names, domain, tree)
    return tree


def _grow(names: Names, domain: str, tree: SpfTree) -> str:
    tree.domains.add(domain)
    records = spf_records(names, domain)
    if len(records) != 1:
        tree.missing.append(domain)
        return ""
    terms = parse_spf(records[0])
    mechanisms = [term.name for term in terms if term.qualifier]
    for term in terms:
        if term.name == "all":
            return term.qualifier
        if term.name not in LOOKUPS or term.name == "redirect":
            continue
        tree.lookups += 1
        if term.name == "include" and _is_followed(term, tree):
            _grow(names, term.domain.lower().rstrip("."), tree)
    onward = [term for term in terms if term.name == "redirect" and "all" not in mechanisms]
    for term in onward:
        tree.lookups += 1
        if _is_followed(term, tree):
            return _grow(names, term.domain.lower().rstrip("."), tree)
    return ""


def _is_followed(term: Term, tree: SpfTree) -> bool:
    return "%" not in term.domain and tree.lookups < _SHOWN_LOOKUPS


def _shown(term: Term) -> str:
    sign = "" if term.qualifier == "+" else term.qualifier
    target = str(term.network) if term.network else term.domain
    joint = "=" if not term.qualifier else ":"
    return f"{sign}{term.name}{joint + target if target else ''}"
