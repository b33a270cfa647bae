"""Letters in doubt are listed, and a person can end a doubt once, for a reason that is kept."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from sqlalchemy import select, update

from survey_service.cli.mail import mail
from survey_service.cli.wiring import Wiring
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SeededEntropy
from survey_service.journal import entries, verify_chain
from survey_service.mailing.sending.history import Event, record_events
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    wiring = Wiring(
        settings=read_settings({"SURVEY_DATA": str(tmp_path)}),
        database=database,
        clock=SteppedClock(NOW),
        entropy=SeededEntropy(3),
    )

    def invoke(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(mail, words, obj=wiring, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return invoke


@pytest.fixture
def made(database: Database) -> MadeWave:
    made = make_wave(database, [MadePerson(name="An"), MadePerson(name="Bình")])
    doubt(database, made.letters[0])
    return made


def doubt(database: Database, letter: int) -> None:
    with database.writing() as session:
        session.execute(
            update(Letter)
            .where(Letter.id == letter)
            .values(state="uncertain", transport="main", settled_at=NOW, attempt=1, lease_owner="x")
        )
        said = "Postfix log: unknown for p0@hop-thu.example"
        record_events(session, [Event(letter=letter, at=NOW, event="uncertain", detail=said)])


def state(database: Database, letter: int) -> tuple[str, int, str | None]:
    with database.reading() as session:
        row = session.execute(
            select(Letter.state, Letter.resent, Letter.reply).where(Letter.id == letter)
        ).one()
    return row.state, row.resent, row.reply


def test_a_doubt_is_listed_with_what_one_needs_to_ask_the_relay(run: Run, made: MadeWave) -> None:
    (found,) = json.loads(run("uncertain", PLAN.code, "--json").output)
    assert (found["letter"], found["address"]) == (made.letters[0], "p0@hop-thu.example")
    assert (found["relay"], found["wave"]) == ("main", PLAN.code)
    assert found["said"] == "Postfix log: unknown for …"
    assert found["message_id"].startswith(f"<{made.letters[0]}.")
    said = run("uncertain").output
    assert "p0@hop-thu.example" in said
    assert "mail decide" in said


def test_a_reminder_in_doubt_does_not_say_whose_it_is(
    run: Run, database: Database, made: MadeWave
) -> None:
    with database.writing() as session:
        session.execute(update(Letter).values(step="reminder-1"))
    (found,) = json.loads(run("uncertain", "--json").output)
    assert found["address"] == ""
    assert f"#{made.letters[0]}" in run("uncertain").output
    assert "p0" not in run("uncertain").output


def test_no_doubts_and_no_wave_are_said(run: Run, database: Database, made: MadeWave) -> None:
    assert made
    with database.writing() as session:
        session.execute(update(Letter).values(state="sent"))
    assert "No letter is in doubt." in run("uncertain").output
    assert "khong-co" in run("uncertain", "khong-co", code=1).output


@pytest.mark.parametrize(
    ("flag", "expected", "events"),
    [
        ("--sent", ("sent", 0), ["resolved", "sent"]),
        ("--resend", ("queued", 1), ["resolved", "resent"]),
    ],
)
def test_a_person_ends_a_doubt(
    run: Run,
    database: Database,
    made: MadeWave,
    flag: str,
    expected: tuple[str, int],
    events: list[str],
) -> None:
    letter = made.letters[0]
    run("decide", str(letter), flag, "--reason", "quản trị đã xem nhật ký", "--actor", "Chị Lan")
    assert state(database, letter) == (*expected, "by hand")
    with database.reading() as session:
        told = session.scalars(
            select(LetterEvent).where(LetterEvent.letter_id == letter).order_by(LetterEvent.id)
        ).all()
        assert [event.event for event in told[1:]] == events
        assert told[1].detail == "by hand"
        (entry,) = entries(session, wave=PLAN.code)
        assert (entry.event, entry.actor) == ("doubt-ended", "Chị Lan")
        assert entry.details == {
            "letter": letter,
            "decision": flag.removeprefix("--"),
            "reason": "quản trị đã xem nhật ký",
        }
        assert verify_chain(session) is None


def test_a_doubt_ends_once(run: Run, database: Database, made: MadeWave) -> None:
    letter = made.letters[0]
    run("decide", str(letter), "--resend", "--reason", "không thấy")
    refused = run("decide", str(letter), "--sent", "--reason", "thấy rồi", code=1)
    assert "no longer in doubt" in refused.output
    assert state(database, letter) == ("queued", 1, "by hand")
    assert "no letter" in run("decide", "999", "--sent", "--reason", "x", code=1).output


@pytest.mark.parametrize("reason", ["", " ", "xem thư của an@x.example", "x" * 201])
def test_a_reason_must_be_one_that_the_journal_keeps(
    run: Run, database: Database, made: MadeWave, reason: str
) -> None:
    refused = run("decide", str(made.letters[0]), "--sent", "--reason", reason, code=1)
    assert "--reason" in refused.output
    assert state(database, made.letters[0])[0] == "uncertain"


def test_a_decision_must_be_named(run: Run, made: MadeWave) -> None:
    assert "--resend" in run("decide", str(made.letters[0]), "--reason", "x", code=2).output
