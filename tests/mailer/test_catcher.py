"""The catcher keeps whole mails in order, and gives back what their readers would see."""

import asyncio
import shutil
import smtplib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from carrying import KEY, carry_all, doubt, outbox_of, transport_to

from mailer.catching.catcher import Catcher
from mailer.catching.caught import caught_names, read_caught
from mailer.resolving.resolver import Answer, CatcherResolver
from mailer.sending.outbox import State
from mailer.smtp.envelope import Envelope
from mailer.smtp.outcome import Outcome, Verdict
from mailer.writing.header import Mailbox
from mailer.writing.letter import Skeleton, Wording
from mailer.writing.message_id import message_id
from mailer.writing.part import slot

LINK = "https://khaosat.example/s/AbC_-19.xyz?a=1&b=2"
SKELETON = Skeleton.build(
    Wording(
        sender=Mailbox(address="khaosat@sonoivu.example", name="Sở Nội vụ tỉnh Ví Dụ"),
        reply_to=Mailbox(address="hoidap@sonoivu.example"),
        subject="Mời Ông/Bà tham gia khảo sát mức độ hài lòng về cải cách hành chính năm 2022",
        list_id="wave-2022.survey.example",
        language="vi",
        text=f"Kính gửi {slot('name')},\n.\n{slot('link')}\nhttps://sonoivu.example/khaosat\n",
        html=f'<p>Kính gửi {slot("name")}</p><a href="{slot("link")}">Mở</a>'
        '<a name="x">không phải liên kết</a><a href="mailto:a@b.example">thư</a>',
    )
)


def letter(number: int = 1, *, recipient: str = "anh@people.example") -> Envelope:
    return Envelope(
        sender="khaosat@sonoivu.example",
        recipient=recipient,
        message=SKELETON.fill(
            Mailbox(address=recipient, name="Nguyễn Thị Ánh"),
            {"name": "Nguyễn Thị Ánh", "link": LINK},
            message_id=message_id(f"l{number}", key=KEY, domain="survey.example"),
            date=datetime(2023, 2, 20, tzinfo=UTC),
        ),
    )


async def deliver(catcher: Catcher, *envelopes: Envelope) -> list[Outcome]:
    transport = transport_to(catcher.port)
    try:
        return [await transport.deliver(envelope) for envelope in envelopes]
    finally:
        await transport.close()


def test_a_caught_mail_reads_as_it_was_written(tmp_path: Path) -> None:
    async def play() -> list[Outcome]:
        async with Catcher(tmp_path) as catcher:
            assert catcher.url == f"smtp://127.0.0.1:{catcher.port}"
            return await deliver(catcher, letter())

    (outcome,) = asyncio.run(play())
    assert outcome.verdict is Verdict.SENT
    assert outcome.text == "2.0.0 kept as 00000001"
    assert caught_names(tmp_path) == ["00000001"]
    mail = read_caught(tmp_path, "00000001")
    assert mail.message_id == message_id("l1", key=KEY, domain="survey.example")
    assert mail.sender == "Sở Nội vụ tỉnh Ví Dụ <khaosat@sonoivu.example>"
    assert mail.to == mail.recipient == "anh@people.example"
    assert mail.subject.startswith("Mời Ông/Bà tham gia khảo sát mức độ hài lòng về cải cách hành")
    assert mail.date == "Mon, 20 Feb 2023 00:00:00 +0000"
    assert mail.text == f"Kính gửi Nguyễn Thị Ánh,\n.\n{LINK}\nhttps://sonoivu.example/khaosat\n"
    assert "<p>Kính gửi Nguyễn Thị Ánh</p>" in mail.html
    assert mail.links == (LINK, "https://sonoivu.example/khaosat")
    kept = (tmp_path / "00000001.eml").read_bytes()
    assert kept.endswith(letter().message), "octet for octet"


def test_numbering_goes_on_after_a_restart(tmp_path: Path) -> None:
    async def play() -> None:
        for numbers in ((1, 2), (3,)):
            async with Catcher(tmp_path) as catcher:
                await deliver(catcher, *map(letter, numbers))

    asyncio.run(play())
    assert caught_names(tmp_path) == ["00000001", "00000002", "00000003"]


def test_an_accented_recipient_is_kept(tmp_path: Path) -> None:
    async def play() -> None:
        async with Catcher(tmp_path) as catcher:
            await deliver(catcher, letter(recipient="ánh@people.example"))

    asyncio.run(play())
    assert read_caught(tmp_path, "00000001").recipient == "ánh@people.example"


def test_a_full_disk_puts_the_letter_off(tmp_path: Path) -> None:
    folder = tmp_path / "caught"

    async def play() -> list[Outcome]:
        async with Catcher(folder) as catcher:
            shutil.rmtree(folder)
            return await deliver(catcher, letter())

    (outcome,) = asyncio.run(play())
    assert outcome.verdict is Verdict.DEFERRED
    assert outcome.code == 452


def test_another_client_and_a_bare_mail_are_served_too(tmp_path: Path) -> None:
    def send(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail("a@b.example", ["c@d.example", "e@f.example"], "Xin chào".encode())

    async def play() -> None:
        async with Catcher(tmp_path) as catcher:
            await asyncio.to_thread(send, catcher.port)

    asyncio.run(play())
    mail = read_caught(tmp_path, "00000001")
    assert mail.recipient == "c@d.example, e@f.example"
    assert (mail.message_id, mail.subject, mail.html, mail.links) == ("", "", "", ())


@pytest.mark.parametrize(
    ("head", "subject"),
    [
        ("Subject: =?no-such?b?eA==?=\r\nContent-Type: text/plain; charset=no-such", "x"),
        ("Subject: =?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("Subject: ánh =?utf-8?q?=C3=A1nh?=", "ánh ánh"),
    ],
)
def test_a_strange_mail_is_read_as_well_as_can_be(tmp_path: Path, head: str, subject: str) -> None:
    (tmp_path / "00000001.eml").write_bytes(f"{head}\r\n\r\nXin chào\r\n".encode())
    mail = read_caught(tmp_path, "00000001")
    assert mail.subject == subject
    assert mail.text == "Xin chào\n"


def test_stopping_ends_open_sessions(tmp_path: Path) -> None:
    async def play() -> None:
        catcher = Catcher(tmp_path)
        await catcher.start()
        transport = transport_to(catcher.port)
        await transport.deliver(letter())
        await asyncio.wait_for(catcher.stop(), timeout=2)
        await catcher.stop()
        await transport.close()
        with pytest.raises(RuntimeError, match="not been started"):
            _ = catcher.port

    asyncio.run(play())


@pytest.mark.parametrize("name", ["00000009", "../secret", "", "1/../2"])
def test_what_was_not_caught_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.eml").write_text("x")
    with pytest.raises(FileNotFoundError):
        read_caught(tmp_path / "caught", name)


def test_half_a_mail_is_never_seen(tmp_path: Path) -> None:
    (tmp_path / ".00000001.part").write_bytes(b"Message-ID: <l1@x>\r\n")
    assert caught_names(tmp_path) == []
    resolver = CatcherResolver(tmp_path)
    assert resolver.accepted([doubt("<l1@x>")]) == {"<l1@x>": Answer.NO}


def test_the_folder_is_evidence_of_what_was_accepted(tmp_path: Path) -> None:
    outbox = outbox_of(["anh", "binh"])

    async def play() -> None:
        async with Catcher(tmp_path) as catcher:
            await carry_all(outbox, transport_to(catcher.port))

    asyncio.run(play())
    assert outbox.count(State.SENT) == 2
    known = outbox.entries["anh"].message_id
    resolver = CatcherResolver(tmp_path)
    assert resolver.accepted([doubt(known), doubt("<other@x>")]) == {
        known: Answer.YES,
        "<other@x>": Answer.NO,
    }
    assert resolver.accepted([doubt(known)]) == {known: Answer.YES}


def test_a_lookup_that_failed_is_not_a_no(tmp_path: Path) -> None:
    resolver = CatcherResolver(tmp_path / "nowhere")
    assert resolver.accepted([doubt("<l1@x>")]) == {"<l1@x>": Answer.UNKNOWN}
