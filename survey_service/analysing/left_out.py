"""What was left out, item by item: don't know, not applicable, blank."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from analysis.scoring.columns import BLANK, DONT_KNOW, NOT_APPLICABLE, NOT_ASKED, IntArray
from questionnaires.definition import Item
from questionnaires.index import Code, UnitClass
from questionnaires.packing import columns as packed_columns
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.basis import basis_of
from survey_service.analysing.class_rows import ClassRows, class_rows
from survey_service.analysing.clearance import FEWEST_FOR_A_STATISTIC, Clearance
from survey_service.analysing.response_hiding import shown_lines
from survey_service.analysing.response_lines import stratum_lines
from survey_service.findings.quality import ItemLine
from survey_service.results.figures import written

TABLE = "item_nonresponse"
PERCENT_PLACES = 1


def item_lines(analysed: Analysed, clearance: Clearance) -> Iterator[ItemLine]:
    """Walk the items: each over all groups that are asked it, then group by group."""
    questionnaires = analysed.content.questionnaires
    # A clearance of its own: the lines themselves are noted where they are shown.
    probe = Clearance(analysed.scored)
    open_groups = shown_lines(analysed, probe, stratum_lines(analysed)).groups
    told = class_rows(basis_of(analysed, probe))
    for place, column in enumerate(packed_columns(questionnaires)):
        item = questionnaires.item(column.item)
        parts = {
            group.code: _counts(
                analysed,
                clearance,
                item,
                place,
                number,
                together=group.code in open_groups
                and _is_told_whole(analysed, clearance, told, item, number),
            )
            for number, group in enumerate(analysed.framework.groups)
            if group.code in item.groups and item.about == "unit"
        }
        asked = {group: part for group, part in parts.items() if part is not None}
        if not asked:
            continue
        yield _item_line(item, None, np.sum(list(asked.values()), axis=0), clearance)
        if len(asked) > 1:
            for group, counts in asked.items():
                yield _item_line(item, group, counts, clearance)


def _counts(
    analysed: Analysed,
    clearance: Clearance,
    item: Item,
    column: int,
    group: int,
    *,
    together: bool,
) -> IntArray | None:
    """Count a group's answered, don't know, not applicable and blank.

    None where the group is asked the item about no class of units. Units of which something is
    hidden are left out, unless there are two or more, they add up to enough, and the people of
    the group may be shown, as may its answers over whole classes: then nothing follows for one.
    """
    ballots = analysed.scored.columns.ballots
    asked = _classes(analysed, item, analysed.framework.groups[group].code)
    if not asked:
        return None
    members = {
        unit: _shows(analysed, clearance, item, unit_class, unit)
        for unit_class in asked
        for unit in analysed.members(unit_class)
    }
    of_group = (ballots.group == group) & (ballots.answers[:, column] != NOT_ASKED)
    told = [members.get(unit, False) for unit in range(_units(analysed))]
    shows = np.array(told, dtype=np.bool_)
    rows = of_group & shows[ballots.unit]
    hidden = of_group & ~rows
    answered = int((ballots.answers[hidden, column] > 0).sum())
    wide = np.unique(ballots.unit[hidden]).size > 1 and clearance.is_enough(answered)
    if together and wide and np.unique(ballots.respondent[of_group]).size >= FEWEST_FOR_A_STATISTIC:
        rows = of_group
    given = ballots.answers[rows, column]
    return np.array(
        [(given > 0).sum(), *((given == code).sum() for code in (DONT_KNOW, NOT_APPLICABLE, BLANK))]
    )


def _is_told_whole(
    analysed: Analysed, clearance: Clearance, told: ClassRows, item: Item, group: int
) -> bool:
    """Tell whether a group's answers to an item are told of whole classes as it is."""
    for unit_class in _classes(analysed, item, analysed.framework.groups[group].code):
        leaf = item.leaves.get(unit_class.code)
        members = analysed.members(unit_class)
        counted = (unit_class.code, item.code, group) in told.counted
        if leaf is not None and not counted and clearance.shown_units(members, leaf) != members:
            return False
    return True


def _units(analysed: Analysed) -> int:
    return len(analysed.content.design.units)


def _classes(analysed: Analysed, item: Item, group: Code) -> list[UnitClass]:
    questionnaires, framework = analysed.content.questionnaires, analysed.framework
    return [
        unit_class
        for unit_class in framework.unit_classes
        if item in questionnaires.asked(framework, group, unit_class.code)
    ]


def _shows(
    analysed: Analysed, clearance: Clearance, item: Item, unit_class: UnitClass, unit: int
) -> bool:
    """Tell whether nothing that the sheet hides of a unit would follow from its counts."""
    hidden = analysed.scored.suppressions[unit]
    leaf = item.leaves.get(unit_class.code)
    open_turnout = not (hidden.turnout or hidden.group_turnouts)
    return open_turnout and (leaf is None or clearance.shows_groups(unit, leaf))


def _item_line(
    item: Item,
    group: Code | None,
    counts: IntArray,
    clearance: Clearance,
) -> ItemLine:
    asked = int(counts.sum())
    if not clearance.is_enough(asked):
        clearance.hide(TABLE)
        return ItemLine(
            item=item.code,
            group=group,
            asked=None,
            answered=None,
            dont_know=None,
            not_applicable=None,
            blank=None,
            missing="suppressed",
        )
    answered, dont_know, not_applicable, blank = (
        written(Fraction(100 * count, asked), PERCENT_PLACES) for count in counts.tolist()
    )
    return ItemLine(
        item=item.code,
        group=group,
        asked=asked,
        answered=answered,
        dont_know=dont_know,
        not_applicable=not_applicable,
        blank=blank,
    )
