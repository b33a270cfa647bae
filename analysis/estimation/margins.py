"""A known table of the population: its categories, their totals, and each row's category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimation.design import FloatArray, IntArray

AGREEMENT = 1e-9
"""How far, relative to the larger, the totals of two margins may be apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A variable whose population totals are known.

    `category` is each row's place in `labels`, shape (n,); `totals` are the population's, one
    per label, in people or in whatever the weights count.
    """

    name: str
    labels: tuple[str, ...]
    totals: FloatArray
    category: IntArray

    @property
    def total(self) -> float:
        """Give the size of the population."""
        return float(self.totals.sum())

    def said(self, place: int) -> str:
        """Name a category as a refusal does."""
        return f"category {self.labels[place]!r} of margin {self.name!r}"

    def sums(self, weights: FloatArray) -> FloatArray:
        """Sum weights of shape (n,) in each category."""
        return np.bincount(self.category, weights, len(self.labels)).astype(np.float64)

    def scaled_to(self, total: float) -> "Margin":
        """Make the totals add up to a number, so that shares may be given instead of counts."""
        if not total > 0:
            raise ValueError(f"a population of {total} has nobody")
        return replace(self, totals=self.totals * (total / self.total))


def margin(name: str, values: ArrayLike, totals: Mapping[str, float]) -> Margin:
    """Make a margin from each row's label and the total of each label.

    Raises ValueError on a label without a total, on totals that are negative or no numbers, and
    where every total is 0.
    """
    labels = tuple(totals)
    place = {label: number for number, label in enumerate(labels)}
    found, row = np.unique(np.asarray(values), return_inverse=True)
    names = [str(each) for each in found.tolist()]
    strange = [each for each in names if each not in place]
    if strange:
        raise ValueError(f"margin {name!r} has no total for {', '.join(map(repr, strange))}")
    numbers = np.array([totals[label] for label in labels], dtype=np.float64)
    if not (np.isfinite(numbers) & (numbers >= 0)).all() or not numbers.any():
        raise ValueError(f"the totals of margin {name!r} must be numbers from 0 on, not all 0")
    codes = np.array([place[each] for each in names], dtype=np.int64)
    return Margin(name=name, labels=labels, totals=numbers, category=codes[row])


def crossed(name: str, values: Sequence[ArrayLike], totals: Mapping[str, float]) -> Margin:
    """Make one margin of the cross of several variables; labels are joined by " × "."""
    columns = [np.asarray(each).astype(np.str_) for each in values]
    joined = columns[0]
    for column in columns[1:]:
        joined = np.char.add(np.char.add(joined, " × "), column)
    return margin(name, joined, totals)


def indicators(margins: Sequence[Margin]) -> FloatArray:
    """Give the 0/1 columns of every category of every margin, shape (n, Σ categories)."""
    return np.hstack([np.eye(len(each.labels))[each.category] for each in margins])


def refuse_unreachable(weights: FloatArray, margins: Sequence[Margin]) -> None:
    """Refuse margins that no weights can meet, naming the margin and the category.

    That is: lengths that differ, a category with a total but no rows of positive weight, rows
    in a category whose total is 0, and margins that do not add up to the same population.
    """
    if not margins:
        raise ValueError("there is no margin to adjust to")
    if weights.ndim != 1 or not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError("weights must be numbers from 0 on")
    for each in margins:
        if each.category.shape != weights.shape:
            raise ValueError(
                f"margin {each.name!r} has {len(each.category)} rows, the weights {len(weights)}"
            )
        filled = each.sums(weights) > 0
        wanted = each.totals > 0
        if (wanted & ~filled).any():
            place = int(np.argmax(wanted & ~filled))
            raise ValueError(
                f"{each.said(place)} has a target of {each.totals[place]:g} but no respondents: "
                "merge it with another category"
            )
        if (filled & ~wanted).any():
            place = int(np.argmax(filled & ~wanted))
            raise ValueError(
                f"{each.said(place)} has respondents but a target of 0: "
                "take them out, or correct the target"
            )
    first = margins[0]
    for each in margins[1:]:
        if abs(each.total - first.total) > AGREEMENT * max(each.total, first.total):
            raise ValueError(
                f"margin {each.name!r} adds up to {each.total:.10g}, "
                f"margin {first.name!r} to {first.total:.10g}: they must agree"
            )
