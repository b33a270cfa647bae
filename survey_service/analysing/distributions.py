"""How the answers to every item are spread: per class, per class and group, and per unit."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import msgspec
import numpy as np

from analysis.scoring.columns import FloatArray
from analysis.scoring.variance import Spread
from analysis.understanding.cells import (
    cell_means,
    class_figures,
    class_group_figures,
    unit_figures,
)
from analysis.understanding.distributions import (
    OptionShares,
    option_shares,
    pooled,
    proportion_interval,
)
from questionnaires.definition import Item
from questionnaires.index import UnitClass
from survey_service.analysing.basis import Basis
from survey_service.analysing.class_rows import ClassRows
from survey_service.analysing.percents import percent, percent_interval
from survey_service.analysing.shown_cells import shown_cells
from survey_service.findings.answers import Distribution, ItemText, OptionShare
from survey_service.findings.terms import Interval, Missing

TABLE = "answers.distributions"


def item_texts(basis: Basis) -> tuple[ItemText, ...]:
    """Give the wording of every item that is not free text."""
    return tuple(
        ItemText(item=item.code, text=item.text, leaves=item.leaves)
        for item in basis.items
        if item.kind != "text"
    )


def distributions(basis: Basis, told: ClassRows) -> Iterator[Distribution]:
    """Give every item with options: class by class, group by group there, then unit by unit.

    A unit is told of with all groups together; a group's own answers stand in the class only.
    """
    for item in basis.items:
        if item.kind not in {"text", "number"}:
            for place, unit_class in basis.classes():
                if basis.asked(item, unit_class):
                    yield from _Rows(basis, told, item, place, unit_class).rows()


class _Rows:
    """The rows of one item in one class of units."""

    def __init__(
        self, basis: Basis, told: ClassRows, item: Item, place: int, unit_class: UnitClass
    ) -> None:
        self._basis = basis
        self._told = told
        self._item = item
        self._place = place
        self._unit_class = unit_class
        self._members = basis.analysed.members(unit_class)
        self._shown = shown_cells(basis, item, unit_class)
        self._options = basis.analysed.content.questionnaires.options(item)
        column = basis.column[item.code]
        multiple = item.kind == "multiple"
        self._shares = option_shares(basis.sample, column, len(self._options), multiple=multiple)
        codes = basis.sample.answers(column)
        self._valid = codes > 0
        self._cells = cell_means(basis.sample, (codes <= 2).astype(np.float64), self._valid)
        self._worth = basis.worth(item)

    def rows(self) -> Iterator[Distribution]:
        """Give the rows, also those that may show no figure."""
        sample, groups = self._basis.sample, self._shown.groups
        together = self._together(None)
        weights = self._weights([(groups, together)])
        of_class = class_figures(sample, self._cells, weights)[1]
        yield self._row(groups, together, of_class, (self._place,))
        if len(groups) > 1:
            of_group = {group: self._together(group) for group in groups}
            weights = self._weights([((group,), units) for group, units in of_group.items()])
            of_groups = class_group_figures(sample, self._cells, weights)[1]
            for group, units in of_group.items():
                yield self._row((group,), units, of_groups, (group, self._place), group=group)
        weights = self._weights([(groups, (unit,)) for unit in self._shown.units])
        of_units = unit_figures(sample, self._cells, weights)[1]
        for unit in self._members:
            shown = (unit,) if unit in self._shown.units else ()
            yield self._row(groups, shown, of_units, (unit,), unit=unit)

    def _together(self, group: int | None) -> tuple[int, ...]:
        """Give the units of a row about the class: all of them where that may be told."""
        whole = (self._unit_class.code, self._item.code, group) in self._told.answers
        return self._members if whole else self._shown.together

    def _weights(self, parts: Sequence[tuple[Sequence[int], Sequence[int]]]) -> FloatArray:
        """Weigh each cell by its answers among those of the groups and units it is put with."""
        weights = np.zeros((self._basis.sample.groups, self._basis.sample.units))
        for groups, units in parts:
            chosen = np.ix_(list(groups), list(units))
            n = self._cells.n[chosen]
            weights[chosen] = n / max(int(n.sum()), 1)
        return weights

    def _row(
        self,
        groups: Sequence[int],
        units: Sequence[int],
        spread: Spread,
        place: tuple[int, ...],
        *,
        unit: int | None = None,
        group: int | None = None,
    ) -> Distribution:
        answers = pooled(self._shares, [(g, u) for g in groups for u in units])
        shown = self._basis.clearance.is_enough(answers.n)
        row = Distribution(
            item=self._item.code,
            unit_class=self._unit_class.code,
            unit=None if unit is None else self._basis.units[unit],
            group=None if group is None else self._basis.groups[group],
            n=None,
            options=(),
            top_two=None,
            top_two_interval=None,
            mean_of_maximum=None,
            units=(len(units) if shown else 0) if unit is None else None,
            of=len(self._members) if unit is None else None,
        )
        if not shown:
            missing = self._missing((unit,) if unit is not None else self._members)
            if missing == "suppressed":
                self._hide(groups, unit)
            return msgspec.structs.replace(row, missing=missing)
        return msgspec.structs.replace(
            row,
            n=answers.n,
            options=tuple(
                OptionShare(option=option.code, label=option.text, percent=percent(share))
                for option, share in zip(self._options, answers.shares, strict=True)
            ),
            top_two=self._top_two(answers),
            top_two_interval=self._interval(answers, groups, units, spread, place),
            mean_of_maximum=None if self._worth is None else percent(_mean(answers, self._worth)),
        )

    def _missing(self, units: Sequence[int]) -> Missing:
        """Say why there is no figure; the sheet says itself where a leaf was not measurable."""
        leaf = self._item.leaves.get(self._unit_class.code)
        measured = leaf is None or any(
            one.points is not None
            for unit in units
            for one in self._basis.analysed.unit(unit).leaves
            if one.code == leaf
        )
        return "suppressed" if measured else "not_measurable"

    def _hide(self, groups: Sequence[int], unit: int | None) -> None:
        if unit is None:
            answers = int(self._cells.n[np.ix_(list(groups), list(self._members))].sum())
            complementary = self._basis.clearance.is_enough(answers)
        else:
            complementary = unit not in self._shown.small
        self._basis.clearance.hide(TABLE, "complementary" if complementary else "threshold")

    def _is_rating(self) -> bool:
        return self._item.kind == "scale" and len(self._options) > 2

    def _top_two(self, answers: OptionShares) -> str | None:
        return percent(_top_two(answers)) if self._is_rating() else None

    def _interval(
        self,
        answers: OptionShares,
        groups: Sequence[int],
        units: Sequence[int],
        spread: Spread,
        place: tuple[int, ...],
    ) -> Interval | None:
        if not self._is_rating() or not self._basis.nominated.isdisjoint(groups):
            return None
        return percent_interval(
            proportion_interval(
                float(_top_two(answers)),
                float(np.sqrt(spread.variance[place])),
                float(spread.degrees_of_freedom[place]),
                answers.n if len(units) == 1 else self._people(groups, units),
            )
        )

    def _people(self, groups: Sequence[int], units: Sequence[int]) -> int:
        """Count the respondents behind answers about several units."""
        sample = self._basis.sample
        chosen = np.zeros((sample.groups, sample.units), dtype=np.bool_)
        chosen[np.ix_(list(groups), list(units))] = True
        rows = self._valid & chosen.ravel()[sample.cell]
        return int(np.count_nonzero(np.bincount(sample.ballots.respondent[rows])))


def _top_two(answers: OptionShares) -> Fraction:
    return Fraction(sum(answers.counts[:2])) / answers.n


def _mean(answers: OptionShares, worth: Sequence[Fraction]) -> Fraction:
    return sum((share * one for share, one in zip(answers.shares, worth, strict=True)), Fraction(0))
