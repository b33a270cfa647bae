"""The published sheet as it is read: rows with their figures in words, and each class's chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from questionnaires.text import Language
from survey_service.charts.caterpillar import Caterpillar, caterpillar
from survey_service.charts.caterpillar_picture import caterpillar_picture
from survey_service.sheet.score_sheet import (
    ClassSheet,
    CriterionLine,
    NotMeasurable,
    ProvinceFigure,
    Published,
    ScoreSheet,
    Turnout,
    UnitSheet,
)
from survey_service.web.charts import chart_name

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One drawing of a chart: its file and its size in pixels."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """A class's chart, wide and narrow, and the axis that it shows, to be said in words.

    `whole` is empty where it shows percent. `hollow` where a point has no interval.
    """

    wide: Picture
    narrow: Picture
    low: int
    high: int
    whole: str
    units: int
    hollow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit in its ranked list; empty where a figure is not shown."""

    rank: str
    code: str
    name: str
    points: str
    interval: str
    percent: str
    rank_set: str
    band: str
    issued: int
    returned: str
    valid: str
    state: str
    unranked: str
    measured: str
    left_out: int
    flagged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceRow:
    """One row of the table of the province."""

    level: str
    name: str
    percent: str
    highest: str
    lowest: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """One class of units: its ranked list, its counts per band and its province table."""

    name: str
    maximum: str
    chart: ChartView | None
    rows: tuple[UnitRow, ...]
    bands: tuple[tuple[str, int], ...]
    province: tuple[ProvinceRow, ...]


def class_views(sheet: ScoreSheet, language: Language) -> tuple[ClassView, ...]:
    """Turn a sheet into what a page shows, class by class."""
    return tuple(_class_view(sheet, unit_class, language) for unit_class in sheet.classes)


def shown(figure: str, language: Language) -> str:
    """Write a decimal with two places and the language's own decimal sign."""
    rounded = str(Decimal(figure).quantize(_CENT, ROUND_HALF_UP))
    return rounded.replace(".", ",") if language == "vi" else rounded


def _class_view(sheet: ScoreSheet, unit_class: ClassSheet, language: Language) -> ClassView:
    units = {unit.code: unit for unit in sheet.units}
    listed = [units[code] for code in (*unit_class.ranking, *unit_class.unranked)]
    plot = caterpillar(sheet, unit_class, language)
    bands = {band.band: band.name.in_(language) for band in unit_class.bands}
    names = {unit.code: unit.name.in_(language) for unit in sheet.units}
    maxima = [shown(u.result.maximum, language) for u in listed if isinstance(u.result, Published)]
    return ClassView(
        name=unit_class.name.in_(language),
        maximum=maxima[0] if len(set(maxima)) == 1 else "",
        chart=_chart(plot) if plot else None,
        rows=tuple(_unit_row(unit, bands, language) for unit in listed),
        bands=tuple((band.name.in_(language), band.units) for band in unit_class.bands),
        province=tuple(_province_rows(unit_class, names, language)),
    )


def _chart(plot: Caterpillar) -> ChartView:
    places = [mark.place for mark in plot.marks if mark.place]
    return ChartView(
        wide=_picture(plot, narrow=False),
        narrow=_picture(plot, narrow=True),
        low=plot.low,
        high=plot.high,
        whole="" if plot.in_percent else plot.whole,
        units=len(plot.marks),
        hollow=any(place.interval is None for place in places),
    )


def _picture(plot: Caterpillar, *, narrow: bool) -> Picture:
    drawn = caterpillar_picture(plot, narrow=narrow)
    name = chart_name(plot.unit_class, plot.language, narrow=narrow)
    return Picture(name=name, width=drawn.width, height=drawn.height)


def _unit_row(unit: UnitSheet, bands: dict[str, str], language: Language) -> UnitRow:
    result = unit.result if isinstance(unit.result, Published) else None
    turnout = unit.turnout if isinstance(unit.turnout, Turnout) else None
    interval = result.interval if result else None
    measured = [leaf for leaf in _leaves(unit) if not isinstance(leaf.result, NotMeasurable)]
    return UnitRow(
        rank="" if unit.rank is None else str(unit.rank),
        code=unit.code,
        name=unit.name.in_(language),
        points=shown(result.points, language) if result else "",
        interval=(
            f"{shown(interval.low, language)}–{shown(interval.high, language)}" if interval else ""
        ),
        percent=shown(result.percent, language) if result else "",
        rank_set=f"{unit.rank_set.best}–{unit.rank_set.worst}" if unit.rank_set else "",
        band=bands.get(unit.band or "", ""),
        issued=unit.turnout.issued,
        returned=str(turnout.returned) if turnout else "–",
        valid=str(turnout.valid) if turnout else "–",
        state="published" if result else _state(unit.result),
        unranked=unit.unranked or "",
        measured=shown(result.measured, language) if result and result.rescaled else "",
        left_out=sum(bool(leaf.left_out) for leaf in measured),
        flagged=sum(bool(leaf.flagged) for leaf in measured),
    )


def _leaves(unit: UnitSheet) -> Iterator[CriterionLine]:
    for component in unit.components:
        for criterion in component.criteria:
            yield from criterion.parts or (criterion,)


def _state(result: object) -> str:
    return "suppressed" if type(result).__name__ == "Suppressed" else "not_measurable"


def _province_rows(
    unit_class: ClassSheet, names: dict[str, str], language: Language
) -> Iterator[ProvinceRow]:
    for line in unit_class.province:
        if line.level not in {"total", "component"}:
            continue
        figure = line.result if isinstance(line.result, ProvinceFigure) else None

        def say(end: str, units: tuple[str, ...]) -> str:
            return f"{shown(end, language)} ({', '.join(names[code] for code in units)})"

        yield ProvinceRow(
            level=line.level,
            name=line.name.in_(language),
            percent=shown(figure.percent, language) if figure else "",
            highest=say(figure.highest.percent, figure.highest.units) if figure else "",
            lowest=say(figure.lowest.percent, figure.lowest.units) if figure else "",
            state="published" if figure else _state(line.result),
        )
