"""The invitation log as a table for Excel or CSV, written line by line."""

import csv
import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from questionnaires.text import Text
from survey_service.dataset.tables import guard
from survey_service.mailing.records.invitation_log import REASONS, LogLine, LogTotals
from survey_service.waves.mail_plan.letter_names import event_name, step_name

COLUMNS: Final = (
    Text(vi="Bước gửi", en="Step"),
    Text(vi="Tình trạng", en="State"),
    Text(vi="Lý do", en="Reason"),
    Text(vi="Thư điện tử", en="Address"),
    Text(vi="Nhóm", en="Group"),
    Text(vi="Số lần thử", en="Attempts"),
    Text(vi="Gửi lại", en="Resent"),
    Text(vi="Máy chủ gửi", en="Relay"),
    Text(vi="Mã trả lời", en="Reply code"),
    Text(vi="Từ lúc", en="Since"),
    Text(vi="Diễn biến", en="History"),
)
_EXCEL_ROWS = 1_048_576
_WIDTHS = (22, 18, 28, 32, 8, 10, 8, 14, 12, 17, 90)
Word = Callable[[Text], str]
"""Gives a text in the reader's language, or in both."""


class TooLongError(Exception):
    """The log has more lines than a sheet of Excel."""


class LogTable(Protocol):
    """Takes rows one after another."""

    def row(self, cells: list[str]) -> None:
        """Write one row; every cell stays text, whatever it begins with."""
        ...


class CsvTable:
    """Rows as CSV; cells that a spreadsheet would take for a formula get an apostrophe."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file, lineterminator="\n")

    def row(self, cells: list[str]) -> None:
        """Write one row."""
        self._writer.writerow([guard(cell) for cell in cells])


class SheetTable:
    """Rows of a workbook's sheet as plain text; what is written leaves the memory."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._row = 0

    def row(self, cells: list[str]) -> None:
        """Write one row; raises TooLongError where the sheet is full."""
        if self._row >= _EXCEL_ROWS:
            raise TooLongError
        for column, cell in enumerate(cells):
            self._sheet.write_string(self._row, column, cell)
        self._row += 1


@contextmanager
def csv_file(path: Path) -> Generator[LogTable]:
    """Open a CSV file that Excel reads; it is there whole, for its owner only, or not at all."""
    with _beside(path) as fresh, fresh.open("w", encoding="utf-8-sig", newline="") as file:
        yield CsvTable(file)


@contextmanager
def workbook(path: Path) -> Generator[LogTable]:
    """Open a workbook; it is there whole, for its owner only, or not at all."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - not at the start of every process

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with _beside(path) as fresh:
        book: Any = Workbook(str(fresh), options)
        try:
            sheet = book.add_worksheet("Nhật ký thư")
            sheet.freeze_panes(1, 0)
            for column, width in enumerate(_WIDTHS):
                sheet.set_column(column, column, width)
            yield SheetTable(sheet)
        finally:
            book.close()


@contextmanager
def _beside(path: Path) -> Generator[Path]:
    # It holds addresses: made for its owner only, and renamed once it is whole.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(descriptor)
    fresh = Path(name)
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def write_log(table: LogTable, lines: Iterator[LogLine], totals: LogTotals, word: Word) -> None:
    """Write headings, every line, and what they add up to."""
    table.row([word(column) for column in COLUMNS])
    for line in lines:
        table.row(_cells(line, word))
    for step, states in totals.states.items():
        table.row(
            [
                word(Text(vi="CỘNG", en="TOTAL")) + f" – {word(step_name(step))}",
                ", ".join(f"{word(event_name(state))} {n}" for state, n in sorted(states.items())),
            ]
        )
    table.row([word(Text(vi="TỔNG CỘNG", en="GRAND TOTAL")), str(totals.letters)])


def _cells(line: LogLine, word: Word) -> list[str]:
    history = "; ".join(
        " ".join(
            part
            for part in (one.at, word(event_name(one.event)), _reason(one.detail, word))
            if part
        )
        for one in line.history
    )
    return [
        word(step_name(line.step)),
        word(event_name(line.state)),
        _reason(line.reason, word),
        line.address,
        line.group,
        str(line.attempts),
        str(line.resent),
        line.relay,
        line.code,
        line.since,
        history,
    ]


def _reason(reason: str, word: Word) -> str:
    return word(REASONS[reason]) if reason in REASONS else reason
