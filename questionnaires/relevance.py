"""Skip rules: which items are put to a person, given the answers so far."""

from collections.abc import Mapping, Sequence

from questionnaires.definition import Item
from questionnaires.index import Code


def is_asked(item: Item, answers: Mapping[Code, str]) -> bool:
    """Tell whether an item's skip rule lets it be asked.

    `answers` maps item codes to readable answers ("5", "dk", "a;c" …); an item without an
    answer opens no other.
    """
    if item.show_if is None:
        return True
    given = answers.get(item.show_if.item, "").split(";")
    return any(code in given for code in item.show_if.is_)


def relevant(items: Sequence[Item], answers: Mapping[Code, str]) -> tuple[Item, ...]:
    """Give the items that are asked, in order; an answer to a skipped item opens nothing."""
    given: dict[Code, str] = {}
    chosen: list[Item] = []
    for item in items:
        if is_asked(item, given):
            chosen.append(item)
            given[item.code] = answers.get(item.code, "")
    return tuple(chosen)
