"""Tables as offices save them, CSV or a workbook's first sheet, as rows of text."""

import csv
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineWorkbook

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.frame.encodings import encoding_of, first_unreadable, refused_encoding
from survey_service.frame.sheet_size import refuse_vast

DELIMITERS = ";,\t|"
ZIPPED = b"PK\x03\x04"
WORKBOOKS = (ZIPPED, b"\xd0\xcf\x11\xe0")
"""How an .xlsx or .ods and an .xls begin, whatever the file is called."""

Cell = str | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the number that a spreadsheet shows beside it, from 1."""

    line: int
    cells: tuple[str, ...]


def read_rows(path: Path) -> Iterator[Row]:
    """Walk the rows that have something in them, as they are read; the first is the heading.

    A CSV may be in UTF-8 or, with a byte order mark, in UTF-16, with `;` `,` `|` or tabs.
    Raises ProblemsError for a file that cannot be read, at the row where that shows.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
        rows = (
            _workbook_rows(path, zipped=start == ZIPPED) if start in WORKBOOKS else _text_rows(path)
        )
        yield from (row for row in rows if any(row.cells))
    except OSError as error:
        raise ProblemsError(
            problem(
                path.name,
                "không mở được tệp; hãy kiểm tra tên tệp và quyền đọc.",
                "the file cannot be opened; check its name and the right to read it.",
            )
        ) from error


def at_line(path: Path, line: int) -> str:
    """Name a row of a file, in both languages."""
    return f"{path.name}, dòng/line {line}"


def _text_rows(path: Path) -> Generator[Row]:
    line = 0
    try:
        with path.open(encoding=encoding_of(path), newline="") as file:
            lines = iter(file)
            first = next(lines, "")
            delimiter = _stated_delimiter(first)
            if delimiter is None:
                delimiter, lines = _likeliest_delimiter(first), _chain(first, lines)
            for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                line += 1
                yield Row(line, tuple(cell.strip() for cell in cells))
    except UnicodeDecodeError as error:
        raise ProblemsError(refused_encoding(at_line(path, first_unreadable(path)))) from error
    except csv.Error as error:
        raise ProblemsError(_quotes_problem(at_line(path, line + 1))) from error


def _chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _stated_delimiter(first: str) -> str | None:
    """Give the delimiter of a `sep=;` line, which Excel obeys and does not show."""
    line = first.strip("\r\n")
    return line[4] if len(line) == 5 and line[:4].lower() == "sep=" else None


def _likeliest_delimiter(first: str) -> str:
    """Give the delimiter that splits the heading most often, outside quotation marks."""
    outside = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _quotes_problem(where: str) -> Problem:
    return problem(
        where,
        'dấu ngoặc kép " không khép lại đúng chỗ; hãy mở tệp bằng Excel và lưu lại dưới dạng '
        "“CSV UTF-8” hoặc .xlsx.",
        'a quotation mark " is not closed where it should be; open the file in Excel and save it '
        "again as “CSV UTF-8” or .xlsx.",
    )


def _workbook_rows(path: Path, *, zipped: bool) -> Generator[Row]:
    try:
        if zipped:
            refuse_vast(path)
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, BadZipFile) as error:
        raise ProblemsError(
            problem(
                path.name,
                "không đọc được sổ tính (tệp hỏng hoặc có mật khẩu); hãy bỏ mật khẩu và lưu lại "
                "dưới dạng .xlsx.",
                "the workbook cannot be read (damaged or with a password); remove the password "
                "and save it again as .xlsx.",
            )
        ) from error
    for line, cells in enumerate(rows, 1):
        yield Row(line, tuple(_written(cell) for cell in cells))


def _written(cell: Cell) -> str:
    """Write a cell as a person reads it: codes that a sheet took for numbers are whole again."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
