"""Who stands where: ranks and classes by the published total, rank sets by the exact one."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from analysis.rounding import round_half_up
from analysis.standing.classification import classify
from analysis.standing.ranking import competition_ranks, rank_sets
from questionnaires.index import Code
from survey_service.results.units import UnitFigures
from survey_service.sheet.score_sheet import RankSet, Unranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A unit's rank, rank set and class, or why it has no rank."""

    rank: int | None = None
    rank_set: RankSet | None = None
    unranked: Unranked | None = None
    band: Code | None = None


def standings(members: list[UnitFigures]) -> dict[int, Standing]:
    """Rank the units of one class among themselves, by place in the design."""
    given = {member.place: Standing(unranked=_reason(member)) for member in members}
    ranked = [member for member in members if given[member.place].unranked is None]
    if not ranked:
        return given
    rules = ranked[0].scored.content.framework.rules
    places = [member.place for member in ranked]
    ranks = competition_ranks([_basis(member, rules.rank_basis) for member in ranked])
    sets: list[RankSet | None] = [None] * len(ranked)
    if not any(member.rests_on_nominated() for member in ranked):
        drawn = rank_sets(
            [float(_exact(member)) for member in ranked],
            ranked[0].scored.scores.covariance[np.ix_(places, places)],
            seed=ranked[0].scored.content.design.seed,
        )
        sets = [RankSet(best=best, worst=worst) for best, worst in drawn.simultaneous]
    return given | {
        member.place: Standing(rank=rank, rank_set=one, band=_band(member))
        for member, rank, one in zip(ranked, ranks, sets, strict=True)
    }


def _exact(member: UnitFigures) -> Fraction:
    """Give the unrounded total of a ranked unit."""
    return member.scored.unit(member.place).points or Fraction(0)


def _basis(member: UnitFigures, basis: str) -> Decimal:
    """Give the published total as points or percent."""
    rules = member.scored.content.framework.rules
    points = member.points() or Fraction(0)
    maximum = member.scored.unit(member.place).maximum
    figure = points if basis == "points" else 100 * points / maximum
    return round_half_up(figure, rules.rounding.places)


def _reason(member: UnitFigures) -> Unranked | None:
    score = member.scored.unit(member.place)
    if score.points is None:
        return "not_measurable"
    if ("total", "") in member.hidden.rows:
        return "suppressed"
    return None if score.rankable else "too_little_measured"


def _band(member: UnitFigures) -> Code | None:
    """Find the class of a ranked unit; the bands' bounds are percents of the maximum."""
    rules = member.scored.content.framework.rules
    scale = (
        Fraction(1)
        if rules.class_basis == "percent"
        else member.scored.unit(member.place).maximum / 100
    )
    bounds = {
        band.code: round_half_up(Fraction(band.from_percent) * scale, 9) for band in rules.bands
    }
    return classify(_basis(member, rules.class_basis), bounds)
