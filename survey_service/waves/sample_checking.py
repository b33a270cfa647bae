"""What a wave file says about its sample, checked by itself and against the questionnaires."""

import re
from collections.abc import Iterator
from decimal import Decimal

from questionnaires.definition import Questionnaires
from questionnaires.problems import Problem, problem
from survey_service.waves.plan import WavePlan
from survey_service.waves.sample_plan import SamplePlan

_SERIES = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_DOMAIN = re.compile(r"@?[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


def check_sample(plan: WavePlan, file: str) -> Iterator[Problem]:
    """Find what cannot stand in the series and the sample of a plan."""
    if plan.series and not _SERIES.fullmatch(plan.series):
        yield problem(
            f"{file}: series",
            f"mã chuỗi đợt “{plan.series}” chỉ gồm chữ thường không dấu, số và dấu -, dài 2–40 "
            "ký tự.",
            f"the series “{plan.series}” takes small letters, digits and -, 2–40 of them.",
        )
    sample = plan.sample
    if sample is None:
        return
    yield from _check_days(plan, sample, file)
    yield from _check_figures(sample, file)
    yield from _check_design(sample, file)
    for domain in sample.exclude_domains:
        if not _DOMAIN.fullmatch(domain):
            yield problem(
                f"{file}: sample.exclude_domains",
                f"“{domain}” không phải tên miền; ví dụ đúng: thanhhoa.gov.vn.",
                f"“{domain}” is no domain; a right one looks like thanhhoa.gov.vn.",
            )


def check_sample_group(
    plan: WavePlan, questionnaires: Questionnaires, file: str
) -> Iterator[Problem]:
    """Find whether the sample's group exists and rates the units of its people's transactions."""
    if plan.sample is None:
        return
    where, group = f"{file}: sample.group", plan.sample.group
    relation = next((one for one in questionnaires.relations if one.group == group), None)
    if relation is None:
        known = ", ".join(one.group for one in questionnaires.relations)
        yield problem(
            where,
            f"bộ phiếu không có nhóm “{group}”; các nhóm: {known}.",
            f"the questionnaires have no group “{group}”; they have: {known}.",
        )
    elif relation.rates.units != "transaction":
        yield problem(
            where,
            f"nhóm “{group}” không đánh giá đơn vị đã giải quyết giao dịch (rates.units phải là "
            "“transaction”), nên không rút mẫu từ giao dịch được.",
            f"the group “{group}” does not rate the unit of a transaction (rates.units must be "
            "“transaction”), so it cannot be drawn from transactions.",
        )
    elif relation.list_kind == "nominated":
        yield problem(
            where,
            f"bộ phiếu ghi nhóm “{group}” là danh sách đề cử; nhóm rút ngẫu nhiên phải là “drawn”.",
            f"the questionnaires call the group “{group}” nominated; one drawn by lot is “drawn”.",
        )


def _check_days(plan: WavePlan, sample: SamplePlan, file: str) -> Iterator[Problem]:
    if sample.until < sample.since:
        yield problem(
            f"{file}: sample.to",
            f"ngày cuối {sample.until:%d/%m/%Y} trước ngày đầu {sample.since:%d/%m/%Y}.",
            f"the last day {sample.until:%d/%m/%Y} is before the first {sample.since:%d/%m/%Y}.",
        )
    elif sample.rolling is None and sample.until >= plan.closes:
        yield problem(
            f"{file}: sample.to",
            "ngày trả kết quả cuối cùng phải trước ngày kết thúc đợt; muốn mời dần theo ngày trả "
            "kết quả thì thêm [sample.rolling].",
            "the last day of handing over must come before the wave's last day; to ask people day "
            "by day add [sample.rolling].",
        )


def _check_figures(sample: SamplePlan, file: str) -> Iterator[Problem]:
    size = sample.size
    total_fits = (size.total is not None and size.total >= 1) == (size.rule == "total")
    if not total_fits or (size.rule != "total" and size.total is not None):
        yield problem(
            f"{file}: sample.size.total",
            "ghi total (từ 1 trở lên) khi và chỉ khi rule = “total”.",
            "write total (1 or more) where the rule is “total”, and only there.",
        )
    rolling = sample.rolling
    limits: list[tuple[str, bool, str]] = [
        ("sample.size.error", 0 < size.error < 1, "0 < error < 1"),
        ("sample.size.sigma", 0 < size.sigma <= 100, "0 < sigma ≤ 100"),
        ("sample.size.response_rate", 1 <= size.response_rate <= 100, "1–100 %"),
        ("sample.reserve", 0 <= sample.reserve <= 5, "0–5"),
        ("sample.floor", sample.floor >= 0, "≥ 0"),
        ("sample.months_between", 0 <= sample.months_between <= 120, "0–120"),
        ("sample.most_per_person", sample.most_per_person >= 1, "≥ 1"),
        ("sample.sigmas", all(_is_spread(one) for one in sample.sigmas.values()), "≥ 0"),
        ("sample.first_stage.count", _counts(sample), "≥ 1"),
    ]
    if rolling is not None:
        limits += [
            ("sample.rolling.rate", 0 < rolling.rate <= 1, "0 < rate ≤ 1"),
            ("sample.rolling.days_after", rolling.days_after >= 0, "≥ 0"),
            (
                "sample.rolling.latest_days",
                rolling.latest_days >= rolling.days_after,
                "≥ days_after",
            ),
        ]
    for where, holds, limit in limits:
        if not holds:
            yield problem(
                f"{file}: {where}",
                f"ngoài giới hạn cho phép: {limit}.",
                f"is out of bounds: {limit}.",
            )


def _check_design(sample: SamplePlan, file: str) -> Iterator[Problem]:
    two_stages = sample.design == "two-stage"
    if two_stages != (sample.first_stage is not None):
        yield problem(
            f"{file}: sample.first_stage",
            "ghi [sample.first_stage] khi và chỉ khi design = “two-stage”.",
            "write [sample.first_stage] where the design is “two-stage”, and only there.",
        )
    if two_stages and "unit" not in sample.strata:
        yield problem(
            f"{file}: sample.strata",
            "mẫu hai giai đoạn rút đơn vị trước, nên strata phải có “unit”.",
            "a two-stage sample draws units first, so strata must contain “unit”.",
        )
    if two_stages and sample.size.each and "unit" not in sample.size.each:
        yield problem(
            f"{file}: sample.size.each",
            "trong mẫu hai giai đoạn, cỡ mẫu tính theo từng đơn vị hoặc cho cả khung.",
            "in a two-stage sample the size holds in each unit, or over the whole frame.",
        )
    if two_stages and sample.rolling is not None:
        yield problem(
            f"{file}: sample.rolling",
            "mời cuốn chiếu không đi cùng mẫu hai giai đoạn.",
            "asking day by day does not go with a two-stage sample.",
        )
    stratified = sample.design in {"stratified", "two-stage"}
    missing = [one for one in sample.size.each if not stratified or one not in sample.strata]
    if missing:
        listed = ", ".join(missing)
        yield problem(
            f"{file}: sample.size.each",
            f"cỡ mẫu chỉ tính được theo các trường phân lớp; chưa có trong strata: {listed} "
            "(thiết kế “simple” và “systematic” không phân lớp).",
            f"a size holds in fields that the design stratifies by; not among them: {listed} "
            "(“simple” and “systematic” have no strata).",
        )


def _is_spread(sigma: Decimal) -> bool:
    return sigma.is_finite() and sigma >= 0


def _counts(sample: SamplePlan) -> bool:
    return sample.first_stage is None or sample.first_stage.count >= 1
