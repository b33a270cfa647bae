"""An importance-performance chart laid out: four quarters, and labels that find free room."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from questionnaires.text import Text
from survey_service.charts.axis import Axis, ticks
from survey_service.charts.drivers import QUADRANTS, Dot, DriverPlot
from survey_service.charts.keys import numbered_names
from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import BRAND, DEEP, GROUND, LINE, MIDDLE, PAPER, SOFT
from survey_service.charts.picture import (
    NARROW,
    WIDE,
    Box,
    Disc,
    Line,
    Mark,
    Picture,
    Side,
    Words,
    paragraph,
)

_TITLE = Text(vi="Mức quan trọng và kết quả: {name}", en="Importance and performance: {name}")
_ALT = Text(
    vi="{count} yếu tố đi cùng “{outcome}”. Cần ưu tiên cải thiện: {improve}. "
    "Đây là mối liên hệ, không phải quan hệ nhân quả.",
    en="{count} drivers of “{outcome}”. To improve first: {improve}. An association, not a cause.",
)
_NONE = Text(vi="không có", en="none")
_ACROSS = Text(vi="Kết quả: phần trăm điểm tối đa", en="Performance: percent of the maximum")
_UP = Text(vi="Mức quan trọng: phần trăm của R²", en="Importance: percent of R²")
_NOT_CAUSAL = Text(
    vi="“{outcome}”: mối liên hệ, không phải quan hệ nhân quả.",
    en="“{outcome}”: an association, not a cause.",
)
_RADIUS: Final = 6
_SIZE: Final = 14
_TURNS: Final = 16
_RINGS: Final = 8

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The two axes; figures rise to the top."""

    across: Axis
    up: Axis

    def place(self, dot: Dot) -> tuple[float, float]:
        return self.across.at(dot.performance), self.up.at(dot.share)


def driver_picture(shown: DriverPlot, *, narrow: bool) -> Picture:
    """Place the dots with their codes, and list the names below."""
    wide = NARROW if narrow else WIDE
    frame = _frame(shown, left=34 if narrow else 60, right=wide - 12, high=300 if narrow else 420)
    marks: list[Mark] = [*_quarters(shown, frame), *_axes(shown, frame, wide)]
    marks += _dots(shown, frame)
    names = [
        (dot.code, f"{dot.name} ({dot.said_performance} %; {dot.said_share} %)")
        for dot in shown.dots
    ]
    listed, bottom = numbered_names(names, wide, frame.up.start + 56)
    lines = wrapped(
        _NOT_CAUSAL.in_(shown.language).format(outcome=shown.outcome), 12, wide - 16, "oblique"
    )
    note = paragraph(lines, 8, bottom + 6, 17, size=12, colour=SOFT, weight="oblique")
    return Picture(
        width=wide,
        height=round(bottom + 6 + 17 * len(lines)) + 8,
        language=shown.language,
        title=_TITLE.in_(shown.language).format(name=shown.name),
        alt=_alt(shown),
        marks=(*marks, *listed, *note),
    )


def _alt(shown: DriverPlot) -> str:
    improve = [dot.name for dot in shown.dots if dot.quadrant == "improve"]
    return _ALT.in_(shown.language).format(
        count=len(shown.dots),
        outcome=shown.outcome,
        improve="; ".join(improve) or _NONE.in_(shown.language),
    )


def _frame(shown: DriverPlot, *, left: float, right: float, high: float) -> _Frame:
    performances = [dot.performance for dot in shown.dots]
    shares = [dot.share for dot in shown.dots]
    top = 34.0
    return _Frame(
        across=Axis(
            low=math.floor(min(performances) / 5) * 5 - 2,
            high=math.ceil(max(performances) / 5) * 5 + 2,
            start=left,
            end=right,
        ),
        up=Axis(
            low=min(0, math.floor(min(shares) / 5) * 5),
            high=math.ceil(max(shares) / 5) * 5 + 2,
            start=top + high,
            end=top,
        ),
    )


def _quarters(shown: DriverPlot, frame: _Frame) -> Iterator[Mark]:
    """Part the field at the averages and name its quarters in their corners."""
    across, up = frame.across, frame.up
    x, y = across.at(shown.mean_performance), up.at(shown.mean_share)
    yield Box(left=across.start, top=up.end, right=x, bottom=y, fill=GROUND)
    yield Box(left=across.start, top=up.end, right=across.end, bottom=up.start, edge=LINE)
    yield Line(points=((x, up.end), (x, up.start)), colour=MIDDLE, dashed=True)
    yield Line(points=((across.start, y), (across.end, y)), colour=MIDDLE, dashed=True)
    yield from _corner_names(shown, frame)


def _corner_names(shown: DriverPlot, frame: _Frame) -> Iterator[Words]:
    across, up = frame.across, frame.up
    middle = across.at(shown.mean_performance)
    for quadrant, meaning in QUADRANTS.items():
        is_left = quadrant in {"improve", "low_priority"}
        at_top = quadrant in {"improve", "keep_up"}
        room = (middle - across.start if is_left else across.end - middle) - 14
        lines = wrapped(meaning.in_(shown.language), 13, max(room, 60), "bold")
        side: Side = "left" if is_left else "right"
        yield from paragraph(
            lines,
            across.start + 8 if is_left else across.end - 8,
            up.end + 5 if at_top else up.start - 5 - 16 * len(lines),
            16,
            size=13,
            colour=SOFT,
            weight="bold",
            side=side,
        )


def _axes(shown: DriverPlot, frame: _Frame, wide: int) -> Iterator[Mark]:
    across, up = frame.across, frame.up
    for tick in ticks(across.low, across.high, 5 if wide == NARROW else 10):
        x = across.at(tick)
        yield Line(points=((x, up.start), (x, up.start + 5)), colour=LINE)
        yield Words(x=x, y=up.start + 20, text=str(tick), size=12, colour=SOFT, side="center")
    for tick in ticks(up.low, up.high, 6):
        y = up.at(tick)
        yield Line(points=((across.start - 5, y), (across.start, y)), colour=LINE)
        yield Words(x=across.start - 8, y=y + 4, text=str(tick), size=12, colour=SOFT, side="right")
    yield Words(x=8, y=20, text=_UP.in_(shown.language), size=13, colour=SOFT)
    yield Words(
        x=across.end,
        y=up.start + 40,
        text=_ACROSS.in_(shown.language),
        size=13,
        colour=SOFT,
        side="right",
    )


def _dots(shown: DriverPlot, frame: _Frame) -> Iterator[Mark]:
    """Draw each code in the free room nearest to its dot, and the dots over what leads there."""
    places = [frame.place(dot) for dot in shown.dots]
    taken: list[Extent] = [(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for x, y in places]
    taken += [words.extent for words in _corner_names(shown, frame)]
    taken += _partings(shown, frame)
    for (x, y), dot in zip(places, shown.dots, strict=True):
        words, ring = _label(dot.code, x, y, taken, frame)
        taken.append(words.extent)
        if ring:
            yield Line(points=((x, y), (words.x, words.y - 5)), colour=MIDDLE, thickness=0.8)
        yield words
    for (x, y), dot in zip(places, shown.dots, strict=True):
        hollow = dot.quadrant in {"low_priority", "possible_overkill"}
        yield Disc(x=x, y=y, radius=_RADIUS, fill=PAPER if hollow else BRAND, edge=BRAND)


def _partings(shown: DriverPlot, frame: _Frame) -> list[Extent]:
    x, y = frame.across.at(shown.mean_performance), frame.up.at(shown.mean_share)
    return [
        (x - 1, frame.up.end, x + 1, frame.up.start),
        (frame.across.start, y - 1, frame.across.end, y + 1),
    ]


def _label(
    code: str, x: float, y: float, taken: Sequence[Extent], frame: _Frame
) -> tuple[Words, int]:
    """Try places around a dot, ever farther out; keep the first that is free, and how far."""
    half = width(code, _SIZE, "bold") / 2
    for ring in range(_RINGS):
        far = _RADIUS + 3 + 7 * ring
        for turn in range(_TURNS):
            angle = 2 * math.pi * turn / _TURNS - math.pi / 2
            word = _word(code, x + (far + half) * math.cos(angle), y + (far + 7) * math.sin(angle))
            if _is_free(word.extent, taken, frame):
                return word, ring
    return _word(code, x, y - _RADIUS - 10), 0


def _word(code: str, x: float, middle: float) -> Words:
    return Words(
        x=x, y=middle + 5, text=code, size=_SIZE, colour=DEEP, weight="bold", side="center"
    )


def _is_free(extent: Extent, taken: Sequence[Extent], frame: _Frame) -> bool:
    left, top, right, bottom = extent
    inside = (
        frame.across.start < left
        and right < frame.across.end
        and frame.up.end < top
        and bottom < frame.up.start
    )
    return inside and not any(
        left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
        for other in taken
    )
