import base64
import hmac
import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Round
from sqlalchemy import select

from mailer.writing.message_id import message_id
from survey_service.store.letters import Letter
from survey_service.store.mail import ReturnedMail, Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.web.app import create_app

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two octets!!!").decode()
Client = TestClient[Litestar]


@pytest.fixture
def events(wave: Round, tmp_path: Path) -> Generator[Client]:
    """Give a client of an application whose mail file names a webhook's secret."""
    file = tmp_path / "mail.toml"
    file.touch(mode=0o600)
    relay = '[[relays]]\nname = "r"\nurl = "smtps://thu.example"\n'
    file.write_text(f'{relay}[webhook]\nsecret = "{SECRET}"\n')
    app = create_app(
        database=wave.database,
        settings=replace(wave.settings, mail_file=file),
        keys=wave.keys,
        clock=wave.clock,
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def letter(wave: Round) -> str:
    """Give the Message-ID of a letter that was sent to the round's first person."""
    with wave.database.writing() as session:
        row = Letter(
            wave_id=wave.wave,
            invitation_id=wave.people[0],
            step="invitation",
            not_before=wave.clock.now(),
            state="sent",
        )
        session.add(row)
        session.flush()
        return message_id(str(row.id), key=wave.keys.secrets("letter")[0], domain="x.example")


def _post(client: Client, wave: Round, body: bytes, name: str = "msg-1", **headers: str) -> int:
    stamp = str(int(wave.clock.now().timestamp()))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{name}.{stamp}.".encode() + body, "sha256")
    signed = {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "content-type": "application/json",
    }
    return client.post("/mail/events", content=body, headers={**signed, **headers}).status_code


def _event(letter: str, kind: str = "bounced", **more: str) -> bytes:
    return json.dumps({"type": kind, "message_id": letter, **more}).encode()


def _suppressed(wave: Round) -> list[str]:
    with wave.database.reading() as session:
        return list(session.scalars(select(Suppression.reason).order_by(Suppression.id)))


def test_a_signed_bounce_suppresses_the_letters_address(
    events: Client, wave: Round, letter: str
) -> None:
    body = _event(letter, status="5.1.1", diagnostic="550 no such user")
    assert _post(events, wave, body) == 204
    assert _suppressed(wave) == ["hard-address"]
    with wave.database.reading() as session:
        contact = select(Contact.email_key).join(Invitation, Invitation.contact_id == Contact.id)
        wanted = session.scalar(contact.where(Invitation.id == wave.people[0]))
        assert session.scalar(select(Suppression.email_key)) == wanted


def test_an_event_that_is_sent_again_counts_once(events: Client, wave: Round, letter: str) -> None:
    for _ in range(3):
        assert _post(events, wave, _event(letter, "complained")) == 204
    assert _suppressed(wave) == ["complaint"]
    with wave.database.reading() as session:
        assert len(session.execute(select(ReturnedMail.id)).all()) == 1


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("delivered", {}),
        ("delayed", {"status": "4.2.2"}),
        ("bounced", {"status": "5.7.1", "diagnostic": "550 5.7.1 blocked"}),
        ("bounced", {"status": "5.2.2"}),
    ],
)
def test_other_events_suppress_nobody(
    events: Client, wave: Round, letter: str, kind: str, more: dict[str, str]
) -> None:
    assert _post(events, wave, _event(letter, kind, **more)) == 204
    assert _suppressed(wave) == []


@pytest.mark.parametrize("name", ["<1.aaaaaaaaaa@x.example>", "<1@x.example>", ""])
def test_a_letter_that_is_not_ours_changes_nothing(
    events: Client, wave: Round, letter: str, name: str
) -> None:
    assert letter
    assert _post(events, wave, _event(name, "complained")) == 204
    assert _suppressed(wave) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-id": "msg-2"},
        {"webhook-timestamp": "1000000000"},
    ],
)
def test_an_unsigned_event_is_refused(
    events: Client, wave: Round, letter: str, headers: dict[str, str]
) -> None:
    assert _post(events, wave, _event(letter, "complained"), **headers) == 401
    assert _suppressed(wave) == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"type": "opened", "message_id": "x"}', b"\xff"]
)
def test_what_is_no_event_is_refused(events: Client, wave: Round, body: bytes) -> None:
    assert _post(events, wave, body) == 400


def test_an_event_that_is_too_large_is_refused(events: Client, wave: Round) -> None:
    assert _post(events, wave, b" " * (64 * 1024 + 1)) == 413


def test_without_a_secret_there_is_no_such_page(client: Client, wave: Round, letter: str) -> None:
    assert _post(client, wave, _event(letter)) == 404


def test_reading_the_path_shows_nothing(events: Client) -> None:
    assert events.get("/mail/events").status_code == 405
