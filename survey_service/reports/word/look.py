"""How a Word report looks: page, styles, rules and the marks that python-docx has no words for.

Fonts, sizes and margins follow Decree 30/2020/NĐ-CP, annex I: A4, Times New Roman 13–14 pt,
margins of 20–25, 30–35 and 15–20 mm.
"""

from typing import Any, Final, cast

from docx import oxml
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FONT: Final = "Times New Roman"
TABLE: Final = "Survey Table"
LEVELS: Final = (1, 2, 3)
_INK, _SOFT = RGBColor(0x14, 0x20, 0x2B), RGBColor(0x45, 0x52, 0x5E)
_HEAD_FILL, _RULE = "E3E8EC", "C3CCD4"
_PADDING: Final = {"top": 50, "left": 90, "bottom": 50, "right": 90}
"""Around a cell's text, in twentieths of a point."""


def set_page(document: Any) -> None:
    """Set the paper and its margins."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance = section.footer_distance = Mm(10)


def set_styles(document: Any) -> None:
    """Set the styles that staff find in Word's list, those of reports begin with "Survey"."""
    styles = document.styles
    normal = styles["Normal"]
    _font(normal, 13)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    for level, size in zip(LEVELS, (15, 14, 13), strict=True):
        style = styles[f"Heading {level}"]
        _font(style, size, bold=True, italic=level == LEVELS[-1])
        style.paragraph_format.space_before = Pt(14 if level == 1 else 10)
        style.paragraph_format.space_after = Pt(4)
        style.paragraph_format.keep_with_next = True
    _font(styles["Title"], 18, bold=True)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for child in list(styles["Title"].element.iter(qn("w:pBdr"))):
        child.getparent().remove(child)
    _font(styles["List Bullet"], 13)
    _font(styles["List Number"], 13)
    for name, size, shape in (
        ("Survey Lead", 13, "italic"),
        ("Survey Overline", 12, "bold"),
        ("Survey Finding", 13, "bold"),
        ("Survey Caution", 12, "italic"),
        ("Survey Note", 11, ""),
        ("Survey Caption", 12, "bold"),
        ("Survey Cell", 11, ""),
        ("Survey Official", 12, ""),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        colour = _SOFT if name == "Survey Note" else _INK
        _font(style, size, bold=shape == "bold", italic=shape == "italic", colour=colour)
    for name in ("Survey Lead", "Survey Overline"):
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    styles["Survey Caption"].paragraph_format.keep_with_next = True
    styles["Survey Caption"].paragraph_format.space_before = Pt(8)
    for name in ("Survey Cell", "Survey Official"):
        styles[name].paragraph_format.space_after = Pt(0)
        styles[name].paragraph_format.line_spacing = 1.0
    table = styles.add_style(TABLE, WD_STYLE_TYPE.TABLE)
    table.base_style = styles["Table Grid"]


def _font(
    style: Any,
    size: int,
    *,
    bold: bool = False,
    italic: bool = False,
    colour: RGBColor = _INK,
) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    style.font.bold, style.font.italic = bold, italic
    style.font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # Word takes Vietnamese letters from any of the four, by its own guess of the script.
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        if fonts.get(qn(theme)) is not None:
            del fonts.attrib[qn(theme)]


def rule(table: Any) -> None:
    """Rule a table lightly and leave air around its text."""
    borders, margins = _element("w:tblBorders"), _element("w:tblCellMar")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = _element(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _RULE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    for side, width in _PADDING.items():
        margin = _element(f"w:{side}")
        margin.set(qn("w:w"), str(width))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no borders
    look = properties.find(qn("w:tblLook"))
    for element in (borders, margins):
        properties.append(element) if look is None else look.addprevious(element)


def rule_below(paragraph: Any, indent: int) -> None:
    """Make an empty line a rule in the middle of its cell, `indent` away from both sides."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = indent
    paragraph.paragraph_format.line_spacing = Pt(3)
    paragraph.paragraph_format.space_before = Pt(3)
    borders, line = _element("w:pBdr"), _element("w:top")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    # Word refuses a file whose properties stand in another order than the schema's.
    paragraph._p.get_or_add_pPr().find(qn("w:spacing")).addprevious(borders)  # noqa: SLF001


def shade(cell: Any) -> None:
    """Tint a heading's cell."""
    fill = _element("w:shd")
    fill.set(qn("w:val"), "clear")
    fill.set(qn("w:fill"), _HEAD_FILL)
    cell._tc.get_or_add_tcPr().append(fill)  # noqa: SLF001 - python-docx has no shading


def write_field(paragraph: Any, code: str) -> None:
    """Write a field that Word computes, such as PAGE."""
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = _element("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = _element("w:instrText")
            mark.text = text
        run._r.append(mark)  # noqa: SLF001 - python-docx has no fields of its own


def _element(name: str) -> Any:
    # Its type rests on lxml, which has none.
    return cast("Any", oxml).OxmlElement(name)


def mark_row(row: Any, mark: str) -> None:
    """Mark a row: "w:tblHeader" repeats it on every page, "w:cantSplit" keeps it whole."""
    row._tr.get_or_add_trPr().append(_element(mark))  # noqa: SLF001 - nor these marks
