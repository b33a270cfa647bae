"""What a wave is likely to lack, as warnings with their remedies."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from questionnaires.index import Code, Framework
from questionnaires.load import LoadTable
from questionnaires.problems import Problem, problem
from questionnaires.text import Language
from survey_service.waves.preflighting.chances import RISK
from survey_service.waves.preflighting.expectation import ExpectedBallots
from survey_service.waves.preflighting.prospects import ExpectedUnit

LONGEST_MINUTES = 20
"""Beyond this people give up or tick without reading."""
NAMED = 8
"""How many units a warning names."""


def forecast_groups(framework: Framework, expected: Sequence[ExpectedBallots]) -> Iterator[Problem]:
    """Warn of groups that may well stay under the minimum count or the disclosure threshold.

    One warning per group and kind, naming the units with their expected ballots, worst first.
    """
    ballots: dict[Code, dict[Code, Decimal]] = defaultdict(dict)
    thin: dict[Code, dict[Code, ExpectedBallots]] = defaultdict(dict)
    for row in expected:
        ballots[row.group][row.unit] = row.expected
        worst = thin[row.group].get(row.unit, row)
        if row.at_risk and row.under_minimum >= worst.under_minimum:
            thin[row.group][row.unit] = row
    for group in (named.code for named in framework.groups):
        units = ballots[group]
        if units and not any(units.values()):
            yield _nobody(group)
            continue
        if thin[group]:
            yield _thin(framework, group, list(thin[group].values()))
        threshold = framework.rules.disclosure_threshold
        hidden = [
            unit for unit, count in units.items() if count < threshold and unit not in thin[group]
        ]
        if hidden:
            yield _hidden(group, threshold, [(unit, units[unit]) for unit in hidden])


def forecast_units(units: Sequence[ExpectedUnit]) -> Iterator[Problem]:
    """Warn of leaves that may well not be measurable and of units that may well not be ranked."""
    for unit in units:
        leaves = unit.leaves_at_risk
        if not leaves and unit.unranked <= RISK:
            continue
        listed = ", ".join(f"{leaf} ({percent(chance)})" for leaf, chance in leaves.items())
        share = percent(unit.unranked)
        vi = f"có nguy cơ không đo được tiêu chí {listed}; " if leaves else ""
        en = f"may well not be measurable: {listed}; " if leaves else ""
        yield problem(
            f"đơn vị/unit {unit.unit}",
            f"{vi}xác suất không được xếp hạng là {share}. Mời thêm người của các nhóm có trọng "
            "số.",
            f"{en}the chance of staying unranked is {share}. Invite more people of the weighted "
            "groups.",
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


def _thin(framework: Framework, group: Code, rows: list[ExpectedBallots]) -> Problem:
    vi, en = {
        "renormalise": ("trọng số của nhóm sẽ chia lại", "the group's weight would be shared out"),
        "block": ("sẽ không công bố được", "publication would be blocked"),
        "flag": ("điểm sẽ bị đánh dấu", "the points would be flagged"),
    }[framework.rules.below_minimum]
    rows.sort(key=lambda row: (-row.under_minimum, row.unit))
    least = max(row.minimum for row in rows)
    needed = max((row.needed or 0 for row in rows), default=0)
    vi_more = f" (khoảng {needed} phiếu phát ra cho mỗi đơn vị là đủ)" if needed else ""
    en_more = f" (about {needed} ballots issued for each unit would do)" if needed else ""
    return problem(
        f"nhóm/group {group}",
        f"xác suất dưới mức tối thiểu {least} phiếu hợp lệ trên {percent(RISK)} ở {len(rows)} "
        f"đơn vị: {_risks(rows, 'vi')}; {vi}. Mời thêm người hoặc tăng số đơn vị mỗi "
        f"người{vi_more}.",
        f"the chance of staying under the minimum of {least} valid ballots is above "
        f"{percent(RISK)} for {len(rows)} units: {_risks(rows, 'en')}; {en}. Invite more people, "
        f"or give each more units{en_more}.",
        warning=True,
    )


def _risks(rows: list[ExpectedBallots], language: Language) -> str:
    """Name the worst units, each with its expected ballots and its chance."""
    back = "phiếu thu về" if language == "vi" else "ballots back"
    return _cut(
        [
            f"{row.unit} ({tenths(row.expected, language)} {back}, {percent(row.under_minimum)})"
            for row in rows
        ],
        language,
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
    return _cut([f"{unit} ({tenths(count, language)})" for unit, count in units], language)


def _cut(named: list[str], language: Language) -> str:
    more = len(named) - NAMED
    if more <= 0:
        return ", ".join(named)
    rest = f" và {more} đơn vị nữa" if language == "vi" else f" and {more} more"
    return ", ".join(named[:NAMED]) + rest


def tenths(value: Decimal, language: Language) -> str:
    """Write an expected count with one decimal, none where it is whole."""
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    written = f"{rounded:f}".removesuffix(".0")
    return written.replace(".", ",") if language == "vi" else written


def percent(share: Decimal) -> str:
    """Write a share in whole percent, a small one as what it is below."""
    if 0 < share < Decimal("0.01"):
        return "< 1 %"
    return f"{(share * 100).quantize(Decimal(1), ROUND_HALF_UP):f} %"
