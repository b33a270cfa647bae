from base64 import encodebytes
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_returns import ADDRESS, MESSAGE_ID, VERP, arf, dsn, notice, wrapped

from mailer.returns.judging import judge
from mailer.returns.reading import read_returned
from mailer.returns.returned import Kind
from mailer.returns.taking_apart import MOST_PARTS, parts, take_apart
from mailer.smtp.failure import Failure


def test_a_standard_report_says_who_what_and_which_letter() -> None:
    found = read_returned(dsn(envelope_id="7.abcdefghij"))
    (recipient,) = found.recipients
    assert (found.kind, found.formal) == (Kind.BOUNCE, True)
    assert (recipient.action, recipient.final, recipient.status) == ("failed", ADDRESS, "5.1.1")
    assert recipient.diagnostic == f"550 5.1.1 <{ADDRESS}>: User unknown"
    assert found.reporting_mta == "dns; relay.example"
    assert found.sent_to == (VERP,)
    assert found.message_ids == (MESSAGE_ID,)
    assert found.envelope_ids == ("7.abcdefghij",)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", Kind.BOUNCE),
        ("Failed (permanently)", Kind.BOUNCE),
        ("error", Kind.BOUNCE),
        ("delayed", Kind.DELAY),
        ("delivered", Kind.DELIVERY),
        ("relayed", Kind.DELIVERY),
        ("expanded", Kind.DELIVERY),
    ],
)
def test_the_action_says_of_what_kind_a_report_is(action: str, kind: Kind) -> None:
    assert read_returned(dsn(action=action)).kind is kind


def test_the_address_of_the_letter_goes_before_the_one_it_became() -> None:
    report = dsn(final="rewritten@inside.example").replace(
        b"Action:", f"Original-Recipient: rfc822;{ADDRESS}\nAction:".encode()
    )
    assert read_returned(report).addresses == {ADDRESS}


def test_a_report_inside_a_mail_is_read_too() -> None:
    found = read_returned(wrapped(dsn()))
    assert (found.kind, found.addresses) == (Kind.BOUNCE, {ADDRESS})


def test_a_report_that_a_person_forwards_is_no_bounce() -> None:
    forwarded = wrapped(dsn()).replace(b"Return-Path: <>", b"Return-Path: <anh@hop-thu.example>", 1)
    forwarded = forwarded.replace(b"From: postmaster@gateway.example", b"From: anh@hop-thu.example")
    forwarded = forwarded.replace(b"Subject: Undeliverable mail", b"Subject: Fwd: Xem giup")
    assert not read_returned(forwarded).formal


def test_a_report_encoded_as_base64_is_read() -> None:
    status = f"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; {ADDRESS}\nAction: failed\n"
    mail = (
        b"Return-Path: <>\nFrom: <>\nContent-Type: multipart/report; boundary=B\n\n--B\n"
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        + encodebytes(status.encode())
        + b"\n--B--\n"
    )
    assert read_returned(mail).addresses == {ADDRESS}


@pytest.mark.parametrize("kind", ["abuse", "fraud", "other"])
def test_a_complaint_names_its_letter(kind: str) -> None:
    found = read_returned(arf(kind))
    assert (found.kind, found.formal) == (Kind.COMPLAINT, True)
    assert found.message_ids == (MESSAGE_ID,)
    assert found.return_paths == (VERP,)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus"])
def test_feedback_that_is_no_complaint_is_none(kind: str) -> None:
    assert read_returned(arf(kind)).kind is Kind.UNRECOGNISED


def test_a_complaint_without_a_report_is_known_from_its_sender() -> None:
    mail = wrapped(notice("Xin chao", Message_ID=MESSAGE_ID))
    mail = mail.replace(b"postmaster@gateway.example", b"staff@hotmail.com")
    mail = mail.replace(b"Undeliverable mail", b"complaint about message from 192.0.2.1")
    found = read_returned(mail)
    assert (found.kind, found.message_ids) == (Kind.COMPLAINT, (MESSAGE_ID,))


@pytest.mark.parametrize(
    "headers",
    [
        {"subject": "Automatic reply: Moi tham gia", "Auto_Submitted": "auto-replied"},
        {"subject": "Trả lời tự động: Mời tham gia khảo sát"},
        {"subject": "Tôi đang nghỉ phép đến hết tuần"},
        {"subject": "=?utf-8?b?VsSDbmcgbeG6t3Q=?="},
        {"subject": "Abwesenheitsnotiz"},
        {"subject": "Re: Moi tham gia", "X_Autoreply": "yes"},
        {"subject": "Re: Moi tham gia", "Precedence": "auto_reply"},
        {"subject": "Re: Moi tham gia", "Auto_Submitted": "auto-replied (vacation)"},
        {"subject": "Moi tham gia"},
        {"subject": "Please confirm your message to anh"},
        {"subject": "Re: x", "X_Delivery_Agent": "TMDA/1.1"},
    ],
)
def test_an_absence_or_a_challenge_is_no_bounce(headers: dict[str, str]) -> None:
    text = "Toi di cong tac. The recipient anh@hop-thu.example is unavailable. User unknown."
    mail = notice(text, sender="Anh <anh@hop-thu.example>", **headers)
    assert read_returned(mail).kind is Kind.AUTO_REPLY


def test_a_receipt_is_no_bounce() -> None:
    mail = dsn().replace(b"report-type=delivery-status", b"report-type=disposition-notification")
    mail = mail.replace(b"message/delivery-status", b"message/disposition-notification")
    mail = mail.replace(b"Undelivered Mail Returned to Sender", b"Read: Moi tham gia")
    mail = mail.replace(b"MAILER-DAEMON@relay.example (Mail Delivery System)", b"anh@x.example")
    assert read_returned(mail).kind is Kind.AUTO_REPLY


def test_a_person_who_answers_is_a_reply_with_what_it_answers() -> None:
    mail = notice(
        "Toi da tra loi.\n> The following addresses had permanent errors: <a@b.example>\n",
        sender="Anh <anh@hop-thu.example>",
        subject="Re: Moi tham gia",
        path="<anh@hop-thu.example>",
        In_Reply_To=MESSAGE_ID,
    )
    found = read_returned(mail)
    assert (found.kind, found.formal, found.answered_ids) == (Kind.REPLY, False, (MESSAGE_ID,))


QMAIL = """\
Hi. This is the qmail-send program at x.example.
I've given up.

<anh@hop-thu.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <b@c.example>
"""
EXCHANGE = """\
Delivery has failed to these recipients or groups:

anh@hop-thu.example
The email address you entered couldn't be found.

Original message headers:

To: khac@khac.example
"""
VIETNAMESE = """\
Thư của ông/bà không gửi được đến người nhận sau:

Người nhận: anh@hop-thu.example
Lý do: hộp thư không tồn tại
"""
GERMAN = """\
Ihre Nachricht konnte nicht zugestellt werden:
<anh@hop-thu.example>: Empfänger unbekannt
"""
FRENCH = "Le message n'a pas été remis à anh@hop-thu.example: n'existe pas\n"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (QMAIL, "failure notice"),
        (EXCHANGE, "Undeliverable: Moi"),
        (VIETNAMESE, "Thư bị trả lại"),
        (GERMAN, "Unzustellbar: Moi"),
        (FRENCH, "Échec de remise"),
    ],
)
def test_a_notice_for_people_is_understood_in_several_languages(text: str, subject: str) -> None:
    found = read_returned(notice(text, subject=subject))
    assert (found.kind, found.addresses) == (Kind.BOUNCE, {ADDRESS})
    assert [judge(one) for one in found.recipients] == [Failure.HARD_ADDRESS]


def test_a_notice_that_names_nobody_still_tells_a_failure() -> None:
    found = read_returned(notice("The user's mailbox is full.\n", subject="Delivery failure"))
    assert found.kind is Kind.BOUNCE
    assert found.addresses == frozenset()


def test_a_returned_mail_in_plain_text_gives_its_message_id() -> None:
    text = f"<a@b.example>:\nno such user\n--- Below is a copy\n\nMessage-ID: {MESSAGE_ID}\n"
    assert read_returned(notice(text)).message_ids == (MESSAGE_ID,)


def test_a_mail_from_a_server_about_nothing_known_is_unrecognised() -> None:
    mail = notice("Welcome to our new webmail.", subject="News", sender="postmaster@x.example")
    assert read_returned(mail).kind is Kind.UNRECOGNISED


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\0" * 5000,
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 3000,
        b"Content-Type: message/rfc822\n\n" * 30000,
        b"Content-Type: multipart/mixed; boundary=a" + b';";' * 100_000,
        b"From: mailer-daemon\nSubject: Undelivered\n\n" + b"<" * (1 << 20),
        b"From: mailer-daemon\nSubject: Undelivered\n\n" + b"a@" * (1 << 19),
        b"Subject: =?x-none?q?=ff?= =?utf-8?b?!!!?=\nContent-Type: text/plain; charset=x\n\n\xff",
    ],
)
def test_hostile_mails_cost_little_and_name_nobody(mail: bytes) -> None:
    begun = perf_counter()
    assert read_returned(mail).addresses == frozenset()
    assert perf_counter() - begun < 5


def test_no_more_than_so_many_parts_are_looked_at() -> None:
    mail = b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 5000
    assert len(list(parts(take_apart(mail)))) == MOST_PARTS


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000), st.integers(0, 900))
def test_whatever_octets_come_nothing_is_raised(noise: bytes, place: int) -> None:
    read_returned(noise)
    mail = dsn()
    read_returned(mail[:place] + noise + mail[place:])
