"""Which figures of groups may be told over all units of a class, though units are hidden.

Hundreds of citizens may answer about a class of which every unit alone has few. A figure over all
of its units is shown where nothing small follows from it together with everything else that is
published of the leaf (`leaf_equations`). Rows are let in one after the other: answers to an item,
most ballots first, then the satisfaction of a group, then the differences of groups; one that
would tell too much gives way to its like over the units that show everything.

Let in are only figures that are linear in the means or numbers of cells. The options of an item
are: with the ballots known, any combination of the options' numbers that vanishes on a cell
vanishes for each scoring of the options, so the means stand for all of them. That needs an item
that is the only one a group is asked on its leaf; where there are several, the leaf's mean is one
over respondents and no sum of the items' means, and their rows keep to the units that show
everything. Means of a whole leaf need no such care.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from analysis.scoring.scores import LeafScore
from questionnaires.index import Code, UnitClass
from survey_service.analysing.basis import Basis
from survey_service.analysing.leaf_equations import ClassRow, LeafEquations
from survey_service.analysing.service_users import satisfaction_leaves, service_users


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRows:
    """The rows about whole classes that may be shown, all keyed by the class first.

    `answers` are (class, item, group; None for all groups together). `satisfaction` gives by
    (class, group) the units on which the group counts, `differences` by (class, leaf) those on
    which every group does: the sheet says so of each unit. `counted` are the (class, item, group)
    of which at least the number of answers may be told.
    """

    answers: frozenset[tuple[Code, Code, int | None]]
    counted: frozenset[tuple[Code, Code, int | None]]
    satisfaction: Mapping[tuple[Code, int], tuple[int, ...]]
    differences: Mapping[tuple[Code, Code], tuple[int, ...]]


def class_rows(basis: Basis) -> ClassRows:
    """Decide on every row about a class."""
    answers: set[tuple[Code, Code, int | None]] = set()
    counted: set[tuple[Code, Code, int | None]] = set()
    satisfaction: dict[tuple[Code, int], tuple[int, ...]] = {}
    differences: dict[tuple[Code, Code], tuple[int, ...]] = {}
    for place, unit_class in basis.classes():
        leaves = {
            leaf.code: LeafEquations(basis, place, unit_class, leaf.code)
            for leaf in unit_class.survey_leaves()
        }
        for code, leaf in leaves.items():
            rows = _answers(basis, unit_class, code, leaf)
            whole = set(_let_in(leaf, rows))
            numbers = {key: replace(row, means={}) for key, row in rows.items() if key not in whole}
            answers |= {(unit_class.code, *key) for key in whole}
            counted |= {(unit_class.code, *key) for key in (*whole, *_let_in(leaf, numbers))}
        satisfaction |= _satisfaction(basis, unit_class, leaves)
        differences |= _differences(unit_class, leaves)
    return ClassRows(
        answers=frozenset(answers),
        counted=frozenset(counted),
        satisfaction=satisfaction,
        differences=differences,
    )


_Key = tuple[Code, int | None]


def _answers(
    basis: Basis, unit_class: UnitClass, code: Code, leaf: LeafEquations
) -> dict[_Key, ClassRow]:
    """Give the rows of the items of a leaf, those of most ballots first."""
    items = [item for item in basis.items if item.leaves.get(unit_class.code) == code]
    asked = {item.code: basis.asked(item, unit_class) for item in items}
    alone = {
        group
        for groups in asked.values()
        for group in groups
        if sum(group in other for other in asked.values()) == 1
    }
    rows: dict[_Key, ClassRow] = {}
    sizes: dict[_Key, int] = {}
    for item in items:
        of_groups: list[tuple[int | None, tuple[int, ...]]] = [(None, asked[item.code])]
        of_groups += [(group, (group,)) for group in asked[item.code]]
        for group, together in of_groups:
            if alone.issuperset(together):
                rows[item.code, group] = ClassRow(
                    means=leaf.by_number(together), numbers=leaf.over(leaf.scores, together)
                )
                sizes[item.code, group] = _ballots(leaf, together)
    return {key: rows[key] for key in sorted(rows, key=lambda key: -sizes[key])}


def _ballots(leaf: LeafEquations, groups: Sequence[int]) -> int:
    return sum(
        cell.n for score in leaf.scores.values() for cell in score.groups if cell.group in groups
    )


def _let_in(leaf: LeafEquations, rows: Mapping[_Key, ClassRow]) -> Iterator[_Key]:
    if not rows:
        return
    # What holds for all together holds for each: mostly one search is enough.
    if leaf.allows(list(rows.values())):
        leaf.let_in(list(rows.values()))
        yield from rows
        return
    for key, row in rows.items():
        if leaf.allows([row]):
            leaf.let_in([row])
            yield key


def _satisfaction(
    basis: Basis, unit_class: UnitClass, leaves: Mapping[Code, LeafEquations]
) -> dict[tuple[Code, int], tuple[int, ...]]:
    users = service_users(basis)
    measured = satisfaction_leaves(basis, unit_class, users)
    found: dict[tuple[Code, int], tuple[int, ...]] = {}
    for group in sorted(users):
        own = [
            leaves[leaf.code]
            for leaf in unit_class.survey_leaves()
            if leaf.code in measured and leaf.weights.get(basis.groups[group], 0) > 0
        ]
        units = _counting(own, {group})
        rows = [ClassRow(means=leaf.over(units, [group])) for leaf in own]
        if units and all(leaf.allows([row]) for leaf, row in zip(own, rows, strict=True)):
            for leaf, row in zip(own, rows, strict=True):
                leaf.let_in([row])
            found[unit_class.code, group] = units
    return found


def _differences(
    unit_class: UnitClass, leaves: Mapping[Code, LeafEquations]
) -> dict[tuple[Code, Code], tuple[int, ...]]:
    found: dict[tuple[Code, Code], tuple[int, ...]] = {}
    for code, leaf in leaves.items():
        groups = sorted({cell.group for score in leaf.scores.values() for cell in score.groups})
        units = _counting([leaf], set(groups))
        first = leaf.over(units, groups[:1])
        rows = [
            ClassRow(means={**first, **dict.fromkeys(leaf.over(units, [group]), -1)})
            for group in groups[1:]
        ]
        if units and rows and leaf.allows(rows):
            leaf.let_in(rows)
            found[unit_class.code, code] = units
    return found


def _counting(leaves: Sequence[LeafEquations], groups: AbstractSet[int]) -> tuple[int, ...]:
    """Give the units on which every group counts on every leaf."""
    if not leaves:
        return ()
    return tuple(
        unit
        for unit in leaves[0].scores
        if all(groups <= _counted(leaf.scores[unit]) for leaf in leaves)
    )


def _counted(score: LeafScore) -> frozenset[int]:
    """Give the groups that count on a leaf of a unit, as the sheet says of each."""
    return frozenset(cell.group for cell in score.groups if cell.state in {"counted", "flagged"})
