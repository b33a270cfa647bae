"""Scales: options best first, and a value for exactly the options of every scored scale."""

from collections.abc import Iterator
from itertools import pairwise

from questionnaires.checking.codes import check_codes
from questionnaires.checking.kinds import check_options
from questionnaires.definition import AnswerScale, Questionnaires
from questionnaires.index import Framework
from questionnaires.problems import Problem, problem


def check_scales(
    framework: Framework, questionnaires: Questionnaires, places: tuple[str, str]
) -> Iterator[Problem]:
    """Check the scales of the bank against the option values of the framework."""
    yield from check_codes([scale.code for scale in questionnaires.scales], f"{places[1]}: scales")
    used = {item.scale for item in questionnaires.items}
    scored = {item.scale for item in questionnaires.items if item.leaves}
    for scale in questionnaires.scales:
        where = f"{places[1]}: scales[{scale.code}]"
        yield from check_options(scale.options, f"{where}.options")
        if scale.code not in used:
            yield problem(
                where, "không câu hỏi nào dùng thang này", "no item uses this scale", warning=True
            )
        if scale.code in scored or scale.code in framework.rules.option_values:
            at = f"{places[0]}: rules.option_values.{scale.code}"
            yield from _check_values(framework, scale, at)
    known = {scale.code for scale in questionnaires.scales}
    for code in framework.rules.option_values:
        if code not in known:
            yield problem(
                f"{places[0]}: rules.option_values.{code}",
                "bộ phiếu không có thang này",
                "the questionnaires have no such scale",
                warning=True,
            )


def _check_values(framework: Framework, scale: AnswerScale, where: str) -> Iterator[Problem]:
    values = framework.rules.option_values.get(scale.code, {})
    options = [option.code for option in scale.options]
    missing = [option for option in options if option not in values]
    foreign = [option for option in values if option not in options]
    if missing:
        yield problem(
            where,
            f"thiếu giá trị của lựa chọn {', '.join(missing)}; thang này được dùng để tính điểm",
            f"the value of option {', '.join(missing)} is missing; the scale is used for points",
        )
    if foreign:
        yield problem(
            where,
            f"thang không có lựa chọn {', '.join(foreign)}",
            f"the scale has no option {', '.join(foreign)}",
        )
    for better, worse in pairwise(option for option in options if option in values):
        if values[worse] > values[better]:
            yield problem(
                where,
                f"lựa chọn xếp từ tốt nhất: {worse} không được cao hơn {better}",
                f"options stand best first: {worse} may not be worth more than {better}",
            )
