"""Reports are asked for where the server knows of them, and a real one names the letter in them."""

import asyncio
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from carrying import render
from postal import NO_SUCH_MAILBOX, Dovecot, Postfix, wait_for
from scripted_server import ScriptedServer

from mailer.smtp.connection import Timeouts
from mailer.smtp.endpoint import Endpoint
from mailer.smtp.envelope import Envelope
from mailer.smtp.outcome import Outcome, Verdict
from mailer.smtp.reports import xtext
from mailer.smtp.transport import SmtpTransport, TransportSettings

PATIENT = Timeouts(connect=30, command=30, data=30, dot=30, quit=30)
"""A real Postfix starts its services when they are first needed."""


async def hand_over(port: int, envelope: Envelope, *, success: bool = False) -> Outcome:
    transport = SmtpTransport(
        TransportSettings(
            endpoint=Endpoint.parse(f"smtp://127.0.0.1:{port}"),
            timeouts=PATIENT,
            success_reports=success,
        )
    )
    try:
        return await transport.deliver(envelope)
    finally:
        await transport.close()


def commands(
    envelope: Envelope, *, offers: tuple[str, ...] = ("DSN",), success: bool = False
) -> list[str]:
    server = ScriptedServer(offers=offers)

    async def play() -> None:
        async with server:
            outcome = await hand_over(server.port, envelope, success=success)
            assert outcome.verdict is Verdict.SENT

    asyncio.run(play())
    return [line for line in server.commands if line.startswith(("MAIL", "RCPT"))]


def letter(recipient: str = "anh+phiếu=1@people.example", envelope_id: str = "7.abc") -> Envelope:
    return replace(render("anh"), recipient=recipient, envelope_id=envelope_id)


def test_failure_and_delay_are_asked_for_with_the_letter_s_id_and_address() -> None:
    assert commands(letter("anh+ve=1@people.example", "7.a=b+c")) == [
        "MAIL FROM:<khaosat@survey.example> RET=HDRS ENVID=7.a+3Db+2Bc",
        (
            "RCPT TO:<anh+ve=1@people.example> NOTIFY=FAILURE,DELAY "
            "ORCPT=rfc822;anh+2Bve+3D1@people.example"
        ),
    ]


def test_success_is_asked_for_only_where_it_is_wanted() -> None:
    (_, rcpt) = commands(render("anh"), success=True)
    assert "NOTIFY=SUCCESS,FAILURE,DELAY" in rcpt


def test_a_server_that_knows_of_no_reports_is_asked_for_none() -> None:
    assert commands(letter("anh@people.example"), offers=("8BITMIME",)) == [
        "MAIL FROM:<khaosat@survey.example>",
        "RCPT TO:<anh@people.example>",
    ]


def test_an_accented_address_goes_without_its_original_form() -> None:
    (mail, rcpt) = commands(letter(), offers=("DSN", "8BITMIME", "SMTPUTF8"))
    assert mail.endswith("BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=7.abc")
    assert rcpt == "RCPT TO:<anh+phiếu=1@people.example> NOTIFY=FAILURE,DELAY"


def test_a_letter_without_an_id_asks_without_one() -> None:
    (mail, _) = commands(letter("anh@people.example", ""))
    assert mail == "MAIL FROM:<khaosat@survey.example> RET=HDRS"


@pytest.mark.parametrize(
    ("text", "written"), [("a-Z0.~!", b"a-Z0.~!"), ("a b+c=d", b"a+20b+2Bc+3Dd"), ("", b"")]
)
def test_xtext_escapes_what_would_end_a_word(text: str, written: bytes) -> None:
    assert xtext(text) == written


def test_a_real_postfix_gives_the_letter_s_id_and_address_back(
    postfix: Postfix, dovecot: Dovecot
) -> None:
    bounced = Envelope(
        sender="tra-ve@khaosat.example",
        recipient=NO_SUCH_MAILBOX,
        message=b"Subject: thu\r\nMessage-ID: <dsn@khaosat.example>\r\n\r\nA letter.\r\n",
        envelope_id="7.abcdefghij",
    )
    outcome = asyncio.run(hand_over(postfix.port, bounced))
    assert outcome.verdict is Verdict.SENT
    inbox = dovecot.folder / "mail" / "tra-ve"

    def mails() -> list[Path]:
        return list(inbox.glob("new/*"))

    wait_for(lambda: bool(mails()))
    report = message_from_bytes(mails()[0].read_bytes())
    assert report.get_content_type() == "multipart/report"
    told = report.as_string()
    assert "Original-Envelope-Id: 7.abcdefghij" in told
    assert f"Original-Recipient: rfc822;{NO_SUCH_MAILBOX}" in told
    assert "A letter." not in told, "the headers alone were asked for"
