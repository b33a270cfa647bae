"""The load table: what answering costs each group, and how many raters each unit has."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework
from questionnaires.text import Language


class PersonLoad(msgspec.Struct, frozen=True, kw_only=True):
    """What one person is asked: units, different questions, cells (question × unit), minutes."""

    units: int
    items: int
    cells: int
    minutes: int


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A figure over the people of a group; the mean is exact."""

    least: int
    mean: Fraction
    most: int


class GroupLoad(msgspec.Struct, frozen=True, kw_only=True):
    """One group's row; `without_units` counts the people whom the relation gives nobody."""

    group: Code
    persons: int
    without_units: int
    units: Spread
    items: Spread
    cells: Spread
    minutes: Spread


class LoadTable(msgspec.Struct, frozen=True, kw_only=True):
    """Rows per group, in the order of the framework, and raters per unit and group."""

    groups: tuple[GroupLoad, ...]
    raters: dict[Code, dict[Code, int]]


def person_load(
    framework: Framework,
    questionnaires: Questionnaires,
    group: Code,
    classes: Iterable[Code],
    rotation: int | None = None,
) -> PersonLoad:
    """Count what a person of a group is asked about units of the given classes, one per unit.

    `rotation` is the set of items that the person has, where there is a short form. Skip rules
    are taken as never hiding an item; minutes are rounded up.
    """
    per_unit = [
        questionnaires.put_to(questionnaires.asked(framework, group, unit_class), group, rotation)
        for unit_class in classes
    ]
    once = questionnaires.put_to(questionnaires.asked_once(group), group, rotation)
    cells = sum(map(len, per_unit)) + len(once)
    seconds = cells * questionnaires.relation(group).seconds_per_item
    return PersonLoad(
        units=len(per_unit),
        items=len({item.code for items in (*per_unit, once) for item in items}),
        cells=cells,
        minutes=math.ceil(seconds / 60),
    )


def group_loads(
    framework: Framework,
    questionnaires: Questionnaires,
    group: Code,
    kinds: Mapping[tuple[Code, ...], int],
) -> list[tuple[PersonLoad, int]]:
    """Give what people are asked, with how many of them are; `kinds` counts them by unit classes.

    Where there is a short form everybody stands once for each of its sets, since lot gives the
    sets equally often.
    """
    sets: Sequence[int | None] = range(len(questionnaires.sets(group))) or (None,)
    return [
        (person_load(framework, questionnaires, group, classes, place), persons)
        for classes, persons in kinds.items()
        for place in sets
    ]


def load_table(
    framework: Framework,
    questionnaires: Questionnaires,
    assignments: Mapping[Code, Mapping[str, Sequence[Code]]],
    unit_classes: Mapping[Code, Code],
) -> LoadTable:
    """Sum up who rates whom.

    `assignments` gives each group's people, by key, their units (as `assign` does);
    `unit_classes` gives every rated unit's class. Groups with nobody in them have no row.
    """
    raters = {unit: dict.fromkeys(_groups(framework), 0) for unit in sorted(unit_classes)}
    rows: list[GroupLoad] = []
    for group in _groups(framework):
        people = assignments.get(group, {})
        # People of a group with the same number of units per class carry the same load.
        kinds: Counter[tuple[Code, ...]] = Counter()
        for units in people.values():
            kinds[tuple(sorted(unit_classes[unit] for unit in units))] += 1
            for unit in units:
                raters[unit][group] += 1
        if people:
            rows.append(_row(framework, questionnaires, group, kinds))
    return LoadTable(groups=tuple(rows), raters=raters)


def render(table: LoadTable, language: Language) -> str:
    """Write the table as plain text in columns: the groups first, then the units."""
    vi = language == "vi"
    head = (
        ["Nhóm", "Số người", "Đơn vị/người", "Câu hỏi/người", "Ô trả lời/người", "Phút/người"]
        if vi
        else ["Group", "Persons", "Units each", "Questions each", "Cells each", "Minutes each"]
    )
    groups = [
        [
            row.group,
            str(row.persons),
            *(_span(figure, language) for figure in (row.units, row.items, row.cells, row.minutes)),
        ]
        for row in table.groups
    ]
    asked = [row.group for row in table.groups]
    units = [
        [unit, *(str(counts[group]) for group in asked), str(sum(counts.values()))]
        for unit, counts in table.raters.items()
    ]
    second = ["Đơn vị" if vi else "Unit", *asked, "Tổng" if vi else "Total"]
    notes = [
        f"{row.group}: {row.without_units} "
        + ("người không có đơn vị nào để đánh giá" if vi else "person(s) with no unit to rate")
        for row in table.groups
        if row.without_units
    ]
    return "\n".join([*_columns([head, *groups]), "", *_columns([second, *units]), *notes]) + "\n"


def _groups(framework: Framework) -> list[Code]:
    return [group.code for group in framework.groups]


def _row(
    framework: Framework,
    questionnaires: Questionnaires,
    group: Code,
    kinds: Counter[tuple[Code, ...]],
) -> GroupLoad:
    loads = group_loads(framework, questionnaires, group, kinds)
    return GroupLoad(
        group=group,
        persons=kinds.total(),
        without_units=kinds[()],
        units=_spread([(load.units, persons) for load, persons in loads]),
        items=_spread([(load.items, persons) for load, persons in loads]),
        cells=_spread([(load.cells, persons) for load, persons in loads]),
        minutes=_spread([(load.minutes, persons) for load, persons in loads]),
    )


def _spread(figures: list[tuple[int, int]]) -> Spread:
    persons = sum(count for _, count in figures)
    return Spread(
        least=min(figure for figure, _ in figures),
        mean=Fraction(sum(figure * count for figure, count in figures), persons),
        most=max(figure for figure, _ in figures),
    )


def _span(spread: Spread, language: Language) -> str:
    if spread.least == spread.most:
        return str(spread.least)
    tenths = math.floor(spread.mean * 10 + Fraction(1, 2))
    mean = f"TB {tenths // 10},{tenths % 10}" if language == "vi" else f"mean {tenths / 10}"
    return f"{spread.least}-{spread.most} ({mean})"


def _columns(rows: list[list[str]]) -> list[str]:
    """Align cells: names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
