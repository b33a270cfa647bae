"""What a sheet shows of a unit, and what is behind it: an attacker's view and the truth."""

from attack import Leaf, Shown

from analysis.disclosure.suppression import LeafCount, Row
from survey_service.results.scored import Scored
from survey_service.sheet.score_sheet import (
    CriterionLine,
    Published,
    Suppressed,
    Turnout,
    UnitSheet,
)


def truth(scored: Scored, place: int) -> list[Leaf]:
    """Give a unit's leaves as they are, hidden or not."""
    design, framework = scored.content.design, scored.content.framework
    unit_class = framework.unit_class(design.units[place].unit_class)
    leaves: list[Leaf] = []
    for score in scored.unit(place).leaves:
        leaf = unit_class.leaf(score.code)
        split: list[Row] = [] if leaf.criterion is None else [("criterion", leaf.criterion)]
        counting = [cell for cell in score.groups if cell.effective_weight]
        count = LeafCount(
            leaf=score.code,
            sums=(("total", ""), ("component", leaf.component), *split),
            groups={cell.group: cell.n for cell in score.groups},
            counted=sum(cell.n for cell in counting),
        )
        shares = {cell.group: score.maximum * cell.effective_weight for cell in counting}
        leaves.append(Leaf(count=count, shares=shares))
    return leaves


def leaf_lines(unit: UnitSheet) -> list[CriterionLine]:
    return [
        line
        for component in unit.components
        for criterion in component.criteria
        for line in (criterion.parts or (criterion,))
    ]


def to_be_seen(unit: UnitSheet) -> Shown:
    """Read from the sheet itself what it shows of a unit."""
    results = {("total", ""): unit.result}
    for component in unit.components:
        results["component", component.code] = component.result
        for criterion in component.criteria:
            if criterion.parts:
                results["criterion", criterion.code] = criterion.result
    results |= {("leaf", line.code): line.result for line in leaf_lines(unit)}
    return Shown(
        rows=frozenset(row for row, one in results.items() if isinstance(one, Published)),
        groups=frozenset(
            line.code
            for line in leaf_lines(unit)
            if any(not isinstance(row.result, Suppressed) for row in line.groups)
        ),
        turnout=isinstance(unit.turnout, Turnout),
        group_turnouts=any(isinstance(row.turnout, Turnout) for row in unit.groups),
    )
