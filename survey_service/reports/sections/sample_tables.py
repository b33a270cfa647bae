"""The tables of a frame of transactions: contact data, exclusions, changes after the draw."""

from collections import Counter
from collections.abc import Sequence

from questionnaires.text import Text
from survey_service.dataset.design import Coverage
from survey_service.findings.channels import channel_name
from survey_service.findings.services import SamplingReport
from survey_service.reports.blocks import Column, Row, Table, columns, text_row
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

_RULES = {
    "unit-not-rated": Text(vi="đơn vị không thuộc diện đánh giá", en="unit not rated"),
    "service-not-asked": Text(vi="dịch vụ không hỏi đợt này", en="service not asked about"),
    "no-contact": Text(vi="không có cách liên hệ", en="no contact data"),
    "no-email": Text(vi="không có thư điện tử", en="no e-mail address"),
    "domain": Text(vi="tên miền thư không nhận", en="mail domain left out"),
    "opted-out": Text(vi="đã xin không nhận thư", en="opted out"),
    "asked-lately": Text(vi="mới được hỏi gần đây", en="asked lately"),
    "shared-address": Text(vi="địa chỉ dùng chung", en="shared address"),
    "unreachable": Text(vi="thư từng bị trả về", en="mail was returned before"),
    "set-aside": Text(vi="cán bộ quyết định gác lại", en="set aside by staff"),
    "in-another-group": Text(vi="đã ở nhóm khác của đợt", en="in another group of the wave"),
    "drawn-elsewhere": Text(
        vi="đã rút cho đợt khác chưa mở", en="drawn for another wave that has not opened"
    ),
    "too-late": Text(vi="danh sách đến quá muộn", en="handed over too late"),
    "not-due": Text(vi="chưa đến ngày hỏi", en="not due yet"),
}
_CHANGES = {
    "replaced": Text(vi="thay ra", en="replaced"),
    "called": Text(vi="gọi từ danh sách dự bị", en="reserves called"),
    "passed": Text(vi="dự bị không gọi được", en="reserves passed over"),
    "reissued": Text(vi="gửi lại đường dẫn", en="links sent again"),
    "letter": Text(vi="thư giấy", en="printed letters"),
    "receipt": Text(vi="mã trên biên nhận", en="codes on receipts"),
}
_REASONS = {
    "returned": Text(vi="thư bị trả về", en="letter came back"),
    "wrong-person": Text(vi="sai người", en="wrong person"),
    "deceased": Text(vi="đã mất", en="deceased"),
    "not-eligible": Text(vi="không thuộc diện hỏi", en="not eligible"),
    "returned-by-post": Text(vi="thư giấy bị trả về", en="paper letter came back"),
    "printed": Text(vi="đã in", en="printed"),
    "issued": Text(vi="đã cấp", en="given out"),
    "letter": Text(vi="in lại thư", en="letter printed again"),
    **_RULES,
}
_FIELDS = {
    "unit": Text(vi="Theo đơn vị", en="By unit"),
    "service": Text(vi="Theo dịch vụ", en="By service"),
    "channel": Text(vi="Theo kênh", en="By channel"),
    "month": Text(vi="Theo tháng", en="By month"),
}


def coverage_table(wave: PublishedWave, coverage: Sequence[Coverage], w: Wording) -> Table:
    """Show how many transactions have contact data, by unit, service, channel and month."""
    rows: list[Row] = []
    for field, title in _FIELDS.items():
        own = [one for one in coverage if one.field == field]
        if not own:
            continue
        every = Coverage(
            field=own[0].field,
            value="",
            transactions=sum(one.transactions for one in own),
            email=sum(one.email for one in own),
            telephone=sum(one.telephone for one in own),
        )
        rows.append(_coverage_row(every, w.of(title), w, level=0))
        rows += [_coverage_row(one, _named(wave, one, w), w) for one in own]
    return Table(
        caption=w.pick("Hồ sơ có cách liên hệ", "Transactions with contact data"),
        columns=columns(
            w.pick("Hồ sơ", "Transactions"),
            w.pick("Tổng số", "All"),
            w.pick("Có thư điện tử", "With e-mail"),
            "%",
            w.pick("Chỉ có điện thoại", "Telephone only"),
        ),
        rows=tuple(rows),
    )


def _named(wave: PublishedWave, one: Coverage, w: Wording) -> str:
    services = wave.findings.by_service() if wave.findings else None
    names = {unit.code: unit.name for unit in wave.sheet.units}
    if one.field == "unit" and one.value in names:
        return w.of(names[one.value])
    if one.field == "service" and services is not None:
        return w.of(services.name(one.value))
    if one.field == "channel" and one.value:
        name = w.of(channel_name(one.value))
        return name[:1].upper() + name[1:]
    return one.value or w.pick("không rõ", "unknown")


def _coverage_row(one: Coverage, name: str, w: Wording, *, level: int = 1) -> Row:
    share = f"{100 * one.email / one.transactions:.1f}" if one.transactions else None
    return text_row(
        name,
        w.count(one.transactions),
        w.count(one.email),
        w.figure(share),
        w.count(one.telephone),
        level=level,
    )


def excluded_table(sampling: SamplingReport, w: Wording) -> Table:
    """Show how many transactions each rule left out."""
    by_rule: Counter[str] = Counter()
    units: dict[str, set[str]] = {}
    for one in sampling.excluded:
        by_rule[one.rule] += one.transactions
        units.setdefault(one.rule, set()).add(one.unit)
    return Table(
        caption=w.pick("Hồ sơ loại khỏi danh sách, theo quy tắc", "Transactions left out, by rule"),
        columns=columns(
            w.pick("Quy tắc", "Rule"), w.pick("Hồ sơ", "Transactions"), w.pick("Đơn vị", "Units")
        ),
        rows=tuple(
            text_row(
                w.of(_RULES.get(rule, Text(vi=rule, en=rule))),
                w.count(count),
                w.count(len(units[rule])),
            )
            for rule, count in by_rule.items()
        ),
        notes=(
            w.pick(
                "Từng đơn vị: xem findings.json.",
                "For each unit see findings.json.",
            ),
        ),
    )


def changes_table(wave: PublishedWave, sampling: SamplingReport, w: Wording) -> Table:
    """Show what was changed after the draw, unit by unit."""
    names = {unit.code: w.of(unit.name) for unit in wave.sheet.units}
    return Table(
        caption=w.pick("Thay đổi sau khi rút thăm", "Changes after the draw"),
        columns=(
            Column(name=w.pick("Đơn vị", "Unit")),
            Column(name=w.pick("Thay đổi", "Change")),
            Column(name=w.pick("Lý do", "Reason")),
            Column(name=w.pick("Số lần", "Count"), figure=True),
        ),
        rows=tuple(
            text_row(
                names.get(one.unit, one.unit),
                w.of(_CHANGES[one.change]),
                w.of(_REASONS.get(one.reason, Text(vi=one.reason, en=one.reason))),
                w.count(one.count),
            )
            for one in sampling.changes
        ),
    )
