"""Coverage: every weighted leaf and group is asked about, and nothing is asked in vain."""

from collections.abc import Iterator

from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Framework, Leaf
from questionnaires.problems import Problem, problem


def check_coverage(
    framework: Framework, questionnaires: Questionnaires, places: tuple[str, str]
) -> Iterator[Problem]:
    """Check the bond between items and leaves in both directions."""
    for unit_class, leaf in framework.leaves():
        measuring = [
            item for item in questionnaires.items if item.leaves.get(unit_class.code) == leaf.code
        ]
        asked = {group for item in measuring for group in item.groups}
        for group in leaf.weights:
            if group not in asked:
                yield problem(
                    f"{places[0]}: unit_classes[{unit_class.code}].leaves[{leaf.code}]",
                    f"nhóm {group} có trọng số nhưng không có câu hỏi nào; hãy thêm câu hỏi hoặc "
                    "bỏ trọng số",
                    f"group {group} has weight but no item; add an item or remove the weight",
                )
    for item in questionnaires.items:
        yield from _check_bonds(framework, item, f"{places[1]}: items[{item.code}]")


def _check_bonds(framework: Framework, item: Item, where: str) -> Iterator[Problem]:
    classes = {unit_class.code: unit_class for unit_class in framework.unit_classes}
    bound: list[Leaf] = []
    for class_code, leaf_code in item.leaves.items():
        if class_code not in classes:
            continue
        leaves = {leaf.code: leaf for leaf in classes[class_code].leaves}
        if leaf_code not in leaves:
            yield problem(
                f"{where}.leaves.{class_code}",
                f"loại đơn vị {class_code} không có tiêu chí “{leaf_code}”",
                f"unit class {class_code} has no leaf “{leaf_code}”",
            )
        elif leaves[leaf_code].method != "survey":
            yield problem(
                f"{where}.leaves.{class_code}",
                f"tiêu chí “{leaf_code}” do thẩm định, không qua điều tra",
                f"leaf “{leaf_code}” is appraised, not surveyed",
            )
        else:
            bound.append(leaves[leaf_code])
    for group in item.groups:
        if bound and not any(group in leaf.weights for leaf in bound):
            yield problem(
                f"{where}.groups",
                f"nhóm {group} không có trọng số ở tiêu chí nào của câu này nên sẽ không được hỏi",
                f"group {group} has no weight on any leaf of this item, so it is not asked",
                warning=True,
            )
