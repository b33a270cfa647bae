"""The score sheet as flat lines: one per unit, component, criterion, leaf, group and turnout."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.sheet.score_sheet import (
    ComponentLine,
    CriterionLine,
    Result,
    ScoreSheet,
    Turnout,
    TurnoutSuppressed,
    UnitSheet,
)

Level = Literal["unit", "component", "criterion", "leaf", "group", "turnout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure with the place it has in the tree.

    Level "criterion" is a split criterion, "group" a group on a leaf, "turnout" a group's
    ballots about the unit, which has no result of its own.
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


def lines(sheet: ScoreSheet) -> Iterator[Line]:
    """Walk every figure of the sheet, top down, unit by unit."""
    names = {group.code: group.name for group in sheet.groups}
    for unit in sheet.units:
        yield from unit_lines(unit, names)


def unit_lines(unit: UnitSheet, groups: dict[Code, Text]) -> Iterator[Line]:
    """Walk one unit's figures; `groups` are the names of the respondent groups."""
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
