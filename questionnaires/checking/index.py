"""The index: points that add up, weights that sum to 100, rules within their ranges."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from questionnaires.checking.codes import check_codes, check_known, check_repeated
from questionnaires.index import Framework, Leaf, Rules, UnitClass
from questionnaires.problems import Problem, problem

_GROUP = ("nhóm đối tượng", "respondent group")
_COMPONENT = ("lĩnh vực", "component")


def check_index(framework: Framework, file: str) -> Iterator[Problem]:
    """Check a framework by itself."""
    at = f"{file}: "
    lists = (
        ("groups", framework.groups),
        ("components", framework.components),
        ("unit_classes", framework.unit_classes),
    )
    yield from check_codes([framework.code], f"{at}code")
    for key, entries in lists:
        yield from check_codes([entry.code for entry in entries], at + key)
        if not entries:
            yield problem(at + key, "danh sách này còn trống", "this list is empty")
    if not 2000 <= framework.year <= 2100:
        yield problem(
            f"{at}year",
            f"năm {framework.year} không hợp lý; cần từ 2000 đến 2100",
            f"{framework.year} is not a likely year; it must be from 2000 to 2100",
        )
    if not 0 < framework.survey_total <= framework.total:
        yield problem(
            f"{at}survey_total",
            f"điểm điều tra {framework.survey_total} phải lớn hơn 0 và không quá tổng điểm "
            f"{framework.total}",
            f"the survey total {framework.survey_total} must be above 0 and at most the total "
            f"{framework.total}",
        )
    for unit_class in framework.unit_classes:
        yield from _check_class(framework, unit_class, f"{at}unit_classes[{unit_class.code}]")
    yield from _check_rules(framework.rules, f"{at}rules")


def _check_class(framework: Framework, unit_class: UnitClass, where: str) -> Iterator[Problem]:
    components = {component.code for component in framework.components}
    criteria = {criterion.code: criterion for criterion in unit_class.criteria}
    codes = [*criteria, *(leaf.code for leaf in unit_class.leaves)]
    yield from check_codes(codes, f"{where}.leaves")
    yield from _check_sums(framework, unit_class, where)
    for criterion in unit_class.criteria:
        at = f"{where}.criteria[{criterion.code}]"
        yield from check_known([criterion.component], components, at, what=_COMPONENT)
        if not any(leaf.criterion == criterion.code for leaf in unit_class.leaves):
            yield problem(
                at,
                "tiêu chí này không có tiêu chí thành phần nào; hãy bỏ đi hoặc nêu ở criterion",
                "no sub-criterion belongs to this criterion; remove it or name it under criterion",
            )
    for leaf in unit_class.leaves:
        at = f"{where}.leaves[{leaf.code}]"
        yield from check_known([leaf.component], components, f"{at}.component", what=_COMPONENT)
        if leaf.criterion is not None:
            what = ("tiêu chí", "criterion")
            yield from check_known([leaf.criterion], criteria, f"{at}.criterion", what=what)
            if leaf.criterion in criteria and criteria[leaf.criterion].component != leaf.component:
                yield problem(
                    f"{at}.component",
                    f"lĩnh vực khác với lĩnh vực của tiêu chí {leaf.criterion}",
                    f"the component differs from that of criterion {leaf.criterion}",
                )
        yield from _check_leaf(framework, leaf, at)


def _check_sums(framework: Framework, unit_class: UnitClass, where: str) -> Iterator[Problem]:
    survey = sum((leaf.max for leaf in unit_class.survey_leaves()), Decimal(0))
    whole = sum((leaf.max for leaf in unit_class.leaves), Decimal(0))
    if survey != framework.survey_total:
        yield problem(
            f"{where}.leaves",
            f"điểm tối đa của các tiêu chí điều tra cộng lại là {survey}, "
            f"phải bằng {framework.survey_total}",
            f"the survey leaves add up to {survey} points; they must make {framework.survey_total}",
        )
    if whole > framework.total:
        yield problem(
            f"{where}.leaves",
            f"điểm tối đa của mọi tiêu chí cộng lại là {whole}, vượt tổng điểm {framework.total}",
            f"all leaves add up to {whole} points, more than the total of {framework.total}",
        )


def _check_leaf(framework: Framework, leaf: Leaf, where: str) -> Iterator[Problem]:
    groups = {group.code for group in framework.groups}
    if leaf.max <= 0:
        yield problem(f"{where}.max", "điểm tối đa phải lớn hơn 0", "the maximum must be above 0")
    yield from check_known(leaf.weights, groups, f"{where}.weights", what=_GROUP)
    for group, weight in leaf.weights.items():
        if not 0 < weight <= 100:
            yield problem(
                f"{where}.weights.{group}",
                f"trọng số {weight} phải lớn hơn 0 và không quá 100; bỏ nhóm này nếu không tính",
                f"the weight {weight} must be above 0 and at most 100; leave the group out if it "
                "does not count",
            )
    total = sum(leaf.weights.values(), Decimal(0))
    if leaf.method == "survey" and total != 100:
        yield problem(
            f"{where}.weights",
            f"trọng số các nhóm cộng lại là {total}, phải đúng bằng 100",
            f"the groups' weights add up to {total}; they must make exactly 100",
        )
    if leaf.method == "appraisal" and leaf.weights:
        yield problem(
            f"{where}.weights",
            "tiêu chí thẩm định không có trọng số nhóm; hãy bỏ đi",
            "an appraisal leaf has no group weights; remove them",
        )
    yield from check_known(
        leaf.minimum_counts, leaf.weights, f"{where}.minimum_counts", what=_GROUP
    )
    for group, count in leaf.minimum_counts.items():
        yield from _check_range(f"{where}.minimum_counts.{group}", count, 1, 10_000)


def _check_rules(rules: Rules, where: str) -> Iterator[Problem]:
    yield from _check_range(f"{where}.minimum_count", rules.minimum_count, 1, 10_000)
    yield from _check_range(f"{where}.disclosure_threshold", rules.disclosure_threshold, 1, 10_000)
    yield from _check_range(f"{where}.rounding.places", rules.rounding.places, 0, 4)
    yield from _check_range(f"{where}.minimum_cover", rules.minimum_cover, 0, 1)
    yield from _check_range(f"{where}.minimum_measured", rules.minimum_measured, 0, 1)
    if not rules.modes:
        yield problem(
            f"{where}.modes",
            "cần ít nhất một hình thức trả lời được tính",
            "at least one mode of answering must count",
        )
    yield from check_repeated(rules.modes, f"{where}.modes")
    if rules.modes and "web" not in rules.modes:
        yield problem(
            f"{where}.modes",
            'không có "web" thì phiếu của người nhận thư điện tử không được tính điểm',
            'without "web" the ballots of whoever was asked by e-mail make no points',
            warning=True,
        )
    if "receipt" in rules.modes:
        yield problem(
            f"{where}.modes",
            'phiếu qua mã trên biên nhận ("receipt") là tự nguyện, không phải mẫu được rút; tính '
            "điểm chung sẽ làm lệch kết quả",
            "ballots by a code on a receipt (\"receipt\") are volunteers', not a drawn sample's; "
            "counting them with the others biases the result",
            warning=True,
        )
    for scale, values in rules.option_values.items():
        for option, value in values.items():
            yield from _check_range(f"{where}.option_values.{scale}.{option}", value, 0, 100)
    yield from _check_bands(rules, f"{where}.bands")


def _check_bands(rules: Rules, where: str) -> Iterator[Problem]:
    yield from check_codes([band.code for band in rules.bands], where)
    if not rules.bands or rules.bands[0].from_percent != 0:
        yield problem(
            where,
            "bậc xếp loại đầu tiên phải bắt đầu từ 0 để không đơn vị nào bị bỏ sót",
            "the first band must start at 0, so that every unit falls into one",
        )
    for band in rules.bands:
        yield from _check_range(f"{where}[{band.code}].from_percent", band.from_percent, 0, 100)
    for lower, upper in pairwise(rules.bands):
        if upper.from_percent <= lower.from_percent:
            yield problem(
                f"{where}[{upper.code}]",
                f"bậc này phải bắt đầu cao hơn bậc {lower.code} ({lower.from_percent})",
                f"this band must start above band {lower.code} ({lower.from_percent})",
            )


def _check_range(where: str, value: Decimal | int, least: int, most: int) -> Iterator[Problem]:
    if not least <= value <= most:
        yield problem(
            where,
            f"{value} nằm ngoài khoảng từ {least} đến {most}",
            f"{value} is outside the range from {least} to {most}",
        )
