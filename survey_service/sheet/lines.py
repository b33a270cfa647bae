"""The score sheet as flat lines: every figure of the units, then the tables of the province."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.sheet.score_sheet import (
    BandCount,
    ClassSheet,
    ComponentLine,
    CriterionLine,
    ProvinceLine,
    Result,
    ScoreSheet,
    Turnout,
    TurnoutSuppressed,
    UnitSheet,
)

Level = Literal["unit", "component", "criterion", "leaf", "group", "turnout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure of a unit with the place it has in the tree.

    Level "criterion" is a split criterion, "group" a group on a leaf, "turnout" a group's
    ballots about the unit, which has no result of its own. `scored` is the leaf itself, with
    its cover and its thin groups, on the line of a leaf.
    """

    level: Level
    unit: UnitSheet
    name: Text
    result: Result | None
    turnout: Turnout | TurnoutSuppressed | None = None
    component: Code = ""
    criterion: Code = ""
    leaf: Code = ""
    group: Code = ""
    scored: CriterionLine | None = None


def lines(sheet: ScoreSheet) -> Iterator[Line]:
    """Walk every figure of the units, top down, unit by unit."""
    names = {group.code: group.name for group in sheet.groups}
    for unit in sheet.units:
        yield from _unit_lines(unit, names)


def province_lines(sheet: ScoreSheet) -> Iterator[tuple[ClassSheet, ProvinceLine | BandCount]]:
    """Walk the table of the province of each class, then how many units reached each band."""
    for unit_class in sheet.classes:
        yield from ((unit_class, line) for line in (*unit_class.province, *unit_class.bands))


def _unit_lines(unit: UnitSheet, groups: dict[Code, Text]) -> Iterator[Line]:
    yield Line(level="unit", unit=unit, name=unit.name, result=unit.result, turnout=unit.turnout)
    for row in unit.groups:
        yield Line(
            level="turnout",
            unit=unit,
            name=groups[row.group],
            result=None,
            turnout=row.turnout,
            group=row.group,
        )
    for component in unit.components:
        yield Line(
            level="component",
            unit=unit,
            name=component.name,
            result=component.result,
            component=component.code,
        )
        for criterion in component.criteria:
            yield from _criterion_lines(unit, groups, component, criterion)


def _criterion_lines(
    unit: UnitSheet, groups: dict[Code, Text], component: ComponentLine, criterion: CriterionLine
) -> Iterator[Line]:
    if not criterion.parts:
        yield from _leaf_lines(unit, groups, component.code, "", criterion)
        return
    yield Line(
        level="criterion",
        unit=unit,
        name=criterion.name,
        result=criterion.result,
        component=component.code,
        criterion=criterion.code,
    )
    for part in criterion.parts:
        yield from _leaf_lines(unit, groups, component.code, criterion.code, part)


def _leaf_lines(
    unit: UnitSheet, groups: dict[Code, Text], component: Code, criterion: Code, leaf: CriterionLine
) -> Iterator[Line]:
    yield Line(
        level="leaf",
        unit=unit,
        name=leaf.name,
        result=leaf.result,
        component=component,
        criterion=criterion,
        leaf=leaf.code,
        scored=leaf,
    )
    for row in leaf.groups:
        yield Line(
            level="group",
            unit=unit,
            name=groups[row.group],
            result=row.result,
            component=component,
            criterion=criterion,
            leaf=leaf.code,
            group=row.group,
        )
