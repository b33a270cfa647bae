"""The moderation workbook: one row per wording, a decision to fill in beside it."""

import io
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from questionnaires.text import Text
from survey_service.dataset.content import Dataset
from survey_service.dataset.tables import guard
from survey_service.moderating.decisions import Decision, keys

# A workbook carries its creation date; a fixed one keeps equal lists equal byte for byte.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - XlsxWriter writes a naive date as it is
HEADINGS = (
    ("Mã dòng (không sửa)", 20),
    ("Bộ dữ liệu (không sửa)", 14),
    ("Câu hỏi", 34),
    ("Cơ quan, đơn vị", 30),
    ("Số lần", 8),
    ("Ý kiến (không sửa)", 70),
    ("Quyết định", 14),
    ("Nội dung thay thế (khi che)", 60),
)
CHOICES: dict[str, Decision] = {"giữ": "keep", "che": "redact", "bỏ": "drop"}
"""The decisions as a moderator picks them; the English words are taken too."""
_GUIDE = Text(
    vi="Đọc từng ý kiến. Chọn “giữ” để công bố nguyên văn; “che” để công bố nội dung thay thế (bỏ "
    "tên người, số điện thoại, chi tiết nhận ra một người); “bỏ” để không công bố. Mọi dòng phải "
    "có quyết định. Sau đó chạy: survey-service comments check.",
    en="Read every comment. Choose “giữ” (keep) to publish it as written; “che” (redact) to "
    "publish the replacement, without names, telephone numbers or details that single somebody "
    "out; “bỏ” (drop) not to publish it. Every row needs a decision. Then run: survey-service "
    "comments check.",
)
_A4 = 9


def moderation_xlsx(dataset: Dataset) -> bytes:
    """Write the workbook of a dataset's free answers; no cell in it is a formula."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - not at the start of every process

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book: Any = Workbook(content, options)
    book.set_properties({"title": "Duyệt ý kiến góp ý", "created": _CREATED})
    _write_texts(book, dataset)
    _write_guide(book)
    book.close()
    return content.getvalue()


def write_workbook(path: Path, content: bytes) -> None:
    """Write a workbook that only its owner can read; raises FileExistsError over another."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _write_texts(book: Any, dataset: Dataset) -> None:
    heading = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E8EEF4"})
    fixed = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#404040"})
    open_ = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF8E1"})
    page = book.add_worksheet("Ý kiến")
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.freeze_panes(1, 0)
    for column, (name, width) in enumerate(HEADINGS):
        page.set_column(column, column, width)
        page.write_string(0, column, name, heading)
    items = {item.code: item.text.vi for item in dataset.content.questionnaires.items}
    units = {unit.code: unit.name.vi for unit in dataset.content.design.units}
    wordings = keys(dataset.content.free_text)
    for row, (key, (item, unit, text, times)) in enumerate(wordings.items(), 1):
        page.write_string(row, 0, key, fixed)
        page.write_string(row, 1, dataset.hash, fixed)
        page.write_string(row, 2, guard(items[item]), fixed)
        page.write_string(row, 3, guard(units.get(unit, "")), fixed)
        page.write_number(row, 4, times, fixed)
        page.write_string(row, 5, guard(text), fixed)
        page.write_blank(row, 6, None, open_)
        page.write_blank(row, 7, None, open_)
    if wordings:
        page.data_validation(1, 6, len(wordings), 6, {"validate": "list", "source": list(CHOICES)})


def _write_guide(book: Any) -> None:
    page = book.add_worksheet("Hướng dẫn")
    page.set_column(0, 0, 110)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.write_string(0, 0, _GUIDE.vi, wrapped)
    page.write_string(1, 0, _GUIDE.en, wrapped)
