"""An attacker who lays a change beside the two sheets learns nothing that they hide."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import msgspec
from elimination import is_fixed
from generated import generated
from hand_made import frozen
from two_waves import province

from analysis.scoring.scores import Scores, UnitScore
from questionnaires.index import Framework
from survey_service.analysing.analysed import Analysed, analyse
from survey_service.analysing.bridging import bridge
from survey_service.analysing.changes import changes
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.series import series
from survey_service.analysing.succession import succession

Cell = tuple[str, str]
"""A leaf and a group: the unknown mean of the group on the leaf."""


def total(unit: UnitScore, groups: list[str]) -> dict[Cell, Fraction]:
    """Write a total as the sum of its group means."""
    scale = unit.maximum / unit.measured if unit.measured else Fraction(0)
    return {
        (leaf.code, groups[cell.group]): scale * leaf.maximum * cell.effective_weight
        for leaf in unit.leaves
        for cell in leaf.groups
        if cell.effective_weight > 0
    }


def sheet_rows(wave: Analysed, place: int) -> Iterator[dict[Cell, Fraction]]:
    """Write the shown total, leaves and group rows of a unit as equations."""
    clearance, unit = Clearance(wave.scored), wave.unit(place)
    groups = [group.code for group in wave.framework.groups]
    if clearance.shows_total(place):
        yield total(unit, groups)
    for leaf in unit.leaves:
        cells = {
            (leaf.code, groups[cell.group]): cell.effective_weight for cell in leaf.groups if cell.n
        }
        if clearance.shows_leaf(place, leaf.code):
            yield cells
        if clearance.shows_groups(place, leaf.code):
            yield from ({cell: Fraction(1)} for cell in cells)


def adds(wave: Analysed, again: Scores, place: int) -> bool:
    groups = [group.code for group in wave.framework.groups]
    return not is_fixed(list(sheet_rows(wave, place)), total(again.units[place], groups))


def reweighted(framework: Framework) -> Framework:
    """Swap the weights of two groups on the first leaf of every class."""
    replace = msgspec.structs.replace
    return replace(
        framework,
        unit_classes=tuple(
            replace(
                one,
                leaves=(
                    replace(one.leaves[0], weights=_turned(one.leaves[0].weights)),
                    *one.leaves[1:],
                ),
            )
            for one in framework.unit_classes
        ),
    )


def _turned(weights: dict[str, Decimal]) -> dict[str, Decimal]:
    return dict(zip(weights, [*weights.values()][::-1], strict=True))


def check(now: Analysed, former: Analysed) -> tuple[int, int]:
    """Count the changes that are shown and those held back that would have told something."""
    line = succession(now.content.design, former.content.design)
    bridged = bridge(now, former, series(now.content, former.content), line.twins)
    shown = held = 0
    for place, unit in enumerate(changes(now, former, Clearance(now.scored)).units):
        told = adds(now, bridged.now, place) or adds(former, bridged.former, line.twins[place])
        if unit.difference is not None:
            assert not told, unit.unit
            shown += 1
        elif unit.missing == "suppressed":
            held += told
    return shown, held


def test_a_shown_change_follows_from_the_two_sheets_cell_by_cell() -> None:
    former = province(4)
    shown, held = check(province(), former)
    assert min(shown, held) >= 5


def test_other_weights_do_not_make_a_second_equation() -> None:
    content = generated("par-index-2022", seed=5)
    other = analyse(
        frozen(
            type(content)(
                framework=reweighted(content.framework),
                questionnaires=content.questionnaires,
                design=content.design,
                ballots=content.ballots,
            )
        )
    )
    shown, held = check(province(), other)
    assert shown + held > 0
    assert held >= 5
