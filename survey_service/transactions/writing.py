"""Rows of a delivery against what is known: added, changed in place, or left alone."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from survey_service.store.transactions import SampledPerson, Transaction
from survey_service.transactions.linking import linking
from survey_service.transactions.reading import Read
from survey_service.transactions.temporary import temporary

IMPORTS: Final = 0x6C69737473
"""PostgreSQL's advisory lock for lists of transactions ("lists" in ASCII)."""
CACHE_KIB: Final = 32_768
"""SQLite's page cache during a long import.

Digests come in no order: with less, each row would push a page of the index of persons out into
the log, four kilobytes for sixteen bytes.
"""

incoming = Table(
    "incoming_transactions",
    MetaData(),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("number", String(80)),
    Column("service", String(40)),
    Column("unit", String(40)),
    Column("channel", String(40)),
    Column("received", Date),
    Column("due", Date),
    Column("returned", Date),
    Column("name", Text),
    Column("email", String(320)),
    Column("person", LargeBinary(16)),
    Column("telephone", LargeBinary(16)),
    Column("content", LargeBinary(16)),
    prefixes=["TEMPORARY"],
)
_VALUES: Final = tuple(name for name in Read._fields if name not in {"line", "number"})
_DIFFERS: Final = Transaction.content != incoming.c.content
_GOES_BACK: Final = and_(_DIFFERS, Transaction.returned.is_not(None), incoming.c.returned.is_(None))
_CHANGES: Final = and_(_DIFFERS, Transaction.returned.is_(None) | incoming.c.returned.is_not(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many rows were new, changed, the same, and older than what is known.

    An older one is of a file that was still running when its row was made, and is finished by
    what came in before. `after_draw` counts changed ones whose person was drawn for a wave.
    """

    added: int
    changed: int
    unchanged: int
    older: int
    after_draw: int


def write_transactions(
    session: Session,
    source: str,
    batches: Iterable[Sequence[tuple[object, ...]]],
    today: date,
    *,
    changes: bool = True,
) -> Written:
    """Write rows (fields as in `Read`) of a source whose numbers differ from each other.

    Whoever is known by e-mail is linked to their telephone anew. A row that is there keeps its
    place and the day on which it first came; without `changes` it is left alone, as older.
    """
    same = and_(Transaction.source == source, Transaction.number == incoming.c.number)
    with temporary(session, incoming), linking(session) as links:
        _fill(session, batches)
        counted = session.execute(
            select(func.count(), func.count(case((_GOES_BACK, 1))), func.count(case((_CHANGES, 1))))
            .select_from(incoming)
            .join(Transaction, same)
        ).one()
        known, older, changed = (int(number) for number in counted)
        if not changes:
            older, changed = older + changed, 0
        rows = session.scalar(select(func.count()).select_from(incoming)) or 0
        links.touch(select(incoming.c.telephone))
        after_draw = 0
        if changed:
            links.touch(select(Transaction.telephone).join(incoming, same).where(_CHANGES))
            after_draw = _count_drawn(session, same)
            _change(session, same)
        if rows > known:
            _add(session, source, today, absent=~_known(source) if known else None)
        links.settle()
    return Written(
        added=rows - known,
        changed=changed,
        unchanged=known - changed - older,
        older=older,
        after_draw=after_draw,
    )


@contextmanager
def one_import_at_a_time(session: Session) -> Generator[None]:
    """Keep other imports waiting to the end of the transaction, and give SQLite room for this."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(IMPORTS)))
        yield
        return
    connection = session.connection()
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")


def _fill(session: Session, batches: Iterable[Sequence[tuple[object, ...]]]) -> None:
    """Bring rows into the temporary table in the way that is fast on each database."""
    connection = session.connection()
    names = ", ".join(Read._fields)
    if session.get_bind().dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor().copy(f"COPY {incoming.name} ({names}) FROM STDIN") as copy:
            for batch in batches:
                for row in batch:
                    copy.write_row(row)
        connection.exec_driver_sql(f"ANALYZE {incoming.name}")
        return
    places = ", ".join("?" * len(Read._fields))
    for batch in batches:
        connection.exec_driver_sql(
            f"INSERT INTO {incoming.name} ({names}) VALUES ({places})",  # noqa: S608
            list(batch),
        )


def _known(source: str) -> ColumnElement[bool]:
    there = aliased(Transaction)
    return (
        select(there.id).where(there.source == source, there.number == incoming.c.number).exists()
    )


def _count_drawn(session: Session, same: ColumnElement[bool]) -> int:
    drawn = select(SampledPerson.transaction_id).where(SampledPerson.state != "passed")
    changing = select(func.count()).select_from(incoming).join(Transaction, same)
    return session.scalar(changing.where(_CHANGES, Transaction.id.in_(drawn))) or 0


def _change(session: Session, same: ColumnElement[bool]) -> None:
    session.execute(
        update(Transaction)
        .where(same, _CHANGES)
        .values({name: incoming.c[name] for name in _VALUES})
        .execution_options(synchronize_session=False)
    )


def _add(session: Session, source: str, today: date, *, absent: ColumnElement[bool] | None) -> None:
    new = select(
        literal(source),
        incoming.c.number,
        *(incoming.c[name] for name in _VALUES),
        literal(today, Date),
    ).order_by(incoming.c.line)
    # A source that is wholly new is written row by row, without setting all of it aside first.
    if absent is not None:
        new = new.where(absent)
    names = ["source", "number", *_VALUES, "delivered_on"]
    session.execute(insert(Transaction).from_select(names, new))
