"""The template of a Word report as it comes with the service; staff edit a copy of it in Word.

Whatever a report says stands in Jinja tags of docxtpl; what does not stands here once.
"""

import io
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from survey_service.reports.word.look import (
    LEVELS,
    TABLE,
    mark_row,
    rule,
    rule_below,
    set_page,
    set_styles,
    shade,
    write_field,
)

SIGNING_LINES = 5
"""Room for a signature and a seal."""


def default_template() -> Any:
    """Build the template as a python-docx document."""
    document: Any = Document()
    set_page(document)
    set_styles(document)
    _write_running(document)
    _write_head(document)
    _write_title(document)
    _write_sections(document)
    _write_foot(document)
    document.core_properties.author = ""
    document.core_properties.title = "{{ report.title }}"
    return document


def template_bytes() -> bytes:
    """Give the template as a .docx file."""
    content = io.BytesIO()
    default_template().save(content)
    return content.getvalue()


def _write_running(document: Any) -> None:
    """Number the pages at the top, as the decree asks, and name the report at the foot."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    top = section.header.paragraphs[0]
    top.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write_field(top, "PAGE")
    for footer in (section.footer, section.first_page_footer):
        line = footer.paragraphs[0]
        line.text = "{{ report.running }}"
        line.style = document.styles["Survey Note"]


def _write_head(document: Any) -> None:
    """The head of an administrative document: issuer to the left, state and motto to the right."""
    _line(document, "{%p if report.head %}")
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    # The state's name must fit on one line beside the issuer's.
    table.autofit = False
    for column, width in zip(table.columns, (Mm(62), Mm(104)), strict=True):
        column.width = width
        column.cells[0].width = width
    _official(
        left,
        ("{{ report.head.parent }}", "{{ report.head.issuer }}:b_", "{{ report.head.number }}"),
        rule=Mm(22),
    )
    _official(
        right,
        ("{{ report.head.state }}:b", "{{ report.head.motto }}:b_", "{{ report.head.place }}:i"),
        rule=Mm(50),
    )
    _line(document, "")
    _line(document, "{{ report.head.kind }}", "Title")
    _line(document, "{{ report.head.subject }}", "Survey Overline")
    _line(document, "{%p if report.head.addressee %}")
    _line(document, "{{ report.head.addressee }}").alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "{%p endif %}")
    _line(document, "{%p endif %}")


def _official(cell: Any, lines: tuple[str, ...], *, rule: int) -> None:
    """Write lines in bold (b) or italics (i), with a short rule below the one marked by "_"."""
    for place, written in enumerate(lines):
        text, _, look = written.partition(":")
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.style = cell.part.document.styles["Survey Official"]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold, run.italic = look.startswith("b"), look == "i"
        if look.endswith("_"):
            rule_below(cell.add_paragraph(style="Survey Official"), (cell.width - rule) // 2)


def _write_title(document: Any) -> None:
    _line(document, "{%p if not report.head %}")
    _line(document, "{{ report.overline }}", "Survey Overline")
    _line(document, "{{ report.title }}", "Title")
    _line(document, "{%p endif %}")
    _line(document, "{%p if report.lead %}")
    _line(document, "{{ report.lead }}", "Survey Lead")
    _line(document, "{%p endif %}")


def _write_sections(document: Any) -> None:
    _line(document, "{%p for section in sections %}")
    for level in LEVELS:
        word = "if" if level == LEVELS[0] else "elif"
        _line(document, f"{{%p {word} section.level == {level} %}}")
        _line(document, "{{ section.title }}", f"Heading {level}")
    _line(document, "{%p endif %}")
    _line(document, "{%p for block in section.blocks %}")
    _write_paragraph(document)
    _write_bullets(document)
    _write_facts(document)
    _write_table(document)
    _write_figure(document)
    _line(document, "{%p endif %}")
    _line(document, "{%p endfor %}")
    _line(document, "{%p endfor %}")


def _write_paragraph(document: Any) -> None:
    _line(document, '{%p if block.block == "paragraph" %}')
    styles = {"finding": "Survey Finding", "caution": "Survey Caution", "note": "Survey Note"}
    for place, (kind, style) in enumerate(styles.items()):
        word = "elif" if place else "if"
        _line(document, f'{{%p {word} block.kind == "{kind}" %}}')
        _line(document, "{{ block.text }}", style)
    _line(document, "{%p else %}")
    _line(document, "{{ block.text }}")
    _line(document, "{%p endif %}")


def _write_bullets(document: Any) -> None:
    _line(document, '{%p elif block.block == "bullets" %}')
    _line(document, "{%p for item in block.items %}")
    _line(document, "{{ item }}", "List Bullet")
    _line(document, "{%p endfor %}")


def _write_facts(document: Any) -> None:
    _line(document, '{%p elif block.block == "facts" %}')
    table = _table(document, rows=3, columns=2)
    _tag(table, 0, "{%tr for fact in block.facts %}")
    term, said = table.rows[1].cells
    _cell(term, "{{ fact.term }}")
    _cell(said, "{{ fact.said }}")
    _tag(table, 2, "{%tr endfor %}")
    _line(document, "", "Survey Cell")


def _write_table(document: Any) -> None:
    _line(document, '{%p elif block.block == "table" %}')
    _line(document, "{{ block.caption }}", "Survey Caption")
    table = _table(document, rows=4, columns=3)
    head = table.rows[0]
    _cell(head.cells[0], "{%tc for column in block.columns %}")
    _cell(head.cells[1], "{{ column.name }}", bold=True, centred=True)
    shade(head.cells[1])
    _cell(head.cells[2], "{%tc endfor %}")
    mark_row(head, "w:tblHeader")
    _tag(table, 1, "{%tr for row in block.rows %}")
    row = table.rows[2]
    _cell(row.cells[0], "{%tc for cell in row.cells %}")
    _choose(row.cells[1])
    _cell(row.cells[2], "{%tc endfor %}")
    _tag(table, 3, "{%tr endfor %}")
    _line(document, "{%p for note in block.notes %}")
    _line(document, "{{ note }}", "Survey Note")
    _line(document, "{%p endfor %}")
    _line(document, "", "Survey Cell")


def _choose(cell: Any) -> None:
    """A figure ends at the right edge; what names the row begins at the left, a total is bold."""
    first = cell.paragraphs[0]
    first.text = "{%p if cell.figure %}"
    _paragraph(cell, "{{ cell.text }}", side=WD_ALIGN_PARAGRAPH.RIGHT)
    _paragraph(cell, "{%p elif row.level == 0 %}")
    _paragraph(cell, "{{ cell.text }}", bold=True)
    _paragraph(cell, "{%p else %}")
    _paragraph(cell, "{{ cell.text }}")
    _paragraph(cell, "{%p endif %}")


def _write_figure(document: Any) -> None:
    _line(document, '{%p elif block.block == "figure" %}')
    _line(document, "{{ block.title }}", "Survey Caption")
    picture = _line(document, "{{ picture(block) }}")
    picture.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "{{ block.key }}", "Survey Note")


def _write_foot(document: Any) -> None:
    _line(document, "{%p if report.foot %}")
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    _cell(left, "{{ report.foot.recipients_title }}", bold=True)
    _paragraph(left, "{%p for recipient in report.foot.recipients %}")
    _paragraph(left, "{{ recipient }}")
    _paragraph(left, "{%p endfor %}")
    right.paragraphs[0].text = "{%p for signature in report.foot.signatures %}"
    for text, bold in (
        ("{{ signature.post }}", True),
        ("{{ signature.hint }}", False),
        *[("", False)] * SIGNING_LINES,
        ("{{ signature.name }}", True),
    ):
        _paragraph(right, text, bold=bold, side=WD_ALIGN_PARAGRAPH.CENTER)
    _paragraph(right, "{%p endfor %}")
    mark_row(table.rows[0], "w:cantSplit")
    _line(document, "{%p endif %}")


def _line(document: Any, text: str, style: str = "Normal") -> Any:
    return document.add_paragraph(text, style=style)


def _table(document: Any, *, rows: int, columns: int) -> Any:
    table = document.add_table(rows=rows, cols=columns)
    table.style = TABLE
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    rule(table)
    for row in table.rows:
        mark_row(row, "w:cantSplit")
    return table


def _tag(table: Any, row: int, tag: str) -> None:
    table.rows[row].cells[0].text = tag


def _cell(cell: Any, text: str, *, bold: bool = False, centred: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = cell.part.document.styles["Survey Cell"]
    paragraph.add_run(text).bold = bold
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(
    cell: Any,
    text: str,
    *,
    bold: bool = False,
    side: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
) -> None:
    paragraph = cell.add_paragraph(style="Survey Cell")
    paragraph.alignment = side
    paragraph.add_run(text).bold = bold
