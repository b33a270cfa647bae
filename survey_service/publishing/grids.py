"""The published tables read back as grids of cells, and compared with those written anew."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

HEADING_ROW = 2
"""Where the headings of a tab of the workbook stand, below its title."""

Grid = dict[tuple[str, int], list[object]]
"""Columns by heading, and by which of several of that name it is, from 0; a title has -1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Where cells differ, and what stands on one side only and could not be compared."""

    different: tuple[str, ...]
    unknown: tuple[str, ...]


def csv_grids(content: bytes) -> dict[str, Grid] | None:
    """Read the CSV table, a grid per level; None where it is not such a table."""
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    if not rows or "level" not in rows[0] or any(len(row) != len(rows[0]) for row in rows):
        return None
    at = rows[0].index("level")
    levels = dict.fromkeys(row[at] for row in rows[1:])
    return {
        level: _grid(rows[0], [row for row in rows[1:] if row[at] == level]) for level in levels
    }


def xlsx_grids(content: bytes) -> dict[str, Grid] | None:
    """Read the workbook, a grid per tab; None where it cannot be read.

    The value stored in each cell is read; formulas, formats and drawings are not.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - seldom needed

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            tabs = {
                name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                for name in book.sheet_names
            }
    except CalamineError:
        return None
    return {name: _grid_below_title(rows) for name, rows in tabs.items()}


def compare_grids(published: Mapping[str, Grid], anew: Mapping[str, Grid]) -> Comparison:
    """Compare cell by cell what both have: grids by name, in them columns by heading."""
    different, unknown = list[str](), _one_sided(published, anew)
    for name in [name for name in published if name in anew]:
        one, other = published[name], anew[name]
        unknown += [f"{name} {column}" for column in _one_sided(_headings(one), _headings(other))]
        different += [
            f"{name} {heading}"
            for (heading, place), cells in one.items()
            if cells != other.get((heading, place), cells)
        ]
    return Comparison(different=tuple(different), unknown=tuple(unknown))


def _one_sided(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return [f"“{name}”" for name in (*one, *other) if not (name in one and name in other)]


def _headings(grid: Grid) -> dict[str, None]:
    """Name the columns, with a number where a heading comes again."""
    return {heading if place < 1 else f"{heading} {place + 1}": None for heading, place in grid}


def _grid_below_title(rows: Sequence[Sequence[object]]) -> Grid:
    title = [cell for row in rows[:HEADING_ROW] for cell in row if cell != ""]
    headings = [str(cell) for row in rows[HEADING_ROW : HEADING_ROW + 1] for cell in row]
    return {("", -1): title, **_grid(headings, rows[HEADING_ROW + 1 :])}


def _grid(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Grid:
    return {key: [row[column] for row in rows] for column, key in enumerate(_keys(headings))}


def _keys(headings: Sequence[str]) -> Iterator[tuple[str, int]]:
    seen = Counter[str]()
    for heading in headings:
        yield heading, seen[heading]
        seen[heading] += 1
