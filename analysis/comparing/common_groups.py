"""The index of two waves cut down to the groups that counted in both."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from analysis.scoring.columns import IndexColumns, LeafColumns
from analysis.scoring.scores import Scores, UnitScore


def comparable_index(
    index: IndexColumns,
    own: Scores,
    other: Scores,
    twins: Mapping[int, int],
    groups: Mapping[int, int] | None = None,
) -> IndexColumns:
    """Keep on each leaf only the groups that counted in both waves.

    Else a change in who answered would be read as a change of quality.
    `twins` maps a unit to its counterpart in `other`, `groups` a group to the same group there
    (None where both number them alike). Every unit gets a class of its own; the minimum counts
    and the cover go on applying. Leaves without a common group become not measurable.
    """
    leaves: list[tuple[LeafColumns, ...]] = []
    for unit, unit_class in enumerate(index.unit_class):
        mine = counted_groups(own.units[unit])
        theirs = mine
        if unit in twins:
            theirs = _renumbered(counted_groups(other.units[twins[unit]]), groups)
        leaves.append(
            tuple(
                replace(
                    leaf,
                    weights=tuple(
                        weight
                        if group in mine.get(leaf.code, ()) and group in theirs.get(leaf.code, ())
                        else Fraction(0)
                        for group, weight in enumerate(leaf.weights)
                    ),
                )
                for leaf in index.leaves[unit_class]
            )
        )
    return replace(index, leaves=tuple(leaves), unit_class=tuple(range(len(index.unit_class))))


def counted_groups(unit: UnitScore) -> dict[str, frozenset[int]]:
    """Name the groups that count on each leaf of a unit, by leaf code."""
    return {
        leaf.code: frozenset(cell.group for cell in leaf.groups if cell.effective_weight > 0)
        for leaf in unit.leaves
    }


def _renumbered(
    counted: dict[str, frozenset[int]], groups: Mapping[int, int] | None
) -> dict[str, frozenset[int]]:
    """Number the other wave's groups as this one does; a group that it does not know is gone."""
    if groups is None:
        return counted
    own = {there: here for here, there in groups.items()}
    return {
        leaf: frozenset(own[group] for group in theirs if group in own)
        for leaf, theirs in counted.items()
    }
