"""What other choices of method would do to the ranks; nothing else of them is shown.

A rank says between which neighbours a total lies. Where the neighbours' totals are known, that
bounds the total, and a total without some ballots tells of these by difference from the published
one. So the ranks of a scenario that leaves out (or lets in) *groups* are shown of a unit only where
the ballots concerned, of cells that the sheet hides, are none or at least the threshold: a group
is a cell that anybody can name.
Units held back keep their published place and take no part in the ranks of the others, or theirs
would follow as the one that is left.
Flagged and incomplete ballots are no such cell: who and how many they are is known to nobody
outside, and a bound on the sum of unknown ballots of unknown number says nothing of a person. Nor
are scenarios that leave every ballot in (weights, points, leniency): they mix all groups anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from analysis.comparing.redrawing import (
    Rounding,
    group_means,
    rank_agreement,
    ranks_of,
    redrawn_totals,
)
from analysis.scoring.columns import BoolArray, IntArray
from analysis.scoring.scores import UnitScore
from analysis.standing.ranking import competition_ranks
from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.choices import SPREADS, Spread, choices
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.totals import rank_basis, ranked_units, totals
from survey_service.findings.standing import RankShift, Scenario
from survey_service.findings.terms import Missing
from survey_service.results.figures import uncertainty
from survey_service.sheet.score_sheet import UnitSheet

DRAWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranks:
    """Ranks of those units of a list that have one, shape (draws, units), and why others do not."""

    ranks: IntArray
    missing: dict[Code, Missing] = field(default_factory=dict[Code, Missing])


def scenarios(analysed: Analysed, clearance: Clearance, flagged: BoolArray) -> tuple[Scenario, ...]:
    """Rank every class anew under each other choice; `flagged` marks ballots, shape (n,)."""
    others = choices(analysed)
    scored = [choice.rescore(analysed, flagged) for choice in others]
    rows: list[Scenario] = []
    for unit_class in analysed.framework.unit_classes:
        members = sorted(ranked_units(analysed, unit_class.code), key=lambda member: member[0])
        for spread in SPREADS:
            ranks = None if len(members) < 2 else _drawn(analysed, members, spread)
            rows.append(_scenario(spread.code, spread.name, unit_class.code, members, ranks))
        for choice, units in zip(others, scored, strict=True):
            ranks = None
            if units is not None and len(members) > 1:
                ranks = _rescored(analysed, members, units, clearance, cells=choice.cells)
            rows.append(_scenario(choice.code, choice.name, unit_class.code, members, ranks))
    return tuple(rows)


def _drawn(analysed: Analysed, members: Sequence[tuple[int, UnitSheet]], spread: Spread) -> _Ranks:
    index, rounding = analysed.scored.columns.index, analysed.framework.rules.rounding
    units = [analysed.unit(place) for place, _ in members]
    drawn = redrawn_totals(
        group_means(units, index.leaves[index.unit_class[members[0][0]]]),
        Rounding(places=rounding.places, leaf=rounding.stage == "leaf"),
        seed=analysed.content.design.seed,
        draws=DRAWS,
        weights=spread.weights,
        points=spread.points,
    )
    return _Ranks(ranks=ranks_of(drawn))


def _rescored(
    analysed: Analysed,
    members: Sequence[tuple[int, UnitSheet]],
    units: Sequence[UnitScore],
    clearance: Clearance,
    *,
    cells: bool,
) -> _Ranks:
    """Rank those of a list that can be ranked and shown under another scoring."""
    missing: dict[Code, Missing] = {}
    given = totals(analysed.scored, units)
    basis: dict[Code, Decimal] = {}
    for place, line in members:
        total = given[place]
        if cells and _is_cell(clearance, place, analysed.unit(place), units[place]):
            missing[line.code] = "suppressed"
            clearance.hide("trust.robustness", "complementary")
        elif total is None or not units[place].rankable:
            missing[line.code] = "not_measurable"
        else:
            basis[line.code] = rank_basis(total, units[place].maximum, analysed.framework.rules)
    return _Ranks(ranks=np.array([competition_ranks(list(basis.values()))]), missing=missing)


def _is_cell(clearance: Clearance, place: int, published: UnitScore, other: UnitScore) -> bool:
    """Tell whether two totals differ by hidden cells of too few ballots."""
    return 0 < _concerned(clearance, place, published, other) < clearance.threshold


def _concerned(clearance: Clearance, place: int, published: UnitScore, other: UnitScore) -> int:
    """Count the ballots of hidden cells that have another part in the other total, at the least.

    Cells that the sheet shows can be taken off by anybody and hide nothing. A group counts once,
    with the most ballots that it has on such a leaf.
    """
    most: dict[int, int] = {}
    for one, two in zip(published.leaves, other.leaves, strict=True):
        falls_out = one.points is None or two.points is None
        if clearance.shows_groups(place, one.code) or (
            falls_out and clearance.shows_leaf(place, one.code)
        ):
            continue
        counts = {cell.group for cell in one.groups if cell.effective_weight > 0}
        differing = counts ^ {cell.group for cell in two.groups if cell.effective_weight > 0}
        for cell in one.groups:
            if cell.group in differing:
                most[cell.group] = max(most.get(cell.group, 0), cell.n)
    return sum(most.values())


def _scenario(
    code: Code,
    name: Text,
    unit_class: Code,
    members: Sequence[tuple[int, UnitSheet]],
    found: _Ranks | None,
) -> Scenario:
    missing: Missing | None = "too_few" if len(members) < 2 else "not_applicable"
    shifts: tuple[RankShift, ...] = ()
    largest, agreement = None, None
    if found is not None:
        kept = [line for _, line in members if line.code not in found.missing]
        among = _among([line.rank or 0 for line in kept])
        shifts = tuple(
            _shifts(members, found, dict(zip((k.code for k in kept), among, strict=True)))
        )
        missing = None if kept else _why(found.missing)
        if kept:
            largest = int(np.abs(found.ranks - np.array(among)).max())
            agreement = _mean(rank_agreement(among, found.ranks).tolist())
    return Scenario(
        code=code,
        name=name,
        unit_class=unit_class,
        draws=1 if found is None else max(len(found.ranks), 1),
        largest=largest,
        agreement=agreement,
        shifts=shifts,
        missing=missing,
    )


def _why(missing: dict[Code, Missing]) -> Missing:
    return "suppressed" if "suppressed" in missing.values() else "not_measurable"


def _shifts(
    members: Sequence[tuple[int, UnitSheet]], found: _Ranks, among: dict[Code, int]
) -> Iterable[RankShift]:
    """Add to each published rank by how much the unit moved among those that have a rank."""
    column = {code: place for place, code in enumerate(among)}
    for _, line in sorted(members, key=lambda member: (member[1].rank or 0, member[1].code)):
        published = line.rank or 0
        moved = None
        if line.code in column:
            moved = found.ranks[:, column[line.code]] - among[line.code] + published
        yield RankShift(
            unit=line.code,
            published=published,
            lowest=None if moved is None else int(moved.max()),
            highest=None if moved is None else int(moved.min()),
            missing=found.missing.get(line.code),
        )


def _among(ranks: Sequence[int]) -> list[int]:
    return [1 + sum(other < rank for other in ranks) for rank in ranks]


def _mean(agreement: Sequence[float]) -> str | None:
    known = [one for one in agreement if one == one]  # noqa: PLR0124 - NaN is not itself
    return uncertainty(sum(known) / len(known), 3) if known else None
