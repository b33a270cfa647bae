"""The control charts of a trend: laid out, named as files, and drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from questionnaires.index import Code
from questionnaires.text import LANGUAGES, Language, Text
from survey_service.charts.saying import WITHHELD, said
from survey_service.charts.trend import Notice, TrendChart, TrendMark, axis_ends
from survey_service.charts.trend_picture import trend_picture
from survey_service.findings.terms import Interval
from survey_service.trends.document import Measure, Signal, Trend, TrendLine, TrendPoint

MEASURE_NAMES: Final[dict[Measure, Text]] = {
    "points": Text(vi="điểm đạt được (%)", en="points reached (%)"),
    "top_two": Text(vi="tỷ lệ hài lòng (%)", en="share satisfied (%)"),
    "mean_of_maximum": Text(vi="mức hài lòng trung bình (%)", en="mean satisfaction (%)"),
}
_ABSENT = Text(vi="không đánh giá", en="not rated")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendFile:
    """A chart's file: `trend-UNIT-points.vi.narrow.svg`."""

    unit: Code
    measure: Measure
    language: Language
    narrow: bool = False

    @property
    def file(self) -> str:
        """Name it."""
        narrow = ".narrow" if self.narrow else ""
        return f"trend-{self.unit}-{self.measure}.{self.language}{narrow}.svg"


def chart_files(trend: Trend) -> Iterator[TrendFile]:
    """Name every chart of a trend."""
    for line in trend.lines:
        for language in LANGUAGES:
            for narrow in (False, True):
                yield TrendFile(
                    unit=line.unit, measure=line.measure, language=language, narrow=narrow
                )


def find_file(name: str, trend: Trend) -> TrendFile | None:
    """Find the chart that a file's name means; None where the trend has none of that name."""
    return next((one for one in chart_files(trend) if one.file == name), None)


def draw_trend(trend: Trend, file: TrendFile) -> bytes:
    """Draw one line of a trend as SVG; two threads must not draw at the same time."""
    from survey_service.charts.drawing import draw  # noqa: PLC0415 - not for a page of numbers

    line = next(one for one in trend.lines if (one.unit, one.measure) == (file.unit, file.measure))
    chart = lay_out(trend, line, file.language, axis_of(trend, file.measure))
    return draw(trend_picture(chart, narrow=file.narrow), "svg")


def axis_of(trend: Trend, measure: Measure) -> tuple[int, int]:
    """Give the ends of the axis that every line of a measure has, so that charts compare."""
    lines = [line for line in trend.lines if line.measure == measure]
    return axis_ends(tuple(mark for line in lines for mark in _marks(trend, line, "vi")))


def lay_out(trend: Trend, line: TrendLine, language: Language, axis: tuple[int, int]) -> TrendChart:
    """Lay one line of a trend out on an axis."""
    return TrendChart(
        name=line.name.in_(language),
        measure=MEASURE_NAMES[line.measure].in_(language),
        language=language,
        marks=_marks(trend, line, language),
        low=axis[0],
        high=axis[1],
    )


def why_missing(point: TrendPoint, language: Language) -> str:
    """Say why a month has no figure; empty where it has one."""
    if point.state == "published":
        return ""
    return (_ABSENT if point.state == "absent" else WITHHELD[point.state]).in_(language)


def _marks(trend: Trend, line: TrendLine, language: Language) -> tuple[TrendMark, ...]:
    return tuple(
        TrendMark(
            year=int(wave.month[:4]),
            month=int(wave.month[5:]),
            figure=None if point.percent is None else float(point.percent),
            said="" if point.percent is None else said(point.percent, language, 1),
            why="" if point.state == "absent" else why_missing(point, language),
            interval=_ends(point.interval),
            centre=None if point.centre is None else float(point.centre),
            limits=_ends(point.limits),
            beyond=_side(point.signals, "beyond"),
            run=_side(point.signals, "run"),
            anew=wave.restarts,
        )
        for wave, point in zip(trend.waves, line.points, strict=True)
    )


def _ends(interval: Interval | None) -> tuple[float, float] | None:
    return None if interval is None else (float(interval.low), float(interval.high))


def _side(signals: tuple[Signal, ...], kind: str) -> Notice:
    if f"{kind}-above" in signals:
        return "above"
    return "below" if f"{kind}-below" in signals else ""
