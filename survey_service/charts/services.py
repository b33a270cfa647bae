"""What the charts of public services show: both indices of each, and of its factors."""

from collections.abc import Sequence
from dataclasses import dataclass

from questionnaires.index import Code
from questionnaires.text import Language
from survey_service.charts.heatmap import Cell, HeatMap, UnitCells
from survey_service.charts.saying import WITHHELD, said
from survey_service.findings.document import Findings
from survey_service.findings.services import FactorLine, ServiceLine
from survey_service.findings.terms import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index of a service in percent; `interval` is None where there is no sampling error."""

    at: float
    said: str
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service, or a factor of one, and its two indices, or why there are none (`state`)."""

    name: str
    top_two: Index | None
    mean: Index | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlot:
    """The services of a class of units, or the factors of a service, and their axis in percent."""

    name: str
    language: Language
    rows: tuple[ServiceRow, ...]
    low: int
    high: int


def service_plot(
    findings: Findings, name: str, language: Language, *, unit_class: str
) -> ServicePlot | None:
    """Set out the services, the most satisfying first; None where no index is shown."""
    found = findings.by_service()
    lines = _lines(found.lines if found else (), unit_class)
    if found is None or all(line.missing for line in lines):
        return None
    rows = [_row(line, found.name(line.service or "").in_(language), language) for line in lines]
    return _plot(rows, name, language)


def factor_plot(
    findings: Findings, service: Code, language: Language, *, unit_class: str
) -> ServicePlot | None:
    """Set out the factors of one service in their order; None where no index is shown."""
    found = findings.by_service()
    lines = [
        one
        for one in (found.factors if found else ())
        if (one.service, one.unit_class) == (service, unit_class)
    ]
    if found is None or all(line.missing for line in lines):
        return None
    rows = [_row(line, line.name.in_(language), language) for line in lines]
    return _plot(rows, found.name(service).in_(language), language)


def _row(line: ServiceLine | FactorLine, name: str, language: Language) -> ServiceRow:
    return ServiceRow(
        name=name,
        top_two=_index(line.top_two, line.top_two_interval, language),
        mean=_index(line.mean_of_maximum, line.mean_interval, language),
        state=WITHHELD[line.missing].in_(language) if line.missing else "",
    )


def _plot(rows: Sequence[ServiceRow], name: str, language: Language) -> ServicePlot:
    """Cut the axis to the tens that hold every interval."""
    marks = [mark for row in rows for mark in (row.top_two, row.mean) if mark]
    ends = [end for mark in marks for end in (mark.at, *(mark.interval or ()))]
    low = int(min(ends) // 10 * 10)
    return ServicePlot(
        name=name,
        language=language,
        rows=tuple(rows),
        low=low,
        high=max(int(-(-max(ends) // 10) * 10), low + 10),
    )


def factor_map(
    findings: Findings, name: str, language: Language, *, unit_class: str
) -> HeatMap | None:
    """Set out services down and factors across: the mean over the maximum in percent."""
    found = findings.by_service()
    factors = [one for one in (found.factors if found else ()) if one.unit_class == unit_class]
    heads = {one.factor: one.name.in_(language) for one in factors}
    percents = [float(one.mean_of_maximum) for one in factors if one.mean_of_maximum is not None]
    if found is None or not percents or len(heads) < 2:
        return None
    rows: list[UnitCells] = []
    for line in _lines(found.lines, unit_class):
        own = {one.factor: one for one in factors if one.service == line.service}
        rows.append(
            UnitCells(
                name=found.name(line.service or "").in_(language),
                rank="",
                total=_cell(line, language),
                cells=tuple(_cell(own.get(factor), language) for factor in heads),
            )
        )
    return HeatMap(
        name=name,
        language=language,
        heads=tuple(heads.items()),
        rows=tuple(rows),
        low=int(min(percents) // 10 * 10),
        high=int(-(-max(percents) // 10) * 10),
    )


def _lines(lines: tuple[ServiceLine, ...], unit_class: str) -> list[ServiceLine]:
    own = [one for one in lines if one.level == "service" and one.unit_class == unit_class]
    return sorted(own, key=lambda one: -float(one.top_two or -1))


def _index(figure: str | None, ends: Interval | None, language: Language) -> Index | None:
    if figure is None:
        return None
    return Index(
        at=float(figure),
        said=said(figure, language),
        interval=ends and (float(ends.low), float(ends.high)),
    )


def _cell(line: ServiceLine | FactorLine | None, language: Language) -> Cell:
    if line is None or line.mean_of_maximum is None:
        missing = "not_applicable" if line is None else line.missing or "not_measurable"
        return Cell(percent=None, wide="", narrow="", state=missing)
    return Cell(
        percent=float(line.mean_of_maximum),
        wide=said(line.mean_of_maximum, language, 1),
        narrow=said(line.mean_of_maximum, language, 0),
        state="",
    )
