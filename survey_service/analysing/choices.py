"""The other choices of method that the ranks are held against, and how each scores a wave."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.comparing.leniency import leniency, without_leniency
from analysis.comparing.scenarios import (
    complete_cases,
    with_minimum,
    without_ballots,
    without_groups,
)
from analysis.scoring.columns import Ballots, BoolArray, IndexColumns
from analysis.scoring.scores import UnitScore
from analysis.scoring.scoring import score
from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.analysing.analysed import Analysed

SPREAD = 0.2
MINIMUM_COUNTS = (5, 10, 15)

Rescore = Callable[[Analysed, BoolArray], tuple[UnitScore, ...] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Another choice: how it scores the units, None where it would change nothing.

    `cells` tells that it leaves out or lets in whole groups.
    """

    code: Code
    name: Text
    rescore: Rescore
    cells: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Weights and points drawn anew within these shares."""

    code: Code
    name: Text
    weights: float = 0.0
    points: float = 0.0


SPREADS = (
    Spread(
        code="weights",
        name=Text(vi="Trọng số nhóm thay đổi ±20 %", en="Group weights changed by ±20 %"),
        weights=SPREAD,
    ),
    Spread(
        code="points",
        name=Text(vi="Điểm tối đa của tiêu chí thay đổi ±20 %", en="Maximum points ±20 %"),
        points=SPREAD,
    ),
    Spread(
        code="weights_and_points",
        name=Text(vi="Cả trọng số và điểm tối đa ±20 %", en="Both weights and points ±20 %"),
        weights=SPREAD,
        points=SPREAD,
    ),
)


def choices(analysed: Analysed) -> tuple[Choice, ...]:
    """Give the choices that differ from the rules in force, apart from those that are drawn."""
    index = analysed.scored.columns.index
    rules_in_force = {m for leaves in index.leaves for leaf in leaves for m in leaf.minimum}
    return (
        *(
            Choice(
                code=f"minimum_{minimum}",
                name=Text(
                    vi=f"Mỗi nhóm phải có ít nhất {minimum} phiếu hợp lệ",
                    en=f"At least {minimum} valid ballots of every group",
                ),
                rescore=_minimum(minimum),
                cells=True,
            )
            for minimum in MINIMUM_COUNTS
            if rules_in_force != {minimum} or index.below_minimum != "renormalise"
        ),
        Choice(
            code="complete_cases",
            name=Text(
                vi="Chỉ tính phiếu trả lời đủ mọi câu của tiêu chí",
                en="Only ballots that answer every item of a criterion",
            ),
            rescore=_complete,
        ),
        Choice(
            code="without_flagged",
            name=Text(vi="Không tính phiếu bị đánh dấu", en="Without flagged ballots"),
            rescore=_unflagged,
        ),
        Choice(
            code="without_leniency",
            name=Text(
                vi="Bỏ độ dễ, khó riêng của từng người đánh giá nhiều đơn vị",
                en="With the leniency of raters of several units taken off",
            ),
            rescore=_lenient,
        ),
        Choice(
            code="without_nominated",
            name=Text(
                vi="Không tính nhóm có danh sách do cơ quan giới thiệu",
                en="Without groups whose list was nominated",
            ),
            rescore=_without_nominated,
            cells=True,
        ),
    )


def _again(
    analysed: Analysed, ballots: Ballots | None = None, index: IndexColumns | None = None
) -> tuple[UnitScore, ...]:
    of = analysed.scored.columns
    return score(ballots or of.ballots, of.strata, index or of.index).units


def _minimum(minimum: int) -> Rescore:
    def rescore(analysed: Analysed, _: BoolArray) -> tuple[UnitScore, ...]:
        return _again(analysed, index=with_minimum(analysed.scored.columns.index, minimum))

    return rescore


def _complete(analysed: Analysed, _: BoolArray) -> tuple[UnitScore, ...] | None:
    of = analysed.scored.columns
    if all(len(items) < 2 for leaves in of.index.leaves for leaf in leaves for items in leaf.items):
        return None
    return _again(analysed, ballots=complete_cases(of.ballots, of.index))


def _unflagged(analysed: Analysed, flagged: BoolArray) -> tuple[UnitScore, ...] | None:
    if not flagged.any():
        return None
    return _again(analysed, ballots=without_ballots(analysed.scored.columns.ballots, flagged))


def _lenient(analysed: Analysed, _: BoolArray) -> tuple[UnitScore, ...] | None:
    of, scores = analysed.scored.columns, analysed.scored.scores
    if not leniency(of.ballots, of.index, scores).any():
        return None
    return without_leniency(of.ballots, of.index, scores)


def _without_nominated(analysed: Analysed, _: BoolArray) -> tuple[UnitScore, ...] | None:
    groups = [
        place for place, one in enumerate(analysed.sheet.groups) if one.list_kind == "nominated"
    ]
    if not groups:
        return None
    return _again(analysed, index=without_groups(analysed.scored.columns.index, groups))
