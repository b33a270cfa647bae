"""A letter as bytes: written and checked once for a step and language, then filled per recipient.

Building an `EmailMessage` for each recipient costs 2-4 ms; filling a skeleton that was checked
against the same parser costs a fiftieth of it.
"""

import email
import email.policy
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import format_datetime

from mailer.reason import Reason, RefusedError
from mailer.writing.header import Mailbox, mailbox, one_line, phrase
from mailer.writing.part import Part, build_part, has_stray_marks

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+=-]{1,200}@[A-Za-z0-9.-]{1,200}>")
_LIST_ID = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """A checked letter, ready to be filled."""

    head: bytes
    boundary: bytes
    text: Part
    html: Part

    @classmethod
    def build(cls, wording: Wording) -> "Skeleton":
        """Encode a wording and have the standard library read it back.

        Raises RefusedError with everything that is wrong with it.
        """
        encoded = _encoded_headers(wording)
        # "=_" never occurs in quoted-printable, so the boundary cannot occur in a body.
        digest = hashlib.blake2s(repr(wording).encode(errors="replace"), digest_size=12)
        boundary = b"=_" + digest.hexdigest().encode()
        skeleton = cls(
            head=b"".join(name + b": " + value + b"\r\n" for name, value in encoded)
            + b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="'
            + boundary
            + b'"\r\n',
            boundary=boundary,
            text=build_part(wording.text, markup=False),
            html=build_part(wording.html, markup=True),
        )
        _prove(skeleton, wording)
        return skeleton

    @property
    def slots(self) -> frozenset[str]:
        """The names for which `fill` needs a value."""
        return frozenset(self.text.slots) | frozenset(self.html.slots)

    def fill(
        self,
        recipient: Mailbox,
        values: Mapping[str, str],
        *,
        message_id: str,
        date: datetime,
        in_reply_to: str | None = None,
    ) -> bytes:
        """Give one letter: CRLF lines, in ASCII unless the address is not.

        `in_reply_to` is the Message-ID of the invitation that a reminder follows. Raises KeyError
        for a missing value and RefusedError for a value that could break out of its place.
        """
        thread = ""
        if in_reply_to is not None:
            earlier = _checked_id(in_reply_to)
            thread = f"In-Reply-To: {earlier}\r\nReferences: {earlier}\r\n"
        fence = b"\r\n--" + self.boundary
        return b"".join(
            (
                self.head,
                b"To: ",
                mailbox(recipient),
                f"\r\nDate: {format_datetime(date)}\r\n"
                f"Message-ID: {_checked_id(message_id)}\r\n{thread}".encode(),
                fence,
                _part_head(b"plain"),
                self.text.fill(values),
                fence,
                _part_head(b"html"),
                self.html.fill(values),
                fence,
                b"--\r\n",
            )
        )


def _part_head(subtype: bytes) -> bytes:
    return (
        b"\r\nContent-Type: text/" + subtype + b'; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )


def _checked_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise RefusedError(
            Reason(
                code="message-id",
                vi=f"{message_id!a} không phải là Message-ID.",
                en=f"{message_id!a} is no Message-ID.",
            )
        )
    return message_id


def _encoded_headers(wording: Wording) -> list[tuple[bytes, bytes]]:
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


def _prove(skeleton: Skeleton, wording: Wording) -> None:
    """Fill with awkward values and compare what the standard library reads with what was meant."""
    values = dict.fromkeys(skeleton.slots, 'Nguyễn "Ánh" <&> = . Đỗ')
    probe = Mailbox(address="a@example.org", name="Trần Thị Bích Ngọc, Phòng 'Một cửa'")
    written = skeleton.fill(
        probe, values, message_id="<probe.a@example.org>", date=datetime(2000, 1, 1, tzinfo=UTC)
    )
    read = email.message_from_bytes(written, _class=EmailMessage, policy=email.policy.SMTP)
    parts = list(read.iter_parts())
    defects = [*read.defects, *(defect for part in parts for defect in part.defects)]
    meant = (
        one_line(wording.subject),
        _as_read(wording.sender),
        _as_read(probe),
        ["text/plain", "text/html"],
        [skeleton.text.model(values, wording.text), skeleton.html.model(values, wording.html)],
    )
    raw = email.message_from_bytes(written)
    found = (
        str(read["Subject"]),
        _decoded(raw["From"]),
        _decoded(raw["To"]),
        [part.get_content_type() for part in parts],
        [part.get_content().replace("\r\n", "\n") for part in parts],
    )
    if defects or found != meant:
        raise RefusedError(
            Reason(
                code="letter-unreadable",
                vi="Thư đã mã hóa không đọc lại được đúng như đã soạn; "
                "đề nghị xem lại tiêu đề và nội dung.",
                en="The encoded letter does not read back as it was written; "
                "please look at its subject and text.",
            )
        )


def _as_read(box: Mailbox) -> str:
    name = one_line(box.name)
    return f"{name} <{box.address}>" if name else f"<{box.address}>"


def _decoded(raw: str) -> str:
    # Up to Python 3.12 the policies' own parser puts a space between the encoded words of a
    # display name (python/cpython#128110); decode_header follows RFC 2047 sec. 6.2.
    return str(make_header(decode_header(raw))).replace("\r\n", "")
