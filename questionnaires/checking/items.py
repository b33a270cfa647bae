"""Items and sections: codes given once, and everything they name exists."""

from collections.abc import Iterator

from questionnaires.checking.codes import check_codes, check_known, check_repeated
from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Framework
from questionnaires.problems import Problem, problem


def check_items(
    framework: Framework, questionnaires: Questionnaires, file: str
) -> Iterator[Problem]:
    """Check the bank against the framework it was written for."""
    at = f"{file}: "
    yield from check_codes([questionnaires.code], f"{at}code")
    if questionnaires.framework != framework.code:
        yield problem(
            f"{at}framework",
            f"bộ phiếu viết cho bộ chỉ số “{questionnaires.framework}”, "
            f"không phải “{framework.code}”",
            f"these questionnaires are for the framework “{questionnaires.framework}”, "
            f"not “{framework.code}”",
        )
    sections = [section.code for section in questionnaires.sections]
    yield from check_codes(sections, f"{at}sections")
    yield from check_codes([item.code for item in questionnaires.items], f"{at}items")
    used = {item.section for item in questionnaires.items}
    for section in sections:
        if section not in used:
            yield problem(
                f"{at}sections[{section}]",
                "phần này không có câu hỏi nào",
                "this section has no item",
                warning=True,
            )
    for item in questionnaires.items:
        yield from _check_item(framework, sections, item, f"{at}items[{item.code}]")


def _check_item(
    framework: Framework, sections: list[str], item: Item, where: str
) -> Iterator[Problem]:
    groups = {group.code for group in framework.groups}
    classes = {unit_class.code for unit_class in framework.unit_classes}
    what_group, what_class = ("nhóm đối tượng", "respondent group"), ("loại đơn vị", "unit class")
    yield from check_known([item.section], sections, f"{where}.section", what=("phần", "section"))
    yield from check_known(item.groups, groups, f"{where}.groups", what=what_group)
    yield from check_repeated(item.groups, f"{where}.groups")
    yield from check_known(item.unit_classes, classes, f"{where}.unit_classes", what=what_class)
    yield from check_repeated(item.unit_classes, f"{where}.unit_classes")
    yield from check_known(item.leaves, classes, f"{where}.leaves", what=what_class)
    if not item.groups:
        yield problem(
            f"{where}.groups",
            "câu hỏi phải có ít nhất một nhóm được hỏi",
            "an item must be put to at least one group",
        )
    if item.leaves and item.unit_classes:
        yield problem(
            f"{where}.unit_classes",
            "câu hỏi có tiêu chí thì khóa leaves đã nêu loại đơn vị; hãy bỏ unit_classes",
            "an item with leaves already names its unit classes there; remove unit_classes",
        )
    if item.about == "respondent" and (item.leaves or item.unit_classes):
        yield problem(
            f"{where}.about",
            "câu hỏi về bản thân người trả lời không gắn với tiêu chí hoặc loại đơn vị",
            "an item about the respondent has neither leaves nor unit classes",
        )
