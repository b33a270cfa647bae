"""The score sheet as one CSV table that Excel opens with its Vietnamese letters."""

from collections.abc import Iterator

from survey_service.dataset.tables import guard, write_csv
from survey_service.sheet.lines import Line, lines, province_lines
from survey_service.sheet.score_sheet import (
    BandCount,
    ClassSheet,
    NotApplicable,
    NotMeasurable,
    ProvinceFigure,
    ProvinceLine,
    Published,
    ScoreSheet,
    Suppressed,
    Turnout,
)

COLUMNS = (
    "level", "unit_class", "unit", "component", "criterion", "leaf", "group", "name",
    "state", "points", "maximum", "measured", "percent", "interval_low", "interval_high",
    "standard_error", "n", "cover", "flags", "rank", "rank_best", "rank_worst", "unranked", "class",
    "issued", "returned", "valid",
    "units", "units_of", "highest", "highest_units", "lowest", "lowest_units",
)  # fmt: skip
LIST = ";"
"""Parts the entries of a cell that holds several."""


def sheet_csv(sheet: ScoreSheet) -> bytes:
    """Write every line as UTF-8 with a byte order mark, without which Excel guesses wrong.

    An empty cell is a figure that the line does not have; `state` says why one is not shown.
    """
    rows = [dict(_cells(line)) for line in lines(sheet)]
    rows += [dict(_province(unit_class, line)) for unit_class, line in province_lines(sheet)]
    table = [list(COLUMNS), *([row.get(column, "") for column in COLUMNS] for row in rows)]
    return b"\xef\xbb\xbf" + write_csv(table)


def _cells(line: Line) -> Iterator[tuple[str, str]]:
    yield "level", line.level
    yield "unit_class", line.unit.unit_class
    yield "unit", line.unit.code
    yield "component", line.component
    yield "criterion", line.criterion
    yield "leaf", line.leaf
    yield "group", line.group
    yield "name", guard(line.name.vi)
    yield from _result(line)
    if line.scored is not None:
        yield "cover", line.scored.cover or ""
    yield "flags", LIST.join(_flags(line))
    if line.level == "unit":
        yield from _standing(line)
    if line.turnout is not None:
        yield "issued", str(line.turnout.issued)
        if isinstance(line.turnout, Turnout):
            yield "returned", str(line.turnout.returned)
            yield "valid", str(line.turnout.valid)


def _result(line: Line) -> Iterator[tuple[str, str]]:
    state = line.turnout if line.result is None else line.result
    if state is not None:
        yield "state", str(state.__struct_config__.tag)
    if isinstance(line.result, Published | Suppressed | NotMeasurable):
        yield "maximum", line.result.maximum
    if not isinstance(line.result, Published):
        return
    yield "points", line.result.points
    yield "measured", line.result.measured
    yield "percent", line.result.percent
    yield "standard_error", line.result.standard_error or ""
    yield "n", str(line.result.n)
    if line.result.interval is not None:
        yield "interval_low", line.result.interval.low
        yield "interval_high", line.result.interval.high


def _standing(line: Line) -> Iterator[tuple[str, str]]:
    unit = line.unit
    yield "rank", "" if unit.rank is None else str(unit.rank)
    yield "unranked", unit.unranked or ""
    yield "class", unit.band or ""
    if unit.rank_set is not None:
        yield "rank_best", str(unit.rank_set.best)
        yield "rank_worst", str(unit.rank_set.worst)


def _flags(line: Line) -> Iterator[str]:
    if line.scored is not None:
        yield from (f"left_out:{group}" for group in line.scored.left_out)
        yield from (f"flagged:{group}" for group in line.scored.flagged)
    if isinstance(line.result, Published) and line.result.rescaled:
        yield "rescaled"


def _province(unit_class: ClassSheet, line: ProvinceLine | BandCount) -> Iterator[tuple[str, str]]:
    """Give a row over the units of a class: "province", or "band" for how many reached one."""
    yield "unit_class", unit_class.code
    yield "name", guard(line.name.vi)
    if isinstance(line, BandCount):
        yield from (("level", "band"), ("class", line.band), ("units", str(line.units)))
        return
    yield "level", "province"
    yield "component", line.component or ""
    yield "criterion", line.criterion or ""
    yield "leaf", line.code if line.level == "leaf" else ""
    yield "state", str(line.result.__struct_config__.tag)
    if isinstance(line.result, ProvinceFigure):
        yield "percent", line.result.percent
        yield "units", str(line.result.units)
        yield "units_of", str(line.result.of)
        yield "highest", line.result.highest.percent
        yield "highest_units", LIST.join(line.result.highest.units)
        yield "lowest", line.result.lowest.percent
        yield "lowest_units", LIST.join(line.result.lowest.units)
    elif not isinstance(line.result, NotApplicable):
        yield "maximum", line.result.maximum
