"""One row of distribution bars: an item's text, its bar across the middle line, its figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.text import Language, Text
from survey_service.charts.axis import Axis
from survey_service.charts.distribution import Bar, extents
from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import DEEP, GROUND, HAIR, LINE, MIDDLE, SOFT, ink_on
from survey_service.charts.picture import NARROW, WIDE, Box, Line, Mark, Words, paragraph

_UNDER = Text(vi="hai mức tốt nhất {top} %", en="top two {top} %")
_UNDER_UNKNOWN = Text(vi="không biết {unknown} %", en="don't know {unknown} %")
_BAR = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Lengths in pixels; the figures' right ends are None where they stand under the bar."""

    width: int
    text_room: int
    size: int
    leading: int
    left: int
    right: int
    top_two: int | None
    dont_know: int | None


BESIDE = Shape(
    width=WIDE,
    text_room=326,
    size=13,
    leading=17,
    left=350,
    right=770,
    top_two=852,
    dont_know=948,
)
WITHOUT_UNKNOWN = Shape(
    width=WIDE,
    text_room=346,
    size=13,
    leading=17,
    left=370,
    right=850,
    top_two=948,
    dont_know=None,
)
BELOW = Shape(
    width=NARROW,
    text_room=304,
    size=13,
    leading=17,
    left=8,
    right=312,
    top_two=None,
    dont_know=None,
)


def place_bar(
    language: Language,
    bar: Bar,
    colours: tuple[str, ...],
    shape: Shape,
    axis: Axis,
    top: float,
) -> tuple[list[Mark], float]:
    """Draw one item: its text, its bar and its figures; give the bottom too."""
    beside = shape.top_two is not None
    lines = wrapped(bar.text, shape.size, shape.text_room)
    text = len(lines) * shape.leading
    count = f"n = {bar.n}" if bar.n and beside else ""
    high = max(text + (16 if count else 0), _BAR) + 14
    marks: list[Mark] = [*paragraph(lines, 8, top + 7, shape.leading, size=shape.size)]
    if count:
        marks += paragraph((count,), 8, top + 7 + text, 16, size=11, colour=SOFT)
    level = top + high / 2 if beside else top + 7 + text + 5 + _BAR / 2
    if bar.withheld:
        marks += _withheld(bar, shape, level)
    else:
        marks += _segments(bar, colours, axis, level)
    if beside:
        marks += _figures(bar, shape, level)
        bottom = top + high
        marks.append(Line(points=((8, bottom), (shape.width - 8, bottom)), colour=HAIR))
        return marks, bottom
    under, bottom = _under(language, bar, shape, level + _BAR / 2 + 3)
    return [*marks, *under], bottom + 8


def _withheld(bar: Bar, shape: Shape, level: float) -> Iterator[Mark]:
    middle, half = (shape.left + shape.right) / 2, width(bar.withheld, 13) / 2 + 6
    yield Box(
        left=shape.left,
        top=level - _BAR / 2,
        right=shape.right,
        bottom=level + _BAR / 2,
        fill=GROUND,
        edge=LINE,
        hatched=True,
    )
    yield Box(
        left=middle - half, top=level - 10, right=middle + half, bottom=level + 10, fill=GROUND
    )
    yield from paragraph(
        (bar.withheld,),
        middle,
        level - 9,
        18,
        size=13,
        colour=SOFT,
        weight="oblique",
        side="center",
    )


def _segments(bar: Bar, colours: tuple[str, ...], axis: Axis, level: float) -> Iterator[Mark]:
    reached = float(extents(bar)[1])
    for percent, said, colour in zip(bar.percents, bar.said, colours, strict=True):
        left, right = axis.at(reached - percent), axis.at(reached)
        reached -= percent
        if right - left < 0.5:
            continue
        yield Box(
            left=left + 0.5,
            top=level - _BAR / 2,
            right=right - 0.5,
            bottom=level + _BAR / 2,
            fill=colour,
        )
        if width(said, 12) + 4 <= right - left:
            yield Words(
                x=(left + right) / 2,
                y=level + 4.5,
                text=said,
                size=12,
                colour=ink_on(colour),
                side="center",
            )


def _figures(bar: Bar, shape: Shape, level: float) -> Iterator[Mark]:
    if bar.top_two and shape.top_two:
        yield from paragraph(
            (f"{bar.top_two} %",),
            shape.top_two,
            level - 10,
            20,
            size=14,
            colour=DEEP,
            weight="bold",
            side="right",
        )
    if shape.dont_know:
        said = f"{bar.dont_know} %" if bar.dont_know else "–"
        yield from paragraph(
            (said,), shape.dont_know, level - 10, 20, size=13, colour=SOFT, side="right"
        )
        if bar.dont_know:
            share = float(bar.dont_know.replace(",", "."))
            right = shape.dont_know
            yield Box(
                left=right - min(share, 100) * 0.7,
                top=level + 10,
                right=right,
                bottom=level + 14,
                fill=MIDDLE,
            )


def _under(language: Language, bar: Bar, shape: Shape, top: float) -> tuple[list[Mark], float]:
    said = [_UNDER.in_(language).format(top=bar.top_two)] if bar.top_two else []
    if bar.dont_know:
        said.append(_UNDER_UNKNOWN.in_(language).format(unknown=bar.dont_know))
    if bar.n:
        said.append(f"n = {bar.n}")
    lines = wrapped(" · ".join(said), 12, shape.text_room) if said else ()
    return list(paragraph(lines, 8, top, 16, size=12, colour=SOFT)), top + 16 * len(lines)
