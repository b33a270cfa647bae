"""What came back and what was answered prove that a letter arrived; records are chained to it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from made_waves import NOW, MadePerson, MadeWave, make_wave
from sqlalchemy import update

from mailer.resolving.chain import Chain
from mailer.resolving.resolver import Answer, Doubt, Resolver
from mailer.sending.outbox import Uncertain
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.mailing.relays.resolvers import AnswerCame, ReportsCame, resolver_for
from survey_service.mailing.relays.setup import Relay, read_mail_setup
from survey_service.store.answers import Draft
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import ReturnedMail
from survey_service.store.people import Invitation

PEOPLE = 3


@pytest.fixture
def wave(database: Database) -> MadeWave:
    return make_wave(database, [MadePerson(name=f"Người {number}") for number in range(PEOPLE)])


def doubts(letters: Collection[int]) -> list[Uncertain]:
    return [
        Uncertain(letter=str(letter), attempt=1, message_id=f"<{letter}.mac@x>", since=NOW)
        for letter in letters
    ]


def proven(source: Resolver, letters: Collection[int]) -> set[int]:
    answers = source.accepted(doubts(letters))
    assert set(answers.values()) <= {Answer.YES, Answer.UNKNOWN}
    return {letter for letter in letters if answers[f"<{letter}.mac@x>"] is Answer.YES}


def came_back(database: Database, letter: int, *, kind: str, source: str = "imap") -> None:
    with database.writing() as session:
        session.add(
            ReturnedMail(
                digest=bytes([letter] * 32), at=NOW, source=source, kind=kind, letter_id=letter
            )
        )


@pytest.mark.parametrize(
    ("kind", "source", "proves"),
    [
        ("delivery", "imap", True),
        ("bounce", "pipe", True),
        ("delay", "webhook", True),
        ("reply", "imap", True),
        ("bounce", "smtp", False),
        ("unrecognised", "imap", False),
    ],
)
def test_what_came_back_proves_that_the_letter_had_been_taken(
    database: Database, wave: MadeWave, kind: str, source: str, proves: bool
) -> None:
    first, *_ = wave.letters
    came_back(database, first, kind=kind, source=source)
    assert proven(ReportsCame(database), wave.letters) == ({first} if proves else set())


def drafted(database: Database, invitation: int, *, answered: int) -> None:
    with database.writing() as session:
        session.add(
            Draft(
                invitation_id=invitation,
                key_id=1,
                sealed=b"x",
                page=1,
                answered=answered,
                day=NOW.date(),
            )
        )


def test_an_answer_proves_that_the_invitation_arrived(database: Database, wave: MadeWave) -> None:
    drafted(database, wave.invitations[0], answered=1)
    drafted(database, wave.invitations[1], answered=0)
    with database.writing() as session:
        session.execute(
            update(Invitation).where(Invitation.id == wave.invitations[2]).values(answered=True)
        )
    assert proven(AnswerCame(database), wave.letters) == {wave.letters[0], wave.letters[2]}


def test_an_answer_proves_nothing_where_another_letter_may_have_brought_the_link(
    database: Database, wave: MadeWave
) -> None:
    for invitation in wave.invitations:
        drafted(database, invitation, answered=1)
    with database.writing() as session:
        reminders = [
            Letter(
                wave_id=wave.wave, invitation_id=invitation, step=step, not_before=NOW, begun_at=at
            )
            for invitation, step, at in zip(
                wave.invitations,
                ("reminder-1", "thank-you", "reminder-1"),
                (NOW, NOW, None),
                strict=True,
            )
        ]
        session.add_all(reminders)
        session.flush()
        later = [reminder.id for reminder in reminders]
    source = AnswerCame(database)
    assert proven(source, wave.letters) == set(wave.letters[1:])
    assert proven(source, later) == set()


def test_a_database_that_fails_proves_nothing(tmp_path: Path) -> None:
    unmigrated = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    for source in (ReportsCame(unmigrated), AnswerCame(unmigrated)):
        assert proven(source, [1]) == set()
    unmigrated.close()


def relay(**facts: object) -> Relay:
    (only,) = read_mail_setup(read_settings({})).relays
    return replace(only, **facts)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_relay_is_asked_by_all_that_it_keeps(
    database: Database, wave: MadeWave, tmp_path: Path
) -> None:
    clock = SteppedClock(NOW + timedelta(hours=1))
    log = tmp_path / "mail.log"
    full = relay(postfix_log=log, sent_folder="imap://a:b@127.0.0.1:1/Sent")
    resolver = resolver_for(full, database=database, clock=clock, caught=tmp_path)
    assert resolver.name == (
        "report that came back, answer that came in, mail catcher, Postfix log, Sent folder"
    )
    assert proven(resolver, wave.letters) == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_report_wins_over_a_record_that_lacks_the_letter(
    database: Database, wave: MadeWave, tmp_path: Path
) -> None:
    first, second, _ = wave.letters
    came_back(database, first, kind="delivery")
    resolver = resolver_for(relay(), database=database, clock=SteppedClock(NOW), caught=tmp_path)
    assert isinstance(resolver, Chain)
    asked: list[Doubt] = [*doubts([first, second])]
    assert [*resolver.accepted(asked).values()] == [Answer.YES, Answer.NO]
