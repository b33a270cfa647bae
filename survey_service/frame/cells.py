"""The cells of one row, by field, and where what is wrong with them is said."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from questionnaires.problems import problem
from questionnaires.text import Text
from survey_service.frame.findings import Findings
from survey_service.frame.headings import Layout
from survey_service.frame.sheets import Row, at_line

Value = TypeVar("Value")


class Cells:
    """The cells of one row by field, gathering what is wrong with them."""

    def __init__(self, path: Path, row: Row, layout: Layout, findings: Findings) -> None:
        self._path = path
        self._row = row
        self._layout = layout
        self._findings = findings

    @property
    def line(self) -> int:
        """The row's number as a spreadsheet shows it."""
        return self._row.line

    def raw(self, field: str) -> str:
        """Give a cell as the file has it, "" where there is none."""
        column = self._layout.get(field)
        if column is None or column.place >= len(self._row.cells):
            return ""
        return self._row.cells[column.place]

    def read(self, field: str, parse: Callable[[str], Value | Text], missing: Value) -> Value:
        """Read a cell; `missing` where it is empty or, with a problem gathered, wrong."""
        raw = self.raw(field)
        if not raw:
            return missing
        value = parse(raw)
        if isinstance(value, Text):
            self.refuse(field, value)
            return missing
        return value

    def refuse(self, field: str, message: Text, *, warning: bool = False) -> None:
        """Gather a problem about a cell of this row."""
        self.refuse_at(field, self.line, message, warning=warning)

    def refuse_at(self, field: str, line: int, message: Text, *, warning: bool = False) -> None:
        """Gather a problem about a cell of some row of the same table."""
        column = self._layout.get(field)
        where = at_line(self._path, line) if column is None else column.where(self._path, line)
        self._findings.add(problem(where, message.vi, message.en, warning=warning))

    def refuse_strays(self, width: int) -> None:
        """Gather a problem where something stands to the right of the last heading."""
        if any(self._row.cells[width:]):
            self._findings.add(
                problem(
                    at_line(self._path, self.line),
                    "có ô nằm ngoài các cột có tiêu đề; hãy kiểm tra dấu phân cách và dấu ngoặc.",
                    "a cell stands outside the headed columns; check separators and quotes.",
                )
            )
