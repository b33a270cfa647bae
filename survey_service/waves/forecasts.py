"""What a wave is likely to lack, as warnings with their remedies."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from questionnaires.index import Code, Framework
from questionnaires.load import LoadTable
from questionnaires.problems import Problem, problem
from questionnaires.text import Language
from survey_service.waves.expectation import ExpectedBallots, ExpectedUnit

LONGEST_MINUTES = 20
"""Beyond this people give up or tick without reading."""
NAMED = 8
"""How many units a warning names."""


def forecast_groups(framework: Framework, expected: Sequence[ExpectedBallots]) -> Iterator[Problem]:
    """Warn of groups that are likely to stay under the minimum count or the disclosure threshold.

    One warning per group and kind, naming the units with their expected ballots.
    """
    ballots: dict[Code, dict[Code, Decimal]] = defaultdict(dict)
    thin: dict[Code, dict[Code, int]] = defaultdict(dict)
    for row in expected:
        ballots[row.group][row.unit] = row.expected
        if not row.enough:
            thin[row.group][row.unit] = max(row.minimum, thin[row.group].get(row.unit, 0))
    for group in (named.code for named in framework.groups):
        units = ballots[group]
        if units and not any(units.values()):
            yield _nobody(group)
            continue
        if thin[group]:
            yield _thin(framework, group, thin[group], units)
        threshold = framework.rules.disclosure_threshold
        hidden = [
            unit for unit, count in units.items() if count < threshold and unit not in thin[group]
        ]
        if hidden:
            yield _hidden(group, threshold, [(unit, units[unit]) for unit in hidden])


def forecast_units(framework: Framework, units: Sequence[ExpectedUnit]) -> Iterator[Problem]:
    """Warn of leaves that are likely not measurable and of units likely not ranked."""
    least = framework.rules.minimum_measured
    for unit in units:
        if not unit.unmeasurable:
            continue
        leaves = ", ".join(unit.unmeasurable)
        share = _percent(unit.measured)
        if unit.measured < least:
            vi = f" Dự kiến chỉ đo được {share} % số điểm, đơn vị sẽ không được xếp hạng."
            en = f" Only {share} % of the points would be measured: the unit would be unranked."
        else:
            vi = f" Vẫn đo được {share} % số điểm nên đơn vị được xếp hạng."
            en = f" {share} % of the points would still be measured, so the unit is ranked."
        yield problem(
            f"đơn vị/unit {unit.unit}",
            f"dự kiến không đo được tiêu chí {leaves}; mời thêm người của các nhóm có trọng số."
            + vi,
            f"likely not measurable: {leaves}; invite more people of the weighted groups." + en,
            warning=True,
        )


def forecast_minutes(load: LoadTable) -> Iterator[Problem]:
    """Warn of groups whose form takes too long."""
    for row in load.groups:
        if row.minutes.most > LONGEST_MINUTES:
            yield problem(
                f"nhóm/group {row.group}",
                f"phiếu mất tới {row.minutes.most} phút ({row.cells.most} ô trả lời); nên dưới "
                f"{LONGEST_MINUTES} phút: giảm số đơn vị mỗi người (subset) hoặc số câu hỏi.",
                f"the form takes up to {row.minutes.most} minutes ({row.cells.most} cells); stay "
                f"under {LONGEST_MINUTES}: fewer units per person (subset) or fewer questions.",
                warning=True,
            )


def _nobody(group: Code) -> Problem:
    return problem(
        f"nhóm/group {group}",
        "có trọng số nhưng không có người nào được hỏi; trọng số sẽ chia lại cho các nhóm khác. "
        "Nhập thêm danh sách của nhóm này.",
        "has weight but nobody in it is asked; its weight goes to the other groups. Import a list "
        "of this group.",
        warning=True,
    )


def _thin(
    framework: Framework, group: Code, minimums: dict[Code, int], units: dict[Code, Decimal]
) -> Problem:
    vi, en = {
        "renormalise": ("trọng số của nhóm sẽ chia lại", "the group's weight would be shared out"),
        "block": ("sẽ không công bố được", "publication would be blocked"),
        "flag": ("điểm sẽ bị đánh dấu", "the points would be flagged"),
    }[framework.rules.below_minimum]
    listed = [(unit, units[unit]) for unit in minimums]
    least = max(minimums.values())
    return problem(
        f"nhóm/group {group}",
        f"dự kiến dưới mức tối thiểu {least} phiếu hợp lệ ở {len(minimums)} đơn vị: "
        f"{_listed(listed, 'vi')}; "
        f"{vi}. Mời thêm người hoặc tăng số đơn vị mỗi người.",
        f"likely under the minimum of {least} valid ballots for {len(minimums)} units: "
        f"{_listed(listed, 'en')}; "
        f"{en}. Invite more people, or give each more units.",
        warning=True,
    )


def _hidden(group: Code, threshold: int, units: list[tuple[Code, Decimal]]) -> Problem:
    return problem(
        f"nhóm/group {group}",
        f"dự kiến dưới ngưỡng công bố {threshold} phiếu ở {len(units)} đơn vị: "
        f"{_listed(units, 'vi')}; kết quả "
        "vẫn được tính nhưng số liệu theo nhóm sẽ được ẩn.",
        f"likely under the disclosure threshold of {threshold} for {len(units)} units: "
        f"{_listed(units, 'en')}; "
        "the answers count, but figures by group will be hidden.",
        warning=True,
    )


def _listed(units: list[tuple[Code, Decimal]], language: Language) -> str:
    named = ", ".join(f"{unit} ({tenths(count, language)})" for unit, count in units[:NAMED])
    more = len(units) - NAMED
    if more <= 0:
        return named
    return f"{named} và {more} đơn vị nữa" if language == "vi" else f"{named} and {more} more"


def tenths(value: Decimal, language: Language) -> str:
    """Write an expected count with one decimal, none where it is whole."""
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    written = f"{rounded:f}".removesuffix(".0")
    return written.replace(".", ",") if language == "vi" else written


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal(1), ROUND_HALF_UP):f}"
