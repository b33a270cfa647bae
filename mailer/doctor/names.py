"""Asking the DNS: what the examinations need of it, and a resolver that gives it."""

import ipaddress
from dataclasses import dataclass
from typing import Any, Protocol

import dns.exception
import dns.name
import dns.resolver
import dns.reversename
from dns.rdatatype import RdataType

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

LIFETIME = 5.0
"""Seconds that one question may take, over all name servers."""


class NamesUnreachableError(Exception):
    """No name server gave an answer: it proves neither that a record is there nor that it is not.

    `name` is the name that was asked for.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True, slots=True, order=True)
class Exchange:
    """An MX record; `host` is "" for the null MX (RFC 7505)."""

    preference: int
    host: str


class Names(Protocol):
    """What is asked of the DNS. A name or record that does not exist gives nothing.

    Names are given and taken in lower case without a final dot. Raises NamesUnreachableError.
    """

    def texts(self, name: str) -> tuple[str, ...]:
        """Give the TXT records, each joined to one string, in the order of the alphabet."""
        ...

    def addresses(self, name: str, version: int | None = None) -> tuple[IpAddress, ...]:
        """Give the addresses, of IP version 4 or 6 or of both."""
        ...

    def exchanges(self, name: str) -> tuple[Exchange, ...]:
        """Give the MX records, the preferred ones first."""
        ...

    def pointers(self, address: IpAddress) -> tuple[str, ...]:
        """Give the names that an address points to (PTR)."""
        ...


class DnsNames:
    """Asks name servers, those of this machine where no resolver is given."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver
        self._known: dict[tuple[str, RdataType], tuple[Any, ...]] = {}

    def texts(self, name: str) -> tuple[str, ...]:
        """Give the TXT records, each joined to one string."""
        records = self._ask(name, RdataType.TXT)
        # A record is octets; what is not ASCII can only break the records looked for here.
        found = (b"".join(record.strings).decode("ascii", "replace") for record in records)
        # They come in any order.
        return tuple(sorted(found))

    def addresses(self, name: str, version: int | None = None) -> tuple[IpAddress, ...]:
        """Give the addresses, of IP version 4 or 6 or of both."""
        kinds = {4: (RdataType.A,), 6: (RdataType.AAAA,)}
        wanted = (RdataType.A, RdataType.AAAA) if version is None else kinds[version]
        found = [record.address for kind in wanted for record in self._ask(name, kind)]
        return tuple(ipaddress.ip_address(address) for address in found)

    def exchanges(self, name: str) -> tuple[Exchange, ...]:
        """Give the MX records, the preferred ones first."""
        return tuple(
            sorted(
                Exchange(record.preference, _text(record.exchange))
                for record in self._ask(name, RdataType.MX)
            )
        )

    def pointers(self, address: IpAddress) -> tuple[str, ...]:
        """Give the names that an address points to (PTR)."""
        name = _text(dns.reversename.from_address(str(address)))
        return tuple(_text(record.target) for record in self._ask(name, RdataType.PTR))

    def _ask(self, name: str, kind: RdataType) -> tuple[Any, ...]:
        if (name, kind) not in self._known:
            self._known[name, kind] = self._look_up(name, kind)
        return self._known[name, kind]

    def _look_up(self, name: str, kind: RdataType) -> tuple[Any, ...]:
        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
            answer = self._resolver.resolve(
                f"{name}.", kind, raise_on_no_answer=False, search=False, lifetime=LIFETIME
            )
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise NamesUnreachableError(name) from error
        records: list[Any] = [] if answer.rrset is None else list(answer.rrset)
        return tuple(records)


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")
