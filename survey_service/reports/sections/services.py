"""What people say of each public service: both indices, units, channels, factors, experience."""

from collections.abc import Sequence

from survey_service.findings.services import ServiceLine, Services
from survey_service.reports.blocks import Block, Bullets, Paragraph, Section
from survey_service.reports.pictures import chart_figure
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.service_facts import door_blocks, fact_tables
from survey_service.reports.sections.service_tables import (
    channel_tables,
    is_about,
    percent_ends,
    service_table,
    unit_table,
)
from survey_service.reports.wording import Wording


def services(wave: PublishedWave, w: Wording) -> Section:
    """Show the results by service, or say what they would need."""
    found = wave.findings.by_service() if wave.findings else None
    title = w.pick("Theo dịch vụ công", "By public service")
    if found is None or not (found.lines or found.doors):
        return Section(code="services", title=title, blocks=_without(wave, w))
    blocks: list[Block] = [how_to_read(w)]
    for unit_class in wave.sheet.classes:
        lines = [one for one in found.lines if one.unit_class == unit_class.code]
        if not lines:
            continue
        name = w.of(unit_class.name)
        blocks += _difference(found, lines, w)
        chart = chart_figure(wave, w, "services", unit_class=unit_class.code)
        blocks += [chart] if chart else []
        blocks.append(service_table(wave, lines, f"{_captions(w)['service']}: {name}", w))
        chart = chart_figure(wave, w, "factors", unit_class=unit_class.code)
        blocks += [chart] if chart else []
        blocks.append(unit_table(wave, lines, f"{_captions(w)['unit']}: {name}", w))
        blocks += channel_tables(wave, lines, f"{_captions(w)['channel']}: {name}", w)
    blocks += fact_tables(wave, found.facts, w)
    blocks += door_blocks(wave, found.doors, w)
    return Section(code="services", title=title, blocks=tuple(blocks))


def _captions(w: Wording) -> dict[str, str]:
    return {
        "service": w.pick("Mức hài lòng theo dịch vụ", "Satisfaction by service"),
        "unit": w.pick("Theo đơn vị và dịch vụ", "By unit and service"),
        "channel": w.pick("Theo kênh", "By channel"),
    }


def how_to_read(w: Wording) -> Paragraph:
    """Say what the two indices are."""
    return Paragraph(
        text=w.pick(
            "Mỗi dịch vụ có hai chỉ số: tỷ lệ câu trả lời “hài lòng” và “rất hài lòng” (hai mức "
            "cao nhất), và điểm trung bình so với điểm tối đa. Trong ngoặc là khoảng tin cậy 95%.",
            "Each service has two indices: the share of the two best answers, and the mean over "
            "the maximum. In brackets: the 95% interval.",
        )
    )


def index_words(one: ServiceLine, w: Wording) -> Paragraph:
    """Say the two indices of a line in words, with the people behind them and the intervals."""
    about = w.pick("khoảng ", "about ") if is_about(one) else ""
    n, best, mean = (
        about + w.count(one.n or 0),
        w.percent(one.top_two),
        w.percent(one.mean_of_maximum),
    )
    whom = w.pick(f"Theo {n} người trả lời", f"Of {n} people who answered")
    if one.people is not None:
        listed = w.count(one.people)
        whom += w.pick(f" (trong danh sách có {listed} người)", f" ({listed} on the list)")
    said = w.pick(
        f"{whom}, {best} ý kiến là “hài lòng” hoặc “rất hài lòng”; điểm trung bình bằng {mean} "
        "điểm tối đa.",
        f"{whom}, {best} of the answers are one of the two best; the mean is {mean} of the "
        "maximum.",
    )
    if one.top_two_interval is None or one.mean_interval is None:
        said += w.pick(" Không có sai số chọn mẫu để nêu.", " There is no sampling error to state.")
    else:
        ends = percent_ends(one.top_two_interval, w), percent_ends(one.mean_interval, w)
        said += w.pick(
            f" Nếu hỏi mọi người trong danh sách, tỷ lệ đầu nằm trong khoảng {ends[0]}, tỷ lệ sau "
            f"{ends[1]} (khoảng tin cậy 95%).",
            f" Were everybody on the list asked, the first would be {ends[0]}, the second "
            f"{ends[1]} (95% intervals).",
        )
    if one.units != one.of:
        said += w.pick(
            f" Kết quả gồm {one.units} trên {one.of} đơn vị.",
            f" The result is of {one.units} out of {one.of} units.",
        )
    return Paragraph(text=said, kind="finding")


def _difference(found: Services, lines: Sequence[ServiceLine], w: Wording) -> list[Block]:
    """Say which service stands highest and which lowest, and whether that is sure."""
    told = [one for one in lines if one.level == "service" and one.top_two is not None]
    if len(told) < 2:
        return []
    best, worst = (pick(told, key=lambda one: float(one.top_two or 0)) for pick in (max, min))
    names = [w.of(found.name(one.service or "")) for one in (best, worst)]
    shares = [w.percent(one.top_two) for one in (best, worst)]
    said = w.pick(
        f"Hài lòng nhiều nhất: {names[0]} ({shares[0]}); ít nhất: {names[1]} ({shares[1]}).",
        f"Most are satisfied with {names[0]} ({shares[0]}), fewest with {names[1]} ({shares[1]}).",
    )
    ends = best.top_two_interval, worst.top_two_interval
    if ends[0] is None or ends[1] is None or float(ends[0].low) <= float(ends[1].high):
        said += w.pick(
            " Hai khoảng tin cậy chồng nhau, nên chưa thể nói dịch vụ nào hơn.",
            " Their intervals overlap: neither can be called better.",
        )
    return [Paragraph(text=said, kind="finding")]


def _without(wave: PublishedWave, w: Wording) -> tuple[Block, ...]:
    return (
        Paragraph(
            text=w.pick(
                "Đợt này không có số liệu theo từng dịch vụ công: phiếu không gắn với dịch vụ nào. "
                "Để có báo cáo theo dịch vụ cần:",
                "This wave has no figures by public service: no ballot is about one. A report by "
                "service needs:",
            )
        ),
        Bullets(
            items=(
                w.pick(
                    "danh sách hồ sơ, giao dịch của kỳ điều tra, mỗi hồ sơ ghi dịch vụ và đơn vị "
                    "giải quyết;",
                    "the list of transactions of the period, each with its service and unit;",
                ),
                w.pick(
                    "mẫu chọn ngẫu nhiên theo lớp dịch vụ × đơn vị, có tổng số hồ sơ của từng lớp;",
                    "a random sample within strata of service × unit, with the count of each;",
                ),
                w.pick(
                    f"ít nhất {wave.sheet.method.disclosure_threshold} phiếu hợp lệ cho mỗi dịch "
                    "vụ được nêu.",
                    f"at least {wave.sheet.method.disclosure_threshold} valid ballots for every "
                    "service that is shown.",
                ),
            )
        ),
    )
