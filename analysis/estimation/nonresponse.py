"""Weighting up those who answered for those who did not, within classes of people asked.

Oh & Scheuren (1983), in Incomplete Data in Sample Surveys 2: within a class, answering is taken
as random, so a respondent stands for N/r people of the class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import BoolArray, FloatArray, IntArray

MINIMUM = 10
"""How many respondents a class must have to stand by itself, unless another is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseClass:
    """One row of the report: the classes merged into it, people asked, respondents and factor.

    `asked_weight` and `answered_weight` are sums of the weights before the adjustment; `thin`
    marks a class that stayed under the minimum because its stratum had no other to merge with.
    """

    stratum: str
    classes: tuple[str, ...]
    asked: int
    answered: int
    asked_weight: float
    answered_weight: float
    factor: float
    thin: bool

    @property
    def rate(self) -> float:
        """Give the share of people asked who answered, unweighted."""
        return self.answered / self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseAdjustment:
    """Weights after adjustment, 0 for those who did not answer, and the report.

    `weights` and `row` (each person's row of the report) have shape (n,).
    """

    weights: FloatArray
    row: IntArray
    report: tuple[ResponseClass, ...]


def adjust_for_nonresponse(
    weights: ArrayLike,
    answered: ArrayLike,
    classes: ArrayLike,
    *,
    order: Sequence[str] | None = None,
    strata: ArrayLike | None = None,
    minimum: int = MINIMUM,
) -> ResponseAdjustment:
    """Weight respondents up to all who were asked, class by class within each stratum.

    All arrays have shape (n,), one entry per person asked: the weight, whether they answered,
    the label of the class. `order` puts the classes in a row (by name unless given). Written
    rule: while a class has fewer respondents than `minimum`, the class with the fewest (the
    first, if several) is merged with the class beside it in its stratum whose response rate is
    nearer to its own; if both are as near, with the one that has fewer respondents, else with
    the one before. Classes are never merged across strata. Raises ValueError, naming the
    stratum, where nobody answered.
    """
    base = np.array(weights, dtype=np.float64)
    reply = np.asarray(answered)
    label = np.asarray(classes).astype(np.str_)
    stratum = np.zeros(len(base), np.int64) if strata is None else np.asarray(strata)
    stratum = stratum.astype(np.str_)
    _refuse(base, reply, label, stratum, minimum)
    names = sorted(set(label.tolist())) if order is None else list(order)
    strange = sorted(set(label.tolist()) - set(names))
    if strange:
        raise ValueError(f"the order of classes leaves out {', '.join(map(repr, strange))}")
    place = {name: number for number, name in enumerate(names)}
    code = np.array([place[each] for each in label.tolist()], dtype=np.int64)
    row = np.full(len(base), -1, dtype=np.int64)
    report: list[ResponseClass] = []
    for each in sorted(set(stratum.tolist())):
        inside = stratum == each
        for group in _merged(code, inside, reply, minimum):
            member = inside & np.isin(code, group)
            row[member] = len(report)
            report.append(
                _reported(
                    "" if strata is None else each,
                    tuple(names[number] for number in group),
                    base[member],
                    reply[member],
                    minimum,
                )
            )
    factor = np.array([each.factor for each in report])
    return ResponseAdjustment(
        weights=np.where(reply, base * factor[row], 0.0), row=row, report=tuple(report)
    )


def _refuse(
    base: FloatArray,
    reply: BoolArray,
    label: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    stratum: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    minimum: int,
) -> None:
    if base.ndim != 1 or not (np.isfinite(base) & (base > 0)).all():
        raise ValueError("the weight of each person asked must be above 0")
    if reply.dtype != np.bool_:
        raise ValueError("whether a person answered must be true or false")
    if not base.shape == reply.shape == label.shape == stratum.shape or not len(base):
        raise ValueError("weights, answers, classes and strata must be of one length above 0")
    if minimum < 1:
        raise ValueError(f"a class needs at least one respondent, not {minimum}")
    for each in sorted(set(stratum.tolist())):
        if not reply[stratum == each].any():
            raise ValueError(
                f"nobody answered in stratum {each!r}: merge it with another before adjusting"
            )


def _merged(code: IntArray, inside: BoolArray, reply: BoolArray, minimum: int) -> list[list[int]]:
    """Merge the classes of one stratum by the written rule; each group in the order of classes."""
    asked = np.bincount(code[inside])
    answers = np.bincount(code[inside & reply], minlength=len(asked))
    groups = [[number] for number in np.flatnonzero(asked).tolist()]
    while len(groups) > 1:
        size = [int(asked[group].sum()) for group in groups]
        got = [int(answers[group].sum()) for group in groups]
        least = min(range(len(groups)), key=got.__getitem__)
        if got[least] >= minimum:
            break
        own = Fraction(got[least], size[least])
        beside = [each for each in (least - 1, least + 1) if 0 <= each < len(groups)]
        _, _, chosen = min(
            (abs(Fraction(got[each], size[each]) - own), got[each], each) for each in beside
        )
        first, second = sorted((least, chosen))
        groups[first : second + 1] = [groups[first] + groups[second]]
    return groups


def _reported(
    stratum: str, names: tuple[str, ...], weights: FloatArray, reply: BoolArray, minimum: int
) -> ResponseClass:
    asked, got = float(weights.sum()), float(weights[reply].sum())
    answered = int(reply.sum())
    return ResponseClass(
        stratum=stratum,
        classes=names,
        asked=len(weights),
        answered=answered,
        asked_weight=asked,
        answered_weight=got,
        factor=asked / got,
        thin=answered < minimum,
    )
