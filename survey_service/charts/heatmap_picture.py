"""A heat map laid out: units down, components across, a number or a word in each cell."""

from dataclasses import dataclass
from typing import Final

from questionnaires.text import Language, Text
from survey_service.charts.heatmap import Cell, HeatMap, UnitCells
from survey_service.charts.keys import numbered_names, swatches
from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import DEEP, GROUND, MIDDLE, SOFT, ink_on, shade
from survey_service.charts.picture import NARROW, WIDE, Box, Mark, Picture, Words, paragraph
from survey_service.charts.saying import SHORT, WITHHELD


@dataclass(frozen=True, slots=True, kw_only=True)
class MapWords:
    """What a heat map says of its rows and columns."""

    title: Text
    alt: Text


UNITS: Final = MapWords(
    title=Text(
        vi="Phần trăm điểm tối đa theo đơn vị và lĩnh vực: {name}",
        en="Percent of the maximum by unit and component: {name}",
    ),
    alt=Text(
        vi="{units} đơn vị theo thứ hạng, {parts} lĩnh vực; màu càng đậm, tỷ lệ điểm càng cao, "
        "từ {low} % đến {high} %. Ô gạch chéo là ô không có số.",
        en="{units} units by rank, {parts} components; the darker, the higher the percent, "
        "from {low} % to {high} %. A hatched cell has no figure.",
    ),
)
FACTORS: Final = MapWords(
    title=Text(
        vi="Trung bình ÷ tối đa theo dịch vụ và yếu tố: {name}",
        en="Mean over the maximum by service and factor: {name}",
    ),
    alt=Text(
        vi="{units} dịch vụ, {parts} yếu tố; màu càng đậm, điểm trung bình càng cao, từ {low} % "
        "đến {high} %. Ô gạch chéo là ô không có số.",
        en="{units} services, {parts} factors; the darker, the higher the mean, from {low} % to "
        "{high} %. A hatched cell has no figure.",
    ),
)
_TOTAL = Text(vi="Tổng", en="Total")
_KEY = Text(vi="Phần trăm điểm tối đa", en="Percent of the maximum")
_GAP = 2
_STEPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Lengths in pixels; `below` puts the cells under the name."""

    width: int
    size: int
    leading: int
    name_room: int
    left: int
    right: int
    total: tuple[int, int] | None
    cell: int
    below: bool


_BESIDE = _Shape(
    width=WIDE,
    size=15,
    leading=19,
    name_room=244,
    left=372,
    right=952,
    total=(300, 362),
    cell=32,
    below=False,
)
_BELOW = _Shape(
    width=NARROW,
    size=14,
    leading=18,
    name_room=216,
    left=8,
    right=312,
    total=None,
    cell=28,
    below=True,
)


def heat_map_picture(shown: HeatMap, *, narrow: bool, words: MapWords = UNITS) -> Picture:
    """Place the cells: beside the names on a page, under them on a phone."""
    shape = _BELOW if narrow else _BESIDE
    marks, top = _colours(shown, shape, 10)
    heads, top = _heads(shown, shape, top + 6)
    marks += heads
    for row in shown.rows:
        cells, top = _row(shown, row, shape, top)
        marks += cells
    names, top = numbered_names(shown.heads, shape.width, top + 14)
    return Picture(
        width=shape.width,
        height=round(top) + 8,
        language=shown.language,
        title=words.title.in_(shown.language).format(name=shown.name),
        alt=words.alt.in_(shown.language).format(
            units=len(shown.rows), parts=len(shown.heads), low=shown.low, high=shown.high
        ),
        marks=(*marks, *names),
    )


def _colours(shown: HeatMap, shape: _Shape, top: float) -> tuple[list[Mark], float]:
    """Say what the colours mean, and the hatched cells where there are any."""
    language = shown.language
    marks: list[Mark] = [
        *paragraph((_KEY.in_(language),), 8, top, 18, size=13, colour=SOFT),
    ]
    x = 8.0 if shape.below else 20 + width(_KEY.in_(language), 13)
    y = top + (22 if shape.below else 2)
    for end, side in ((shown.low, 0), (shown.high, 1)):
        if side:
            for step in range(_STEPS):
                colour = shade(_scaled(shown, shown.low + (step + 0.5) * _step(shown)))
                marks.append(Box(left=x, top=y, right=x + 24, bottom=y + 14, fill=colour))
                x += 24
            x += 6
        said = f"{end} %"
        marks.append(Words(x=x, y=y + 12, text=said, size=13, colour=SOFT))
        x += width(said, 13) + 6
    y += 20
    entries = [
        (_meaning(state, language), GROUND if state == "not_applicable" else None)
        for state in shown.states
    ]
    if entries:
        more, y = swatches(entries, 8, shape.width - 8, y + 4)
        marks += more
    return marks, y + 4


def _meaning(state: str, language: Language) -> str:
    short, full = SHORT[state].in_(language), WITHHELD[state].in_(language)
    return full if full.startswith(short) else f"{short}: {full}"


def _step(shown: HeatMap) -> float:
    return (shown.high - shown.low) / _STEPS


def _scaled(shown: HeatMap, percent: float) -> float:
    return (percent - shown.low) / max(shown.high - shown.low, 1)


def _edges(shown: HeatMap, shape: _Shape) -> list[tuple[float, float]]:
    room = (shape.right - shape.left + _GAP) / len(shown.heads)
    return [
        (shape.left + place * room, shape.left + (place + 1) * room - _GAP)
        for place in range(len(shown.heads))
    ]


def _heads(shown: HeatMap, shape: _Shape, top: float) -> tuple[list[Mark], float]:
    marks: list[Mark] = []
    places = list(zip(_edges(shown, shape), (code for code, _ in shown.heads), strict=True))
    if shape.total:
        marks += _centred(_TOTAL.in_(shown.language), shape.total, top, colour=SOFT)
    for edges, code in places:
        marks += _centred(code, edges, top, colour=DEEP)
    return marks, top + 24


def _centred(text: str, edges: tuple[float, float], top: float, *, colour: str) -> tuple[Mark, ...]:
    middle = sum(edges) / 2
    return paragraph((text,), middle, top, 20, size=13, colour=colour, weight="bold", side="center")


def _row(shown: HeatMap, row: UnitCells, shape: _Shape, top: float) -> tuple[list[Mark], float]:
    lines = wrapped(row.name, shape.size, shape.name_room)
    text = len(lines) * shape.leading
    high = shape.cell if shape.below else max(shape.cell, text + 8)
    first = top + 6 if shape.below else top + (high - text) / 2
    level = first + text + 3 if shape.below else top
    rank_at = 32 if shape.below else 38
    marks: list[Mark] = [
        *paragraph(
            (row.rank,) if row.rank else (),
            rank_at,
            first,
            shape.leading,
            size=shape.size,
            colour=DEEP,
            weight="bold",
            side="right",
        ),
        *paragraph(lines, rank_at + 8 if row.rank else 8, first, shape.leading, size=shape.size),
    ]
    if shape.total:
        marks += _cell(shown, row.total, shape.total, (level, level + high), coloured=False)
    else:
        said = row.total.wide or SHORT[row.total.state].in_(shown.language)
        marks += paragraph(
            (said,),
            shape.right,
            first,
            shape.leading,
            size=shape.size,
            colour=DEEP,
            weight="bold",
            side="right",
        )
    for cell, edges in zip(row.cells, _edges(shown, shape), strict=True):
        marks += _cell(shown, cell, edges, (level, level + high))
    return marks, level + high + (8 if shape.below else _GAP)


def _cell(
    shown: HeatMap,
    cell: Cell,
    edges: tuple[float, float],
    ends: tuple[float, float],
    *,
    coloured: bool = True,
) -> list[Mark]:
    (left, right), (top, bottom) = edges, ends
    if cell.percent is None:
        return [
            Box(
                left=left,
                top=top,
                right=right,
                bottom=bottom,
                fill=GROUND,
                edge=None if cell.state == "not_applicable" else MIDDLE,
                hatched=cell.state != "not_applicable",
            ),
            *_on_ground(SHORT[cell.state].in_(shown.language), edges, ends),
        ]
    colour = shade(_scaled(shown, cell.percent)) if coloured else GROUND
    said = cell.wide if width(cell.wide, 13) < right - left - 4 else cell.narrow
    return [
        Box(left=left, top=top, right=right, bottom=bottom, fill=colour),
        Words(
            x=(left + right) / 2,
            y=(top + bottom) / 2 + 5,
            text=said,
            size=14 if width(said, 14) < right - left - 4 else 11,
            colour=ink_on(colour),
            weight="regular" if coloured else "bold",
            side="center",
        ),
    ]


def _on_ground(text: str, edges: tuple[float, float], ends: tuple[float, float]) -> list[Mark]:
    """Write a word on a patch of its own, so that the hatching does not cross it."""
    size = next((one for one in (12, 11, 10) if width(text, one) <= edges[1] - edges[0]), 9)
    words = Words(
        x=sum(edges) / 2,
        y=sum(ends) / 2 + size / 3,
        text=text,
        size=size,
        colour=SOFT,
        weight="oblique",
        side="center",
    )
    left, top, right, bottom = words.extent
    return [
        Box(
            left=max(left - 2, edges[0] + 1),
            top=top - 1,
            right=min(right + 2, edges[1] - 1),
            bottom=bottom + 1,
            fill=GROUND,
        ),
        words,
    ]
