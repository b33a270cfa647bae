"""What was deleted taken out of the database's own files as well."""

from collections.abc import Sequence

from survey_service.store.base import Base
from survey_service.store.database import Database


def scrub(database: Database, tables: Sequence[type[Base]]) -> bool:
    """Clear the files of deleted rows; False where another reader of SQLite keeps them.

    SQLite overwrites rows as it deletes them, but its write-ahead log still holds the pages of
    before; PostgreSQL keeps dead rows until they are vacuumed.
    """
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.is_sqlite:
            return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        names = ", ".join(table.__tablename__ for table in tables)
        connection.exec_driver_sql(f"VACUUM {names}")
    return True
