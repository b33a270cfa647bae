"""A dot plot of services laid out: two marks a row, each with its interval."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from questionnaires.text import Text
from survey_service.charts.axis import Axis, ticks
from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import ACCENT, BRAND, DEEP, HAIR, LINE, MIDDLE, PAPER, SOFT
from survey_service.charts.picture import (
    NARROW,
    WIDE,
    Box,
    Disc,
    Line,
    Mark,
    Picture,
    Words,
    paragraph,
)
from survey_service.charts.services import Index, ServicePlot, ServiceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotWords:
    """What a plot says of its rows."""

    title: Text
    alt: Text


SERVICES: Final = PlotWords(
    title=Text(
        vi="Mức hài lòng theo dịch vụ, hai cách tính, khoảng tin cậy 95 %: {name}",
        en="Satisfaction by service, both ways, 95 % intervals: {name}",
    ),
    alt=Text(
        vi="{count} dịch vụ. Hài lòng, rất hài lòng: cao nhất {first} ({best} %), thấp nhất {last} "
        "({worst} %). Mọi số liệu có trong bảng bên dưới.",
        en="{count} services. Two best answers: highest {first} ({best} %), lowest {last} "
        "({worst} %). All figures are in the table below.",
    ),
)
OF_ONE: Final = PlotWords(
    title=Text(
        vi="Mức hài lòng theo yếu tố, hai cách tính, khoảng tin cậy 95 %: {name}",
        en="Satisfaction by factor, both ways, 95 % intervals: {name}",
    ),
    alt=Text(
        vi="{count} yếu tố. Hài lòng, rất hài lòng: cao nhất {first} ({best} %), thấp nhất {last} "
        "({worst} %). Mọi số liệu có trong bảng bên dưới.",
        en="{count} factors. Two best answers: highest {first} ({best} %), lowest {last} "
        "({worst} %). All figures are in the table below.",
    ),
)
_TOP_TWO = Text(vi="hài lòng, rất hài lòng (%)", en="two best answers (%)")
_MEAN = Text(vi="trung bình ÷ tối đa (%)", en="mean ÷ maximum (%)")
_CUT = Text(vi="trục cắt: {low}–{high} %", en="axis cut to {low}–{high} %")
_STEP = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Lengths in pixels; `below` puts the marks under the name."""

    width: int
    size: int
    leading: int
    name_room: int
    left: int
    right: int
    figure_at: int
    ticks: int
    below: bool


_BESIDE = _Shape(
    width=WIDE,
    size=15,
    leading=20,
    name_room=290,
    left=320,
    right=880,
    figure_at=950,
    ticks=12,
    below=False,
)
_BELOW = _Shape(
    width=NARROW,
    size=14,
    leading=18,
    name_room=300,
    left=14,
    right=256,
    figure_at=312,
    ticks=6,
    below=True,
)


def service_picture(plot: ServicePlot, *, narrow: bool, words: PlotWords = SERVICES) -> Picture:
    """Place the services, or the factors of one, below each other in the order given."""
    shape = _BELOW if narrow else _BESIDE
    axis = Axis(low=plot.low, high=plot.high, start=shape.left, end=shape.right)
    keys, head = _keys(plot, shape)
    marks: list[Mark] = []
    top = head
    for row in plot.rows:
        placed, top = _row(row, shape, axis, top)
        marks += placed
    return Picture(
        width=shape.width,
        height=round(top) + 30,
        language=plot.language,
        title=words.title.in_(plot.language).format(name=plot.name),
        alt=_alt(plot, words),
        marks=(*keys, *_rules(plot, shape, axis, head, top), *marks),
    )


def _alt(plot: ServicePlot, words: PlotWords) -> str:
    shown = [(row.top_two.at, row.name, row.top_two.said) for row in plot.rows if row.top_two]
    order = sorted(shown, key=lambda one: one[0])
    (_, last, worst), (_, first, best) = order[0], order[-1]
    return words.alt.in_(plot.language).format(
        count=len(plot.rows), first=first, best=best, last=last, worst=worst
    )


def _keys(plot: ServicePlot, shape: _Shape) -> tuple[list[Mark], float]:
    """Say what the two marks mean, and where the axis is cut."""
    marks: list[Mark] = []
    x, y = float(8 if shape.below else shape.left), 14.0
    for text, paint in ((_TOP_TWO, _disc), (_MEAN, _square)):
        said = text.in_(plot.language)
        marks += [
            *paint(x + 6, y),
            Words(x=x + 18, y=y + 5, text=said, size=13, colour=SOFT),
        ]
        x += 18 + width(said, 13) + 22
        if shape.below:
            x, y = 8.0, y + 20
    if plot.low or plot.high != 100:
        cut = _CUT.in_(plot.language).format(low=plot.low, high=plot.high)
        at = 8.0 if shape.below else x
        marks.append(Words(x=at, y=y + 5, text=cut, size=13, colour=SOFT))
        y += 20 if shape.below else 0
    return marks, y + (26 if shape.below else 40)


def _rules(
    plot: ServicePlot, shape: _Shape, axis: Axis, head: float, foot: float
) -> Iterator[Mark]:
    for figure in ticks(plot.low, plot.high, shape.ticks):
        x = axis.at(figure)
        # On a phone the names lie across the axis.
        if not shape.below:
            yield Line(points=((x, head), (x, foot)), colour=HAIR)
        for y in (head - 8, foot + 18):
            yield Words(x=x, y=y, text=str(figure), size=13, colour=SOFT, side="center")
    for y in (head, foot):
        yield Line(points=((axis.start, y), (axis.end, y)), colour=LINE)


def _row(row: ServiceRow, shape: _Shape, axis: Axis, top: float) -> tuple[list[Mark], float]:
    name = wrapped(row.name, shape.size, shape.name_room)
    text = len(name) * shape.leading
    high = 2 * _STEP + 12
    first = top + 8 if shape.below else top + max((high - text) / 2, 4)
    level = first + text + 2 if shape.below else top + max((text + 8 - high) / 2, 0) + 6
    bottom = level + 2 * _STEP + 6
    marks: list[Mark] = [*paragraph(name, 8, first, shape.leading, size=shape.size)]
    if row.state:
        marks += paragraph(
            (row.state,), axis.start + 6, level, 2 * _STEP, size=14, colour=SOFT, weight="oblique"
        )
        return marks, bottom
    for place, (index, paint) in enumerate(((row.top_two, _disc), (row.mean, _square))):
        if index is not None:
            y = level + (place + 0.5) * _STEP
            marks += _mark(index, axis, y, hollow=place == 1)
            marks += paint(axis.at(index.at), y)
            marks += paragraph(
                (index.said,),
                shape.figure_at,
                y - 10,
                20,
                size=shape.size,
                colour=DEEP,
                weight="bold" if place == 0 else "regular",
                side="right",
            )
    return marks, bottom


def _mark(index: Index, axis: Axis, y: float, *, hollow: bool) -> Iterator[Mark]:
    yield Line(points=((axis.start, y), (axis.end, y)), colour=HAIR)
    if index.interval is not None:
        low, high = (axis.at(end) for end in index.interval)
        colour = MIDDLE if hollow else BRAND
        yield Line(points=((low, y), (high, y)), colour=colour, thickness=4, rounded=True)


def _disc(x: float, y: float) -> list[Mark]:
    return [Disc(x=x, y=y, radius=5, fill=ACCENT, edge=PAPER)]


def _square(x: float, y: float) -> list[Mark]:
    return [Box(left=x - 4.5, top=y - 4.5, right=x + 4.5, bottom=y + 4.5, fill=PAPER, edge=DEEP)]
