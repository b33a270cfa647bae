"""A unit's profile laid out: a dot per component on the range of its class."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.text import Text
from survey_service.charts.axis import Axis, ticks
from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import ACCENT, BRAND, DEEP, HAIR, INK, LINE, PAPER, SOFT
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
from survey_service.charts.profile import Profile, Strand

_TITLE = Text(vi="Các lĩnh vực của {name}", en="The components of {name}")
_ALT = Text(
    vi="{name} so với nhóm {unit_class}, phần trăm điểm tối đa: {parts}.",
    en="{name} against {unit_class}, percent of the maximum: {parts}.",
)
_PART = Text(vi="{name} {said} (bình quân nhóm {mean})", en="{name} {said} (class mean {mean})")
_AXIS = Text(vi="Phần trăm điểm tối đa", en="Percent of the maximum")
_UNIT = Text(vi="đơn vị, khoảng tin cậy 95 %", en="the unit, 95 % interval")
_MEAN = Text(vi="bình quân nhóm", en="class mean")
_RANGE = Text(vi="thấp nhất – cao nhất của nhóm", en="lowest to highest of the class")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Lengths in pixels; `below` puts the dot under the name."""

    width: int
    size: int
    leading: int
    name_room: int
    left: int
    right: int
    figure_at: int
    below: bool


_BESIDE = _Shape(
    width=WIDE,
    size=15,
    leading=20,
    name_room=312,
    left=350,
    right=860,
    figure_at=950,
    below=False,
)
_BELOW = _Shape(
    width=NARROW,
    size=14,
    leading=18,
    name_room=240,
    left=14,
    right=306,
    figure_at=306,
    below=True,
)


def profile_picture(shown: Profile, *, narrow: bool) -> Picture:
    """Place the total and the components below each other on one axis."""
    shape = _BELOW if narrow else _BESIDE
    axis = _axis(shown, shape)
    key, top = _key(shown, shape)
    head = top + 44
    rows: list[Mark] = []
    bottom = head
    for strand in shown.strands:
        placed, bottom = _row(strand, shape, axis, bottom)
        rows += placed
    language = shown.language
    return Picture(
        width=shape.width,
        height=round(bottom) + 34,
        language=language,
        title=_TITLE.in_(language).format(name=shown.name),
        alt=_alt(shown),
        marks=(*key, *_rules(shown, shape, axis, head, bottom), *rows),
    )


def _alt(shown: Profile) -> str:
    language = shown.language
    parts = "; ".join(
        _PART.in_(language).format(
            name=strand.name,
            said=strand.said,
            mean=strand.against.said_mean if strand.against else "–",
        )
        for strand in shown.strands
    )
    return _ALT.in_(language).format(name=shown.name, unit_class=shown.unit_class, parts=parts)


def _axis(shown: Profile, shape: _Shape) -> Axis:
    figures: list[float] = []
    for strand in shown.strands:
        if strand.percent is not None:
            figures += [strand.percent, *(strand.interval or ())]
        if strand.against:
            figures += [strand.against.low, strand.against.high]
    low = max(0, math.floor(min(figures) / 5) * 5)
    high = min(100, math.ceil(max(figures) / 5) * 5)
    return Axis(low=low, high=max(high, low + 5), start=shape.left, end=shape.right)


def _key(shown: Profile, shape: _Shape) -> tuple[list[Mark], float]:
    marks: list[Mark] = []
    x, y = 8.0, 6.0
    for place, text in enumerate((_UNIT, _MEAN, _RANGE)):
        said = text.in_(shown.language)
        wide = 32 + width(said, 12)
        if x > 8 and x + wide > shape.width - 8:
            x, y = 8.0, y + 20
        level = y + 9
        marks += (_interval_key, _mean_key, _range_key)[place](x, level)
        marks += paragraph((said,), x + 32, y, 18, size=12, colour=SOFT)
        x += wide + 16
    return marks, y + 20


def _interval_key(x: float, level: float) -> list[Mark]:
    return [
        Line(points=((x + 2, level), (x + 24, level)), colour=BRAND, thickness=4, rounded=True),
        Disc(x=x + 13, y=level, radius=5, fill=ACCENT, edge=PAPER),
    ]


def _mean_key(x: float, level: float) -> list[Mark]:
    return [Line(points=((x + 13, level - 8), (x + 13, level + 8)), colour=INK, thickness=2)]


def _range_key(x: float, level: float) -> list[Mark]:
    return [Box(left=x, top=level - 5, right=x + 26, bottom=level + 5, fill=LINE)]


def _rules(shown: Profile, shape: _Shape, axis: Axis, head: float, foot: float) -> Iterator[Mark]:
    """Rule the round figures, named above and below."""
    for tick in ticks(axis.low, axis.high, 6 if shape.below else 11):
        x = axis.at(tick)
        if not shape.below:
            yield Line(points=((x, head), (x, foot)), colour=HAIR)
        for y in (head - 10, foot + 20):
            yield Words(x=x, y=y, text=str(tick), size=13, colour=SOFT, side="center")
    for y in (head, foot):
        yield Line(points=((axis.start, y), (axis.end, y)), colour=LINE)
    yield Words(
        x=(axis.start + axis.end) / 2,
        y=head - 28,
        text=_AXIS.in_(shown.language),
        size=13,
        colour=SOFT,
        side="center",
    )


def _row(strand: Strand, shape: _Shape, axis: Axis, top: float) -> tuple[list[Mark], float]:
    weight = "regular" if strand.code else "bold"
    name = f"{strand.code}. {strand.name}" if strand.code else strand.name
    lines = wrapped(name, shape.size, shape.name_room, weight)
    text = len(lines) * shape.leading
    first = top + 7
    if shape.below:
        if strand.percent is None:
            text += 16
        bottom = first + text + 30
        level = first + text + 14
    else:
        bottom = top + max(text + 14, 46 if strand.percent is None else 0)
        first = (top + bottom - text) / 2
        level = (top + bottom) / 2
    marks: list[Mark] = [
        *paragraph(lines, 8, first, shape.leading, size=shape.size, weight=weight),
        Line(points=((axis.start, level), (axis.end, level)), colour=HAIR),
    ]
    if strand.against:
        marks += _class_marks(strand, axis, level)
    if strand.percent is None:
        return [*marks, *_withheld(strand, shape, axis, level)], bottom
    if strand.interval:
        low, high = (axis.at(end) for end in strand.interval)
        marks.append(
            Line(points=((low, level), (high, level)), colour=BRAND, thickness=4, rounded=True)
        )
    marks.append(
        Disc(
            x=axis.at(strand.percent),
            y=level,
            radius=5,
            fill=ACCENT if strand.interval else PAPER,
            edge=PAPER if strand.interval else ACCENT,
        )
    )
    marks += paragraph(
        (f"{strand.said} %",),
        shape.figure_at,
        first if shape.below else level - shape.leading / 2,
        shape.leading,
        size=shape.size,
        colour=DEEP,
        weight="bold",
        side="right",
    )
    return marks, bottom


def _class_marks(strand: Strand, axis: Axis, level: float) -> Iterator[Mark]:
    if strand.against is None:
        return
    low, mean, high = (
        axis.at(figure) for figure in (strand.against.low, strand.against.mean, strand.against.high)
    )
    yield Box(left=low, top=level - 5, right=high, bottom=level + 5, fill=LINE)
    yield Line(points=((mean, level - 9), (mean, level + 9)), colour=INK, thickness=2)


def _withheld(strand: Strand, shape: _Shape, axis: Axis, level: float) -> Iterator[Mark]:
    """Write why there is no dot: under the name on a phone, beside the axis on a page."""
    if shape.below:
        yield from paragraph(
            (strand.said,), 8, level - 30, 16, size=12, colour=SOFT, weight="oblique"
        )
        return
    lines = wrapped(strand.said, 12, shape.figure_at - axis.end - 8)
    yield from paragraph(
        lines,
        shape.figure_at,
        level - 8 * len(lines),
        16,
        size=12,
        colour=SOFT,
        weight="oblique",
        side="right",
    )
