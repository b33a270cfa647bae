"""The trend of a series, computed from what its waves published and from nothing else."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import assert_never

from analysis.standing.control_limits import BASE, RUN, SIGMAS, Control, Observation, control
from questionnaires.index import Code
from survey_service.findings.answers import SatisfactionLine
from survey_service.findings.terms import Figure, Interval
from survey_service.results.figures import written
from survey_service.sheet.score_sheet import (
    NotApplicable,
    NotMeasurable,
    Published,
    Suppressed,
    UnitSheet,
)
from survey_service.trends.document import (
    MEASURES,
    Measure,
    Shown,
    Signal,
    Trend,
    TrendLine,
    TrendPoint,
    TrendWave,
)
from survey_service.trends.reading import SeriesWave

PLACES = 1
"""Of percent that are computed here; the figures keep those that they were published with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A unit's figure in one wave as it was published, and what the lines are made of."""

    state: Shown
    percent: Figure | None = None
    interval: Interval | None = None
    seen: Observation | None = None


_ABSENT = _Figure(state="absent")


def compute_trend(series: str, waves: Sequence[SeriesWave]) -> Trend:
    """Compute every line of a series from its waves, oldest first.

    A month that the disclosure rule hides is a gap: no line of any month is made from it.
    """
    criteria = [wave.sheet.framework.sha256 for wave in waves]
    restarts = [False, *(former != now for former, now in pairwise(criteria))]
    return Trend(
        series=series,
        waves=tuple(
            TrendWave(
                wave=wave.plan.code,
                month=wave.month,
                title=wave.plan.title,
                version=wave.version,
                fingerprint=wave.fingerprint,
                framework=wave.sheet.framework.sha256,
                restarts=anew,
            )
            for wave, anew in zip(waves, restarts, strict=True)
        ),
        lines=tuple(_lines(waves, restarts)),
        sigmas=SIGMAS,
        base=BASE,
        run=RUN,
    )


def _lines(waves: Sequence[SeriesWave], restarts: Sequence[bool]) -> Iterator[TrendLine]:
    # Names and classes are those of the latest wave that rated the unit.
    units = {unit.code: unit for wave in waves for unit in wave.sheet.units}
    codes = [wave.plan.code for wave in waves]
    for code, unit in sorted(units.items()):
        for measure in MEASURES:
            figures = [_figure(wave, code, measure) for wave in waves]
            if measure != "points" and all(one.percent is None for one in figures):
                continue
            rated = [
                wave for wave, one in zip(codes, figures, strict=True) if one.state != "absent"
            ]
            yield TrendLine(
                unit=code,
                name=unit.name,
                unit_class=unit.unit_class,
                measure=measure,
                points=tuple(_points(codes, figures, restarts)),
                since=rated[0] if rated[0] != codes[0] else None,
                until=rated[-1] if rated[-1] != codes[-1] else None,
            )


def _points(
    codes: Sequence[Code], figures: Sequence[_Figure], restarts: Sequence[bool]
) -> Iterator[TrendPoint]:
    starts = [0, *(place for place, anew in enumerate(restarts) if anew), len(figures)]
    judged = [
        found
        for start, end in pairwise(starts)
        for found in control([one.seen for one in figures[start:end]])
    ]
    for code, figure, found in zip(codes, figures, judged, strict=True):
        yield TrendPoint(
            wave=code,
            state=figure.state,
            percent=figure.percent,
            interval=figure.interval,
            n=figure.seen.n if figure.seen else None,
            centre=None if found.centre is None else _percent(found.centre),
            limits=_limits(found),
            signals=tuple(_signals(found)),
        )


def _limits(found: Control) -> Interval | None:
    if found.low is None or found.high is None:
        return None
    # No figure can lie beyond the ends of the scale, and neither is a limit drawn there.
    return Interval(low=_percent(max(found.low, 0.0)), high=_percent(min(found.high, 100.0)))


def _signals(found: Control) -> Iterator[Signal]:
    if found.beyond is not None:
        yield "beyond-above" if found.beyond == "above" else "beyond-below"
    if found.run is not None:
        yield "run-above" if found.run == "above" else "run-below"


def _figure(wave: SeriesWave, unit: Code, measure: Measure) -> _Figure:
    rated = next((one for one in wave.sheet.units if one.code == unit), None)
    if rated is None:
        return _ABSENT
    return _total(rated) if measure == "points" else _index(wave, unit, measure)


def _total(unit: UnitSheet) -> _Figure:
    match unit.result:
        case Published() as result:
            whole = Fraction(Decimal(result.maximum)) / 100
            ends = result.interval
            error = result.standard_error
            return _Figure(
                state="published",
                percent=result.percent,
                interval=ends
                and Interval(
                    low=written(Fraction(Decimal(ends.low)) / whole, PLACES),
                    high=written(Fraction(Decimal(ends.high)) / whole, PLACES),
                ),
                seen=Observation(
                    value=float(result.percent),
                    standard_error=None if error is None else float(error) / float(whole),
                    n=result.n,
                ),
            )
        case Suppressed():
            return _Figure(state="suppressed")
        case NotMeasurable():
            return _Figure(state="not_measurable")
        case NotApplicable():
            return _Figure(state="not_applicable")
        case _:
            assert_never(unit.result)


def _index(wave: SeriesWave, unit: Code, measure: Measure) -> _Figure:
    rows = wave.findings.answers.satisfaction if wave.findings else ()
    row = next((one for one in rows if one.unit == unit and one.group is None), None)
    if row is None:
        return _Figure(state="not_applicable")
    figure, ends = _of_row(row, measure)
    if figure is None or not row.n:
        return _Figure(state=_missing(row))
    return _Figure(
        state="published",
        percent=figure,
        interval=ends,
        seen=Observation(
            value=float(figure), standard_error=ends and _error(figure, ends), n=row.n
        ),
    )


def _of_row(row: SatisfactionLine, measure: Measure) -> tuple[Figure | None, Interval | None]:
    if measure == "top_two":
        return row.top_two, row.top_two_interval
    return row.mean_of_maximum, row.mean_interval


def _missing(row: SatisfactionLine) -> Shown:
    return "not_measurable" if row.missing == "not_measurable" else "suppressed"


def _error(figure: Figure, ends: Interval) -> float:
    """Read a standard error back from an interval that is even on the logit scale.

    Of 0 or 100 % there was none: everybody said the same.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - 0.2 s that most commands need not spend

    p, low, high = (float(one) / 100 for one in (figure, ends.low, ends.high))
    if not 0 < low < high < 1:
        # An end rounded to 0 or 100 is no end on that scale: the other arm says it all.
        arm = high - p if low <= 0 < p else p - low if high >= 1 > p else 0.0
        return 100 * arm / float(ndtri(0.975))
    half = (math.log(high / (1 - high)) - math.log(low / (1 - low))) / 2
    return 100 * p * (1 - p) * half / float(ndtri(0.975))


def _percent(figure: float) -> Figure:
    return written(Fraction(figure), PLACES)
