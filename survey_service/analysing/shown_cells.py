"""For which units the answers to an item may be told.

An item of a leaf follows the sheet: its counts give the leaf's group means away. Of a leaf with
several items the sheet's mean less those of the items would tell of the ballots that answered
only some of them; they too must be none, or enough. Rows about the class may go further where
`class_rows` allows it. An item without a leaf stands in no sum of
the sheet: each group that was asked must have no answer, or enough, and so must what a shown
class leaves over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.scoring.columns import IntArray
from questionnaires.definition import Item
from questionnaires.index import UnitClass
from survey_service.analysing.basis import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCells:
    """The groups asked and the units of a class (by their places) of one item.

    `units` may be told one by one, `together` be added up. `small` have a cell under the
    threshold themselves.
    """

    groups: tuple[int, ...]
    units: tuple[int, ...]
    together: tuple[int, ...]
    small: tuple[int, ...]


def shown_cells(basis: Basis, item: Item, unit_class: UnitClass) -> ShownCells:
    """Decide on the units of a class for one item."""
    groups = basis.asked(item, unit_class)
    members = basis.analysed.members(unit_class)
    answered = basis.answered(item.code)
    leaf = item.leaves.get(unit_class.code)
    fits = [unit for unit in members if _enough(basis, answered[list(groups), unit].tolist())]
    if leaf is None:
        units = tuple(fits)
        hidden = tuple(unit for unit in members if unit not in units)
        left = [int(answered[group, list(hidden)].sum()) for group in groups]
        together = members if _enough(basis, left) else units
    else:
        partly = _partly(basis, item, unit_class, groups)
        units = tuple(
            unit
            for unit in basis.clearance.shown_units(fits, leaf)
            if answered[list(groups), unit].all()
            and all(_enough(basis, part[:, unit].tolist()) for part in partly)
        )
        together = units
    return ShownCells(
        groups=groups,
        units=units,
        together=together,
        small=tuple(unit for unit in members if unit not in fits),
    )


def _partly(
    basis: Basis, item: Item, unit_class: UnitClass, groups: Sequence[int]
) -> list[IntArray]:
    """Count the ballots with part of the leaf's items, for the groups that are asked several."""
    leaf = item.leaves[unit_class.code]
    siblings = [other for other in basis.items if other.leaves.get(unit_class.code) == leaf]
    counts: list[IntArray] = []
    for group in groups:
        asked = tuple(other.code for other in siblings if group in basis.asked(other, unit_class))
        if len(asked) > 1:
            counts.append(basis.partly(asked)[[group]])
    return counts


def _enough(basis: Basis, numbers: Sequence[int]) -> bool:
    """Tell whether every number is none, or reaches the threshold."""
    return all(not n or basis.clearance.is_enough(n) for n in numbers)
