"""Roles of items: at most one overall judgement about each class of units."""

from collections.abc import Iterator

from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Code, Framework
from questionnaires.problems import Problem, problem


def check_roles(
    framework: Framework, questionnaires: Questionnaires, file: str
) -> Iterator[Problem]:
    """Check that an overall judgement stands on a scale and has no rival in its classes."""
    taken: dict[Code, Code] = {}
    for item in questionnaires.items:
        if item.role != "overall":
            continue
        where = f"{file}: items[{item.code}].role"
        if item.kind != "scale":
            yield problem(
                where,
                'đánh giá chung phải trả lời theo thang (kind = "scale")',
                'an overall judgement must be answered on a scale (kind = "scale")',
            )
        for unit_class in _classes(framework, item):
            first = taken.setdefault(unit_class, item.code)
            if first != item.code:
                yield problem(
                    where,
                    f"loại đơn vị {unit_class} đã có câu đánh giá chung {first}; chỉ giữ một câu",
                    f"unit class {unit_class} has the overall judgement {first} already; keep one",
                )


def _classes(framework: Framework, item: Item) -> tuple[Code, ...]:
    if item.leaves:
        return tuple(item.leaves)
    return item.unit_classes or tuple(unit_class.code for unit_class in framework.unit_classes)
