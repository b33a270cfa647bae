"""What a refusal by a mail server says about the recipient, the letter or ourselves."""

import re
from enum import StrEnum

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NO_SUCH_USER = re.compile(
    r"(user|recipient|mailbox|address|account)\W+(is |was )?"
    r"(unknown|not found|unavailable|does not exist|doesn't exist|disabled|rejected|invalid)"
    r"|(no such|unknown|invalid|nonexistent) (user|recipient|mailbox|address|account|person)"
    r"|does not have an? \S+ account",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"spam|blocked|blacklist|block ?list|reputation|policy|denied|banned|unsolicited"
    r"|dmarc|spf|dkim",
    re.IGNORECASE,
)


class Failure(StrEnum):
    """Kinds of failure, by what they call for."""

    HARD_ADDRESS = "hard-address"
    """The address does not exist: do not write there again."""
    SOFT_MAILBOX = "soft-mailbox"
    """The mailbox cannot take mail now: full, disabled for a time, greylisted."""
    EXPIRED = "expired"
    """Tried for as long as we try; the next step of the wave may try again."""
    POLICY = "policy"
    """The server does not want our mail: our reputation, never the recipient's fault."""
    CONTENT = "content"
    """The letter itself was refused: too large, malformed."""
    LETTER = "letter"
    """We could not write the letter."""
    UNKNOWN = "unknown"
    """Refused without a reason that says more."""


_ADDRESS_DETAILS = frozenset({"0", "1", "2", "3", "6", "10"})


def enhanced_status(text: str) -> str | None:
    """Find the enhanced status code in a reply's text (RFC 3463 sec. 2), such as `5.1.1`."""
    found = _STATUS.search(text)
    return found.group(0) if found else None


def classify(*, code: int, text: str, at_recipient: bool) -> Failure:
    """Say what kind of failure a final or temporary refusal is.

    `at_recipient` tells whether the answer was to RCPT. The enhanced status decides (RFC 3463
    sec. 3); the basic code and the wording are asked only where there is none or a general one.
    """
    status = enhanced_status(text)
    _, subject, detail = status.split(".") if status else ("", "0", "0")
    match subject:
        case "1":
            # 5.1.7 and 5.1.8 blame our own address.
            return Failure.HARD_ADDRESS if detail in _ADDRESS_DETAILS else Failure.POLICY
        case "2":
            return _mailbox(code, detail)
        case "3" | "6":
            return Failure.CONTENT if detail != "2" else Failure.SOFT_MAILBOX
        case "4":
            # Microsoft answers 5.4.1 "Recipient address rejected" for an unknown recipient.
            known = at_recipient and detail == "1" and code >= 500 and _NO_SUCH_USER.search(text)
            return Failure.HARD_ADDRESS if known else Failure.EXPIRED
        case "7":
            return Failure.POLICY
        case _:
            return _by_code(code, text, at_recipient=at_recipient)


def _mailbox(code: int, detail: str) -> Failure:
    if detail in {"3", "4"}:
        return Failure.CONTENT
    return Failure.HARD_ADDRESS if code >= 500 and detail == "1" else Failure.SOFT_MAILBOX


def _by_code(code: int, text: str, *, at_recipient: bool) -> Failure:
    if code < 500:
        return Failure.SOFT_MAILBOX
    if _POLICY.search(text):
        return Failure.POLICY
    if code == 552:
        return Failure.SOFT_MAILBOX if at_recipient else Failure.CONTENT
    if at_recipient and (code in {551, 553} or _NO_SUCH_USER.search(text)):
        return Failure.HARD_ADDRESS
    return Failure.UNKNOWN
