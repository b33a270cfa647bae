"""Short forms: sets of items that stand apart, and that measure every leaf of the long form."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from questionnaires.checking.codes import check_known, check_repeated
from questionnaires.definition import Item, Questionnaires, Rotation
from questionnaires.index import Code, Framework
from questionnaires.problems import Problem, problem

_GROUP = ("nhóm đối tượng", "respondent group")
_ITEM = ("câu hỏi", "item")
FEWEST_SETS = 2


def check_rotations(
    framework: Framework, questionnaires: Questionnaires, file: str
) -> Iterator[Problem]:
    """Check the short form of every group that has one."""
    at = f"{file}: rotations"
    rotations = questionnaires.short_forms()
    groups = [group.code for group in framework.groups]
    yield from check_known([one.group for one in rotations], groups, at, what=_GROUP)
    yield from check_repeated([one.group for one in rotations], at)
    for rotation in rotations:
        where = f"{at}[{rotation.group}]"
        yield from _check_sets(questionnaires, rotation, f"{where}.sets")
        yield from _check_rules(questionnaires, rotation, f"{where}.sets")
        if rotation.group in groups and all(rotation.sets):
            yield from _check_leaves(framework, questionnaires, rotation, f"{where}.sets")


def _check_sets(
    questionnaires: Questionnaires, rotation: Rotation, where: str
) -> Iterator[Problem]:
    items = {item.code: item for item in questionnaires.items}
    if len(rotation.sets) < FEWEST_SETS:
        yield problem(
            where,
            f"phiếu ngắn cần ít nhất {FEWEST_SETS} bộ câu hỏi; đang có {len(rotation.sets)}",
            f"a short form needs at least {FEWEST_SETS} sets of items; there are "
            f"{len(rotation.sets)}",
        )
    codes = [code for one in rotation.sets for code in one]
    yield from check_known(dict.fromkeys(codes), items, where, what=_ITEM)
    for number, one in enumerate(rotation.sets, 1):
        if not one:
            yield problem(f"{where}[{number}]", "bộ này còn trống", "this set is empty")
    for code, times in Counter(codes).items():
        if times > 1:
            yield problem(
                where,
                f"câu {code} nằm trong nhiều bộ hoặc được nêu {times} lần; câu nào hỏi mọi "
                "người thì bỏ khỏi các bộ",
                f"item {code} is in several sets or named {times} times; what everybody is asked "
                "stands in no set",
            )
        if code in items and rotation.group not in items[code].groups:
            yield problem(
                where,
                f"câu {code} không hỏi nhóm {rotation.group}",
                f"item {code} is not put to group {rotation.group}",
            )
        if code in items and items[code].role == "overall":
            yield problem(
                where,
                f"câu đánh giá chung {code} phải hỏi mọi người; hãy bỏ khỏi các bộ",
                f"the overall judgement {code} is put to everybody; take it out of the sets",
            )


def _check_rules(
    questionnaires: Questionnaires, rotation: Rotation, where: str
) -> Iterator[Problem]:
    """Find skip rules that look at an answer which the same person may not have given."""
    set_of = {code: number for number, one in enumerate(rotation.sets, 1) for code in one}
    for item in questionnaires.items:
        if item.show_if is None or rotation.group not in item.groups:
            continue
        former = item.show_if.item
        if former in set_of and set_of.get(item.code) != set_of[former]:
            yield problem(
                where,
                f"câu {item.code} chỉ hỏi tùy theo câu {former} nên phải ở cùng bộ {set_of[former]}"
                ", hoặc bỏ câu đó khỏi các bộ",
                f"item {item.code} depends on item {former}, so it belongs in the same set "
                f"{set_of[former]}; or take that item out of the sets",
            )


def _check_leaves(
    framework: Framework, questionnaires: Questionnaires, rotation: Rotation, where: str
) -> Iterator[Problem]:
    for unit_class in framework.unit_classes:
        asked = questionnaires.asked(framework, rotation.group, unit_class.code)
        leaves = dict.fromkeys(item.leaves[unit_class.code] for item in asked if item.leaves)
        for leaf in leaves:
            items = [item for item in asked if item.leaves.get(unit_class.code) == leaf]
            yield from _check_leaf(rotation, items, f"{unit_class.code} {leaf}", where)


def _check_leaf(
    rotation: Rotation, items: Sequence[Item], leaf: str, where: str
) -> Iterator[Problem]:
    put = [_put(rotation, items, number) for number in range(len(rotation.sets))]
    without = [str(number) for number, codes in enumerate(put, 1) if not codes]
    if without:
        yield problem(
            where,
            f"bộ {', '.join(without)} không có câu nào của tiêu chí {leaf}; chỉ một phần người trả "
            "lời đo tiêu chí này",
            f"set {', '.join(without)} has no item of leaf {leaf}; only a part of the people "
            "measures it",
            warning=True,
        )
    elif len(set(_counting(items, put).values())) > 1:
        yield problem(
            where,
            f"các câu của tiêu chí {leaf} không được tính đều nhau trong phiếu ngắn; điểm sẽ lệch "
            "so với phiếu dài",
            f"the items of leaf {leaf} do not count equally in the short form; its points differ "
            "from those of the long form",
            warning=True,
        )


def _put(rotation: Rotation, items: Sequence[Item], number: int) -> tuple[Code, ...]:
    others = {code for place, one in enumerate(rotation.sets) if place != number for code in one}
    return tuple(item.code for item in items if item.code not in others)


def _counting(items: Sequence[Item], put: Sequence[tuple[Code, ...]]) -> dict[Code, Fraction]:
    """Give what each item weighs in a leaf's mean, over all sets, of the mean of each person."""
    return {
        item.code: sum((Fraction(item.code in codes, len(codes)) for codes in put), Fraction(0))
        for item in items
    }
