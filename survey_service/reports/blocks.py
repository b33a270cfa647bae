"""What a report consists of, free of any form: sections, paragraphs, tables, charts."""

from dataclasses import dataclass
from typing import Literal

from questionnaires.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text; a "finding" is what a hurried reader must see, a "caution" bounds it."""

    text: str
    kind: Literal["plain", "finding", "caution", "note"] = "plain"
    block: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """Points of equal rank, numbered where their order matters."""

    items: tuple[str, ...]
    numbered: bool = False
    block: Literal["bullets"] = "bullets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A term and what holds of it; `code` where it is a hash or a file name."""

    term: str
    said: str
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Terms with what holds of them; as `tiles` the few figures to see first, `large` if two."""

    facts: tuple[Fact, ...]
    tiles: bool = False
    large: bool = False
    block: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's heading and whether it holds figures, which end at the same edge."""

    name: str
    figure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell; `withheld` where words stand in the place of a figure that is not shown."""

    text: str
    withheld: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; its first cell names it. `level` 0 is a total, deeper ones are indented."""

    cells: tuple[Cell, ...]
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption; `notes` stand below it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    block: Literal["table"] = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One drawing of a chart: its file and its size in pixels."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart: its title, how to read it, and what it shows in words for who cannot see it."""

    title: str
    key: str
    alt: str
    wide: Drawing
    narrow: Drawing | None
    block: Literal["figure"] = "figure"


Block = Paragraph | Bullets | Facts | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with what stands below it; `code` is its anchor, unique in a report."""

    code: str
    title: str
    blocks: tuple[Block, ...]
    parts: tuple["Section", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialHead:
    """The head of an administrative document (Decree 30/2020/NĐ-CP, annex I).

    What the issuing office fills in is a row of dots; `addressee` is empty where there is none.
    """

    parent: str
    issuer: str
    state: str
    motto: str
    number: str
    place: str
    kind: str
    subject: str
    addressee: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signs: the post in capitals, and what stands below it."""

    post: str
    hint: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialFoot:
    """The end of an administrative document: recipients (nơi nhận) and signatures."""

    recipients_title: str
    recipients: tuple[str, ...]
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report in one language, the same for every form it is written in."""

    kind: str
    language: Language
    overline: str
    title: str
    lead: str
    running: str
    sections: tuple[Section, ...]
    head: OfficialHead | None = None
    foot: OfficialFoot | None = None


def text_row(*cells: str | Cell, level: int = 1) -> Row:
    """Make a row of texts; an empty one is shown as a dash."""
    return Row(
        cells=tuple(cell if isinstance(cell, Cell) else Cell(text=cell or "–") for cell in cells),
        level=level,
    )


def columns(*names: str, figures: bool = True) -> tuple[Column, ...]:
    """Make columns: the first names the rows, the others hold figures."""
    return tuple(
        Column(name=name, figure=figures and place > 0) for place, name in enumerate(names)
    )
