"""What a heat map of one class shows: each unit's percent of each component."""

from dataclasses import dataclass

from questionnaires.text import Language
from survey_service.charts.saying import said
from survey_service.sheet.score_sheet import (
    ClassSheet,
    NotApplicable,
    Published,
    Result,
    ScoreSheet,
    Suppressed,
    UnitSheet,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A percent of the maximum, exactly (`wide`) and whole (`narrow`), or the `state` instead."""

    percent: float | None
    wide: str
    narrow: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCells:
    """A unit, its total and its components in the order of the heads; `rank` "" where none is."""

    name: str
    rank: str
    total: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """The units of a class in rank order; `heads` are the components' codes and names.

    Colours go from `low` to `high`, the tens around the percents that are shown.
    """

    name: str
    language: Language
    heads: tuple[tuple[str, str], ...]
    rows: tuple[UnitCells, ...]
    low: int
    high: int

    @property
    def states(self) -> tuple[str, ...]:
        """Give the states that stand in cells instead of a figure."""
        cells = [cell for row in self.rows for cell in (row.total, *row.cells)]
        return tuple(sorted({cell.state for cell in cells if cell.state}))


def heat_map(sheet: ScoreSheet, unit_class: ClassSheet, language: Language) -> HeatMap | None:
    """Set out a class; None where no percent of any component is shown."""
    units = {unit.code: unit for unit in sheet.units}
    listed = [units[code] for code in (*unit_class.ranking, *unit_class.unranked)]
    heads = {part.code: part.name.in_(language) for unit in listed for part in unit.components}
    rows = tuple(_row(unit, tuple(heads), language) for unit in listed)
    percents = [cell.percent for row in rows for cell in row.cells if cell.percent is not None]
    if not percents:
        return None
    return HeatMap(
        name=unit_class.name.in_(language),
        language=language,
        heads=tuple(heads.items()),
        rows=rows,
        low=int(min(percents) // 10 * 10),
        high=int(-(-max(percents) // 10) * 10),
    )


def _row(unit: UnitSheet, heads: tuple[str, ...], language: Language) -> UnitCells:
    results = {part.code: part.result for part in unit.components}
    return UnitCells(
        name=unit.name.in_(language),
        rank="–" if unit.rank is None else str(unit.rank),
        total=_cell(unit.result, language),
        cells=tuple(_cell(results.get(code, NotApplicable()), language) for code in heads),
    )


def _cell(result: Result, language: Language) -> Cell:
    if isinstance(result, Published):
        return Cell(
            percent=float(result.percent),
            wide=said(result.percent, language, 1),
            narrow=said(result.percent, language, 0),
            state="",
        )
    state = (
        "suppressed"
        if isinstance(result, Suppressed)
        else "not_applicable"
        if isinstance(result, NotApplicable)
        else "not_measurable"
    )
    return Cell(percent=None, wide="", narrow="", state=state)
