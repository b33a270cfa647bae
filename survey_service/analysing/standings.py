"""Where the units of a class stand: possible ranks, tiers, the average, and reliability."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from statistics import fmean

import numpy as np

from analysis.comparing.differences import from_average, judge
from analysis.rounding import round_half_up
from analysis.scoring.columns import FloatArray
from analysis.standing.chances import chances
from analysis.standing.ranking import rank_sets
from analysis.standing.reliability import LEAST_FOR_RANKING, between_variance, reliability
from analysis.standing.tiers import tiers
from questionnaires.text import Text
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.totals import ranked_units, totals
from survey_service.findings.standing import ClassStanding, Clear, UnitStanding
from survey_service.findings.terms import Missing
from survey_service.results.figures import uncertainty, written
from survey_service.sheet.score_sheet import ClassSheet, UnitSheet

FEWEST_FOR_RELIABILITY = 3
"""Units below which a variance between them is a guess."""
_CLEAR: dict[str, Clear] = {"rise": "above", "fall": "below", "unclear": "unclear"}

CHANCES = Text(
    vi="Khả năng thuộc ba đơn vị đứng đầu hoặc cuối tính từ 10.000 lần rút lại sai số quanh điểm "
    "đo được; đây không phải kiểm định và có lợi cho đơn vị tình cờ có điểm cao. Căn cứ để kết "
    "luận là khoảng thứ hạng.",
    en="The chances of being among the first or the last three come from 10,000 draws of the "
    "error around the measured scores; they are no test, and favour whoever came out on top by "
    "luck. Conclusions rest on the rank sets.",
)
TIERS = Text(
    vi="Bậc gồm các đơn vị có khoảng thứ hạng giao với khoảng của đơn vị đầu bậc. Đơn vị đầu bậc "
    "chắc chắn đứng trên đơn vị đầu bậc sau; hai đơn vị ở hai bên ranh giới chưa chắc khác nhau.",
    en="A tier holds the units whose rank set overlaps that of its first. The first of a tier is "
    "surely above the first of the next; two units on either side of a border may be equal.",
)
UNRELIABLE = Text(
    vi="Độ tin cậy của điểm dưới 0,7: phần lớn chênh lệch giữa các đơn vị có thể chỉ là sai số; "
    "không nên dùng điểm này để xếp hạng.",
    en="The reliability of the scores is below 0.7: much of what parts the units may be error "
    "alone; these scores should not carry a ranking.",
)
FEW_UNITS = Text(
    vi="Loại này có dưới ba đơn vị được xếp hạng nên không tính độ tin cậy.",
    en="Fewer than three units of this class are ranked, so no reliability is stated.",
)
NOMINATED = Text(
    vi="Điểm dựa vào nhóm không chọn ngẫu nhiên (do cơ quan giới thiệu hoặc tự trả lời), không có "
    "sai số mẫu: không tính được khoảng thứ hạng, bậc và độ tin cậy.",
    en="The scores rest on a group that was nominated or came by itself and have no sampling "
    "error: there are no rank sets, tiers or reliability.",
)
ALONE = Text(
    vi="Chỉ có một đơn vị được xếp hạng: không có gì để so sánh.",
    en="Only one unit is ranked: there is nothing to compare it with.",
)
NOBODY = Text(vi="Không có đơn vị nào được xếp hạng.", en="No unit is ranked.")


def class_standings(analysed: Analysed, clearance: Clearance) -> tuple[ClassStanding, ...]:
    """Say of every class how far its ranking can be trusted.

    Only ranked units enter, and these have a total that is shown. Totals and the average are the
    published ones; errors come from the covariance of the exact scores, as the rank sets do.
    """
    return tuple(_standing(analysed, one, clearance) for one in analysed.sheet.classes)


def _standing(analysed: Analysed, of: ClassSheet, clearance: Clearance) -> ClassStanding:
    hidden = sum(
        unit.unranked == "suppressed" for unit in analysed.sheet.units if unit.unit_class == of.code
    )
    if hidden:
        clearance.hide("trust.standing", figures=hidden)
    members = ranked_units(analysed, of.code)
    if not members:
        return _nothing(of, "suppressed" if hidden else "not_measurable", NOBODY)
    if any(line.rank_set is None for _, line in members):
        return _nothing(of, "not_applicable", NOMINATED)
    if len(members) == 1:
        return _nothing(of, "too_few", ALONE)
    return _trusted(analysed, of, sorted(members, key=lambda member: member[0]))


def _nothing(of: ClassSheet, missing: Missing, remark: Text) -> ClassStanding:
    return ClassStanding(
        unit_class=of.code,
        average=None,
        between_variance=None,
        reliability=None,
        carries_ranking=None,
        tiers=0,
        units=(),
        remarks=(remark,),
        missing=missing,
    )


def _trusted(
    analysed: Analysed,
    of: ClassSheet,
    members: Sequence[tuple[int, UnitSheet]],
) -> ClassStanding:
    # In the order of the design, in which the sheet drew its rank sets: the same draws.
    places = [place for place, _ in members]
    published = totals(analysed.scored, analysed.scored.scores.units)
    shown = [published[place] or Fraction(0) for place in places]
    covariance = analysed.scored.scores.covariance[np.ix_(places, places)]
    own: list[float] = np.diagonal(covariance).tolist()
    exact = [float(analysed.unit(place).points or 0) for place in places]
    between = between_variance(exact, own) if len(members) >= FEWEST_FOR_RELIABILITY else None
    whole = None if between is None else reliability(between, fmean(own))
    carries = None if whole is None else whole >= LEAST_FOR_RANKING
    cut = tiers(
        [line.rank or 0 for _, line in members],
        [(one.best, one.worst) for _, line in members if (one := line.rank_set) is not None],
    )
    digits = analysed.framework.rules.rounding.places
    remarks = [CHANCES, TIERS]
    if carries is None:
        remarks.insert(0, FEW_UNITS)
    elif not carries:
        remarks.insert(0, UNRELIABLE)
    return ClassStanding(
        unit_class=of.code,
        average=written(sum(shown, Fraction(0)) / len(shown), digits),
        between_variance=uncertainty(between, 3),
        reliability=uncertainty(whole, 3),
        carries_ranking=carries,
        tiers=max(cut),
        units=tuple(
            sorted(
                _units(analysed, members, shown, exact, covariance, cut, between),
                key=lambda unit: of.ranking.index(unit.unit),
            )
        ),
        remarks=tuple(remarks),
    )


def _units(
    analysed: Analysed,
    members: Sequence[tuple[int, UnitSheet]],
    shown: Sequence[Fraction],
    exact: Sequence[float],
    covariance: FloatArray,
    cut: Sequence[int],
    between: float | None,
) -> tuple[UnitStanding, ...]:
    seed, digits = analysed.content.design.seed, analysed.framework.rules.rounding.places
    marginal = rank_sets(exact, covariance, seed=seed).marginal
    chance = chances(exact, covariance, seed=seed)
    freedom = [analysed.unit(place).degrees_of_freedom or 0.0 for place, _ in members]
    # The size that is shown is the one that is held against the practical threshold.
    away = judge(
        [
            replace(one, difference=Fraction(round_half_up(one.difference, digits)))
            for one in from_average(shown, covariance, freedom)
        ]
    )
    return tuple(
        UnitStanding(
            unit=line.code,
            tier=cut[row],
            best=marginal[row][0],
            worst=marginal[row][1],
            top_three=written(100 * chance.first[row], 1),
            bottom_three=written(100 * chance.last[row], 1),
            difference=written(away[row].measured.difference, digits),
            standard_error=uncertainty(away[row].measured.standard_error, 3) or "0",
            p=uncertainty(away[row].adjusted_p, 4) or "1",
            clear=_CLEAR[away[row].direction],
            reliability=None
            if between is None
            else uncertainty(reliability(between, float(covariance[row, row])), 3),
        )
        for row, (_, line) in enumerate(members)
    )
