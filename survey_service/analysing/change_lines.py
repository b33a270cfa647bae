"""How one unit's change against a former wave is written."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from analysis.comparing.differences import Judged, difference_interval
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.series import Series
from survey_service.analysing.succession import Succession
from survey_service.findings.standing import UnitChange
from survey_service.findings.terms import Interval, Missing
from survey_service.results.figures import uncertainty, written
from survey_service.sheet.score_sheet import Published, UnitSheet

COMPOSITION = Fraction(1, 10)
"""Points from which on it is said how much of a change comes from other groups."""

_DIRECTIONS: dict[str, Literal["up", "down", "unclear"]] = {
    "rise": "up",
    "fall": "down",
    "unclear": "unclear",
}
Reason = Missing | Literal["new", "broken_series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A unit and the former one that it is compared with, by their places; their new totals."""

    now: int
    former: int
    points: Fraction
    former_points: Fraction


def no_change(
    analysed: Analysed, former: Analysed, line: Succession, place: int, reason: Reason
) -> UnitChange:
    """Say why a unit has no change; the ranks and the former total are known all the same."""
    own, twin = analysed.line(place), line.twins.get(place)
    return UnitChange(
        unit=own.code,
        former=None,
        points=None,
        difference=None,
        standard_error=None,
        interval=None,
        p=None,
        direction=None,
        former_rank=None if twin is None else former.line(twin).rank,
        former_published=None if twin is None else _published(former.line(twin)),
        rank=own.rank,
        successor_of=line.predecessors.get(place, ()),
        missing=reason,
    )


def unit_change(
    analysed: Analysed,
    former: Analysed,
    line: Succession,
    pair: Pair,
    judged: Judged | None,
    of: Series | None,
) -> UnitChange:
    """Write a change; without `of` it is not cleared, and only its direction is left."""
    own, twin = analysed.line(pair.now), former.line(pair.former)
    places = analysed.framework.rules.rounding.places
    difference = pair.points - pair.former_points
    shown = of is not None
    tested = judged if shown else None
    return UnitChange(
        unit=own.code,
        former=written(pair.former_points, places) if shown else None,
        points=written(pair.points, places) if shown else None,
        difference=written(difference, places) if shown else None,
        standard_error=None if tested is None else uncertainty(tested.measured.standard_error, 3),
        interval=None if tested is None else _interval(tested, places),
        p=None if tested is None else uncertainty(tested.adjusted_p, 4),
        direction=None if judged is None else _DIRECTIONS[judged.direction],
        former_rank=twin.rank,
        former_published=_published(twin),
        rank=own.rank,
        composition=None if of is None else _composition(analysed, former, of, pair, places),
        successor_of=line.predecessors.get(pair.now, ()),
        missing=None if shown else "suppressed",
    )


def _published(unit: UnitSheet) -> str | None:
    return unit.result.points if isinstance(unit.result, Published) else None


def _interval(judged: Judged, places: int) -> Interval | None:
    ends = difference_interval(judged.measured)
    if ends is None:
        return None
    low, high = (uncertainty(end, places) or "0" for end in ends)
    return Interval(low=low, high=high)


def _composition(
    analysed: Analysed, former: Analysed, of: Series, pair: Pair, places: int
) -> str | None:
    """Give what other groups make of the published change, where nothing else changed."""
    own, twin = analysed.line(pair.now), former.line(pair.former)
    leaves = {
        (own.unit_class, leaf.code)
        for leaf in (*analysed.unit(pair.now).leaves, *former.unit(pair.former).leaves)
    }
    if not (
        leaves <= of.unchanged
        and isinstance(own.result, Published)
        and isinstance(twin.result, Published)
    ):
        return None
    published = Fraction(own.result.points) - Fraction(twin.result.points)
    apart = published - (pair.points - pair.former_points)
    return written(apart, places) if abs(apart) > COMPOSITION else None
