"""Mails as they come back, written by hand in the manner of the servers that send them."""

from email import message_from_bytes
from email.message import Message

VERP = "thu-ve+7.abcdefghij@khaosat.example"
ADDRESS = "anh@hop-thu.example"
MESSAGE_ID = "<7.abcdefghij@khaosat.example>"


def dsn(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <anh@hop-thu.example>: User unknown",
    final: str = ADDRESS,
    to: str = VERP,
    sender: str = "<>",
    envelope_id: str = "",
    message_id: str = MESSAGE_ID,
    more: str = "",
) -> bytes:
    """Write a report as Postfix does; `more` are further blocks of recipients."""
    named = f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else ""
    return f"""\
Return-Path: {sender}
Delivered-To: {to}
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host relay.example.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
{named}
Final-Recipient: rfc822; {final}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

{more}
--B
Content-Type: text/rfc822-headers

Return-Path: <khaosat@khaosat.example>
Message-ID: {message_id}
Subject: =?utf-8?b?TeG7nWk=?=

--B--
""".encode()


def arf(kind: str = "abuse", message_id: str = MESSAGE_ID) -> bytes:
    """Write a complaint as mail providers do (RFC 5965)."""
    return f"""\
Return-Path: <fbl@provider.example>
From: <fbl@provider.example>
To: thu-ve@khaosat.example
Subject: FW: Moi tham gia khao sat
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an email abuse report.

--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <thu-ve+7.abcdefghij@khaosat.example>

--B
Content-Type: message/rfc822

From: khaosat@khaosat.example
Message-ID: {message_id}
Subject: Moi tham gia khao sat

Xin chao.

--B--
""".encode()


def notice(
    text: str,
    *,
    sender: str = "MAILER-DAEMON@relay.example",
    subject: str = "failure notice",
    to: str = VERP,
    path: str = "<>",
    **headers: str,
) -> bytes:
    """Write a plain mail in UTF-8; further headers have _ for -."""
    more = "".join(f"{name.replace('_', '-')}: {said}\n" for name, said in headers.items())
    return (
        f"Return-Path: {path}\nDelivered-To: {to}\nFrom: {sender}\nTo: {to}\n"
        f"Subject: {subject}\n{more}Content-Type: text/plain; charset=utf-8\n\n{text}"
    ).encode()


def wrapped(mail: bytes) -> bytes:
    """Hand a mail on inside another, as some gateways do."""
    outer = Message()
    outer["Return-Path"] = "<>"
    outer["From"] = "postmaster@gateway.example"
    outer["To"] = VERP
    outer["Subject"] = "Undeliverable mail"
    outer["Content-Type"] = "multipart/mixed"
    inner = Message()
    inner["Content-Type"] = "message/rfc822"
    outer.set_payload([inner])
    inner.set_payload([message_from_bytes(mail)])
    return outer.as_bytes()
