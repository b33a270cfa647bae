"""What a letter says to everyone, and the headers that follow from it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailer.reason import Reason, RefusedError
from mailer.writing.header import Mailbox, mailbox, one_line, phrase
from mailer.writing.part import has_stray_marks

_LIST_ID = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_FEEDBACK_ID = re.compile(r"([a-z0-9-]{1,40}:){1,3}[a-z0-9-]{5,15}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a letter says to everyone: rendered bodies, with `slot(name)` where values stand."""

    sender: Mailbox
    reply_to: Mailbox
    subject: str
    list_id: str
    """A dotted lower-case name of the wave (RFC 2919), such as `wave-2022.survey.example`."""
    language: str
    text: str
    html: str
    feedback_id: str = ""
    """`campaign:step:sender`, by which Gmail groups complaints; nothing in it is about a person,
    and `sender`, of 5 to 15 characters, stays the same over all mail. Empty for none."""


def encode_headers(wording: Wording) -> list[tuple[bytes, bytes]]:
    """Give the headers that all letters of a wording share, by name.

    Raises RefusedError with everything that is wrong with the wording, bodies included.
    """
    reasons = list(_mistakes(wording))
    encoded: list[tuple[bytes, bytes]] = []

    def add(name: bytes, encode: Callable[[], bytes]) -> None:
        try:
            encoded.append((name, encode()))
        except RefusedError as refused:
            reasons.extend(refused.reasons)

    add(b"From", lambda: mailbox(wording.sender))
    add(b"Reply-To", lambda: mailbox(wording.reply_to))
    add(b"Subject", lambda: phrase(wording.subject))
    add(b"List-Id", lambda: b"<" + one_line(wording.list_id).encode() + b">")
    add(b"Content-Language", wording.language.encode)
    # RFC 3834: machines must not answer, and we say that nobody typed this.
    add(b"Auto-Submitted", lambda: b"auto-generated")
    # Exchange heeds only its own header; reports of failure must still come.
    add(b"X-Auto-Response-Suppress", lambda: b"OOF, AutoReply")
    if wording.feedback_id:
        add(b"Feedback-ID", wording.feedback_id.encode)
    if reasons:
        raise RefusedError(*reasons)
    return encoded


def _mistakes(wording: Wording) -> list[Reason]:
    checks = (
        (
            not wording.subject.strip(),
            "subject-empty",
            "Thư chưa có tiêu đề.",
            "The letter has no subject.",
        ),
        (
            not wording.text.strip() or not wording.html.strip(),
            "body-empty",
            "Thư phải có cả phần chữ thường và phần HTML.",
            "A letter needs both its plain text and its HTML.",
        ),
        (
            has_stray_marks(wording.text) or has_stray_marks(wording.html),
            "slot-malformed",
            "Nội dung thư có dấu giữ chỗ bị hỏng; chỉ dùng slot(tên).",
            "The letter's text holds a broken slot; make them with slot(name) only.",
        ),
        (
            any(map(_SURROGATE.search, (wording.text, wording.html))),
            "body-unencodable",
            "Nội dung thư có ký tự hỏng, không mã hóa được; đề nghị dán lại văn bản.",
            "The letter's text holds broken characters; please paste the text again.",
        ),
        (
            not _LIST_ID.fullmatch(wording.list_id),
            "list-id",
            f"List-Id {wording.list_id!a} phải là tên có dấu chấm, chữ thường không dấu.",
            f"List-Id {wording.list_id!a} must be a dotted name in lower-case ASCII.",
        ),
        (
            bool(wording.feedback_id) and not _FEEDBACK_ID.fullmatch(wording.feedback_id),
            "feedback-id",
            f"Feedback-ID {wording.feedback_id!a} phải có dạng đợt:bước:nơi-gửi (5–15 ký tự).",
            f"Feedback-ID {wording.feedback_id!a} must read campaign:step:sender (5–15 letters).",
        ),
        (
            not _LANGUAGE.fullmatch(wording.language),
            "language",
            f"{wording.language!a} không phải là mã ngôn ngữ.",
            f"{wording.language!a} is no language tag.",
        ),
        (
            not wording.sender.address.isascii() or not wording.reply_to.address.isascii(),
            "sender-not-ascii",
            "Địa chỉ gửi và địa chỉ nhận trả lời phải viết không dấu.",
            "The sender's and the reply address must be ASCII.",
        ),
    )
    return [Reason(code=code, vi=vi, en=en) for wrong, code, vi, en in checks if wrong]
