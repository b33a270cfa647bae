"""Which ballots look careless: the checks, and the rule that was fixed beforehand.

Nothing is deleted and the points count every ballot; the rule only says which ballots the ranks
are shown without, once more, beside the ranking.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.quality.duplicates import duplicates
from analysis.quality.even_odd import INCONSISTENT, even_odd
from analysis.quality.outlying import is_outlying, squared_distances
from analysis.quality.straight_lining import Ticks, is_straight, within_spread
from analysis.scoring.columns import BoolArray, FloatArray, IntArray
from questionnaires.definition import Item, Questionnaires
from questionnaires.index import UnitClass
from questionnaires.packing import columns as packed_columns
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.careless_rule import (
    ALONE,
    CHECKS,
    FEWEST_FOR_COPIES,
    FEWEST_TICKS,
    TOGETHER,
)
from survey_service.findings.quality import Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one check can judge and what it flags, both over all ballots, shape (n,)."""

    judged: BoolArray
    flagged: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Ballots of one group about one class of units, and the rating items put to them."""

    rows: IntArray
    items: tuple[Item, ...]
    scales: tuple[tuple[int, ...], ...]
    ticks: Ticks
    places: Ticks
    values: FloatArray


def careless_checks(analysed: Analysed) -> dict[Flag, Check]:
    """Put every ballot to every check that its answers allow.

    Speeding is not among them: a dataset keeps no time (`analysis.quality.speeding` is for a
    survey that does).
    """
    ballots = analysed.scored.columns.ballots
    size = len(ballots.unit)
    checks: dict[Flag, Check] = {}
    for name in CHECKS:
        nobody = np.zeros(size, dtype=np.bool_)
        checks[name] = Check(judged=nobody, flagged=nobody.copy())
    for block in _blocks(analysed):
        for name, (judged, flagged) in _judge(block, ballots.respondent[block.rows]).items():
            checks[name].judged[block.rows] = judged
            checks[name].flagged[block.rows] = flagged
    return checks


def flagged_by(checks: dict[Flag, Check]) -> BoolArray:
    """Mark the ballots that the rule flags, in the order of the scored columns, shape (n,)."""
    alone = np.logical_or.reduce([checks[name].flagged for name in ALONE])
    return alone | np.logical_and.reduce([checks[name].flagged for name in TOGETHER])


def _judge(block: _Block, respondent: IntArray) -> dict[Flag, tuple[BoolArray, BoolArray]]:
    enough, straight = is_straight(block.ticks, fewest=FEWEST_TICKS)
    spread = within_spread(block.ticks)
    consistency = even_odd(block.values, block.scales)
    return {
        "straight_lining": (enough, straight),
        "no_variation": (enough, enough & (spread == 0)),
        "even_odd": (~np.isnan(consistency), consistency < INCONSISTENT),
        "duplicate": duplicates(block.ticks, respondent, fewest=FEWEST_FOR_COPIES),
        "outlier": _outliers(block),
    }


def _outliers(block: _Block) -> tuple[BoolArray, BoolArray]:
    """Judge complete ballots by their distance; nobody where no covariance can be had."""
    complete: BoolArray = np.all(block.places > 0, axis=1)
    flagged = np.zeros(len(complete), dtype=np.bool_)
    distance = squared_distances(block.places[complete].astype(np.int64))
    if distance is None:
        return flagged, flagged
    flagged[complete] = is_outlying(distance, len(block.items))
    return complete, flagged


def _blocks(analysed: Analysed) -> Iterator[_Block]:
    ballots = analysed.scored.columns.ballots
    content = analysed.content
    unit_class = np.array(analysed.scored.columns.index.unit_class, dtype=np.int64)[ballots.unit]
    at = {column.item: place for place, column in enumerate(packed_columns(content.questionnaires))}
    for place, owner in enumerate(content.framework.unit_classes):
        for number, group in enumerate(content.framework.groups):
            rows = np.flatnonzero((unit_class == place) & (ballots.group == number))
            asked = content.questionnaires.asked(content.framework, group.code, owner.code)
            items = tuple(item for item in asked if item.kind == "scale")
            if rows.size and items:
                columns = np.array([at[item.code] for item in items])
                answers = ballots.answers[np.ix_(rows, columns)]
                yield _block(content.questionnaires, owner, items, rows, answers)


def _block(
    questionnaires: Questionnaires,
    unit_class: UnitClass,
    items: tuple[Item, ...],
    rows: IntArray,
    answers: Ticks,
) -> _Block:
    codes = [[one.code for one in questionnaires.options(item)] for item in items]
    known = sorted({code for own in codes for code in own})
    # Row 0 stands for every answer without a tick.
    tick_of = np.zeros((1 + max(map(len, codes)), len(items)), dtype=np.int16)
    worth_of = np.full(tick_of.shape, np.nan)
    for column, own in enumerate(codes):
        tick_of[1 : 1 + len(own), column] = [known.index(code) + 1 for code in own]
        worth_of[1 : 1 + len(own), column] = 1 - np.arange(len(own)) / max(len(own) - 1, 1)
    chosen, columns = np.maximum(answers, 0), np.arange(len(items))
    ticks = np.where(answers > 0, tick_of[chosen, columns], answers)
    values = worth_of[chosen, columns]
    return _Block(
        rows=rows,
        items=items,
        scales=_scales(unit_class, items),
        ticks=ticks,
        places=answers,
        values=values,
    )


def _scales(unit_class: UnitClass, items: tuple[Item, ...]) -> tuple[tuple[int, ...], ...]:
    """Give the places of the items of each component, which are a scale to the even-odd check."""
    scales: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        leaf = item.leaves.get(unit_class.code)
        if leaf is not None:
            scales.setdefault(unit_class.leaf(leaf).component, []).append(place)
    return tuple(tuple(own) for own in scales.values())
