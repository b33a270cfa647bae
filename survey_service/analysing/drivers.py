"""What goes with the overall judgement, class by class: shares of R², and how well each leaf does.

An association among the answers of the same people, never a cause.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import msgspec
import numpy as np

from analysis.scoring.columns import BoolArray, FloatArray
from analysis.understanding.drivers import DriverShares, driver_shares
from analysis.understanding.leaf_values import leaf_values
from questionnaires.definition import Item
from questionnaires.index import Code, Leaf, UnitClass
from questionnaires.text import Text
from survey_service.analysing.basis import Basis
from survey_service.analysing.clearance import FEWEST_FOR_A_STATISTIC
from survey_service.analysing.percents import PLACES, percent, percent_interval
from survey_service.analysing.scales import told_roughly
from survey_service.findings.answers import Driver, Drivers
from survey_service.results.figures import written
from survey_service.sheet.score_sheet import ProvinceFigure

TABLE = "answers.drivers"
_R_SQUARED_PLACES = 3
Quadrant = Literal["keep_up", "improve", "low_priority", "possible_overkill"]
_QUADRANTS: dict[tuple[bool, bool], Quadrant] = {
    (True, True): "keep_up",
    (True, False): "improve",
    (False, False): "low_priority",
    (False, True): "possible_overkill",
}
"""Whether a driver is important and does well, each against the mean of all drivers."""
_NO_OUTCOME = Text(
    vi="Phiếu không có câu hỏi đánh giá chung", en="The questionnaire has no overall judgement"
)


def drivers(basis: Basis) -> Iterator[Drivers]:
    """Give the drivers of each class of units.

    The outcome is the item whose role is "overall". Drivers are the other leaves that every group
    which was asked the outcome weighs on, and that at least half of the ballots with an outcome
    have a score on. Only complete ballots count.
    """
    for place, unit_class in basis.classes():
        item = next((one for one in basis.items if _is_outcome(basis, one, unit_class)), None)
        if item is None:
            yield Drivers(
                unit_class=unit_class.code,
                outcome=_NO_OUTCOME,
                n=None,
                r_squared=None,
                drivers=(),
                missing="not_applicable",
            )
        else:
            yield _drivers(basis, place, unit_class, item)


def _is_outcome(basis: Basis, item: Item, unit_class: UnitClass) -> bool:
    return item.role == "overall" and bool(basis.asked(item, unit_class))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A leaf that may be a driver, with its published percent over the class."""

    leaf: Leaf
    performance: Fraction
    value: FloatArray
    valid: BoolArray


def _drivers(basis: Basis, place: int, unit_class: UnitClass, item: Item) -> Drivers:
    sample, ballots = basis.sample, basis.sample.ballots
    codes = sample.answers(basis.column[item.code])
    answered = (codes > 0) & np.isin(ballots.unit, basis.analysed.members(unit_class))
    asked = basis.asked(item, unit_class)
    chosen = [
        one
        for one in _candidates(basis, place, unit_class, item)
        if 2 * np.count_nonzero(answered & one.valid) >= np.count_nonzero(answered)
    ]
    complete = answered.copy()
    for one in chosen:
        complete &= one.valid
    row = Drivers(unit_class=unit_class.code, outcome=item.text, n=None, r_squared=None, drivers=())
    if not chosen:
        return msgspec.structs.replace(row, missing="not_applicable")
    people = np.count_nonzero(np.bincount(ballots.respondent[complete]))
    if people < max(FEWEST_FOR_A_STATISTIC, basis.clearance.threshold):
        basis.clearance.hide(TABLE, figures=len(chosen))
        return msgspec.structs.replace(row, missing="too_few")
    weights = np.array([float(one) for one in ballots.weights])
    shares = driver_shares(
        _outcome(basis, item)[codes[complete]],
        np.stack([one.value[complete] for one in chosen], axis=1),
        weights[ballots.weight[complete]],
        ballots.respondent[complete],
        seed=basis.analysed.content.design.seed,
    )
    if not np.isfinite(shares.r_squared):
        return msgspec.structs.replace(row, missing="not_measurable")
    return msgspec.structs.replace(
        row,
        n=told_roughly(
            int(np.count_nonzero(complete)), exact=_is_open(basis, unit_class, item, chosen)
        ),
        r_squared=written(Fraction(shares.r_squared), _R_SQUARED_PLACES),
        drivers=_table(chosen, shares, sampled=basis.nominated.isdisjoint(asked)),
    )


def _candidates(
    basis: Basis, place: int, unit_class: UnitClass, item: Item
) -> Iterator[_Candidate]:
    asked = {basis.groups[group] for group in basis.asked(item, unit_class)}
    own = item.leaves.get(unit_class.code)
    shown = _class_percents(basis, unit_class)
    for at, leaf in enumerate(unit_class.survey_leaves()):
        weighing = {group for group, weight in leaf.weights.items() if weight > 0}
        if leaf.code != own and leaf.code in shown and asked <= weighing:
            values = leaf_values(basis.sample, place, at)
            yield _Candidate(
                leaf=leaf,
                performance=shown[leaf.code],
                value=values.value,
                valid=values.valid,
            )


def _class_percents(basis: Basis, unit_class: UnitClass) -> dict[Code, Fraction]:
    """Read the percents of the leaves over the class from the sheet, which shows them."""
    (sheet,) = (one for one in basis.analysed.sheet.classes if one.code == unit_class.code)
    return {
        line.code: Fraction(line.result.percent)
        for line in sheet.province
        if line.level == "leaf" and isinstance(line.result, ProvinceFigure)
    }


def _outcome(basis: Basis, item: Item) -> FloatArray:
    """Give what each answer code of the outcome is worth; equal steps where it has no values."""
    options = basis.analysed.content.questionnaires.options(item)
    steps = tuple(
        Fraction(len(options) - 1 - place, len(options) - 1) for place in range(len(options))
    )
    return np.array([0.0, *(float(one) for one in basis.worth(item) or steps)])


def _is_open(basis: Basis, unit_class: UnitClass, item: Item, chosen: Sequence[_Candidate]) -> bool:
    """Tell whether the sheet shows all groups of every unit on the leaves concerned."""
    own = item.leaves.get(unit_class.code)
    leaves = [*(one.leaf.code for one in chosen), *(() if own is None else (own,))]
    members = basis.analysed.members(unit_class)
    return all(basis.clearance.shows_groups(unit, leaf) for unit in members for leaf in leaves)


def _table(
    chosen: Sequence[_Candidate], shares: DriverShares, *, sampled: bool
) -> tuple[Driver, ...]:
    """Write the drivers, the greatest share first; a nominated list has no sampling interval."""
    fair = 1 / len(chosen)
    mean = sum((one.performance for one in chosen), Fraction(0)) / len(chosen)
    rows = zip(
        chosen, shares.share.tolist(), shares.low.tolist(), shares.high.tolist(), strict=True
    )
    return tuple(
        Driver(
            code=one.leaf.code,
            name=one.leaf.name,
            share=percent(share),
            interval=percent_interval((low, high)) if sampled and np.isfinite(low) else None,
            performance=written(one.performance, PLACES),
            quadrant=_QUADRANTS[share >= fair, one.performance >= mean],
        )
        for one, share, low, high in sorted(rows, key=lambda row: (-row[1], row[0].leaf.code))
    )
