from collections import Counter
from pathlib import Path

import pytest
from made_returns import dsn, notice
from made_waves import NOW, MadePerson, MadeWave, make_wave
from postal import Dovecot
from sqlalchemy import select, update

from mailer.returns.mailbox import MailboxError
from mailer.returns.returned import Kind
from mailer.writing.return_path import return_path
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SeededEntropy
from survey_service.keys import new_key_ring
from survey_service.mailing.relays.mail_file import Returns
from survey_service.mailing.relays.setup import MailSetup, read_mail_setup
from survey_service.mailing.returning.polling import Polled, poll_returns
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import MailboxCheckpoint, ReturnedMail, Suppression

KEYS = new_key_ring(SeededEntropy(3))
BASE = "thu-ve@khaosat.example"
NO_FOLDER = "no//folder"
"""A name that no folder can have: mails cannot be moved there."""
WELCOME = notice("Welcome.", subject="News", sender="postmaster@x.example")


@pytest.fixture
def made(database: Database) -> MadeWave:
    made = make_wave(database, [MadePerson(name=f"Người {n}") for n in range(3)])
    with database.writing() as session:
        session.execute(update(Letter).values(state="sent", settled_at=NOW, transport="r"))
    return made


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """Give each test a mailbox of its own."""
    return f"{abs(hash(request.node.nodeid)):x}"[:12]


def _setup(dovecot: Dovecot, user: str, processed: str = "Processed") -> MailSetup:
    plain = read_mail_setup(read_settings({}))
    returns = Returns(address=BASE, mailbox=dovecot.url(user), processed=processed)
    return MailSetup(relays=plain.relays, returns=returns)


def _bounce(made: MadeWave, number: int) -> bytes:
    key = KEYS.secrets("letter")[0]
    return dsn(to=return_path(str(made.letters[number]), key=key, address=BASE))


def _poll(database: Database, setup: MailSetup) -> Polled:
    polled = poll_returns(database, SteppedClock(NOW), KEYS, setup)
    assert polled is not None
    return polled


def _count(database: Database, table: type[ReturnedMail | Suppression]) -> int:
    with database.reading() as session:
        return len(session.execute(select(table.id)).all())


def test_what_came_back_is_taken_and_moved_to_where_it_belongs(
    database: Database, dovecot: Dovecot, made: MadeWave, user: str
) -> None:
    for mail in (_bounce(made, 0), WELCOME, _bounce(made, 1)):
        dovecot.append(user, mail)
    polled = _poll(database, _setup(dovecot, user))
    assert polled == Polled(
        new=Counter({Kind.BOUNCE: 2, Kind.UNRECOGNISED: 1}), suppressed=2, repeated=0
    )
    places = [dovecot.count(user, name) for name in ("INBOX", "Processed", "Unrecognised")]
    assert places == [0, 2, 1]
    assert _poll(database, _setup(dovecot, user)) == Polled(new=Counter(), suppressed=0, repeated=0)


def test_a_mail_that_was_committed_and_not_moved_is_moved_by_the_next_visit(
    database: Database, dovecot: Dovecot, made: MadeWave, user: str
) -> None:
    dovecot.append(user, _bounce(made, 0))
    dovecot.append(user, _bounce(made, 1))
    with pytest.raises(MailboxError):
        _poll(database, _setup(dovecot, user, processed=NO_FOLDER))
    assert (_count(database, ReturnedMail), dovecot.count(user)) == (1, 2)
    dovecot.append(user, WELCOME)
    polled = _poll(database, _setup(dovecot, user))
    assert (polled.new.total(), polled.repeated) == (2, 1)
    assert _count(database, ReturnedMail) == 3
    assert _count(database, Suppression) == 2
    assert dovecot.count(user) == 0


def test_new_mails_do_not_wait_for_one_that_cannot_be_moved(
    database: Database, dovecot: Dovecot, made: MadeWave, user: str
) -> None:
    setup = _setup(dovecot, user, processed=NO_FOLDER)
    for number in range(3):
        dovecot.append(user, _bounce(made, number))
        with pytest.raises(MailboxError):
            _poll(database, setup)
        assert _count(database, ReturnedMail) == number + 1
    with database.reading() as session:
        assert session.scalars(select(MailboxCheckpoint.uid)).one() == 3
    assert dovecot.count(user) == 3


def test_a_mailbox_made_anew_is_read_from_its_start(
    database: Database, dovecot: Dovecot, made: MadeWave, user: str
) -> None:
    with database.writing() as session:
        name = f"{user}@127.0.0.1:{dovecot.port}/INBOX"
        session.add(MailboxCheckpoint(mailbox=name, uid_validity=1, uid=4_000_000_000))
    dovecot.append(user, _bounce(made, 0))
    assert _poll(database, _setup(dovecot, user)).new.total() == 1
    with database.reading() as session:
        row = session.scalars(select(MailboxCheckpoint)).one()
    assert row.uid == 1
    assert row.uid_validity > 1


def test_without_a_mailbox_there_is_nothing_to_poll(database: Database, tmp_path: Path) -> None:
    setup = read_mail_setup(read_settings({"SURVEY_DATA": str(tmp_path)}))
    assert poll_returns(database, SteppedClock(NOW), KEYS, setup) is None
