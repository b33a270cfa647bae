"""Relations: one for every group, well formed, and reaching every unit class it counts in."""

from collections.abc import Iterator

from questionnaires.checking.codes import check_known, check_repeated
from questionnaires.definition import GroupRelation, Questionnaires
from questionnaires.index import Framework
from questionnaires.problems import Problem, problem
from questionnaires.relations import Relation

_CLASS = ("loại đơn vị", "unit class")


def check_relations(
    framework: Framework, questionnaires: Questionnaires, file: str
) -> Iterator[Problem]:
    """Check who rates whom."""
    groups = [group.code for group in framework.groups]
    related = [relation.group for relation in questionnaires.relations]
    at = f"{file}: relations"
    yield from check_known(related, groups, at, what=("nhóm đối tượng", "respondent group"))
    yield from check_repeated(related, at)
    for group in groups:
        if group not in related:
            yield problem(
                at,
                f"chưa nêu nhóm {group} đánh giá đơn vị nào",
                f"it is not said which units group {group} rates",
            )
    for relation in questionnaires.relations:
        where = f"{at}[{relation.group}]"
        yield from _check_expectations(relation, where)
        yield from _check_relation(framework, relation.rates, f"{where}.rates")
        yield from _check_reach(framework, relation, f"{where}.rates")


def _check_expectations(relation: GroupRelation, where: str) -> Iterator[Problem]:
    if not 1 <= relation.response_rate <= 100:
        yield problem(
            f"{where}.response_rate",
            f"tỷ lệ trả lời {relation.response_rate} phải từ 1 đến 100 (phần trăm)",
            f"the response rate {relation.response_rate} must be from 1 to 100 (percent)",
        )
    if not 1 <= relation.seconds_per_item <= 600:
        yield problem(
            f"{where}.seconds_per_item",
            f"thời gian mỗi câu {relation.seconds_per_item} phải từ 1 đến 600 giây",
            f"the time per item {relation.seconds_per_item} must be from 1 to 600 seconds",
        )


def _check_relation(framework: Framework, rates: Relation, where: str) -> Iterator[Problem]:
    classes = {unit_class.code for unit_class in framework.unit_classes}
    yield from check_known(rates.classes, classes, f"{where}.classes", what=_CLASS)
    yield from check_repeated(rates.classes, f"{where}.classes")
    if (rates.units == "across") != bool(rates.across):
        yield problem(
            f"{where}.across",
            'khóa across đi cùng units = "across" và nêu ít nhất một chiều',
            'across goes with units = "across" and names at least one direction',
        )
    for number, way in enumerate(rates.across, 1):
        at = f"{where}.across[{number}]"
        yield from check_known(way.from_classes, classes, f"{at}.from", what=_CLASS)
        yield from check_known(way.to_classes, classes, f"{at}.to", what=_CLASS)
        if not way.from_classes or not way.to_classes:
            yield problem(
                at,
                "mỗi chiều phải nêu loại đơn vị đánh giá (from) và được đánh giá (to)",
                "each direction names the classes that rate (from) and are rated (to)",
            )
    if rates.subset is not None and rates.subset < 1:
        yield problem(
            f"{where}.subset",
            "số đơn vị phải từ 1 trở lên",
            "the number of units must be 1 or more",
        )
    if rates.units in {"own", "superior"} and rates.subset is not None:
        yield problem(
            f"{where}.subset",
            "quan hệ này chỉ có một đơn vị nên không rút ngẫu nhiên",
            "this relation names one unit only, so nothing is drawn",
        )
    if rates.units == "own" and rates.except_own:
        yield problem(
            f"{where}.except_own",
            "vừa chỉ đánh giá đơn vị mình vừa loại trừ đơn vị mình thì không còn đơn vị nào",
            "rating only one's own unit and never one's own leaves no unit",
        )


def _check_reach(framework: Framework, relation: GroupRelation, where: str) -> Iterator[Problem]:
    for unit_class in framework.unit_classes:
        weighted = any(relation.group in leaf.weights for leaf in unit_class.survey_leaves())
        if weighted and not _reaches(relation.rates, unit_class.code):
            yield problem(
                where,
                f"nhóm {relation.group} có trọng số ở loại đơn vị {unit_class.code} "
                "nhưng không bao giờ đánh giá loại này",
                f"group {relation.group} has weight in unit class {unit_class.code} "
                "but never rates that class",
            )


def _reaches(rates: Relation, unit_class: str) -> bool:
    if rates.classes and unit_class not in rates.classes:
        return False
    return rates.units != "across" or any(unit_class in way.to_classes for way in rates.across)
