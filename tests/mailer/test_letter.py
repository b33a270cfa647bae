"""What the standard library reads in a filled letter is what was meant."""

import email
import email.policy
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage, Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.reason import RefusedError
from mailer.writing.header import Mailbox, one_line
from mailer.writing.letter import Skeleton
from mailer.writing.part import slot
from mailer.writing.wording import Wording

SENDER = Mailbox(address="khaosat@sonoivu.example", name="Sở Nội vụ tỉnh Ví Dụ")
DATE = datetime(2023, 2, 20, 8, 30, tzinfo=timezone(timedelta(hours=7)))
MESSAGE_ID = "<l1.abcdefghij@survey.example>"
AWKWARD = [
    "Nguyễn Thị Ánh Tuyết",
    unicodedata.normalize("NFD", "Đỗ Hữu Phước"),
    'Trần "Ba" Bình',
    "Lê, Văn; Cường <x@y.example>",
    "O'Brien",
    "=?utf-8?q?gi=E1=BA=A3?=",
    "Phòng Một cửa (bộ phận tiếp nhận và trả kết quả giải quyết thủ tục hành chính cấp huyện)",
    "a" * 300,
    "  hai   khoảng\u00a0trắng  ",
    "\\",
    "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
    "@",
    ".",
    "",
]


def wording(*, text: str = "", html: str = "", subject: str = "Mời tham gia khảo sát") -> Wording:
    return Wording(
        sender=SENDER,
        reply_to=Mailbox(address="hoidap@sonoivu.example"),
        subject=subject,
        list_id="wave-2022.survey.example",
        feedback_id="wave-2022:reminder:survey",
        language="vi",
        text=text or f"Kính gửi {slot('name')},\n\n{slot('link')}\n",
        html=html or f'<p>Kính gửi {slot("name")}</p><a href="{slot("link")}">Mở</a>',
    )


def filled(
    skeleton: Skeleton,
    name: str,
    values: Mapping[str, str],
    *,
    reply: str | None = None,
    unsubscribe: str | None = None,
) -> bytes:
    return skeleton.fill(
        Mailbox(address="anh@people.example", name=name),
        values,
        message_id=MESSAGE_ID,
        date=DATE,
        in_reply_to=reply,
        unsubscribe=unsubscribe,
    )


def read(octets: bytes) -> EmailMessage:
    message = email.message_from_bytes(octets, _class=EmailMessage, policy=email.policy.SMTP)
    assert not message.defects
    return message


def bodies(message: EmailMessage) -> dict[str, str]:
    for part in message.iter_parts():
        assert not part.defects
    return {
        part.get_content_type(): part.get_content().replace("\r\n", "\n")
        for part in message.iter_parts()
    }


def shown(octets: bytes, header: str) -> str:
    """Decode a header as RFC 2047 says; the policies' own parser does not on Python 3.11."""
    classic: Message = email.message_from_bytes(octets)
    return str(make_header(decode_header(classic[header]))).replace("\r\n", "")


LINK = "https://khaosat.example/s/AbC_-19.xyz?a=1&b=2"
ONE_CLICK = "https://khaosat.example/u/" + "AbC_-19." * 20


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_name_reads_back_as_it_was(name: str) -> None:
    octets = filled(Skeleton.build(wording()), name, {"name": name, "link": LINK})
    tidy = one_line(name)
    expected = f"{tidy} <anh@people.example>" if tidy else "<anh@people.example>"
    assert shown(octets, "To") == expected
    assert read(octets)["To"].addresses[0].addr_spec == "anh@people.example"
    assert f"Kính gửi {tidy}," in bodies(read(octets))["text/plain"]


def test_every_header_is_there_once() -> None:
    octets = filled(
        Skeleton.build(wording()),
        "Ánh",
        {"name": "Ánh", "link": LINK},
        reply="<l0.x@s.example>",
        unsubscribe=ONE_CLICK,
    )
    message = read(octets)
    assert {name.lower(): str(value) for name, value in message.items()} == {
        "from": "Sở Nội vụ tỉnh Ví Dụ <khaosat@sonoivu.example>",
        "reply-to": "hoidap@sonoivu.example",
        "subject": "Mời tham gia khảo sát",
        "list-id": "<wave-2022.survey.example>",
        "content-language": "vi",
        "auto-submitted": "auto-generated",
        "x-auto-response-suppress": "OOF, AutoReply",
        "feedback-id": "wave-2022:reminder:survey",
        "list-unsubscribe": f"<{ONE_CLICK}>",
        "list-unsubscribe-post": "List-Unsubscribe=One-Click",
        "mime-version": "1.0",
        "content-type": message["Content-Type"],
        "to": "Ánh <anh@people.example>",
        "date": "Mon, 20 Feb 2023 08:30:00 +0700",
        "message-id": MESSAGE_ID,
        "in-reply-to": "<l0.x@s.example>",
        "references": "<l0.x@s.example>",
    }
    assert len(message.keys()) == len(set(message.keys()))
    assert message.get_content_type() == "multipart/alternative"
    assert list(bodies(message)) == ["text/plain", "text/html"], "the plainest part comes first"


def test_a_first_letter_follows_nothing() -> None:
    message = read(filled(Skeleton.build(wording()), "Ánh", {"name": "Ánh", "link": LINK}))
    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_the_headers_of_one_click_stand_on_one_line_each() -> None:
    octets = filled(
        Skeleton.build(wording()), "Ánh", {"name": "Ánh", "link": LINK}, unsubscribe=ONE_CLICK
    )
    head = octets.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert f"List-Unsubscribe: <{ONE_CLICK}>".encode() in head
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    without = filled(Skeleton.build(wording()), "Ánh", {"name": "Ánh", "link": LINK})
    assert b"List-Unsubscribe" not in without


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:a@b.example",
        "https://",
        "https://a.example/\r\nBcc: a@b.example",
        "https://a.example/ b",
        "https://a.example/>, <mailto:a@b.example",
        "https://a.example/" + "a" * 900,
    ],
)
def test_what_is_no_one_click_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedError, match="is no URL"):
        filled(Skeleton.build(wording()), "B", {"name": "B", "link": LINK}, unsubscribe=url)


@pytest.mark.parametrize(
    "breaker",
    ["\r\n", "\n", "\r", "\x00", "\x0b", "\x1f", "\x7f", "\x85", "\u2028", "\u202e", "\ud800"],
)
@pytest.mark.parametrize("place", ["name", "value"])
def test_what_could_start_a_header_is_refused(breaker: str, place: str) -> None:
    skeleton = Skeleton.build(wording())
    evil = f"Ánh{breaker}Bcc: all@people.example"
    name, value = (evil, "Ánh") if place == "name" else ("Ánh", evil)
    with pytest.raises(RefusedError) as refused:
        filled(skeleton, name, {"name": value, "link": LINK})
    assert [reason.code for reason in refused.value.reasons] == ["control-character"]
    assert "ký tự điều khiển" in refused.value.reasons[0].vi


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "a b@c.example", "<a@b.example>", "a", "@", ""]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(RefusedError, match="is no e-mail address"):
        Skeleton.build(wording()).fill(
            Mailbox(address=address),
            {"name": "Ánh", "link": LINK},
            message_id=MESSAGE_ID,
            date=DATE,
        )


@pytest.mark.parametrize("identity", ["", "l1@x", "<l1@x>\r\nBcc: a@b.example", "<a b@c>", "<é@c>"])
def test_what_is_no_message_id_is_refused(identity: str) -> None:
    skeleton = Skeleton.build(wording())
    for message_id, reply in ((identity, None), (MESSAGE_ID, identity)):
        with pytest.raises(RefusedError, match="is no Message-ID"):
            skeleton.fill(
                Mailbox(address="a@b.example"),
                {"name": "Ánh", "link": LINK},
                message_id=message_id,
                date=DATE,
                in_reply_to=reply,
            )


def test_an_accented_address_is_written_in_utf8() -> None:
    octets = Skeleton.build(wording()).fill(
        Mailbox(address="ánh@people.example", name="Ánh"),
        {"name": "Ánh", "link": LINK},
        message_id=MESSAGE_ID,
        date=DATE,
    )
    head = octets.decode().partition("\r\n\r\n")[0]
    assert " <ánh@people.example>" in head, "as RFC 6532 has it"


def test_values_are_escaped_in_html_and_only_there() -> None:
    name = "<script>alert('x')</script> & \"Ba\""
    parts = bodies(read(filled(Skeleton.build(wording()), "Ba", {"name": name, "link": LINK})))
    assert name in parts["text/plain"]
    assert "<script>" not in parts["text/html"]
    assert 'href="https://khaosat.example/s/AbC_-19.xyz?a=1&amp;b=2"' in parts["text/html"]


def test_dots_long_lines_and_spaces_survive() -> None:
    text = ".\n..\n.x\n" + "dài " * 400 + "\nFrom me\n-- \n--=_x\ncuối dòng  \n\ttab\t\n.\n"
    octets = filled(
        Skeleton.build(wording(text=text + slot("name"))), "B", {"name": ".", "link": "x"}
    )
    assert bodies(read(octets))["text/plain"] == text + "."
    assert all(len(line) <= 78 for line in octets.split(b"\r\n"))
    assert octets.isascii()
    assert octets.count(b"\n") == octets.count(b"\r") == octets.count(b"\r\n")


def test_a_value_too_many_is_allowed_and_one_too_few_is_not() -> None:
    skeleton = Skeleton.build(wording())
    assert skeleton.slots == {"name", "link"}
    filled(skeleton, "Ánh", {"name": "Ánh", "link": LINK, "more": "x"})
    with pytest.raises(KeyError, match="link"):
        filled(skeleton, "Ánh", {"name": "Ánh"})


def test_a_value_that_looks_like_a_slot_stays_a_value() -> None:
    octets = filled(Skeleton.build(wording()), "B", {"name": slot("link"), "link": "secret"})
    assert f"Kính gửi {slot('link')}," in bodies(read(octets))["text/plain"]


def test_all_mistakes_of_a_wording_are_found_at_once() -> None:
    wrong = Wording(
        sender=Mailbox(address="ánh@x.example", name="a\nb"),
        reply_to=Mailbox(address="nobody"),
        subject=" ",
        list_id="Wave 2022",
        language="tiếng Việt",
        feedback_id="one word\r\n",
        text="\ue000name",
        html=" ",
    )
    with pytest.raises(RefusedError) as refused:
        Skeleton.build(wrong)
    assert {reason.code for reason in refused.value.reasons} == {
        "subject-empty",
        "body-empty",
        "slot-malformed",
        "list-id",
        "language",
        "feedback-id",
        "sender-not-ascii",
        "control-character",
        "address-malformed",
    }


def test_a_broken_character_in_the_text_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        Skeleton.build(wording(text="hỏng \udcff"))
    assert [reason.code for reason in refused.value.reasons] == ["body-unencodable"]


def test_the_same_wording_gives_the_same_bytes() -> None:
    values = {"name": "Ánh", "link": LINK}
    once, again = (filled(Skeleton.build(wording()), "Ánh", values) for _ in range(2))
    assert once == again


words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\ue000\ue001"))


@given(name=words, value=words)
def test_any_name_reads_back_or_is_refused(name: str, value: str) -> None:
    skeleton = PLAIN
    try:
        tidy, tidy_value = one_line(name), one_line(value)
    except RefusedError:
        with pytest.raises(RefusedError):
            filled(skeleton, name, {"name": value, "link": LINK})
        return
    octets = filled(skeleton, name, {"name": value, "link": LINK})
    assert octets.isascii()
    assert all(len(line) <= 78 for line in octets.split(b"\r\n"))
    assert shown(octets, "To") == (f"{tidy} " if tidy else "") + "<anh@people.example>"
    assert bodies(read(octets))["text/plain"] == f"Kính gửi {tidy_value},\n\n{LINK}\n"


@given(text=words.filter(str.strip), html=words.filter(str.strip), subject=words)
def test_any_wording_is_carried_or_refused(text: str, html: str, subject: str) -> None:
    try:
        skeleton = Skeleton.build(wording(text=text, html=html, subject=subject))
    except RefusedError as refused:
        codes = {reason.code for reason in refused.reasons}
        assert codes <= {"control-character", "subject-empty"}
        return
    octets = filled(skeleton, "Ánh", {})
    unix = {"text/plain": text, "text/html": html}
    assert bodies(read(octets)) == {
        kind: body.replace("\r\n", "\n").replace("\r", "\n") for kind, body in unix.items()
    }
    assert shown(octets, "Subject") == one_line(subject)


PLAIN = Skeleton.build(wording())


def test_an_encoder_gone_wrong_is_found_before_any_letter_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def encode(text: str) -> bytes:
        return text.encode("latin-1", "replace")

    monkeypatch.setattr("mailer.writing.part._encode", encode)
    with pytest.raises(RefusedError) as refused:
        Skeleton.build(wording())
    assert [reason.code for reason in refused.value.reasons] == ["letter-unreadable"]


def test_every_sign_that_could_break_a_line_or_turn_it_is_refused() -> None:
    turning = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    for number in range(0x110000):
        sign = chr(number)
        if sign in turning or unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}:
            with pytest.raises(RefusedError):
                one_line(sign)
        elif not sign.isspace():
            assert one_line(f"a{sign}") == unicodedata.normalize("NFC", f"a{sign}")
