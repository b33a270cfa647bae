"""Skip rules: each looks back at an earlier item that the same people are asked."""

from collections.abc import Iterator

from questionnaires.definition import Item, Questionnaires, ShowIf
from questionnaires.problems import Problem, problem


def check_skips(questionnaires: Questionnaires, file: str) -> Iterator[Problem]:
    """Check every skip rule."""
    items = {item.code: item for item in questionnaires.items}
    for item in questionnaires.items:
        if item.show_if is None:
            continue
        where = f"{file}: items[{item.code}].show_if"
        former = items.get(item.show_if.item)
        if former is None:
            yield problem(
                where,
                f"không có câu hỏi “{item.show_if.item}”",
                f"there is no item “{item.show_if.item}”",
            )
            continue
        yield from _check_order(questionnaires, former, item, where)
        yield from _check_people(former, item, where)
        yield from _check_answers(questionnaires, former, item.show_if, where)


def _check_order(
    questionnaires: Questionnaires, former: Item, item: Item, where: str
) -> Iterator[Problem]:
    sections = [section.code for section in questionnaires.sections]
    if not {former.section, item.section} <= set(sections):
        return
    places = {
        entry.code: (sections.index(entry.section), number)
        for number, entry in enumerate(questionnaires.items)
        if entry.code in {former.code, item.code}
    }
    if places[former.code] >= places[item.code]:
        yield problem(
            where,
            f"câu {former.code} phải đứng trước câu này trên phiếu",
            f"item {former.code} must stand before this one on the form",
        )


def _check_people(former: Item, item: Item, where: str) -> Iterator[Problem]:
    missing = sorted(set(item.groups) - set(former.groups))
    if missing or former.about != item.about or not _same_units(former, item):
        groups = f" ({', '.join(missing)})" if missing else ""
        yield problem(
            where,
            f"câu {former.code} không được hỏi ở mọi nơi có câu này{groups}",
            f"item {former.code} is not asked everywhere that this one is{groups}",
        )


def _same_units(former: Item, item: Item) -> bool:
    """Tell whether every unit that `item` is asked about has `former` too.

    An item with a leaf is asked by the group's weight on that leaf, so a rule may look back
    from a scored item only to the same leaf, or to an item without leaves.
    """
    if former.leaves:
        return bool(item.leaves) and item.leaves.items() <= former.leaves.items()
    asked = set(item.leaves) or set(item.unit_classes)
    return not former.unit_classes or (bool(asked) and asked <= set(former.unit_classes))


def _check_answers(
    questionnaires: Questionnaires, former: Item, rule: ShowIf, where: str
) -> Iterator[Problem]:
    if former.kind in {"number", "text"}:
        yield problem(
            where,
            f"câu {former.code} không có lựa chọn để làm điều kiện",
            f"item {former.code} has no options that a rule could look at",
        )
        return
    known = {option.code for option in former.options} | _scale_answers(questionnaires, former)
    if former.kind == "yes_no":
        known = {"yes", "no"}
    wrong = [code for code in rule.is_ if code not in known]
    if wrong or not rule.is_:
        yield problem(
            f"{where}.is",
            f"cần lựa chọn có ở câu {former.code}: {', '.join(sorted(known))}",
            f"expected options of item {former.code}: {', '.join(sorted(known))}",
        )


def _scale_answers(questionnaires: Questionnaires, item: Item) -> set[str]:
    for scale in questionnaires.scales:
        if scale.code == item.scale:
            special = {"dk"} if scale.dont_know else set[str]()
            special |= {"na"} if scale.not_applicable else set()
            return {option.code for option in scale.options} | special
    return set()
