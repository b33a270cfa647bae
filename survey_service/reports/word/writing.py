"""A report written into a Word template, the same bytes for the same report and template."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.reports.blocks import Block, Figure, Report, Section, Table
from survey_service.reports.word.look import LEVELS, TABLE
from survey_service.reports.word.template import template_bytes

PICTURE_WIDTH: Final = Mm(158)
"""What A4 leaves between the margins."""
_DEEPEST: Final = LEVELS[-1]
_QUOTED: Final = re.compile(r"'([^']+)'")
_SAME_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The first date that a ZIP archive can hold."""
_LETTERS_ON_A_LINE: Final = 84
"""Of the size of a table's text, over the whole width."""
_AIR: Final = 3
"""Letters' width for the padding of a cell, and for bold headings."""
_MOST_LETTERS: Final = 16
_MOST_OF_NAMES: Final = 40
"""How much of a text a column asks room for before it breaks; more in the column of names."""

Draw = Callable[[str], bytes]
"""Gives the PNG of a drawing by the file name of its SVG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    text: str
    figure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    cells: tuple[_Cell, ...]
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table as the template sees it: each cell knows whether it is a figure."""

    caption: str
    columns: tuple[Any, ...]
    rows: tuple[_Row, ...]
    notes: tuple[str, ...]
    block: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A section of the flattened tree; `level` from 1."""

    level: int
    code: str
    title: str
    blocks: tuple[Any, ...]


def write_word(report: Report, draw: Draw, template: bytes | None = None) -> bytes:
    """Write a report into a template; None stands for the one that comes with the service.

    Raises ProblemsError where the template is no Word file, uses a field that reports do not
    have, or has a mistake in a tag.
    """
    own = template_bytes() if template is None else template
    word = _open(own)
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)

    def picture(figure: Figure) -> Any:
        return InlineImage(word, io.BytesIO(draw(figure.wide.name)), width=PICTURE_WIDTH)

    context: dict[str, Any] = {
        "report": report,
        "sections": tuple(_flat(report.sections)),
        "picture": picture,
    }
    try:
        word.render(context, environment, autoescape=True)
    except TemplateError as error:
        raise ProblemsError(_mistake(error, own)) from error
    for table in word.docx.tables:
        if table.style is not None and table.style.name == TABLE:
            _share_width(table)
    content = io.BytesIO()
    word.save(content)
    return _undated(content.getvalue())


def _open(template: bytes) -> Any:
    try:
        word: Any = DocxTemplate(io.BytesIO(template))
        word.init_docx()
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ProblemsError(
            problem(
                "template",
                "không phải tệp Word (.docx); hãy lưu mẫu dưới dạng .docx.",
                "is not a Word file (.docx); save the template as .docx.",
            )
        ) from error
    return word


def _mistake(error: TemplateError, template: bytes) -> Problem:
    said = error.message or str(error)
    named = _QUOTED.findall(said)
    if isinstance(error, UndefinedError):
        # Jinja names the missing field last, after the type that lacks it.
        said = named[-1] if named else said
        return problem(
            _place(template, said),
            f"mẫu dùng một trường không có trong báo cáo ({said}); hãy sửa tên trường theo mẫu gốc "
            "(survey-service report template).",
            f"the template uses a field that reports do not have ({said}); correct its name after "
            "the original (survey-service report template).",
        )
    if isinstance(error, TemplateSyntaxError):
        near = getattr(error, "docx_context", None) or ()
        return problem(
            _where(re.sub("<[^>]+>", "", next((one for one in near if "{" in one), ""))),
            f"thẻ viết sai trong mẫu: {said}; mỗi thẻ {{%p … %}} đứng riêng một đoạn và có thẻ "
            "kết.",
            f"a tag in the template is wrong: {said}; each {{%p … %}} tag has a paragraph of its "
            "own and an end tag.",
        )
    return problem(
        _place(template, named[0]) if named else "template",
        f"mẫu không dùng được: {said}",
        f"the template cannot be used: {said}",
    )


def _place(template: bytes, name: str) -> str:
    """Find the paragraph of a template that uses a name, in its text, head and feet."""
    document: Any = Document(io.BytesIO(template))
    parts = [document, *(part for one in document.sections for part in (one.header, one.footer))]
    texts = (
        "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
        for part in parts
        for paragraph in part._element.iter(qn("w:p"))  # noqa: SLF001 - tables and all
    )
    return _where(next((text for text in texts if "{" in text and name in text), ""))


def _where(near: str) -> str:
    return f"template: {near.strip()[:80]}" if near.strip() else "template"


def _flat(sections: Sequence[Section], level: int = 1) -> Iterator[_Section]:
    for section in sections:
        yield _Section(
            level=min(level, _DEEPEST),
            code=section.code,
            title=section.title,
            blocks=tuple(map(_block, section.blocks)),
        )
        yield from _flat(section.parts, level + 1)


def _block(block: Block) -> Any:
    if not isinstance(block, Table):
        return block
    figures = [column.figure for column in block.columns]
    return _Table(
        caption=block.caption,
        columns=block.columns,
        rows=tuple(
            _Row(
                cells=tuple(
                    _Cell(
                        text="\n".join(filter(None, (cell.text, cell.note))),
                        figure=figure and not cell.withheld,
                    )
                    for cell, figure in zip(row.cells, figures, strict=True)
                ),
                level=row.level,
            )
            for row in block.rows
        ),
        notes=block.notes,
    )


def _share_width(table: Any) -> None:
    """Give each column a width after its texts: Word would make them all equal.

    No column is narrower than its longest word; what is left goes to those with longer texts.
    """
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    columns = list(zip(*texts, strict=True))
    least = [max(_longest_word(text) for text in column) + _AIR for column in columns]
    wishes = [
        min(max(map(len, column)) + _AIR, _MOST_LETTERS if place else _MOST_OF_NAMES)
        for place, column in enumerate(columns)
    ]
    spare = [max(wish - floor, 0) + 1 for wish, floor in zip(wishes, least, strict=True)]
    left = max(0.0, _LETTERS_ON_A_LINE - sum(least))
    letters = [floor + left * more / sum(spare) for floor, more in zip(least, spare, strict=True)]
    widths = [int(PICTURE_WIDTH * share / sum(letters)) for share in letters]
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _undated(content: bytes) -> bytes:
    """Pack the file anew without times, so that equal reports are equal files."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            member = zipfile.ZipInfo(name, date_time=_SAME_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return packed.getvalue()
