from alembic import command
from alembic.config import Config
from made_waves import NOW, MadePerson, make_wave
from sqlalchemy import select, text, update

from survey_service.store.database import Database
from survey_service.store.letters import Dispatcher, Letter
from survey_service.store.mail import (
    Bucket,
    LetterEvent,
    PausedTransport,
    ReturnedMail,
    Suppression,
    WaveStep,
)
from survey_service.store.migrate import SCRIPTS, differences, is_current

PEOPLE = [MadePerson(name=f"Người dân {n}", group="ND", units=("XA1",)) for n in range(3)]


def migrate(database: Database, revision: str) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", SCRIPTS)
    configuration.set_main_option("path_separator", "os")
    with database.engine.begin() as connection:
        configuration.attributes["connection"] = connection
        step = command.downgrade if revision == "0001" else command.upgrade
        step(configuration, revision)


def test_a_database_with_mail_goes_down_and_up_again(database: Database) -> None:
    made = make_wave(database, PEOPLE)
    letter = made.letters[0]
    with database.writing() as session:
        session.execute(
            update(Letter).where(Letter.id == letter).values(state="uncertain", transport="b")
        )
        session.add_all(
            (
                LetterEvent(letter_id=letter, at=NOW, event="uncertain"),
                ReturnedMail(
                    digest=b"1" * 32, at=NOW, source="imap", kind="bounce", letter_id=letter
                ),
                Suppression(email_key="a@b", wave=None, reason="manual", source="test", at=NOW),
                Bucket(name="relay/day", tokens=1.5, at=NOW),
                PausedTransport(name="relay", reason="test", at=NOW),
                Dispatcher(name="relay", owner="test", until=NOW),
                WaveStep(
                    wave_id=made.wave,
                    step="reminder-1",
                    state="queued",
                    due_at=NOW,
                    decided_at=NOW,
                    decided_by="plan",
                ),
            )
        )
    migrate(database, "0001")
    with database.reading() as session:
        kept = session.execute(text("SELECT id, state FROM letters ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [
        (number, "uncertain" if number == letter else "queued") for number in made.letters
    ]
    migrate(database, "head")
    assert is_current(database)
    assert differences(database) == []
    with database.reading() as session:
        letters = session.scalars(select(Letter).order_by(Letter.id)).all()
        assert [one.domain for one in letters] == ["hop-thu.example"] * 3
        assert [one.transport for one in letters] == ["relay", None, None]
        assert session.scalars(select(LetterEvent)).all() == []


def test_a_migrated_database_gives_no_number_of_a_letter_twice(database: Database) -> None:
    made = make_wave(database, PEOPLE)
    migrate(database, "0001")
    migrate(database, "head")
    with database.writing() as session:
        last = session.get_one(Letter, made.letters[-1])
        invitation = last.invitation_id
        session.delete(last)
        session.flush()
        again = Letter(
            wave_id=made.wave, invitation_id=invitation, step="invitation", not_before=NOW
        )
        session.add(again)
        session.flush()
        assert again.id > made.letters[-1]
