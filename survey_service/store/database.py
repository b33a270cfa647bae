"""Connections to SQLite or PostgreSQL: sessions that read and sessions that write."""

import threading
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Insert, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MILLISECONDS = 30_000


class Database:
    """One database for every process of the service.

    On SQLite (WAL, `synchronous=FULL`) writers begin IMMEDIATE and queue behind one lock, so
    that nobody meets a busy database half-way through a transaction; PostgreSQL needs neither.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            file = Path(parsed.database)
            file.parent.mkdir(parents=True, exist_ok=True)
            # It will hold addresses, and drafts until the cut-off: for its owner only.
            file.touch(mode=0o600)
        self.engine: Engine = create_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=pool_size,
            hide_parameters=True,  # an error is logged; who answered what is not
        )
        self._write_lock = threading.Lock() if self.is_sqlite else nullcontext()
        if self.is_sqlite:
            _prepare_sqlite(self.engine)

    @contextmanager
    def reading(self) -> Generator[Session]:
        """Open a session that sees one moment of the database and changes nothing."""
        with self.engine.connect() as connection, Session(bind=connection) as session:
            yield session

    @contextmanager
    def writing(self) -> Generator[Session]:
        """Open a session that commits at the end, or rolls back where an error passes through."""
        with (
            self._write_lock,
            self.engine.connect().execution_options(begin_immediate=True) as connection,
            Session(bind=connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def insert_missing(self, table: type[DeclarativeBase]) -> Insert:
        """Start an INSERT that leaves rows alone which are there already."""
        build: Any = sqlite.insert if self.is_sqlite else postgresql.insert
        statement: Insert = build(table).on_conflict_do_nothing()
        return statement

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling begins too late for IMMEDIATE; we begin ourselves.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {BUSY_MILLISECONDS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("begin_immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
