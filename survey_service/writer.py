"""One thread that writes what waits together: group commit, and an answer only after it."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from operator import attrgetter
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection

from survey_service.store.database import Database

Result = TypeVar("Result")


class WriterBusyError(Exception):
    """More waits to be written than the writer takes on; try again in a moment."""


class WriterStoppedError(Exception):
    """The writer has stopped, or has not started yet; nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    key: bytes
    work: Callable[[Connection], Any]
    future: "Future[Any]"


class AnswerWriter:
    """Drains what waits into one durable transaction, at most `batch` pieces at a time.

    A batch that fails is rolled back and played again piece by piece: each piece gets its own
    result or exception, and none suffers from its neighbours. Pieces of a batch run in the order
    of their keys; two processes on one database then take row locks in the same order and cannot
    wait for each other in a circle. A context manager; leaving it writes what still waits.
    """

    def __init__(self, database: Database, *, waiting: int = 2_000, batch: int = 200) -> None:
        self._database = database
        self._batch = batch
        self._queue: queue.Queue[_Piece | None] = queue.Queue(waiting)
        self._thread = threading.Thread(target=self._run, name="answer-writer", daemon=True)
        self._accepting = False
        self._gate = threading.Lock()

    @property
    def alive(self) -> bool:
        """Tell whether work is taken and written."""
        return self._accepting and self._thread.is_alive()

    def write(self, key: bytes, work: Callable[[Connection], Result]) -> "Future[Result]":
        """Hand in one piece of work; its future has a result only after the commit.

        Work may be played more than once, so it decides by what it reads on the connection that
        it is given. Raises WriterBusyError where too much waits, WriterStoppedError after `stop`.
        """
        future: Future[Result] = Future()
        with self._gate:
            if not self._accepting:
                raise WriterStoppedError
            try:
                self._queue.put_nowait(_Piece(key=key, work=work, future=future))
            except queue.Full as error:
                raise WriterBusyError from error
        return future

    def start(self) -> None:
        """Begin to write; a writer starts once."""
        self._thread.start()
        self._accepting = True

    def stop(self) -> None:
        """Take nothing more, write what waits, and return when that is done."""
        with self._gate:
            was_accepting, self._accepting = self._accepting, False
        if was_accepting:
            self._queue.put(None)
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        going = True
        while going:
            waiting = [self._queue.get()]
            while len(waiting) < self._batch:
                try:
                    waiting.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            # A future that is running can no longer be cancelled: its piece will be written.
            pieces = [
                piece
                for piece in waiting
                if piece is not None and piece.future.set_running_or_notify_cancel()
            ]
            self._settle(sorted(pieces, key=attrgetter("key")))
            going = None not in waiting

    def _settle(self, pieces: list[_Piece]) -> None:
        try:
            results = self._commit(pieces)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever waits
            if len(pieces) == 1:
                pieces[0].future.set_exception(error)
                return
            for piece in pieces:
                self._settle([piece])
        else:
            for piece, result in zip(pieces, results, strict=True):
                piece.future.set_result(result)

    def _commit(self, pieces: list[_Piece]) -> list[Any]:
        if not pieces:
            return []
        with self._database.writing() as session:
            connection = session.connection()
            return [piece.work(connection) for piece in pieces]
