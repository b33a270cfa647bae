"""The score sheet as an Excel workbook, the same bytes for the same sheet."""

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

from survey_service.sheet.score_sheet import ScoreSheet
from survey_service.sheet.tables import Table, tables

# A workbook carries its creation date; a fixed one keeps equal sheets equal byte for byte.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - XlsxWriter writes a naive date as it is
_HEADING_ROW = 2
_TAB_LENGTH = 31
"""Excel refuses longer tab names."""
_A4 = 9
_PLACES = range(1, 7)


def sheet_xlsx(sheet: ScoreSheet) -> bytes:
    """Write the workbook; its bytes also depend on the release of XlsxWriter."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - not at the start of every process

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book: Any = Workbook(content, options)
    book.set_properties({"title": sheet.wave.title.vi, "created": _CREATED})
    formats = _formats(book)
    for table in tables(sheet):
        _write(book.add_worksheet(_tab(table)), table, formats)
    book.close()
    return content.getvalue()


def _formats(book: Any) -> dict[str | int, Any]:
    """Make the cell formats: by name, and by number of decimal places."""
    heading = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF4"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "heading": book.add_format(heading),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
    } | {
        places: book.add_format({"num_format": "0." + "0" * places, "valign": "top"})
        for places in _PLACES
    }


def _write(page: Any, table: Table, formats: dict[str | int, Any]) -> None:
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEADING_ROW)
    page.freeze_panes(_HEADING_ROW + 1, 2)
    page.write_string(0, 0, table.title, formats["title"])
    for column, (name, width) in enumerate(table.headings):
        page.set_column(column, column, width)
        page.write_string(_HEADING_ROW, column, name, formats["heading"])
    for row, cells in enumerate(table.rows, _HEADING_ROW + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(row, column, cell, formats["plain"])
            elif isinstance(cell, int):
                page.write_number(row, column, cell, formats["plain"])
            elif cell is not None:
                page.write_number(row, column, float(cell), formats[_places(cell)])


def _places(figure: Decimal) -> int:
    written = -int(figure.as_tuple().exponent)
    return min(max(written, _PLACES.start), _PLACES.stop - 1)


def _tab(table: Table) -> str:
    # Excel also refuses these signs in a tab's name.
    plain = "".join("-" if sign in "[]:*?/\\'" else sign for sign in table.tab)
    return plain[:_TAB_LENGTH]
