"""The table of the province: each row of the index over the units of a class."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    """A row before its figure: what it is called, where it belongs and what it is worth."""

    row: Row
    name: Text
    component: Code | None
    criterion: Code | None
    maximum: Fraction

    @property
    def depth(self) -> int:
        """Count the sums that contain the row."""
        level, _ = self.row
        inside = self.component is not None and level != "component"
        return (level != "total") + inside + (level == "leaf" and self.criterion is not None)

    @property
    def place(self) -> tuple[bool, Code]:
        """Tell the rows that stand for the same in two classes, split or not."""
        level, code = self.row
        return level in {"total", "component"}, code


def province_table(
    framework: Framework, unit_class: UnitClass, units: Sequence[UnitSheet]
) -> tuple[ProvinceLine, ...]:
    """Give the total, every component, criterion and leaf over the units of a class.

    It is made from the units' own published figures and nothing else, so that it can disclose
    nothing that their sheets do not; a row says of how many units it was made. What only other
    classes have stands among the rows as not applicable.
    """
    results = {unit.code: dict(_results(unit)) for unit in units}
    own = _headings(framework, unit_class)
    places = framework.rules.rounding.places
    return tuple(
        ProvinceLine(
            level=one.row[0],
            code=one.row[1],
            name=one.name,
            result=_figure(
                {unit: result[one.row] for unit, result in results.items()}, one.maximum, places
            )
            if one in own
            else NotApplicable(),
            component=one.component,
            criterion=one.criterion,
        )
        for one in _with_other_classes(own, framework)
    )


def _with_other_classes(own: list[_Heading], framework: Framework) -> list[_Heading]:
    """Put the rows that only other classes have after the row that they follow there."""
    rows = list(own)
    for unit_class in framework.unit_classes:
        after = 0
        for other in _headings(framework, unit_class):
            same = [at for at, one in enumerate(rows) if one.place == other.place]
            if not same:
                # What lies deeper still belongs to a row before.
                while after < len(rows) and rows[after].depth > other.depth:
                    after += 1
                rows.insert(after, other)
            after = (same[-1] if same else after) + 1
    return rows


def _headings(framework: Framework, unit_class: UnitClass) -> list[_Heading]:
    """List the rows of a class in the order of the index."""
    names = {criterion.code: criterion.name for criterion in unit_class.criteria}
    found: dict[Row, _Heading] = {}
    for component in framework.components:
        for leaf in unit_class.survey_leaves():
            if leaf.component != component.code:
                continue
            path: list[tuple[Row, Text, Code | None, Code | None]] = [
                (("total", ""), _TOTAL, None, None),
                (("component", component.code), component.name, component.code, None),
            ]
            if leaf.criterion is not None:
                split: Row = ("criterion", leaf.criterion)
                path.append((split, names[leaf.criterion], component.code, leaf.criterion))
            path.append((("leaf", leaf.code), leaf.name, component.code, leaf.criterion))
            for row, name, of_component, of_criterion in path:
                known = found[row].maximum if row in found else Fraction(0)
                found[row] = _Heading(
                    row=row,
                    name=name,
                    component=of_component,
                    criterion=of_criterion,
                    maximum=known + Fraction(leaf.max),
                )
    return list(found.values())


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
