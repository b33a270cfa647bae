"""The consistency of each component's items, group by group, for one class of units."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.quality.consistency import alpha, consistency, feldt_interval
from analysis.quality.moments import moments, spread, spread_within
from analysis.quality.omega import omega_total
from analysis.scoring.columns import IntArray
from questionnaires.index import Code, Named, UnitClass
from questionnaires.packing import columns as packed_columns
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import FEWEST_FOR_A_STATISTIC, Clearance
from survey_service.dataset.design import NOT_SAMPLED
from survey_service.findings.quality import ScaleItem, ScaleLine
from survey_service.findings.terms import Interval, Missing
from survey_service.results.figures import written

TABLE = "scales"
PLACES = 3
ROUNDED_TO = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """The items of one component that a group rates a class of units on.

    `open` tells whether the sheet shows all groups of every unit on the leaves concerned.
    """

    unit_class: UnitClass
    component: Named
    group: Code
    items: tuple[Code, ...]
    units: tuple[int, ...]
    open: bool


def scale_lines(analysed: Analysed, clearance: Clearance) -> Iterator[ScaleLine]:
    """Walk the components of each class and the groups that are asked several items of them.

    The figures are of all ballots about the class. Where the sheet hides a group of some unit,
    the number of ballots is rounded down to whole tens, or it would follow from the others.
    """
    for unit_class in analysed.framework.unit_classes:
        for component in analysed.framework.components:
            for place, group in enumerate(analysed.framework.groups):
                items = _items(analysed, unit_class, component.code, group.code)
                if len(items) > 1:
                    leaves = set(items.values())
                    units = analysed.members(unit_class)
                    scale = _Scale(
                        unit_class=unit_class,
                        component=component,
                        group=group.code,
                        items=tuple(items),
                        units=units,
                        open=all(
                            clearance.shows_groups(unit, leaf) for unit in units for leaf in leaves
                        ),
                    )
                    yield _line(analysed, clearance, scale, place)


def _items(
    analysed: Analysed, unit_class: UnitClass, component: Code, group: Code
) -> dict[Code, Code]:
    """Give the scored items of a component that a group is asked, with their leaves."""
    asked = analysed.content.questionnaires.asked(analysed.framework, group, unit_class.code)
    return {
        item.code: item.leaves[unit_class.code]
        for item in asked
        if unit_class.code in item.leaves
        and unit_class.leaf(item.leaves[unit_class.code]).component == component
    }


def _line(analysed: Analysed, clearance: Clearance, scale: _Scale, group: int) -> ScaleLine:
    ballots = analysed.scored.columns.ballots
    of_units = np.isin(ballots.unit, np.array(scale.units, dtype=np.int64))
    rows = np.flatnonzero(of_units & (ballots.group == group))
    values, complete = _values(analysed, scale.items, rows)
    rows = rows[complete]
    people = int(np.unique(ballots.respondent[rows]).size)
    if people < max(FEWEST_FOR_A_STATISTIC, clearance.threshold):
        clearance.hide(TABLE)
        return _missing(scale, "too_few")
    of = spread(moments(values))
    found = consistency(of)
    if found.alpha is None:
        return _missing(scale, "not_measurable")
    nominated = analysed.sheet.groups[group].list_kind in NOT_SAMPLED
    return ScaleLine(
        code=scale.component.code,
        name=scale.component.name,
        unit_class=scale.unit_class.code,
        group=scale.group,
        n=told_roughly(len(rows), exact=scale.open),
        alpha=_figure(found.alpha),
        alpha_interval=None if nominated else _interval(found.alpha, scale, people),
        alpha_standardised=_figure(found.standardised),
        alpha_within=_figure(alpha(spread_within(values, ballots.unit[rows]))),
        omega=_figure(omega_total(of)),
        items=tuple(
            ScaleItem(
                item=item,
                item_rest=_figure(one.rest_correlation),
                alpha_if_deleted=_figure(one.alpha_if_deleted),
            )
            for item, one in zip(scale.items, found.items, strict=True)
        ),
    )


def _values(
    analysed: Analysed, items: tuple[Code, ...], rows: IntArray
) -> tuple[IntArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Give what the complete ballots' options are worth in whole numbers, and which they are."""
    place = {one.item: at for at, one in enumerate(packed_columns(analysed.content.questionnaires))}
    columns = [place[item] for item in items]
    answers = analysed.scored.columns.ballots.answers[np.ix_(rows, np.array(columns))]
    worths = [_worth(analysed, item, column) for item, column in zip(items, columns, strict=True)]
    whole = math.lcm(*(worth.denominator for own in worths for worth in own))
    complete = np.all(answers > 0, axis=1)
    kept = answers[complete] - 1
    return (
        np.column_stack(
            [
                np.array([int(worth * whole) for worth in own], dtype=np.int64)[kept[:, at]]
                for at, own in enumerate(worths)
            ]
        ),
        complete,
    )


def _worth(analysed: Analysed, item: Code, column: int) -> tuple[Fraction, ...]:
    """Give the options' values as the score has them; places where it only counts the best two."""
    if analysed.framework.rules.index_method == "mean":
        return analysed.scored.columns.index.values[column]
    bank = analysed.content.questionnaires
    options = len(bank.options(bank.item(item)))
    return tuple(Fraction(options - at) for at in range(options))


def _missing(scale: _Scale, why: Missing) -> ScaleLine:
    return ScaleLine(
        code=scale.component.code,
        name=scale.component.name,
        unit_class=scale.unit_class.code,
        group=scale.group,
        n=None,
        alpha=None,
        alpha_interval=None,
        alpha_standardised=None,
        alpha_within=None,
        omega=None,
        items=(),
        missing=why,
    )


def _interval(value: Fraction, scale: _Scale, people: int) -> Interval:
    """Give Feldt's interval over people, since ballots of one person are not independent."""
    low, high = feldt_interval(value, told_roughly(people, exact=scale.open), len(scale.items))
    return Interval(low=written(Fraction(low), PLACES), high=written(Fraction(high), PLACES))


def told_roughly(n: int, *, exact: bool) -> int:
    """Round a number of ballots or people down to whole tens, unless it may be told exactly."""
    return n if exact else n // ROUNDED_TO * ROUNDED_TO


def _figure(figure: Fraction | float | None) -> str | None:
    return None if figure is None else written(Fraction(figure), PLACES)
