"""Tables that last as long as a step of a transaction."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Table
from sqlalchemy.orm import Session


@contextmanager
def temporary(session: Session, *tables: Table) -> Generator[None]:
    """Make tables that only this session sees, and drop them at the end."""
    connection = session.connection()
    for table in tables:
        table.create(connection)
    yield
    # Where an error passes through, they go with everything else that is rolled back.
    for table in tables:
        table.drop(connection)
