import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from sqlalchemy import event, func, select, update

from questionnaires.problems import ProblemsError
from survey_service.clock import SteppedClock
from survey_service.entropy import SeededEntropy
from survey_service.freezing.cut_off import freeze_wave
from survey_service.journal import verify_chain
from survey_service.publishing.wave import publish_wave
from survey_service.purging import Purged, purge_wave
from survey_service.store.answers import Ballot, Draft, Response
from survey_service.store.base import Base
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, ReturnedMail, Suppression, WaveStep
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Publication, Wave
from survey_service.waves.mail_plan.deciding import send_step, skip_step
from survey_service.waves.mail_plan.scheduling import Scheduled, schedule
from survey_service.waves.plan import MailPlan, WavePlan
from survey_service.waves.reading import WaveUnknownError
from survey_service.waves.status import wave_status
from survey_service.waves.transitions import WaveStateError

PEOPLE = [
    MadePerson(name=f"Người dân {n}", group="ND", units=("XA1" if n % 2 else "XA2",))
    for n in range(12)
]
TELLING = msgspec.structs.replace(PLAN, mail=MailPlan(results=True))
MIDNIGHT = datetime(2025, 12, 31, 17, tzinfo=UTC)
"""The end in Viet Nam of the last day that lists are kept."""
PEOPLED = (Contact, Invitation, Letter, LetterEvent, Ballot, Response, Draft)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW + timedelta(days=20))


def frozen(database: Database, clock: SteppedClock, folder: Path, plan: WavePlan) -> MadeWave:
    made = make_wave(database, PEOPLE, plan=plan, state="closed")
    with database.writing() as session:
        session.execute(update(Letter).values(state="sent", settled_at=NOW))
    freeze_wave(
        *(database, clock, SeededEntropy(1)),
        code=PLAN.code,
        folder=folder / "dataset",
        actor="test",
    )
    return made


def published(database: Database, clock: SteppedClock, folder: Path, plan: WavePlan) -> int:
    frozen(database, clock, folder, plan)
    return publish_wave(database, clock, code=PLAN.code, wave_folder=folder, actor="test").letters


def purge(database: Database, clock: SteppedClock) -> Purged:
    return purge_wave(database, clock, code=PLAN.code, actor="test")


def count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def deliver_results(database: Database) -> None:
    with database.writing() as session:
        results = update(Letter).where(Letter.step == "results", Letter.state == "queued")
        session.execute(results.values(state="sent", settled_at=NOW))


def test_publishing_tells_everybody_invited_that_the_results_are_out(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    made = frozen(database, clock, tmp_path, TELLING)
    with database.writing() as session:
        revoked = update(Invitation).where(Invitation.id == made.invitations[0])
        session.execute(revoked.values(revoked=True))
    queued = [
        publish_wave(database, clock, code=PLAN.code, wave_folder=tmp_path, actor="test").letters
        for _ in range(2)
    ]
    assert queued == [11, 0]
    assert schedule(database, clock) == Scheduled()
    with database.reading() as session:
        letters = select(Letter.invitation_id).where(Letter.step == "results")
        assert set(session.scalars(letters)) == set(made.invitations[1:])
        assert session.scalars(select(WaveStep.state)).all() == ["queued"]
        events = list(session.scalars(select(JournalEntry.event)))
        assert events == ["frozen", "published", "step queued"]


def test_without_it_in_the_plan_nobody_is_told(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    assert published(database, clock, tmp_path, PLAN) == 0
    assert schedule(database, clock) == Scheduled()


def test_results_of_a_publication_that_nobody_told_of_are_queued_or_ask(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    published(database, clock, tmp_path, PLAN)
    with database.writing() as session:
        session.execute(update(Wave).values(plan=msgspec.json.encode(TELLING)))
    clock.move_to(clock.now() + timedelta(hours=49))
    assert schedule(database, clock) == Scheduled(late=1)
    assert schedule(database, clock) == Scheduled()
    clock.move_to(MIDNIGHT)
    with pytest.raises(ProblemsError, match="wave step hai-xa-2025 results --skip"):
        purge(database, clock)
    sent = send_step(database, clock, code=PLAN.code, step="results", actor="test")
    assert sent.letters == 12


def test_a_purge_leaves_counts_and_the_publication(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    published(database, clock, tmp_path, TELLING)
    deliver_results(database)
    with database.writing() as session:
        session.add_all(
            Suppression(email_key=address, wave=wave, reason="opt-out", source="page", at=NOW)
            for address, wave in (("p0@hop-thu.example", PLAN.code), ("p2@hop-thu.example", None))
        )
        letter = session.scalars(select(Letter.id)).first()
        session.add(LetterEvent(letter_id=letter or 0, at=NOW, event="sent"))
        session.add_all(
            ReturnedMail(
                digest=bytes([place]) * 32,
                at=NOW,
                source="imap",
                kind="bounce",
                letter_id=one,
                email_key="p1@hop-thu.example",
                wave=PLAN.code,
                failure=failure,
                raw=b"raw",
                diagnostic="550",
            )
            for place, (one, failure) in enumerate(
                ((letter, "policy"), (None, "policy"), (letter, "soft-mailbox"))
            )
        )
    with database.reading() as session:
        before = wave_status(session, PLAN.code)
    clock.move_to(MIDNIGHT)
    assert purge(database, clock) == Purged(people=12, letters=24)
    assert [count(database, table) for table in PEOPLED] == [0] * len(PEOPLED)
    with database.reading() as session:
        after = wave_status(session, PLAN.code)
        assert after == msgspec.structs.replace(before, purged=True)
        assert {step.step: step.states for step in after.letters}["results"] == {"sent": 12}
        returned = session.scalars(select(ReturnedMail).order_by(ReturnedMail.id)).all()
        assert {(row.letter_id, row.raw, row.diagnostic) for row in returned} == {(None,) * 3}
        # Only what a score over several waves is counted from keeps its address.
        assert [(row.failure, row.email_key) for row in returned] == [
            ("policy", None),
            ("policy", None),
            ("soft-mailbox", "p1@hop-thu.example"),
        ]
        assert session.scalar(select(func.count()).select_from(Publication)) == 1
        assert session.scalars(select(Suppression.email_key)).all() == ["p2@hop-thu.example"]
        entry = session.scalars(select(JournalEntry)).all()[-1]
        assert (entry.event, entry.details) == ("purged", {"people": 12, "letters": 24})
        assert verify_chain(session) is None


def test_purging_again_changes_nothing(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    published(database, clock, tmp_path, PLAN)
    clock.move_to(MIDNIGHT)
    assert purge(database, clock).people == 12
    assert purge(database, clock) == Purged(people=0, letters=0)
    with database.reading() as session:
        assert list(session.scalars(select(JournalEntry.event))).count("purged") == 1


def test_nothing_is_purged_before_the_day_that_people_were_told(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    published(database, clock, tmp_path, PLAN)
    clock.move_to(MIDNIGHT - timedelta(seconds=1))
    with pytest.raises(ProblemsError, match="31/12/2025"):
        purge(database, clock)
    assert count(database, Contact) == 12


@pytest.mark.parametrize("state", ["queued", "claimed", "intent", "deferred", "uncertain"])
def test_nothing_is_purged_while_letters_about_results_are_owed(
    database: Database, clock: SteppedClock, tmp_path: Path, state: str
) -> None:
    published(database, clock, tmp_path, TELLING)
    deliver_results(database)
    with database.writing() as session:
        last = session.scalars(select(Letter.id).order_by(Letter.id.desc())).first()
        session.execute(update(Letter).where(Letter.id == last).values(state=state))
    clock.move_to(MIDNIGHT)
    with pytest.raises(ProblemsError, match="1 thư báo kết quả chưa gửi xong"):
        purge(database, clock)
    assert count(database, Contact) == 12


def test_staff_may_spare_the_letters_that_are_owed(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    published(database, clock, tmp_path, TELLING)
    clock.move_to(MIDNIGHT)
    spared = skip_step(database, clock, code=PLAN.code, step="results", actor="test")
    assert spared.letters == 12
    assert purge(database, clock).people == 12


def test_a_frozen_wave_that_promises_a_letter_is_published_or_spared_first(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    frozen(database, clock, tmp_path, TELLING)
    clock.move_to(MIDNIGHT)
    with pytest.raises(ProblemsError, match="công bố trước"):
        purge(database, clock)
    skip_step(database, clock, code=PLAN.code, step="results", actor="test")
    published_after = publish_wave(
        database, clock, code=PLAN.code, wave_folder=tmp_path, actor="test"
    )
    assert published_after.letters == 0
    assert purge(database, clock).people == 12


def test_a_cancelled_wave_is_purged_with_its_answers(
    database: Database, clock: SteppedClock
) -> None:
    made = make_wave(database, PEOPLE, state="cancelled")
    with database.writing() as session:
        session.add(Response(invitation_id=made.invitations[0], submitted_at=NOW, texts=[]))
        session.flush()
        session.add(
            Ballot(invitation_id=made.invitations[0], unit="XA1", familiar=True, answers=b"\x01")
        )
        session.execute(
            update(Invitation).where(Invitation.id == made.invitations[0]).values(answered=True)
        )
    clock.move_to(MIDNIGHT)
    assert purge(database, clock).people == 12
    assert [count(database, table) for table in PEOPLED] == [0] * len(PEOPLED)
    with database.reading() as session:
        status = wave_status(session, PLAN.code)
    assert (status.contacts, status.total.invited, status.total.answered) == (12, 12, 1)


@pytest.mark.parametrize("state", ["draft", "open", "paused", "closed"])
def test_a_wave_that_is_not_over_is_not_purged(
    database: Database, clock: SteppedClock, state: str
) -> None:
    make_wave(database, PEOPLE[:1], state=state)
    clock.move_to(MIDNIGHT)
    with pytest.raises(WaveStateError):
        purge(database, clock)
    with pytest.raises(WaveUnknownError):
        purge_wave(database, clock, code="không-có", actor="test")


def test_a_reader_that_keeps_old_pages_is_told_and_purging_again_cleans(
    clock: SteppedClock, migrated_sqlite: Path, tmp_path: Path
) -> None:
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")

    # The wait for a reader is a setting of each connection; here nobody will go away.
    def hurry(connection: Any, _: object) -> None:
        connection.execute("PRAGMA busy_timeout = 200")

    event.listen(database.engine, "connect", hurry)
    make_wave(database, PEOPLE, state="cancelled")
    clock.move_to(MIDNIGHT)
    reader = sqlite3.connect(path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM contacts").fetchall()
    with pytest.raises(ProblemsError, match="wave purge"):
        purge(database, clock)
    reader.close()
    assert purge(database, clock).people == 0
    assert path.with_name("survey.sqlite3-wal").stat().st_size == 0
    assert b"p1@hop-thu.example" not in path.read_bytes()
    database.close()
