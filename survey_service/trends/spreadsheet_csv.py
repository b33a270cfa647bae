"""A trend as one CSV table that Excel opens with its Vietnamese letters."""

from collections.abc import Iterator

from survey_service.dataset.tables import guard, write_csv
from survey_service.trends.document import Trend, TrendLine, TrendPoint

COLUMNS = (
    "unit_class", "unit", "name", "measure", "month", "wave", "version", "state", "percent",
    "interval_low", "interval_high", "n", "centre", "limit_low", "limit_high", "signals",
)  # fmt: skip
LIST = ";"


def trend_csv(trend: Trend) -> bytes:
    """Write a row per unit, measure and wave, as UTF-8 with a byte order mark."""
    waves = {wave.wave: wave for wave in trend.waves}
    rows = [
        [
            *(line.unit_class, line.unit, guard(line.name.vi), line.measure),
            *(waves[point.wave].month, point.wave, str(waves[point.wave].version)),
            *_cells(point),
        ]
        for line, point in _walk(trend)
    ]
    return b"\xef\xbb\xbf" + write_csv([list(COLUMNS), *rows])


def _walk(trend: Trend) -> Iterator[tuple[TrendLine, TrendPoint]]:
    for line in trend.lines:
        yield from ((line, point) for point in line.points)


def _cells(point: TrendPoint) -> Iterator[str]:
    yield point.state
    yield point.percent or ""
    yield from ("", "") if point.interval is None else (point.interval.low, point.interval.high)
    yield "" if point.n is None else str(point.n)
    yield point.centre or ""
    yield from ("", "") if point.limits is None else (point.limits.low, point.limits.high)
    yield LIST.join(point.signals)
