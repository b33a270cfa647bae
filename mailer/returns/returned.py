"""What a mail that came back says: of what kind it is, about whom, and about which letter."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What comes back, by what it calls for."""

    BOUNCE = "bounce"
    DELAY = "delay"
    DELIVERY = "delivery"
    """Delivered, relayed or expanded: the letter had been accepted."""
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    """Out of office, a challenge, a receipt: a program answered, and nothing failed."""
    REPLY = "reply"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRecipient:
    """One recipient of a report (RFC 3464 sec. 2.3); an empty text where nothing is said.

    `action` is `failed`, `delayed`, `delivered`, `relayed` or `expanded`; `status` an enhanced
    status (RFC 3463); `diagnostic` the words of the server that refused, which may hold addresses.
    """

    action: str
    final: str = ""
    original: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def address(self) -> str:
        """The address as the letter named it, as far as the report says."""
        return self.original or self.final


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One mail that came back, as it reads; nothing in it is proven.

    `sent_to` are the addresses that it was sent to; `message_ids` the Message-IDs of the mail
    that it returns; `answered_ids` those that it says to answer; `envelope_ids` and
    `return_paths` what it tells of the returned mail's envelope. `formal` tells whether it came
    from the null sender or as a report (RFC 3464 sec. 2, RFC 5965 sec. 2), as a server's own
    reports do.
    """

    kind: Kind
    formal: bool = False
    recipients: tuple[ReturnedRecipient, ...] = ()
    reporting_mta: str = ""
    sent_to: tuple[str, ...] = ()
    return_paths: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    envelope_ids: tuple[str, ...] = ()
    answered_ids: tuple[str, ...] = ()

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses that the mail is about, in lower case."""
        return frozenset(found.address.lower() for found in self.recipients if found.address)
