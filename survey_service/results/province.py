"""The table of the province: each row of the index over the units of a class."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from questionnaires.index import Code, Framework, UnitClass
from questionnaires.text import Text
from survey_service.results.figures import plain, written
from survey_service.sheet.score_sheet import (
    Extreme,
    NotApplicable,
    NotMeasurable,
    ProvinceFigure,
    ProvinceLine,
    Published,
    Result,
    Suppressed,
    UnitSheet,
)

Level = Literal["total", "component", "criterion", "leaf"]
Row = tuple[Level, Code]
_TOTAL = Text(vi="Tổng điểm điều tra xã hội học", en="Survey total")


def province_table(
    framework: Framework, unit_class: UnitClass, units: Sequence[UnitSheet]
) -> tuple[ProvinceLine, ...]:
    """Give the total, every component, criterion and leaf over the units of a class.

    It is made from the units' own published figures and nothing else, so that it can disclose
    nothing that their sheets do not; a row says of how many units it was made.
    """
    results = {unit.code: dict(_results(unit)) for unit in units}
    lines: list[ProvinceLine] = []
    for (level, code), (name, maximum) in _rows(framework, unit_class).items():
        of_units = {unit: result[level, code] for unit, result in results.items()}
        figure = _figure(of_units, maximum, framework.rules.rounding.places)
        lines.append(ProvinceLine(level=level, code=code, name=name, result=figure))
    return tuple(lines)


def _rows(framework: Framework, unit_class: UnitClass) -> dict[Row, tuple[Text, Fraction]]:
    """List the rows in the order of the index, each with its name and points."""
    names = {criterion.code: criterion.name for criterion in unit_class.criteria}
    components = {component.code: component.name for component in framework.components}
    rows: dict[Row, tuple[Text, Fraction]] = {}
    for component in framework.components:
        for leaf in unit_class.survey_leaves():
            if leaf.component != component.code:
                continue
            path: list[tuple[Row, Text]] = [
                (("total", ""), _TOTAL),
                (("component", component.code), components[component.code]),
            ]
            if leaf.criterion is not None:
                path.append((("criterion", leaf.criterion), names[leaf.criterion]))
            path.append((("leaf", leaf.code), leaf.name))
            for row, name in path:
                _, points = rows.get(row, (name, Fraction(0)))
                rows[row] = (name, points + Fraction(leaf.max))
    return rows


def _results(unit: UnitSheet) -> Iterator[tuple[Row, Result]]:
    yield ("total", ""), unit.result
    for component in unit.components:
        yield ("component", component.code), component.result
        for criterion in component.criteria:
            yield ("criterion" if criterion.parts else "leaf", criterion.code), criterion.result
            for part in criterion.parts:
                yield ("leaf", part.code), part.result


def _figure(
    results: Mapping[Code, Result], maximum: Fraction, places: int
) -> ProvinceFigure | Suppressed | NotMeasurable:
    shown = {unit: one for unit, one in results.items() if isinstance(one, Published)}
    if not shown:
        hidden = any(isinstance(one, Suppressed) for one in results.values())
        return (Suppressed if hidden else NotMeasurable)(maximum=plain(maximum))
    points = sum((Fraction(one.points) for one in shown.values()), Fraction(0))
    out_of = sum((Fraction(one.maximum) for one in shown.values()), Fraction(0))
    percents = {unit: Decimal(one.percent) for unit, one in shown.items()}
    return ProvinceFigure(
        percent=written(100 * points / out_of, places),
        units=len(shown),
        of=sum(not isinstance(one, NotApplicable) for one in results.values()),
        highest=_extreme(percents, max(percents.values())),
        lowest=_extreme(percents, min(percents.values())),
    )


def _extreme(percents: Mapping[Code, Decimal], percent: Decimal) -> Extreme:
    holders = tuple(unit for unit, one in percents.items() if one == percent)
    return Extreme(percent=f"{percent:f}", units=holders)
