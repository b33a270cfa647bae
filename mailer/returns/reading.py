"""Reading a mail that came back: octets in, what it says out, whatever the octets are."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.parser import HeaderParser

from mailer.returns.automatic import answers_by_subject, is_marked, is_receipt, says_automatic
from mailer.returns.prose import (
    is_daemon,
    is_late,
    names_somebody,
    notice_of,
    read_prose,
    tells_failure,
    words_about,
)
from mailer.returns.reports import complaint_type, fields, kind_of, status_of
from mailer.returns.returned import Kind, Returned, ReturnedRecipient
from mailer.returns.taking_apart import Mail, held, parts, take_apart, text, value, values

_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_HEADERS = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
_MAILS = frozenset({"message/rfc822", "message/global", "message/partial"})
_SENT_TO = (
    *("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to"),
    *("x-rcpt-to", "to", "cc"),
)
_QUOTED_ID = re.compile(
    r"^[>|\s]{0,20}message-id\s*:\s*(<?[^\s<>]{3,200}>?)", re.IGNORECASE | re.MULTILINE
)
_QUOTED_PATH = re.compile(
    r"^[>|\s]{0,20}return-path\s*:\s*<([^\s<>]{3,320})>", re.IGNORECASE | re.MULTILINE
)
_IDS = re.compile(r"<[^\s<>]{3,200}>")
_PATH = re.compile(r"[^\s<>,;:\"()]{1,64}@[A-Za-z0-9.-]{1,253}")
_MOST_NAMES = 20
_NULL = frozenset({"<>", "< >", "<mailer-daemon>"})
"""The null sender; Postfix's pipe calls it by the name."""
_MEANINGFUL = re.compile(
    r"\b[45]\.\d{1,3}\.\d{1,3}\b|\b[45]\d\d[ -]|user|recipient|mailbox|address|quota|spam"
    r"|người nhận|hộp thư|địa chỉ|utilisateur|benutzer|empfänger|usuario|destinatario",
    re.IGNORECASE,
)


def read_returned(octets: bytes) -> Returned:
    """Read a mail that came back; never raises: what cannot be read is UNRECOGNISED."""
    try:
        return _read(take_apart(octets))
    except Exception:  # noqa: BLE001 - the parser has its own ideas about broken mails
        return Returned(kind=Kind.UNRECOGNISED)


def _read(mail: Mail) -> Returned:
    found = list(parts(mail))
    kinds = frozenset(part.get_content_type() for part in found)
    envelope = _about(mail, found, formal=_is_formal(mail, kinds))
    if is_receipt(mail, kinds) and not (is_daemon(mail) and tells_failure(mail)):
        return replace(envelope, kind=Kind.AUTO_REPLY)
    if "message/feedback-report" in kinds:
        return _read_feedback(envelope, found)
    if _is_hotmail_complaint(mail, kinds):
        return replace(envelope, kind=Kind.COMPLAINT, formal=True)
    report = _read_report(envelope, found)
    if report is not None:
        return report
    if envelope.formal or is_daemon(mail):
        # Some gateways hand the whole report on as a mail within a mail.
        report = _read_report(envelope, list(parts(mail, inside=True)))
        if report is not None:
            return report
    return _read_notice(envelope, mail)


def _read_feedback(envelope: Returned, found: list[Mail]) -> Returned:
    blocks = [
        block
        for part in found
        if part.get_content_type() == "message/feedback-report"
        for block in fields(part)
    ]
    kind = Kind.COMPLAINT if complaint_type(blocks) else Kind.UNRECOGNISED
    paths = tuple(_PATH.findall(" ".join(value(block, "original-mail-from") for block in blocks)))
    envelope_ids = tuple(said for block in blocks if (said := value(block, "original-envelope-id")))
    return replace(
        envelope,
        kind=kind,
        return_paths=(*envelope.return_paths, *paths)[:_MOST_NAMES],
        envelope_ids=envelope_ids[:_MOST_NAMES],
    )


def _is_hotmail_complaint(mail: Mail, kinds: frozenset[str]) -> bool:
    # Its Junk Mail Reporting Program sends the mail itself, without a report about it.
    return "message/rfc822" in kinds and (
        value(mail, "from").lower().endswith(("staff@hotmail.com", "staff@hotmail.com>"))
        and value(mail, "subject").lower().startswith("complaint about message")
    )


def _read_report(envelope: Returned, found: list[Mail]) -> Returned | None:
    blocks = [
        block
        for part in found
        if part.get_content_type() in _STATUS_PARTS
        for block in fields(part)
    ]
    recipients = tuple(status_of(blocks))
    if not recipients:
        return None
    notice = next(
        (
            words
            for part in found
            if part.get_content_type() == "text/plain"
            if (words := text(part))
        ),
        "",
    )
    return replace(
        envelope,
        kind=kind_of(recipients),
        recipients=tuple(_explained(found_one, notice) for found_one in recipients),
        reporting_mta=next(
            (said for block in blocks if (said := value(block, "reporting-mta"))), ""
        )[:200],
        envelope_ids=tuple(
            said for block in blocks if (said := value(block, "original-envelope-id"))
        )[:_MOST_NAMES],
    )


def _explained(recipient: ReturnedRecipient, notice: str) -> ReturnedRecipient:
    # Some servers give the reason in the notice only.
    if recipient.diagnostic or not notice:
        return recipient
    return replace(recipient, diagnostic=words_about(notice, recipient.final))


def _read_notice(envelope: Returned, mail: Mail) -> Returned:
    refused = bool(value(mail, "x-failed-recipients"))
    daemon = refused or is_daemon(mail)
    failing = refused or tells_failure(mail)
    if not refused and _is_answer(envelope, mail, daemon=daemon, failing=failing):
        automatic = is_marked(mail) or says_automatic(mail) or envelope.formal
        automatic = automatic or answers_by_subject(value(mail, "subject"))
        return replace(envelope, kind=Kind.AUTO_REPLY if automatic else Kind.REPLY)
    recipients = read_prose(mail)
    if not recipients and daemon and failing:
        recipients = tuple(_nameless(mail))
    if not recipients:
        return envelope
    return replace(envelope, kind=kind_of(recipients), recipients=recipients)


def _is_answer(envelope: Returned, mail: Mail, *, daemon: bool, failing: bool) -> bool:
    """Tell whether a person or a program of theirs wrote it, rather than a server.

    From the null sender, in a person's name and about no failure, it is a vacation program's.
    """
    if is_marked(mail):
        return True
    if not (failing and daemon) and answers_by_subject(value(mail, "subject")):
        return True
    if failing:
        return bool(envelope.answered_ids) and not envelope.formal and not daemon
    return not daemon and (bool(envelope.answered_ids) or not names_somebody(mail))


def _nameless(mail: Mail) -> Iterator[ReturnedRecipient]:
    # Whom it is about may follow from the address that it was sent to.
    notice = notice_of(mail)
    if _MEANINGFUL.search(notice):
        action = "delayed" if is_late(mail, notice) else "failed"
        yield ReturnedRecipient(action=action, diagnostic=words_about(notice, ""))


def _is_formal(mail: Mail, kinds: frozenset[str]) -> bool:
    return (
        value(mail, "return-path").lower() in _NULL
        or mail.get_content_type() == "multipart/report"
        or not kinds.isdisjoint(_STATUS_PARTS)
    )


def _about(mail: Mail, found: list[Mail], *, formal: bool) -> Returned:
    message_ids: list[str] = []
    return_paths: list[str] = []
    for part in found[1:]:
        for returned in _returned_headers(part):
            message_ids.append(value(returned, "message-id"))
            return_paths += _PATH.findall(value(returned, "return-path"))
    for part in found:
        if part.get_content_maintype() == "text":
            words = text(part)
            message_ids += _QUOTED_ID.findall(words)
            return_paths += _QUOTED_PATH.findall(words)
    sent_to = [
        path for name in _SENT_TO for said in values(mail, name) for path in _PATH.findall(said)
    ]
    answered = [
        name
        for header in ("in-reply-to", "references")
        for name in _IDS.findall(value(mail, header))
    ]
    return Returned(
        kind=Kind.UNRECOGNISED,
        formal=formal,
        sent_to=tuple(dict.fromkeys(sent_to))[:_MOST_NAMES],
        message_ids=tuple(name for name in dict.fromkeys(message_ids) if name)[:_MOST_NAMES],
        return_paths=tuple(dict.fromkeys(return_paths))[:_MOST_NAMES],
        answered_ids=tuple(dict.fromkeys(answered))[-_MOST_NAMES:],
    )


def _returned_headers(part: Mail) -> Iterator[Mail]:
    if part.get_content_type() in _HEADERS:
        yield from held(part) or [HeaderParser().parsestr(text(part).lstrip())]
    elif part.get_content_type() in _MAILS:
        yield from held(part)
