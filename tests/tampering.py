"""What somebody with every right on the database can do to the journal: past its guard."""

from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry

TRIGGERS = {
    "sqlite": ("journal_keeps_entries", "journal_loses_nothing", "journal_replaces_nothing"),
    "postgresql": ("journal_keeps_entries",),
}


def drop_guard(session: Session) -> None:
    """Drop the triggers that keep the journal append-only."""
    dialect = session.get_bind().dialect.name
    table = " ON journal" if dialect == "postgresql" else ""
    for name in TRIGGERS[dialect]:
        session.execute(text(f"DROP TRIGGER {name}{table}"))


def alter_entry(database: Database, sequence: int, **values: Any) -> None:
    """Alter an entry of the journal behind its guard."""
    with database.writing() as session:
        drop_guard(session)
        session.execute(
            update(JournalEntry).where(JournalEntry.sequence == sequence).values(values)
        )
