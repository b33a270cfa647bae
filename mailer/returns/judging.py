"""What a returned mail says about its recipient, by the classes of a refusal at SMTP time."""

import re

from mailer.returns.returned import Kind, Returned, ReturnedRecipient
from mailer.smtp.failure import Failure, classify, enhanced_status

_CODE = re.compile(r"(?<![\d.])([245]\d\d)[ \-#]")
_AFTER_THE_TEXT = re.compile(
    r"end of data|after (?:the )?(?:end of )?data|data command", re.IGNORECASE
)
_GAVE_UP = re.compile(
    r"retry time|expired|too long|giving up|gave up|for (?:the (?:last|past) )?(?:more than )?"
    r"\d+ (?:hours?|days?)|timed? ?out|\d+ (?:hours?|days?) (?:old|expired)",
    re.IGNORECASE,
)
_MILDEST_FIRST = (
    *(Failure.UNKNOWN, Failure.POLICY, Failure.CONTENT, Failure.LETTER),
    *(Failure.EXPIRED, Failure.SOFT_MAILBOX, Failure.HARD_ADDRESS),
)


def judge(recipient: ReturnedRecipient) -> Failure | None:
    """Say what kind of failure a report tells of one recipient; None where it tells of none.

    The enhanced status decides, and the server's own before the reporting one's where that is a
    general one (X.0.0) or the two disagree about policy. "Failed" only says that nobody tries on.
    """
    if recipient.action not in {"failed", "delayed"}:
        return None
    status = status_for(recipient)
    code = _code(recipient, status)
    # The status that was chosen stands in front, and is found first.
    failure = classify(
        code=code,
        text=f"{status} {recipient.diagnostic}",
        at_recipient=not _AFTER_THE_TEXT.search(recipient.diagnostic),
    )
    if recipient.action == "delayed":
        # Nothing is decided yet, whatever the last answer was.
        return failure if failure in {Failure.POLICY, Failure.EXPIRED} else Failure.SOFT_MAILBOX
    if failure in {Failure.SOFT_MAILBOX, Failure.UNKNOWN} and not status.endswith(".2.2"):
        return Failure.EXPIRED if _GAVE_UP.search(recipient.diagnostic) else failure
    return failure


def status_for(recipient: ReturnedRecipient) -> str:
    """Give the enhanced status that is judged by; empty where none was told."""
    told = recipient.status
    said = enhanced_status(recipient.diagnostic) or ""
    if not told or not said or told == said:
        return told or said
    about_policy = said.split(".")[1] == "7" and said[0] != "2"
    return said if told.endswith((".0.0", ".0")) or about_policy else told


def about_letter(returned: Returned, address: str) -> ReturnedRecipient | None:
    """Give the recipient that tells what became of a letter to an address; None without any.

    A letter has one recipient. Where it was passed on to several, the one named by the letter
    decides, or else the one that was judged most mildly: part of a list is not the list.
    """
    if returned.kind not in {Kind.BOUNCE, Kind.DELAY, Kind.DELIVERY}:
        return None
    wanted = address.lower()
    named = [
        found
        for found in returned.recipients
        if wanted in {found.final.lower(), found.original.lower()}
    ]
    return min(named or returned.recipients, key=_weight, default=None)


def _weight(recipient: ReturnedRecipient) -> int:
    failure = judge(recipient)
    return -1 if failure is None else _MILDEST_FIRST.index(failure)


def _code(recipient: ReturnedRecipient, status: str) -> int:
    found = _CODE.search(f"{recipient.diagnostic} ")
    if found is not None and (not status or found[1][0] == status[0]):
        return int(found[1])
    if status:
        return {"2": 250, "4": 450}.get(status[0], 550)
    return 450 if recipient.action == "delayed" else 550
