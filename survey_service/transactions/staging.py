"""Transactions that were read and not yet written, kept on disk so that memory stays flat."""

import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from typing import Final, NamedTuple

from survey_service.transactions.reading import Read

BATCH: Final = 5_000
_COLUMNS: Final = ", ".join(Read._fields)
_INSERT: Final = f"INSERT INTO staged VALUES ({', '.join('?' * len(Read._fields))})"  # noqa: S608
_WALK: Final = f"SELECT {_COLUMNS} FROM staged ORDER BY rowid"  # noqa: S608
_REPEATED: Final = """
    CREATE TABLE repeated AS
    SELECT number, min(line) AS first, count(DISTINCT content) > 1 AS contradicts
    FROM staged GROUP BY number HAVING count(*) > 1
"""
_REPEATS: Final = """
    SELECT staged.line, staged.number, repeated.first, repeated.contradicts
    FROM repeated JOIN staged ON staged.number = repeated.number AND staged.line > repeated.first
"""
_COUNT: Final = "SELECT count(*), total(email = ''), total(person IS NULL) FROM staged"


class Repeat(NamedTuple):
    """A line whose number stands in an earlier one too, and whether the two contradict."""

    line: int
    number: str
    first: int
    contradicts: bool


class Counts(NamedTuple):
    """How many rows there are, and how many without an e-mail address, or any contact at all."""

    rows: int
    no_email: int
    no_contact: int


class Staging:
    """The rows of one delivery, in their order."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fill(self, read: Iterable[Read]) -> Iterator[int]:
        """Take rows in, telling after each batch how many it had."""
        walking = iter(read)
        while batch := list(islice(walking, BATCH)):
            self._connection.executemany(_INSERT, batch)
            yield len(batch)
        self._connection.execute(_REPEATED)

    def repeats(self) -> Iterator[Repeat]:
        """Walk the lines whose number came before in the same delivery."""
        for line, number, first, contradicts in self._connection.execute(_REPEATS):
            yield Repeat(line, number, first, bool(contradicts))

    def drop_repeats(self) -> None:
        """Keep each number once, and none of those whose lines contradict."""
        self._connection.execute(
            "DELETE FROM staged WHERE number IN (SELECT number FROM repeated WHERE contradicts)"
        )
        self._connection.execute(
            "DELETE FROM staged WHERE number IN (SELECT number FROM repeated)"
            " AND line NOT IN (SELECT first FROM repeated)"
        )

    def count(self) -> Counts:
        """Count what is there."""
        return Counts(*map(int, self._connection.execute(_COUNT).fetchone()))

    def batches(self) -> Iterator[list[tuple[object, ...]]]:
        """Walk the rows in the order in which they came."""
        walked = self._connection.execute(_WALK)
        while batch := walked.fetchmany(BATCH):
            yield batch


@contextmanager
def open_staging() -> Generator[Staging]:
    """Open an empty staging; its file has no name and is gone at the end."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE staged ({_COLUMNS})")
        yield Staging(connection)
