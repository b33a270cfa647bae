"""The totals of a wave however it was scored, rounded and ranked as published ones are."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from analysis.rounding import round_half_up
from analysis.scoring.scores import UnitScore
from questionnaires.index import Code, Rules
from survey_service.analysing.analysed import Analysed
from survey_service.results.scored import Scored
from survey_service.results.units import UnitFigures
from survey_service.sheet.score_sheet import UnitSheet


def totals(scored: Scored, units: Sequence[UnitScore]) -> tuple[Fraction | None, ...]:
    """Round the totals of these scores by the rules of `scored`; None where not measurable."""
    other = replace(scored, scores=replace(scored.scores, units=tuple(units)))
    return tuple(
        UnitFigures(scored=other, place=place, nominated=frozenset()).points()
        for place in range(len(units))
    )


def rank_basis(total: Fraction, maximum: Fraction, rules: Rules) -> Decimal:
    """Give what ranks follow: the points, or the percent of the maximum, as published."""
    figure = total if rules.rank_basis == "points" else 100 * total / maximum
    return round_half_up(figure, rules.rounding.places)


def ranked_units(analysed: Analysed, unit_class: Code) -> tuple[tuple[int, UnitSheet], ...]:
    """Give the ranked units of a class by rank: the place in the design, and the sheet's line."""
    places = {unit.code: place for place, unit in enumerate(analysed.content.design.units)}
    lines = {unit.code: unit for unit in analysed.sheet.units}
    (own,) = (one for one in analysed.sheet.classes if one.code == unit_class)
    return tuple((places[code], lines[code]) for code in own.ranking)
