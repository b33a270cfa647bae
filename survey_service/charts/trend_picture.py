"""A control chart laid out: months from left to right, a band of limits behind the figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from questionnaires.text import Text
from survey_service.charts.axis import Axis, ticks
from survey_service.charts.lettering import width
from survey_service.charts.palette import (
    ACCENT,
    BRAND,
    DEEP,
    GROUND,
    HAIR,
    LINE,
    MIDDLE,
    PAPER,
    SOFT,
)
from survey_service.charts.picture import NARROW, Box, Disc, Line, Mark, Picture, Words, paragraph
from survey_service.charts.trend import TrendChart, TrendMark
from survey_service.charts.trend_key import BAND, WHISKER, trend_key
from survey_service.charts.trend_words import alt, title

_ANEW = Text(vi="tiêu chí mới", en="new criteria")
_CUT = Text(vi="% (trục cắt: {low}–{high})", en="% (axis cut to {low}–{high})")
_WHOLE = Text(vi="%", en="%")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Lengths in pixels."""

    width: int
    left: int
    right: int
    height: int
    size: float
    disc: float
    label_room: float


_BESIDE = _Shape(width=640, left=44, right=18, height=250, size=13, disc=4.5, label_room=26)
_PHONE = _Shape(width=NARROW, left=34, right=14, height=200, size=12, disc=3.5, label_room=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where months and percent lie."""

    shape: _Shape
    pitch: float
    rows: Axis

    def x(self, place: int) -> float:
        return self.shape.left + (place + 0.5) * self.pitch

    def y(self, percent: float) -> float:
        return self.rows.at(percent)


def trend_picture(chart: TrendChart, *, narrow: bool) -> Picture:
    """Paint the band first, then lines, whiskers and figures, the signals over all."""
    shape = _PHONE if narrow else _BESIDE
    key, head = trend_key(chart, shape.width, shape.size)
    top = head + 24
    rows = Axis(low=chart.high, high=chart.low, start=top, end=top + shape.height)
    pitch = (shape.width - shape.left - shape.right) / max(len(chart.marks), 1)
    plot = _Plot(shape=shape, pitch=pitch, rows=rows)
    marks = [*key, *_grid(chart, plot)]
    for place, mark in enumerate(chart.marks):
        marks += _expected(mark, place, plot)
    marks += _path(chart, plot)
    for place, mark in enumerate(chart.marks):
        marks += _figure(mark, place, plot)
    marks += _said(chart, plot)
    marks += _months(chart, plot)
    return Picture(
        width=shape.width,
        height=round(rows.end) + 46,
        language=chart.language,
        title=title(chart),
        alt=alt(chart),
        marks=tuple(marks),
    )


def _grid(chart: TrendChart, plot: _Plot) -> Iterator[Mark]:
    shape, rows = plot.shape, plot.rows
    cut = chart.low > 0 or chart.high < 100
    said = (_CUT if cut else _WHOLE).in_(chart.language).format(low=chart.low, high=chart.high)
    yield Words(x=4, y=rows.start - 12, text=said, size=shape.size - 1, colour=SOFT)
    for level in ticks(chart.low, chart.high, 6):
        y = rows.at(level)
        yield Line(points=((shape.left, y), (shape.width - shape.right, y)), colour=HAIR)
        yield Words(
            x=shape.left - 6,
            y=y + 0.36 * shape.size,
            text=str(level),
            size=shape.size - 1,
            colour=SOFT,
            side="right",
        )


def _expected(mark: TrendMark, place: int, plot: _Plot) -> Iterator[Mark]:
    """Paint a month's limits and centre line as steps, a hatched column where it has no figure."""
    left, right = plot.x(place) - plot.pitch / 2, plot.x(place) + plot.pitch / 2
    if mark.why:
        yield Box(
            left=left + 1,
            top=plot.rows.start,
            right=right - 1,
            bottom=plot.rows.end,
            fill=GROUND,
            edge=LINE,
            hatched=True,
        )
    if mark.limits is not None:
        low, high = (plot.y(end) for end in mark.limits)
        yield Box(left=left, top=high, right=right, bottom=low, fill=BAND)
        for y in (low, high):
            yield Line(points=((left, y), (right, y)), colour=MIDDLE, thickness=1.4, dashed=True)
    if mark.centre is not None:
        y = plot.y(mark.centre)
        yield Line(points=((left, y), (right, y)), colour=SOFT, thickness=1.6)
    if mark.anew:
        yield Line(
            points=((left, plot.rows.start - 4), (left, plot.rows.end)),
            colour=DEEP,
            thickness=1.4,
        )


def _path(chart: TrendChart, plot: _Plot) -> Iterator[Mark]:
    """Join neighbouring months; never over a gap, nor from one set of criteria to the next."""
    for place, (one, other) in enumerate(pairwise(chart.marks)):
        if one.figure is not None and other.figure is not None and not other.anew:
            ends = (
                (plot.x(place), plot.y(one.figure)),
                (plot.x(place + 1), plot.y(other.figure)),
            )
            yield Line(points=ends, colour=WHISKER, thickness=1)


def _figure(mark: TrendMark, place: int, plot: _Plot) -> Iterator[Mark]:
    if mark.figure is None:
        return
    x, y = plot.x(place), plot.y(mark.figure)
    colour = ACCENT if mark.beyond or mark.run else BRAND
    if mark.interval is not None:
        ends = tuple((x, plot.y(end)) for end in mark.interval)
        yield Line(points=ends, colour=WHISKER, thickness=2.2)
    yield Disc(
        x=x,
        y=y,
        radius=plot.shape.disc + (2 if mark.beyond else 0),
        fill=PAPER if mark.run and not mark.beyond else colour,
        edge=colour if mark.run or mark.beyond else PAPER,
        thickness=2 if mark.run or mark.beyond else 1,
    )


def _said(chart: TrendChart, plot: _Plot) -> Iterator[Mark]:
    """Write the figures beyond their limits and the latest one beside their dots."""
    shown = [place for place, mark in enumerate(chart.marks) if mark.figure is not None]
    taken: list[tuple[float, float, float, float]] = []
    for place in reversed(shown):
        mark = chart.marks[place]
        if mark.figure is None or not (mark.beyond or place == shown[-1]):
            continue
        under = mark.beyond == "below"
        text = f"{mark.said} {'▼' if under else '▲' if mark.beyond else ''}".strip()
        wide = width(text, plot.shape.size, "bold")
        right = plot.shape.width - 4 - wide / 2
        words = Words(
            x=min(max(plot.x(place), plot.shape.left + wide / 2), right),
            y=_clear(mark, plot, under=under),
            text=text,
            size=plot.shape.size,
            colour=ACCENT if mark.beyond else BRAND,
            weight="bold",
            side="center",
        )
        if not any(_meet(words.extent, other) for other in taken):
            taken.append(words.extent)
            yield words


def _clear(mark: TrendMark, plot: _Plot, *, under: bool) -> float:
    """Give a baseline over or under the whisker."""
    ends = (mark.figure or 0.0, *(mark.interval or ()))
    if under:
        return min(plot.y(min(ends)) + plot.shape.size + 5, plot.rows.end - 3)
    return max(plot.y(max(ends)) - 7, plot.rows.start - 4)


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return (
        one[0] < other[2] + 2 and other[0] < one[2] + 2 and one[1] < other[3] and other[1] < one[3]
    )


def _months(chart: TrendChart, plot: _Plot) -> Iterator[Mark]:
    """Number the months, as many as there is room for, and name each year under its first."""
    shape, foot = plot.shape, plot.rows.end
    yield Line(points=((shape.left, foot), (shape.width - shape.right, foot)), colour=LINE)
    every = max(1, -int(-shape.label_room // plot.pitch))
    last = len(chart.marks) - 1
    year, free = 0, 0.0
    for place, mark in enumerate(chart.marks):
        x = plot.x(place)
        if (last - place) % every == 0:
            yield Line(points=((x, foot), (x, foot + 4)), colour=LINE)
            yield Words(
                x=x, y=foot + 17, text=str(mark.month), size=shape.size - 1, colour=SOFT,
                side="center",
            )  # fmt: skip
        wide = width(str(mark.year), shape.size, "bold")
        left = min(max(4.0, x - 8), shape.width - 4 - wide)
        if mark.year != year and left >= free:
            yield from paragraph(
                (str(mark.year),), left, foot + 22, 16, size=shape.size, colour=DEEP, weight="bold"
            )
            free = left + wide + 6
        year = mark.year
        if mark.anew:
            said = _ANEW.in_(chart.language)
            wide = width(said, shape.size - 1)
            yield Words(
                x=min(x - plot.pitch / 2, shape.width - 4 - wide),
                y=plot.rows.start - 12 if x > shape.width / 2 else plot.rows.start + 12,
                text=said,
                size=shape.size - 1,
                colour=DEEP,
            )
