"""A slope chart laid out: two upright axes, a line per unit, labels that never overlap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from questionnaires.text import Text
from survey_service.charts.axis import Axis, spread
from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import ACCENT, BRAND, DEEP, LINE, MIDDLE, PAPER, SOFT
from survey_service.charts.picture import (
    NARROW,
    WIDE,
    Disc,
    Line,
    Mark,
    Picture,
    Side,
    Words,
    paragraph,
)
from survey_service.charts.slope import SIGNS, Direction, Slope, Slopes

_TITLE = Text(
    vi="Thay đổi điểm {then} – {now}: {name}", en="Change of points {then} – {now}: {name}"
)
_ALT = Text(
    vi="{count} đơn vị có ở cả hai năm: {up} tăng rõ, {down} giảm rõ, {rest} chưa rõ thay đổi.",
    en="{count} units in both years: {up} clearly up, {down} clearly down, {rest} without a "
    "clear change.",
)
_KEY: Final[dict[Direction, Text]] = {
    "up": Text(vi="tăng rõ", en="clearly up"),
    "down": Text(vi="giảm rõ", en="clearly down"),
    "unclear": Text(vi="chưa rõ thay đổi", en="no clear change"),
}
_LEFT_OUT = Text(vi="Không so sánh ({why}): {names}.", en="Not compared ({why}): {names}.")
_COLOURS: Final[dict[Direction, str]] = {"up": BRAND, "down": ACCENT, "unclear": MIDDLE}
_LEAST: Final = 2.0
"""Points that the axes span at least, so that a small change does not look large."""
_LEADING: Final = 17
_APART: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Lengths in pixels: the two axes, the ends of the figures, and the names."""

    width: int
    then_figure: int
    then: int
    now: int
    now_figure: int
    change: int
    name_at: int
    name_room: int


_WIDE = _Shape(
    width=WIDE,
    then_figure=76,
    then=100,
    now=480,
    now_figure=504,
    change=556,
    name_at=636,
    name_room=312,
)
_NARROW = _Shape(
    width=NARROW,
    then_figure=44,
    then=56,
    now=112,
    now_figure=124,
    change=172,
    name_at=124,
    name_room=190,
)


def slope_picture(shown: Slopes, *, narrow: bool) -> Picture:
    """Place the lines between two axes and push the labels apart."""
    shape = _NARROW if narrow else _WIDE
    names = [wrapped(slope.name, 13, shape.name_room) for slope in shown.slopes]
    # On a phone the figures stand over the name, on a page before it.
    heights = [_LEADING * (len(name) + narrow) + _APART for name in names]
    gaps = [(upper + lower) / 2 for upper, lower in pairwise(heights)]
    key, head = _key(shown, shape)
    axis = _axis(shown, head + 52, max(sum(gaps), 260))
    now = _kept(
        spread([axis.at(slope.now) for slope in shown.slopes], gaps),
        axis.start + heights[0] / 2 - 8,
    )
    by_former = sorted(shown.slopes, key=lambda slope: (-slope.then, slope.name))
    then = _kept(
        spread([axis.at(slope.then) for slope in by_former], [16.0] * (len(by_former) - 1)),
        axis.start,
    )
    bottom = max(axis.end, now[-1] + heights[-1] / 2, then[-1] + 10)
    marks = [*key, *_axes(shown, shape, axis.start, bottom)]
    # Clear changes are painted last, over the others.
    for slope in sorted(shown.slopes, key=lambda slope: slope.direction != "unclear"):
        marks += _line(slope, shape, axis)
    for slope, y in zip(by_former, then, strict=True):
        marks += _figure(slope.said_then, axis.at(slope.then), y, shape, side="right")
    for slope, name, y, high in zip(shown.slopes, names, now, heights, strict=True):
        marks += _label(slope, name, axis.at(slope.now), y, high, shape, narrow=narrow)
    notes, bottom = _notes(shown, shape, bottom + 14)
    return Picture(
        width=shape.width,
        height=round(bottom) + 6,
        language=shown.language,
        title=_TITLE.in_(shown.language).format(
            name=shown.name, then=shown.years[0], now=shown.years[1]
        ),
        alt=_alt(shown),
        marks=(*marks, *notes),
    )


def _alt(shown: Slopes) -> str:
    counted = [slope.direction for slope in shown.slopes]
    return _ALT.in_(shown.language).format(
        count=len(counted),
        up=counted.count("up"),
        down=counted.count("down"),
        rest=counted.count("unclear"),
    )


def _axis(shown: Slopes, start: float, long: float) -> Axis:
    """Lay the highest points at the top; the axis is as long as the labels need."""
    points = [end for slope in shown.slopes for end in (slope.then, slope.now)]
    middle, half = (max(points) + min(points)) / 2, (max(points) - min(points)) / 2
    half = max(half, _LEAST / 2)
    return Axis(low=middle + half, high=middle - half, start=start, end=start + long)


def _kept(places: Sequence[float], first: float) -> list[float]:
    """Push labels down together where the first would stand above the chart."""
    over = max(0.0, first - places[0])
    return [place + over for place in places]


def _axes(shown: Slopes, shape: _Shape, top: float, bottom: float) -> Iterator[Mark]:
    for x, year in ((shape.then, shown.years[0]), (shape.now, shown.years[1])):
        yield Line(points=((x, top - 16), (x, bottom)), colour=LINE)
        yield Words(x=x, y=top - 24, text=year, size=15, colour=DEEP, weight="bold", side="center")


def _key(shown: Slopes, shape: _Shape) -> tuple[list[Mark], float]:
    """Say what the lines mean, in as many rows as they need."""
    marks: list[Mark] = []
    x, y = 8.0, 6.0
    for direction, meaning in _KEY.items():
        said = f"{SIGNS[direction]} {meaning.in_(shown.language)}".strip()
        wide = 24 + width(said, 12)
        if x > 8 and x + wide > shape.width - 8:
            x, y = 8.0, y + 20
        line = ((x, y + 9), (x + 18, y + 9))
        marks.append(Line(points=line, colour=_COLOURS[direction], thickness=3))
        marks += paragraph((said,), x + 24, y, 18, size=12, colour=SOFT)
        x += wide + 16
    return marks, y + 20


def _line(slope: Slope, shape: _Shape, axis: Axis) -> Iterator[Mark]:
    colour = _COLOURS[slope.direction]
    ends = ((shape.then, axis.at(slope.then)), (shape.now, axis.at(slope.now)))
    clear = slope.direction != "unclear"
    yield Line(points=ends, colour=colour, thickness=2.5 if clear else 1.2)
    for x, y in ends:
        yield Disc(x=x, y=y, radius=4 if clear else 3, fill=colour, edge=PAPER, thickness=1)


def _figure(text: str, level: float, y: float, shape: _Shape, *, side: Side) -> Iterator[Mark]:
    axis_at, figure_at = (
        (shape.then - 5, shape.then_figure)
        if side == "right"
        else (shape.now + 5, shape.now_figure)
    )
    pulled = figure_at + (2 if side == "right" else -2)
    yield Line(points=((axis_at, level), (pulled, y)), colour=LINE)
    yield from paragraph((text,), figure_at, y - 9, 18, size=13, colour=SOFT, side=side)


def _label(
    slope: Slope,
    name: tuple[str, ...],
    level: float,
    y: float,
    high: float,
    shape: _Shape,
    *,
    narrow: bool,
) -> Iterator[Mark]:
    first = y - (high - _APART) / 2
    row = first + _LEADING / 2 if narrow else y
    yield from _figure(slope.said_now, level, row, shape, side="left")
    colour = SOFT if slope.direction == "unclear" else _COLOURS[slope.direction]
    yield from paragraph(
        (f"{slope.difference} {SIGNS[slope.direction]}".strip(),),
        shape.change,
        row - 9,
        18,
        size=13,
        colour=colour,
        weight="regular" if slope.direction == "unclear" else "bold",
    )
    top = first + _LEADING if narrow else first
    yield from paragraph(name, shape.name_at, top, _LEADING, size=13)


def _notes(shown: Slopes, shape: _Shape, top: float) -> tuple[list[Mark], float]:
    """Name the units without a line, reason by reason."""
    marks: list[Mark] = []
    for why in dict.fromkeys(reason for _, reason in shown.left_out):
        names = "; ".join(name for name, reason in shown.left_out if reason == why)
        said = _LEFT_OUT.in_(shown.language).format(why=why, names=names)
        lines = wrapped(said, 12, shape.width - 16)
        marks += paragraph(lines, 8, top, 17, size=12, colour=SOFT)
        top += 17 * len(lines) + 3
    return marks, top
