"""Relays are shown without their secrets, and stopping one is recorded and obeyed."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_waves import NOW, MadePerson, make_wave
from sqlalchemy import select

from survey_service.cli.mail import mail
from survey_service.cli.wiring import Wiring
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.journal import verify_chain
from survey_service.mailing.relays.setup import read_mail_setup
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry

SECRET = "mật-khẩu"
MAIL_FILE = f"""
[[relays]]
name = "chinh"
url = "smtps://khaosat:{SECRET}@relay.example"
postfix_log = "mail.log"
rate = {{ per_minute = 80, per_day = 1000 }}

[[relays]]
name = "tinh"
url = "smtp://127.0.0.1:25"
preset = "postfix-local"
domains = ["tinh.example"]

[[domain_rates]]
domain = "gmail.com"
rate = {{ per_hour = 400 }}
"""

Run = Callable[..., Result]


@pytest.fixture
def wiring(database: Database, tmp_path: Path) -> Wiring:
    file = tmp_path / "mail.toml"
    file.write_text(MAIL_FILE)
    file.chmod(0o600)
    return Wiring(
        settings=read_settings({"SURVEY_DATA": str(tmp_path)}),
        database=database,
        clock=SteppedClock(NOW),
        entropy=SystemEntropy(),
    )


@pytest.fixture
def run(wiring: Wiring) -> Run:
    def invoke(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(mail, arguments, obj=wiring, catch_exceptions=False)
        assert result.exit_code == code, result.output
        assert SECRET not in result.output
        return result

    return invoke


def claimed(wiring: Wiring) -> int:
    """Claim what is due for the first relay, and have it drawn from the pace."""
    relay = read_mail_setup(wiring.settings).relays[0]
    outbox = SqlOutbox(
        wiring.database,
        wiring.clock,
        wiring.entropy,
        Letters(wiring.settings, wiring.keys),
        lease=timedelta(minutes=5),
        lane=relay.lane,
    )
    tickets = [letter.ticket for letter in outbox.claim(3)]
    outbox.record_intent(tickets)
    outbox.leave()
    return len(tickets)


def journal(database: Database) -> list[tuple[str, str, dict[str, object]]]:
    with database.reading() as session:
        assert verify_chain(session) is None
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.sequence))
        return [(entry.event, entry.actor, entry.details) for entry in entries]


def test_the_relays_are_shown_with_what_may_go_now(run: Run, wiring: Wiring) -> None:
    make_wave(wiring.database, [MadePerson(name=f"Người {n}") for n in range(3)])
    assert claimed(wiring) == 3
    shown = run("relays").output
    assert "chinh: relay.example:465 (implicit TLS, submission)" in shown
    assert "80 thư/phút, gửi ngay được 7; 1000 thư/ngày, gửi ngay được 497" in shown
    assert "serves tinh.example alone" in shown
    assert "Tới gmail.com: 400 thư/giờ, gửi ngay được 50" in shown


def test_a_relay_that_keeps_copies_asks_for_its_sent_folder(run: Run, wiring: Wiring) -> None:
    assert "sent_folder" not in run("relays").output
    file = wiring.settings.mail_file
    assert file is not None
    file.write_text('[[relays]]\nname = "o"\nurl = "smtps://a.example"\npreset = "microsoft365"')
    shown = run("relays").output
    assert "name sent_folder so that doubts can be cleared" in shown
    assert "30 thư/phút, gửi ngay được 3; 2000 thư/ngày" in shown


def test_programs_read_the_relays_as_json(run: Run) -> None:
    told = json.loads(run("relays", "--json").stdout)
    first, second = told["relays"]
    assert first["pace"][0] == {"window": "minute", "limit": 80, "left": 10}
    assert (first["login"], first["evidence"], first["stopped"]) == (
        "password",
        ["postfix-log"],
        None,
    )
    assert (second["login"], second["domains"]) == ("none", ["tinh.example"])
    assert told["domains"][0]["domain"] == "gmail.com"


def test_a_stopped_relay_gets_no_letters_until_it_may_go_on(run: Run, wiring: Wiring) -> None:
    make_wave(wiring.database, [MadePerson(name="Người")])
    run("pause", "chinh", "--reason", "bảo  trì", "--actor", "Phòng Nội vụ")
    assert "ĐANG DỪNG từ 03/03/2025 02:00 (UTC): bảo trì" in run("relays").output
    assert claimed(wiring) == 0
    run("resume", "chinh", "--actor", "Chị Ba")
    assert "ĐANG DỪNG" not in run("relays").output
    assert claimed(wiring) == 1
    assert journal(wiring.database) == [
        ("transport-paused", "Phòng Nội vụ", {"transport": "chinh", "reason": "bảo trì"}),
        ("transport-resumed", "Chị Ba", {"transport": "chinh"}),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pause", "khac", "--reason", "x"), "the relays are: chinh, tinh"),
        (("pause", "chinh", "--reason", " "), "takes 1-200 characters"),
        (("pause", "chinh", "--reason", "hỏi a@b.example"), "no e-mail address"),
        (("pause", "chinh", "--reason", "x" * 201), "takes 1-200 characters"),
        (("resume", "chinh"), "is not stopped"),
    ],
)
def test_what_cannot_be_done_is_refused_and_not_recorded(
    run: Run, wiring: Wiring, arguments: tuple[str, ...], words: str
) -> None:
    assert words in run(*arguments, code=1).stderr
    assert journal(wiring.database) == []


def test_a_relay_is_not_stopped_twice(run: Run, wiring: Wiring) -> None:
    run("pause", "chinh", "--reason", "bảo trì")
    assert "bảo trì" in run("pause", "chinh", "--reason", "khác", code=1).stderr
    assert len(journal(wiring.database)) == 1


def test_a_relay_that_the_file_no_longer_names_can_still_go_on(run: Run, wiring: Wiring) -> None:
    run("pause", "tinh", "--reason", "bảo trì")
    file = wiring.settings.mail_file
    assert file is not None
    file.write_text('[[relays]]\nname = "moi"\nurl = "smtps://a.example"')
    run("resume", "tinh")
    assert len(journal(wiring.database)) == 2
