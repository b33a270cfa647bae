"""What a refusal by a mail server says about the recipient, the letter or ourselves."""

import re
from enum import StrEnum

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NO_SUCH_USER = re.compile(
    r"(?:user|userid|recipient|mailbox|address|addressee|account|inbox|name)\W{1,5}"
    r"(?:\S{1,80}\s{1,5})?(?:(?:is|was|has|are) )?(?:an? )?"
    r"(?:unknown|not (?:be )?(?:found|known|recogni[sz]ed|exist|local|valid|a valid|listed|active)"
    r"|unavailable|does not exist|doesn't exist|do not exist|invalid|rejected|been disabled"
    r"|disabled|inactive|suspended|deactivated|discontinued|been (?:deleted|closed|removed)"
    r"|no longer|couldn't be found|could not be found|non-?existent|nonexistent|undeliverable)"
    r"|(?:user|recipient|mailbox|address|account)\W{1,5}(?:\w{1,40}\W{1,5}){0,6}"
    r"(?:(?:couldn't|could not|can't|cannot) be found|does(?:n't| not) exist|do not exist)"
    r"|(?:no such|unknown|invalid|non-?existent|illegal|bad|not an? (?:valid|known"
    r"|existing)) (?:local )?(?:e-?mail |destination |recipient )?"
    r"(?:user|recipient|mailbox|address|account|person|alias|name|addressee)"
    r"|does(?: not|n't) have an? \S{1,80} account|no mailbox here"
    r"|no longer (?:valid|available|works?|with|employed|in use|exists?|active|an? valid)"
    r"|isn't a valid|is not a (?:valid|known)"
    r"|not (?:our|my) (?:customer|user)|domain does not exist|no such domain|không tồn tại"
    r"|không (?:có|tìm thấy) (?:người (?:dùng|nhận)|hộp thư|địa chỉ|tài khoản)"
    r"|địa chỉ (?:thư )?không (?:đúng|hợp lệ|có)|n'existe pas|existiert nicht|no existe|non esiste"
    r"|não existe|(?:empfänger|benutzer) unbekannt|не существует|не найден|不存在",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"\bspam|spamhaus|block(?:ed|ing)|black ?list|block ?list|deny ?list|dnsbl|\brbls?\b|reputation"
    r"|unsolicited|banned|\bdmarc\b|\bspf\b|\bdkim\b|reverse dns|\bptr\b|bulk mail|junk"
    r"|(?:content|security|message|mail|local) policy|policy (?:reason|violation|reject)",
    re.IGNORECASE,
)
"""Our mail is not wanted; these words outweigh an address's own status."""
_POLICY = re.compile(
    rf"{_BLOCKED.pattern}|policy|policies|denied|not (?:authori[sz]ed|permitted|accepted)"
    r"|relaying|(?:to|cannot|can't|open) relay|relay (?:not|access)|rcpthosts|prohibited|refused by"
    r"|virus|malware|phish|sender|from address|helo|ehlo|authenticat|rate limit|throttl|abuse"
    r"|too many (?:connections|messages|recipients|errors)|complain|restricted|permission"
    r"|unacceptable",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"quota|(?:mail ?box|inbox|account|folder|hộp thư)\W{1,5}(?:for )?(?:\S{1,80}\s{1,5})?"
    r"(?:(?:is|was|đã|bị) )?(?:too )?(?:full|đầy)|full mailbox|over ?limit"
    r"|exceed\w* (?:\w+ )?(?:storage|size limit|space)|insufficient (?:\w+ )?(?:storage"
    r"|space)|not enough (?:\w+ )?(?:storage|space|room)"
    r"|out of (?:disk )?(?:space|storage)|no (?:disk )?space|(?:mailbox|storage) size limit"
    r"|hết dung lượng|vượt (?:quá )?(?:hạn mức|dung lượng)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"gr[ae]y-?list|try (?:again|later)|temporar|too (?:quickly|fast)|at a rate|defer",
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
    NEEDS_SMTPUTF8 = "address-needs-smtputf8"
    """The address is not ASCII, and our relay does not offer what that takes (RFC 6531)."""
    UNKNOWN = "unknown"
    """Refused without a reason that says more."""


_ADDRESS_DETAILS = frozenset({"1", "2", "3", "6", "10"})
"""Details of X.1 that say the address is no good: no mailbox, no such domain, bad syntax, moved,
null MX (RFC 7505). 0, 4, 5 and 9 leave it to the words."""
_SENDER_DETAILS = frozenset({"7", "8"})
"""Details of X.1 that blame our own address."""


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
        case "4":
            # Microsoft answers 5.4.1 "Recipient address rejected" for an unknown recipient.
            known = at_recipient and detail == "1" and code >= 500 and _NO_SUCH_USER.search(text)
            return Failure.HARD_ADDRESS if known else Failure.EXPIRED
        case "6":
            return Failure.POLICY if _BLOCKED.search(text) else Failure.CONTENT
        case "7":
            return Failure.POLICY
        case _:
            by_detail = {"1": _address, "2": _mailbox, "3": _system}.get(subject, _by_words)
            return by_detail(code, detail, text, at_recipient=at_recipient)


def _address(code: int, detail: str, text: str, *, at_recipient: bool) -> Failure:
    if detail in _SENDER_DETAILS or _is_blocked(text):
        return Failure.POLICY
    # "Unverified", "not yet known": a 4.1.x is asked again, and may turn out well.
    if code < 500:
        return Failure.SOFT_MAILBOX
    if detail in _ADDRESS_DETAILS:
        return Failure.HARD_ADDRESS
    return _by_words(code, detail, text, at_recipient=at_recipient)


def _mailbox(code: int, detail: str, text: str, *, at_recipient: bool) -> Failure:
    if detail in {"3", "4"}:
        return Failure.CONTENT
    if code < 500 or detail == "2" or _FULL.search(text):
        return Failure.SOFT_MAILBOX
    if _is_blocked(text):
        return Failure.POLICY
    if detail == "1":
        return Failure.SOFT_MAILBOX if _LATER.search(text) else Failure.HARD_ADDRESS
    found = _by_words(code, detail, text, at_recipient=at_recipient)
    return Failure.SOFT_MAILBOX if found is Failure.UNKNOWN else found


def _system(code: int, detail: str, text: str, *, at_recipient: bool) -> Failure:
    if detail in {"1", "2"}:
        return Failure.SOFT_MAILBOX
    if detail == "4":
        return Failure.CONTENT
    return _by_words(code, detail, text, at_recipient=at_recipient)


def _is_blocked(text: str) -> bool:
    return bool(_BLOCKED.search(text)) and not _NO_SUCH_USER.search(text)


def _by_words(code: int, _detail: str, text: str, *, at_recipient: bool) -> Failure:
    if code < 500:
        return Failure.SOFT_MAILBOX
    if _FULL.search(text) and not _BLOCKED.search(text):
        return Failure.SOFT_MAILBOX
    if _POLICY.search(text):
        return Failure.POLICY
    if code == 552:
        return Failure.SOFT_MAILBOX if at_recipient else Failure.CONTENT
    if at_recipient and (code in {551, 553} or _NO_SUCH_USER.search(text)):
        return Failure.HARD_ADDRESS
    return Failure.SOFT_MAILBOX if _LATER.search(text) else Failure.UNKNOWN
