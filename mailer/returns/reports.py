"""Reports in the standard form: delivery status (RFC 3464) and feedback (RFC 5965)."""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from typing import cast

from mailer.returns.returned import Kind, ReturnedRecipient
from mailer.returns.taking_apart import Mail, held, text, value

MOST_RECIPIENTS = 100
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ACTIONS = {
    "fail": "failed",
    # OpenSMTPD says "error".
    "error": "failed",
    "delay": "delayed",
    "deliver": "delivered",
    "relay": "relayed",
    "expand": "expanded",
}
_COMPLAINTS = frozenset({"abuse", "fraud", "other", "opt-out", "opt-out-list", "complaint"})
"""Feedback by which a person says that the mail is not wanted; `not-spam` (RFC 6430) and
`auth-failure` (RFC 6591) say something else, and a virus is no wish."""


def fields(part: Mail) -> list[Mail]:
    """Give the blocks of fields of a report part (RFC 3464 sec. 2.1), however it was packed."""
    blocks = held(part)
    if any(block.keys() for block in blocks):
        return blocks
    # Some encode the part, or name another type for it; then it reads as a text.
    words = "\n\n".join(str(cast("object", block.get_payload())) for block in blocks)
    if blocks:
        coded = Message()
        coded["Content-Transfer-Encoding"] = value(part, "content-transfer-encoding")
        coded.set_payload(words)
        words = text(coded)
    else:
        words = text(part)
    return [HeaderParser().parsestr(block) for block in re.split(r"\n\s*\n", words.strip())]


def status_of(blocks: list[Mail]) -> Iterator[ReturnedRecipient]:
    """Read the recipients of a delivery status."""
    for block in blocks[: MOST_RECIPIENTS + 1]:
        action = _action(value(block, "action"), value(block, "status"))
        final = _typed(value(block, "final-recipient"))
        original = _typed(value(block, "original-recipient"))
        if not action or not (final or original):
            continue
        found = _STATUS.search(value(block, "status"))
        yield ReturnedRecipient(
            action=action,
            final=final,
            original=original,
            status=found[0] if found else "",
            diagnostic=_diagnostic(value(block, "diagnostic-code")),
        )


def kind_of(recipients: tuple[ReturnedRecipient, ...]) -> Kind:
    """Say what a report amounts to: the worst that it tells of any recipient."""
    actions = {found.action for found in recipients}
    if "failed" in actions:
        return Kind.BOUNCE
    return Kind.DELAY if "delayed" in actions else Kind.DELIVERY


def complaint_type(blocks: list[Mail]) -> str:
    """Give the type of feedback where it is a complaint; empty for feedback of another kind."""
    said = next((kind for block in blocks if (kind := value(block, "feedback-type"))), "")
    return said.lower() if said.lower() in _COMPLAINTS else ""


def _action(said: str, status: str) -> str:
    # Some add a comment to the word, and some leave it out.
    for start, action in _ACTIONS.items():
        if said.lower().startswith(start):
            return action
    return {"5": "failed", "4": "delayed"}.get(status[:1], "") if not said else ""


def _typed(said: str) -> str:
    """Give the address of a field such as `rfc822; a@b.example`."""
    kind, semicolon, address = said.partition(";")
    address = (address if semicolon else kind).strip()
    if semicolon and kind.strip().lower() not in {"rfc822", "utf-8", "smtp", "822", "unknown"}:
        return ""
    address = re.sub(r"\s*\([^()]*\)$", "", address)
    return address.strip(" <>\"'").removeprefix("rfc822;").strip()


def _diagnostic(said: str) -> str:
    kind, semicolon, words = said.partition(";")
    return words.strip() if semicolon and re.fullmatch(r"\s*[\w-]+\s*", kind) else said.strip()
