import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from survey_service.store.database import Database
from survey_service.store.people import Unit
from survey_service.writer import AnswerWriter, WriterBusyError, WriterStoppedError


def add(code: str) -> Callable[[Connection], str]:
    """Make work that adds a unit, and fails where there is one of that code."""

    def work(connection: Connection) -> str:
        row = {"code": code, "name_vi": code, "name_en": code, "unit_class": "XA"}
        connection.execute(insert(Unit), [{**row, "successor_of": [], "sectors": []}])
        return code

    return work


def units(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Unit)) or 0


class Gate:
    """Work that holds the writer until it is let go, so that what comes next waits together."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self, _: Connection) -> None:
        self.entered.set()
        assert self.open.wait(10)


def test_what_waits_is_written_together_and_acknowledged_after_the_commit(
    database: Database,
) -> None:
    seen: list[int] = []
    with AnswerWriter(database) as writer:
        gate = Gate()
        writer.write(b"", gate)
        assert gate.entered.wait(10)
        waiting = [writer.write(b"%03d" % n, add(f"U{n}")) for n in range(50)]
        waiting[0].add_done_callback(lambda _: seen.append(units(database)))
        gate.open.set()
        assert [future.result(10) for future in waiting] == [f"U{n}" for n in range(50)]
    # All fifty were visible by the time the first was acknowledged: one transaction.
    assert seen == [50]


def test_one_failing_piece_leaves_its_neighbours_whole(database: Database) -> None:
    with AnswerWriter(database) as writer:
        gate = Gate()
        writer.write(b"", gate)
        assert gate.entered.wait(10)
        codes = ["A", "B", "A", "C"]
        futures = [writer.write(b"%d" % n, add(code)) for n, code in enumerate(codes)]
        gate.open.set()
        assert [futures[n].result(10) for n in (0, 1, 3)] == ["A", "B", "C"]
        with pytest.raises(IntegrityError):
            futures[2].result(10)
    assert units(database) == 3


def test_pieces_of_a_batch_run_in_the_order_of_their_keys(database: Database) -> None:
    order: list[bytes] = []
    with AnswerWriter(database) as writer:
        gate = Gate()
        writer.write(b"", gate)
        assert gate.entered.wait(10)
        for key in (b"3", b"1", b"2"):
            writer.write(key, lambda _, key=key: order.append(key))
        gate.open.set()
    assert order == [b"1", b"2", b"3"]


def test_stopping_writes_what_waits_and_then_takes_nothing(database: Database) -> None:
    writer = AnswerWriter(database, batch=3)
    writer.start()
    gate = Gate()
    writer.write(b"", gate)
    assert gate.entered.wait(10)
    futures: list[Future[str]] = [writer.write(b"%d" % n, add(f"U{n}")) for n in range(8)]
    gate.open.set()
    writer.stop()
    assert all(future.done() for future in futures)
    assert units(database) == 8
    assert not writer.alive
    with pytest.raises(WriterStoppedError):
        writer.write(b"9", add("U9"))
    writer.stop()


def test_a_writer_that_has_not_started_takes_nothing(database: Database) -> None:
    writer = AnswerWriter(database)
    assert not writer.alive
    with pytest.raises(WriterStoppedError):
        writer.write(b"1", add("U1"))
    writer.stop()


def test_too_much_waiting_is_refused_at_once(database: Database) -> None:
    with AnswerWriter(database, waiting=2) as writer:
        gate = Gate()
        writer.write(b"", gate)
        assert gate.entered.wait(10)
        for n in range(2):
            writer.write(b"%d" % n, add(f"U{n}"))
        with pytest.raises(WriterBusyError):
            writer.write(b"9", add("U9"))
        gate.open.set()
    assert units(database) == 2


def test_work_that_was_cancelled_while_it_waited_is_not_written(database: Database) -> None:
    with AnswerWriter(database) as writer:
        gate = Gate()
        writer.write(b"", gate)
        assert gate.entered.wait(10)
        cancelled = writer.write(b"1", add("U1"))
        assert cancelled.cancel()
        gate.open.set()
    assert units(database) == 0
