"""Small tables of figures: read from CSV with every mistake told at once, and printed."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from questionnaires.problems import Problem, ProblemsError, problem
from questionnaires.text import Text
from survey_service.cli.speaking import Voice, word

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureColumn:
    """A column of figures: whole numbers or decimals, none below 0."""

    whole: bool
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A row: where it stands, its names, and its figures (None where left empty)."""

    where: str
    names: Mapping[str, str]
    figures: Mapping[str, Decimal | None]


def read_figures(
    file: Path, names: Sequence[str], figures: Mapping[str, FigureColumn]
) -> tuple[FigureRow, ...]:
    """Read a table whose first row names its columns, in any order; others are passed over.

    Raises ProblemsError with every cell that is missing or no figure.
    """
    try:
        lines = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ProblemsError(
            problem(
                file.name,
                "không phải CSV mã UTF-8; hãy lưu lại dưới dạng “CSV UTF-8”.",
                "is not CSV in UTF-8; save it again as “CSV UTF-8”.",
            )
        ) from error
    if not lines:
        raise ProblemsError(problem(file.name, "không có dòng số liệu nào.", "has no rows."))
    needed = [*names, *(name for name, column in figures.items() if column.required)]
    missing = [name for name in needed if name not in lines[0]]
    if missing:
        listed = ", ".join(missing)
        raise ProblemsError(
            problem(
                f"{file.name}, dòng/row 1",
                f"thiếu cột: {listed}.",
                f"these columns are missing: {listed}.",
            )
        )
    problems: list[Problem] = []
    rows: list[FigureRow] = []
    for number, line in enumerate(lines, 2):
        where = f"{file.name}, dòng/row {number}"
        given: dict[str, Decimal | None] = {}
        for name, column in figures.items():
            cell = (line.get(name) or "").strip()
            given[name] = _figure(cell, column)
            if given[name] is None and (cell or column.required):
                problems.append(_strange(where, name, cell, column))
        texts = {name: (line[name] or "").strip() for name in names}
        problems += [
            problem(where, f"cột {name}: còn trống.", f"column {name}: is empty.")
            for name, text in texts.items()
            if not text
        ]
        rows.append(FigureRow(where=where, names=texts, figures=given))
    if problems:
        raise ProblemsError(*problems)
    return tuple(rows)


def show_table(head: Sequence[Text], rows: Sequence[Sequence[str]], voice: Voice) -> None:
    """Print rows under their headings, in columns."""
    table = [[word(text, voice) for text in head], *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _figure(cell: str, column: FigureColumn) -> Decimal | None:
    try:
        figure = Decimal(cell)
    except InvalidOperation:
        return None
    if not figure.is_finite() or figure < 0 or (column.whole and figure % 1):
        return None
    return figure


def _strange(where: str, name: str, cell: str, column: FigureColumn) -> Problem:
    vi, en = ("số nguyên", "a whole number") if column.whole else ("số", "a number")
    return problem(
        where,
        f"cột {name}: “{cell}” không phải {vi} từ 0 trở lên (dấu thập phân là dấu chấm).",
        f"column {name}: “{cell}” is not {en} from 0 upwards (decimals take a point).",
    )
