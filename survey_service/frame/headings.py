"""Headings: from what offices write above a column to the field it stands for."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from questionnaires.problems import Problem, problem
from survey_service.frame.sheets import Row, at_line

_LETTERS = str.maketrans("đĐ", "dD")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table: its name here and the headings it goes by, the usual ones first.

    The first heading is the Vietnamese one that problems name.
    """

    name: str
    headings: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field stands: its place from 0 and its heading as the file has it."""

    place: int
    heading: str

    def where(self, path: Path, line: int) -> str:
        """Name a cell: `contacts.csv, dòng/line 12, cột/column D “Thư điện tử”`."""
        return f"{at_line(path, line)}, cột/column {letter(self.place)} “{self.heading}”"


Layout = dict[str, Column]
"""Field name → where it stands; a field that the file lacks is absent."""


def fold(heading: str) -> str:
    """Reduce a heading to what does not depend on accents, case, spaces and marks."""
    plain = unicodedata.normalize("NFKD", heading.translate(_LETTERS)).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def letter(place: int) -> str:
    """Give a column's letter in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        name = chr(ord("A") + rest) + name
        place -= 1
    return name


def read_headings(path: Path, row: Row, fields: Sequence[Field]) -> tuple[Layout, list[Problem]]:
    """Find each field's column; unknown, repeated and missing headings are problems."""
    meanings = {fold(heading): field.name for field in fields for heading in field.headings}
    layout: Layout = {}
    problems: list[Problem] = []
    for place, cell in enumerate(row.cells):
        heading = " ".join(unicodedata.normalize("NFC", cell).split())
        column = Column(place, heading)
        meaning = meanings.get(fold(heading))
        if not heading:
            continue
        if meaning is None:
            problems.append(_unknown(column.where(path, row.line), fields))
        elif meaning in layout:
            problems.append(_repeated(column.where(path, row.line), layout[meaning]))
        else:
            layout[meaning] = column
    missing = [field for field in fields if field.required and field.name not in layout]
    problems += [_missing(at_line(path, row.line), field) for field in missing]
    return layout, problems


def _unknown(where: str, fields: Sequence[Field]) -> Problem:
    known = ", ".join(f"“{field.headings[0]}”" for field in fields)
    return problem(
        where,
        f"không có cột nào tên như vậy; hãy xóa cột này hoặc đặt tên là một trong: {known}.",
        f"there is no such column; delete it or name it one of: {known}.",
    )


def _repeated(where: str, first: Column) -> Problem:
    place = f"{letter(first.place)} “{first.heading}”"
    return problem(
        where,
        f"trùng nghĩa với cột {place}; hãy chỉ giữ một cột.",
        f"means the same as column {place}; keep one of them.",
    )


def _missing(where: str, field: Field) -> Problem:
    english = next((name for name in field.headings if name.isascii()), field.name)
    return problem(
        where,
        f"thiếu cột “{field.headings[0]}”.",
        f"the column “{english}” is missing.",
    )
