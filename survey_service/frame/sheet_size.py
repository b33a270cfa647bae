"""How far the cells of a workbook reach, told before it is opened.

A workbook is read as a whole rectangle: two cells in opposite corners of an .xlsx of one kilobyte
would take half a terabyte, and a process that cannot get it is ended, not refused.
"""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Final

from questionnaires.problems import ProblemsError, problem

MOST_CELLS: Final = 50_000_000
"""A million rows of fifty columns."""
MOST_BYTES: Final = 2_000_000_000
"""What the parts of a workbook may come to when unpacked."""
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{1,10})["']""")
_PIECE: Final = 1 << 20
_LONGEST_PLACE: Final = 64


def refuse_vast(path: Path) -> None:
    """Raise ProblemsError for an .xlsx or .ods that unfolds into more than anybody's list has.

    Raises zipfile.BadZipFile for one that is damaged.
    """
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            vast = sum(part.file_size for part in parts) > MOST_BYTES or any(
                _cells(book, part) > MOST_CELLS for part in parts
            )
    except (NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise zipfile.BadZipFile(str(error)) from error
    if vast:
        raise ProblemsError(
            problem(
                path.name,
                "sổ tính quá lớn, hoặc có ô nằm quá xa bảng; hãy xóa hàng, cột thừa hoặc lưu lại "
                "dưới dạng “CSV UTF-8”.",
                "the workbook is too big, or has a cell far away from its table; delete what lies "
                "outside the table, or save it as “CSV UTF-8”.",
            )
        )


def _cells(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Give the size of the rectangle from the first cell to the last row and column of a part.

    Any part may be a sheet, whatever it is called; one without cells has none.
    """
    columns, last = set[bytes](), 0
    rest = b""
    with book.open(part) as sheet:
        while piece := sheet.read(_PIECE):
            places: list[tuple[bytes, bytes]] = _PLACE.findall(rest + piece)
            columns.update(column for column, _ in places)
            last = max(last, max((int(row) for _, row in places), default=0))
            rest = piece[-_LONGEST_PLACE:]
    return last * max((_number(column) for column in columns), default=0)


def _number(column: bytes) -> int:
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number
