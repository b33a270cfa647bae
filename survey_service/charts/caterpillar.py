"""What a caterpillar plot of one class shows: its units in rank order, and their rank sets."""

import math
from dataclasses import dataclass
from decimal import Decimal

from questionnaires.text import Language
from survey_service.charts.saying import WITHHELD, said
from survey_service.sheet.score_sheet import (
    ClassSheet,
    Published,
    ScoreSheet,
    Suppressed,
    UnitSheet,
)

_PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a unit stands; `interval` is None where there is no sampling error to state."""

    at: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One unit: `said` is its figure, or why there is none; then `place` is None.

    `ranks` are the best and the worst rank that sampling error leaves open, where it is known.
    """

    rank: str
    name: str
    said: str
    place: Place | None
    ranks: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caterpillar:
    """A class's marks and the axis that holds them, from `low` to `high` of `whole`.

    The figures are points; where the units' maxima differ, percent of the maximum. `last` is
    how many units are ranked.
    """

    unit_class: str
    name: str
    language: Language
    marks: tuple[Mark, ...]
    low: int
    high: int
    whole: str
    in_percent: bool
    last: int


def caterpillar(
    sheet: ScoreSheet, unit_class: ClassSheet, language: Language
) -> Caterpillar | None:
    """Lay out a class: ranked units, then unranked ones; None where no figure is shown.

    The axis is cut to the whole numbers around the intervals: marks are read by their place,
    not by their length, so that zero need not be on it.
    """
    units = {unit.code: unit for unit in sheet.units}
    listed = [units[code] for code in (*unit_class.ranking, *unit_class.unranked)]
    maxima = {Decimal(u.result.maximum) for u in listed if isinstance(u.result, Published)}
    if not maxima:
        return None
    in_percent = len(maxima) > 1
    marks = tuple(_mark(unit, language, in_percent=in_percent) for unit in listed)
    ends = [end for mark in marks if mark.place for end in (mark.place.interval or ())]
    ends += [mark.place.at for mark in marks if mark.place]
    low = math.floor(min(ends))
    return Caterpillar(
        unit_class=unit_class.code,
        name=unit_class.name.in_(language),
        language=language,
        marks=marks,
        low=low,
        high=max(math.ceil(max(ends)), low + 1),
        whole=said("100" if in_percent else _plain(maxima.pop()), language),
        in_percent=in_percent,
        last=len(unit_class.ranking),
    )


def _mark(unit: UnitSheet, language: Language, *, in_percent: bool) -> Mark:
    result = unit.result
    rank = "–" if unit.rank is None else str(unit.rank)
    name = unit.name.in_(language)
    if not isinstance(result, Published):
        state = "suppressed" if isinstance(result, Suppressed) else "not_measurable"
        return Mark(rank=rank, name=name, said=WITHHELD[state].in_(language), place=None)
    scale = _PERCENT / Decimal(result.maximum) if in_percent else Decimal(1)
    ends = result.interval
    return Mark(
        rank=rank,
        name=name,
        said=said(result.percent if in_percent else result.points, language),
        place=Place(
            at=float(Decimal(result.points) * scale),
            interval=ends and (float(Decimal(ends.low) * scale), float(Decimal(ends.high) * scale)),
        ),
        ranks=unit.rank_set and (unit.rank_set.best, unit.rank_set.worst),
    )


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}"
