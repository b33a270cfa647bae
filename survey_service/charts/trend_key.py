"""The key of a control chart: each sign that it has, painted small, with what it means."""

from collections.abc import Iterator
from typing import Final

from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import ACCENT, BRAND, GROUND, LINE, MIDDLE, PAPER, SOFT, shade
from survey_service.charts.picture import Box, Disc, Line, Mark, paragraph
from survey_service.charts.trend import TrendChart, TrendMark
from survey_service.charts.trend_words import KEYS, Key

BAND: Final = shade(0.06)
WHISKER: Final = "#5c8fc2"


def trend_key(chart: TrendChart, wide_as: int, size: float) -> tuple[list[Mark], float]:
    """Say what the signs of a chart mean, in as many rows as they need; give their bottom too."""
    marks: list[Mark] = []
    x, y = 4.0, 6.0
    for key, meaning in KEYS.items():
        if not any(_has(mark, key) for mark in chart.marks):
            continue
        room = wide_as - 34
        lines = wrapped(meaning.in_(chart.language), size - 1, room)
        wide = 30 + max(width(line, size - 1) for line in lines)
        if x > 4 and x + wide > wide_as - 4:
            x, y = 4.0, y + 20
        marks += _sign(key, x, y + 9)
        marks += paragraph(lines, x + 28, y, 18, size=size - 1, colour=SOFT)
        y += 18 * (len(lines) - 1)
        x += wide + 12
    return marks, y + 20


def _has(mark: TrendMark, key: Key) -> bool:
    match key:
        case "figure":
            return mark.figure is not None
        case "centre":
            return mark.centre is not None
        case "limits":
            return mark.limits is not None
        case "beyond":
            return bool(mark.beyond)
        case "run":
            return bool(mark.run) and not mark.beyond
        case "gap":
            return bool(mark.why)


def _sign(key: Key, x: float, y: float) -> Iterator[Mark]:
    match key:
        case "figure":
            yield Line(points=((x + 11, y - 8), (x + 11, y + 8)), colour=WHISKER, thickness=2.2)
            yield Disc(x=x + 11, y=y, radius=4, fill=BRAND, edge=PAPER, thickness=1)
        case "centre":
            yield Line(points=((x, y), (x + 22, y)), colour=SOFT, thickness=1.6)
        case "limits":
            yield Box(left=x, top=y - 6, right=x + 22, bottom=y + 6, fill=BAND)
            for edge in (y - 6, y + 6):
                ends = ((x, edge), (x + 22, edge))
                yield Line(points=ends, colour=MIDDLE, thickness=1.4, dashed=True)
        case "beyond":
            yield Disc(x=x + 11, y=y, radius=6, fill=ACCENT, edge=ACCENT, thickness=2)
        case "run":
            yield Disc(x=x + 11, y=y, radius=4, fill=PAPER, edge=ACCENT, thickness=2)
        case "gap":
            yield Box(
                left=x + 4, top=y - 7, right=x + 18, bottom=y + 7, fill=GROUND, edge=LINE,
                hatched=True,
            )  # fmt: skip
