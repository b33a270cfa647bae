"""The journal: whole, tamper-evident, and safe under writers at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError
from tampering import alter_entry, drop_guard

from questionnaires.problems import ProblemsError
from survey_service.clock import SteppedClock
from survey_service.journal import (
    BEGINNING,
    Head,
    entries,
    head,
    record,
    require_whole,
    verify_chain,
)
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry

CLOCK = SteppedClock(datetime(2023, 2, 20, 1, 2, 3, 456789, tzinfo=UTC))


def write(database: Database, times: int = 1, **details: Any) -> Head:
    newest = Head(sequence=0, hash=BEGINNING)
    for _ in range(times):
        with database.writing() as session:
            newest = record(session, CLOCK, actor="thử", wave="W", event="paused", details=details)
    return newest


def test_an_empty_journal_is_whole(database: Database) -> None:
    with database.reading() as session:
        assert verify_chain(session) is None
        assert head(session) == Head(sequence=0, hash=BEGINNING)


def test_entries_chain_and_read_back_whole(database: Database) -> None:
    newest = write(database, 3, count=7, nested={"groups": ["ND", None, True]}, text="Đợt 1")
    with database.reading() as session:
        assert verify_chain(session) is None
        assert head(session) == newest
        first, second, third = (session.get_one(JournalEntry, number) for number in (1, 2, 3))
        assert first.previous == BEGINNING
        assert (second.previous, third.previous) == (first.hash, second.hash)
        assert len({first.hash, second.hash, third.hash}) == 3
        assert first.at == CLOCK.now()


def test_several_entries_in_one_transaction_chain(database: Database) -> None:
    with database.writing() as session:
        for event in ("closed", "frozen"):
            record(session, CLOCK, actor="a", wave="W", event=event, details={})
    with database.reading() as session:
        assert verify_chain(session) is None
        assert head(session).sequence == 2


def test_an_entry_falls_with_its_transaction(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            record(session, CLOCK, actor="a", wave="W", event="opened", details={})
            raise RuntimeError("the use case failed")

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert head(session).sequence == 0


@pytest.mark.parametrize(
    "change",
    [
        {"details": {"count": 8}},
        {"actor": "ai đó"},
        {"wave": "V"},
        {"event": "resumed"},
        {"at": datetime(2023, 2, 21, tzinfo=UTC)},
        {"previous": "f" * 64},
        {"hash": "f" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_entry_is_found(database: Database, change: dict[str, Any]) -> None:
    write(database, 3, count=7)
    alter_entry(database, 2, **change)
    with database.reading() as session:
        found = verify_chain(session)
        assert found is not None
        assert found.where == "nhật ký/journal #2"
        assert "bị sửa" in found.message.vi
        assert "altered" in found.message.en


def test_a_missing_entry_is_found(database: Database) -> None:
    write(database, 3)
    with database.writing() as session:
        drop_guard(session)
        session.execute(delete(JournalEntry).where(JournalEntry.sequence == 2))
    with database.reading() as session:
        found = verify_chain(session)
        assert found is not None
        assert "entry 2 is missing" in found.message.en


def test_a_cut_end_is_found_by_a_witness_only(database: Database) -> None:
    witnessed = write(database, 3)
    with database.reading() as session:
        assert verify_chain(session, witnessed=witnessed) is None
    with database.writing() as session:
        drop_guard(session)
        session.execute(delete(JournalEntry).where(JournalEntry.sequence == 3))
    with database.reading() as session:
        assert verify_chain(session) is None
        found = verify_chain(session, witnessed=witnessed)
        assert found is not None
        assert "witness" in found.message.en


@pytest.mark.parametrize("secret", ["a@coquan.example", {"deep": ["b@coquan.example"]}])
def test_an_address_is_refused(database: Database, secret: object) -> None:
    with pytest.raises(ValueError, match="address"):
        write(database, secret=secret)


@pytest.mark.parametrize("value", [1.5, date(2023, 2, 20), {1, 2}])
def test_values_without_one_form_are_refused(database: Database, value: object) -> None:
    with pytest.raises(TypeError):
        write(database, value=value)


def test_writers_at_once_make_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, [database] * 8, [5] * 8))
    with database.reading() as session:
        assert verify_chain(session) is None
        assert head(session).sequence == 40


@pytest.mark.parametrize(
    "statement",
    [
        update(JournalEntry).values(actor="ai đó"),
        update(JournalEntry).where(JournalEntry.sequence == 1).values(details={}),
        delete(JournalEntry),
        delete(JournalEntry).where(JournalEntry.sequence == 2),
    ],
    ids=["alter all", "alter one", "delete all", "delete one"],
)
def test_the_database_itself_refuses_to_alter_the_journal(
    database: Database, statement: Any
) -> None:
    newest = write(database, 2)
    with (
        pytest.raises(DatabaseError, match="the journal is append-only"),
        database.writing() as session,
    ):
        session.execute(statement)
    with database.reading() as session:
        assert verify_chain(session, witnessed=newest) is None
    assert write(database).sequence == 3


def test_no_statement_of_its_own_gets_past_the_guard(database: Database) -> None:
    newest = write(database, 2)
    sneaky = (
        "INSERT OR REPLACE INTO journal SELECT 1, at, 'x', wave, event, details, previous, hash "
        "FROM journal WHERE sequence = 2"
        if database.is_sqlite
        else "TRUNCATE journal"
    )
    with (
        pytest.raises(DatabaseError, match="the journal is append-only"),
        database.writing() as session,
    ):
        session.execute(text(sneaky))
    with database.reading() as session:
        assert verify_chain(session, witnessed=newest) is None


def test_nothing_is_built_on_a_broken_chain(database: Database) -> None:
    write(database, 3)
    with database.reading() as session:
        require_whole(session)
    alter_entry(database, 2, actor="ai đó")
    with database.reading() as session, pytest.raises(ProblemsError) as refused:
        require_whole(session)
    broken, remedy = refused.value.problems
    assert broken.where == "nhật ký/journal #2"
    assert "journal check" in remedy.message.vi
    assert "journal check" in remedy.message.en


def test_the_entries_of_one_wave_can_be_walked(database: Database) -> None:
    write(database, 2)
    with database.writing() as session:
        record(session, CLOCK, actor="a", wave="V", event="closed", details={})
    with database.reading() as session:
        assert [entry.sequence for entry in entries(session)] == [1, 2, 3]
        assert [entry.event for entry in entries(session, wave="V")] == ["closed"]
