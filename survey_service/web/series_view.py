"""A series as it is read: units with their latest month, and each one's months in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from questionnaires.text import Language
from survey_service.charts.saying import said
from survey_service.charts.trend_picture import trend_picture
from survey_service.findings.terms import Interval
from survey_service.trends.charting import (
    MEASURE_NAMES,
    TrendFile,
    axis_of,
    lay_out,
    why_missing,
)
from survey_service.trends.document import MEASURES, Measure, Trend, TrendLine, TrendPoint

Notice = Literal["", "above", "below"]
Axes = dict[Measure, tuple[int, int]]
_PLACES: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One month of one line; empty where a figure is not shown."""

    month: str
    wave: str
    version: int
    percent: str
    interval: str
    n: str
    centre: str
    limits: str
    why: str
    beyond: Notice
    run: Notice
    anew: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One measure of a unit: its chart in two sizes, and its months, the latest first."""

    measure: Measure
    name: str
    wide: str
    wide_size: tuple[int, int]
    narrow: str
    narrow_size: tuple[int, int]
    alt: str
    rows: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """One unit: its latest published month, and its lines."""

    code: str
    name: str
    latest: MonthRow | None
    difference: str
    since: str
    until: str
    lines: tuple[LineView, ...]


def unit_views(trend: Trend, language: Language) -> tuple[UnitView, ...]:
    """Turn a trend into what a page shows, unit by unit."""
    months = {wave.wave: _month(wave.month) for wave in trend.waves}
    by_unit: dict[str, list[TrendLine]] = {}
    for line in trend.lines:
        by_unit.setdefault(line.unit, []).append(line)
    axes: Axes = {measure: axis_of(trend, measure) for measure in MEASURES}
    return tuple(_unit(trend, lines, months, axes, language) for lines in by_unit.values())


def _unit(
    trend: Trend,
    lines: list[TrendLine],
    months: dict[str, str],
    axes: Axes,
    language: Language,
) -> UnitView:
    first = lines[0]
    views = tuple(_line(trend, line, axes[line.measure], language) for line in lines)
    latest = views[0].rows[0]
    point = first.points[-1]
    return UnitView(
        code=first.unit,
        name=first.name.in_(language),
        latest=latest if latest.percent or first.until is None else None,
        difference=_difference(point, language),
        since=months[first.since] if first.since else "",
        until=months[first.until] if first.until else "",
        lines=views,
    )


def _line(trend: Trend, line: TrendLine, axis: tuple[int, int], language: Language) -> LineView:
    chart = lay_out(trend, line, language, axis)
    wide, narrow = (trend_picture(chart, narrow=one) for one in (False, True))
    files = [
        TrendFile(unit=line.unit, measure=line.measure, language=language, narrow=one).file
        for one in (False, True)
    ]
    return LineView(
        measure=line.measure,
        name=MEASURE_NAMES[line.measure].in_(language),
        wide=files[0],
        wide_size=(wide.width, wide.height),
        narrow=files[1],
        narrow_size=(narrow.width, narrow.height),
        alt=f"{wide.title}. {wide.alt}",
        rows=tuple(reversed([*_rows(trend, line, language)])),
    )


def _rows(trend: Trend, line: TrendLine, language: Language) -> Iterator[MonthRow]:
    for wave, point in zip(trend.waves, line.points, strict=True):
        yield MonthRow(
            month=_month(wave.month),
            wave=wave.wave,
            version=wave.version,
            percent="" if point.percent is None else said(point.percent, language, _PLACES),
            interval=_ends(point.interval, language),
            n="" if point.n is None else str(point.n),
            centre="" if point.centre is None else said(point.centre, language),
            limits=_ends(point.limits, language),
            why=why_missing(point, language),
            beyond=_side(point, "beyond"),
            run=_side(point, "run"),
            anew=wave.restarts,
        )


def _difference(point: TrendPoint, language: Language) -> str:
    if point.percent is None or point.centre is None:
        return ""
    shown = Decimal(said(point.percent, "en", _PLACES)) - Decimal(point.centre)
    written = said(f"{abs(shown):f}", language)
    return f"+{written}" if shown > 0 else f"−{written}" if shown else written


def _ends(ends: Interval | None, language: Language) -> str:
    return f"{said(ends.low, language)}–{said(ends.high, language)}" if ends else ""


def _side(point: TrendPoint, kind: str) -> Notice:
    if f"{kind}-above" in point.signals:
        return "above"
    return "below" if f"{kind}-below" in point.signals else ""


def _month(written: str) -> str:
    return f"{written[5:]}/{written[:4]}"
