"""What every section about answers starts from: the sample, who was asked what, what is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import BoolArray, IntArray
from analysis.understanding.cells import Sample, sample_of
from questionnaires.definition import Item
from questionnaires.index import Code, UnitClass
from questionnaires.packing import columns as packed_columns
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import Clearance
from survey_service.dataset.design import NOT_SAMPLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A scored dataset, its ballots with their design, and the clearance of one publication.

    `column` is each item's answer column; `asking` the groups that each item is put to about
    units of a class; `nominated` the groups without a sampling error.
    """

    analysed: Analysed
    clearance: Clearance
    sample: Sample
    column: dict[Code, int]
    asking: dict[tuple[Code, Code], tuple[int, ...]]
    nominated: frozenset[int]

    @property
    def groups(self) -> tuple[Code, ...]:
        """The codes of the groups, in the order of their places."""
        return tuple(group.code for group in self.analysed.framework.groups)

    @property
    def units(self) -> tuple[Code, ...]:
        """The codes of the units, in the order of their places."""
        return tuple(unit.code for unit in self.analysed.content.design.units)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of the questionnaires."""
        return self.analysed.content.questionnaires.items

    def classes(self) -> Iterator[tuple[int, UnitClass]]:
        """Walk the classes of units with their places."""
        yield from enumerate(self.analysed.framework.unit_classes)

    def asked(self, item: Item, unit_class: UnitClass) -> tuple[int, ...]:
        """Give the places of the groups that an item is put to about units of a class."""
        return self.asking.get((item.code, unit_class.code), ())

    def worth(self, item: Item) -> tuple[Fraction, ...] | None:
        """Give what each option of a scale is worth against the greatest; None without values."""
        values = self.analysed.framework.rules.option_values.get(item.scale or "")
        if values is None or item.kind != "scale":
            return None
        options = self.analysed.content.questionnaires.options(item)
        worth = [Fraction(values[option.code]) for option in options]
        return tuple(one / max(worth) for one in worth) if max(worth) > 0 else None

    def answered(self, item: Code) -> IntArray:
        """Count the answers to an item per group and unit."""
        return self._counts(self.sample.answers(self.column[item]) > 0)

    def partly(self, items: tuple[Code, ...]) -> IntArray:
        """Count per group and unit the ballots that answered some, but not all, of these items."""
        answered = np.zeros(len(self.sample.cell), dtype=np.int64)
        for item in items:
            answered += self.sample.answers(self.column[item]) > 0
        return self._counts((answered > 0) & (answered < len(items)))

    def _counts(self, marks: BoolArray) -> IntArray:
        sample = self.sample
        counts = np.bincount(sample.cell[marks], minlength=sample.groups * sample.units)
        return counts.reshape(sample.groups, sample.units)


def basis_of(analysed: Analysed, clearance: Clearance) -> Basis:
    """Read the sample of a scored dataset once for all sections."""
    of = analysed.scored.columns
    return Basis(
        analysed=analysed,
        clearance=clearance,
        sample=sample_of(of.ballots, of.strata, of.index),
        column={
            column.item: place
            for place, column in enumerate(packed_columns(analysed.content.questionnaires))
        },
        asking=_asking(analysed),
        nominated=frozenset(
            place
            for place, group in enumerate(analysed.sheet.groups)
            if group.list_kind in NOT_SAMPLED
        ),
    )


def _asking(analysed: Analysed) -> dict[tuple[Code, Code], tuple[int, ...]]:
    framework, questionnaires = analysed.framework, analysed.content.questionnaires
    asking: dict[tuple[Code, Code], tuple[int, ...]] = {}
    for unit_class in framework.unit_classes:
        for place, group in enumerate(framework.groups):
            for item in questionnaires.asked(framework, group.code, unit_class.code):
                known = asking.get((item.code, unit_class.code), ())
                asking[item.code, unit_class.code] = (*known, place)
    return asking
