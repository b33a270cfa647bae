"""The quality statement under the headings of European statistics.

Headings: European Statistical System, Quality Assurance Framework (QAF 2.0, 2019) and Commission
Implementing Regulation (EU) 2019/2180 on quality reports.
"""

from collections.abc import Iterator

from survey_service.findings.quality import Quality
from survey_service.reports.blocks import Block, Bullets, Paragraph, Section
from survey_service.reports.published import PublishedWave, has_interval
from survey_service.reports.sections.method import list_words
from survey_service.reports.sections.quality import flagged_words
from survey_service.reports.sections.responding import turnout_words, whole_words
from survey_service.reports.sections.sample_frame import coverage_words, sample_frame
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import Published


def quality_statement(wave: PublishedWave, w: Wording) -> Section:
    """State the quality of the figures, heading by heading."""
    frame = sample_frame(wave, w)
    return Section(
        code="quality",
        title=w.pick("Tuyên bố chất lượng", "Quality statement"),
        blocks=(
            Paragraph(
                text=w.pick(
                    "Theo các đề mục báo cáo chất lượng của Hệ thống Thống kê châu Âu (ESS QAF; "
                    "Quy định (EU) 2019/2180).",
                    "Under the headings of quality reports in the European Statistical System (ESS "
                    "QAF; Regulation (EU) 2019/2180).",
                ),
                kind="note",
            ),
        ),
        parts=(
            *(
                Section(code=f"quality-{code}", title=title, blocks=blocks)
                for code, title, blocks in _headings(wave, w)
            ),
            *((frame,) if frame else ()),
        ),
    )


def _headings(wave: PublishedWave, w: Wording) -> Iterator[tuple[str, str, tuple[Block, ...]]]:
    yield "relevance", w.pick("Tính phù hợp", "Relevance"), _relevance(wave, w)
    yield (
        "accuracy",
        w.pick("Độ chính xác và tin cậy", "Accuracy and reliability"),
        _accuracy(wave, w),
    )
    yield "timeliness", w.pick("Tính kịp thời", "Timeliness and punctuality"), _timeliness(wave, w)
    yield "accessibility", w.pick("Khả năng tiếp cận", "Accessibility and clarity"), _access(w)
    yield "comparability", w.pick("Tính so sánh được", "Comparability"), _comparability(wave, w)
    yield "coherence", w.pick("Tính nhất quán", "Coherence"), _coherence(w)
    yield "confidentiality", w.pick("Bảo mật", "Confidentiality"), _confidentiality(wave, w)


def _relevance(wave: PublishedWave, w: Wording) -> tuple[Block, ...]:
    groups = w.names([w.of(group.name) for group in wave.sheet.groups])
    return (
        Paragraph(
            text=w.pick(
                "Số liệu dùng để chấm phần điểm điều tra xã hội học của bộ chỉ số và để đơn vị "
                f"biết mặt mạnh, mặt yếu. Ý kiến của: {groups}. Kết quả là đánh giá của người "
                "được hỏi, không phải số đo trực tiếp công việc của đơn vị.",
                "The figures make the survey part of the index, and tell units where they are "
                f"strong and weak. They are the opinions of: {groups}; judgements of those who "
                "were asked, and no direct measure of a unit's work.",
            )
        ),
    )


def _accuracy(wave: PublishedWave, w: Wording) -> tuple[Block, ...]:
    titles = (
        (w.pick("Sai số chọn mẫu", "Sampling error"), _sampling(wave, w)),
        (w.pick("Không trả lời", "Non-response"), _non_response(wave, w)),
        (w.pick("Phạm vi danh sách", "Coverage"), _coverage(wave, w)),
        (w.pick("Đo lường", "Measurement"), _measurement(wave, w)),
        (w.pick("Xử lý", "Processing"), _processing(wave, w)),
    )
    return (Bullets(items=tuple(f"{title}: {said}" for title, said in titles)),)


def _sampling(wave: PublishedWave, w: Wording) -> str:
    units = [unit for unit in wave.sheet.units if isinstance(unit.result, Published)]
    errors = [
        unit.result.standard_error
        for unit in units
        if isinstance(unit.result, Published) and unit.result.standard_error is not None
    ]
    lists = " ".join(list_words(wave, w))
    if not errors or not has_interval(units):
        none = w.pick("không nêu cho đơn vị nào.", "none is stated for any unit.")
        return f"{none} {lists}"
    low, high = (w.figure(pick(errors, key=float), 2) for pick in (min, max))
    without = len(units) - len(errors)
    said = w.pick(
        f"sai số chuẩn của tổng điểm từ {low} đến {high} điểm",
        f"standard errors of the totals go from {low} to {high} points",
    )
    if without:
        said += w.pick(f"; {without} đơn vị không nêu", f"; none is stated for {without} units")
    return f"{said}. {lists}"


def _non_response(wave: PublishedWave, w: Wording) -> str:
    lines = wave.findings.responding.lines if wave.findings else ()
    whole = next((line for line in lines if line.level == "wave"), None)
    said = turnout_words(wave, w) if whole is None else whole_words(whole, w)
    return said + w.pick(
        " Không biết người không trả lời nghĩ gì; nếu họ nghĩ khác, điểm bị lệch và sai số đã nêu "
        "không bao gồm phần lệch đó.",
        " What the others think is not known; if they think otherwise the points are biased, and "
        "the errors stated do not include that.",
    )


def _coverage(wave: PublishedWave, w: Wording) -> str:
    services = wave.findings.by_service() if wave.findings else None
    if services is not None and services.sampling is not None:
        return " ".join(
            (
                w.pick("chỉ rút thăm từ hồ sơ đã trả kết quả.", "drawn from transactions alone."),
                *coverage_words(services.sampling, w),
            )
        )
    nominated = any(group.list_kind == "nominated" for group in wave.sheet.groups)
    said = w.pick(
        "chỉ hỏi được người có trong danh sách và có địa chỉ thư điện tử; người khác không có cơ "
        "hội được hỏi.",
        "only people on a list with an e-mail address could be asked; the others had no chance.",
    )
    if nominated:
        said += w.pick(
            " Danh sách do đơn vị cử có thể thiên về người có quan hệ tốt với đơn vị.",
            " Nominated lists may lean to people on good terms with the unit.",
        )
    if any(group.list_kind == "volunteers" for group in wave.sheet.groups):
        said += w.pick(
            " Người tự trả lời theo mã trên giấy hẹn thường có ý kiến mạnh hơn người khác.",
            " People who answer of themselves, by a code on a receipt, often hold stronger views.",
        )
    return said


def _measurement(wave: PublishedWave, w: Wording) -> str:
    found: Quality | None = wave.findings.quality if wave.findings else None
    said = w.pick(
        "cùng một bộ phiếu cho mọi người trong nhóm; có mức “không biết” và quyền bỏ trống. ",
        "one questionnaire for all of a group, with “don't know” and the right to leave blank. ",
    )
    if found is not None:
        said += flagged_words(found, w)
    return said


def _processing(wave: PublishedWave, w: Wording) -> str:
    dataset = wave.sheet.dataset[:12]
    return w.pick(
        "không nhập lại bằng tay, không sửa, không suy đoán; mọi số liệu tính lại được đúng từng "
        f"byte từ bộ dữ liệu đã chốt (mã băm bắt đầu bằng {dataset}).",
        "nothing is typed in again, edited or imputed; every figure can be computed anew, to the "
        f"same bytes, from the frozen dataset (its hash begins with {dataset}).",
    )


def _timeliness(wave: PublishedWave, w: Wording) -> tuple[Block, ...]:
    year = wave.sheet.wave.year
    return (
        Paragraph(
            text=w.pick(
                f"Số liệu thuộc chỉ số năm {year}. Gói công bố không ghi ngày; ngày chốt và ngày "
                "công bố nằm trong nhật ký của hệ thống và trên trang kết quả.",
                f"The figures belong to the index of {year}. The publication carries no date; the "
                "days of the cut-off and of publishing stand in the journal and on the results "
                "page.",
            )
        ),
    )


def _access(w: Wording) -> tuple[Block, ...]:
    return (
        Paragraph(
            text=w.pick(
                "Công bố dưới dạng trang đọc được trên điện thoại, Excel, CSV và JSON, bằng tiếng "
                "Việt và tiếng Anh; cách tính và bộ phiếu được công bố cùng số liệu.",
                "Published as pages that a phone can read, Excel, CSV and JSON, in Vietnamese and "
                "English; the method and the questionnaires are published with the figures.",
            )
        ),
    )


def _comparability(wave: PublishedWave, w: Wording) -> tuple[Block, ...]:
    said = w.pick(
        "Các đơn vị cùng loại được so với nhau; không so giữa các loại, vì bộ tiêu chí khác nhau.",
        "Units of one class are compared with each other; classes are not, since their criteria "
        "differ.",
    )
    changes = wave.findings.trust.changes if wave.findings else None
    if changes is None:
        said += w.pick(" Không so theo thời gian.", " No comparison over time is made.")
        return (Paragraph(text=said),)
    said += w.pick(
        f" So với năm {changes.year} chỉ trên các nhóm có ở cả hai đợt.",
        f" Against {changes.year} on the groups of both waves alone.",
    )
    breaks = tuple(w.of(one) for one in changes.breaks)
    return (Paragraph(text=said), Bullets(items=breaks)) if breaks else (Paragraph(text=said),)


def _coherence(w: Wording) -> tuple[Block, ...]:
    return (
        Paragraph(
            text=w.pick(
                "Mọi bảng, biểu đồ và tệp đều lấy từ cùng một bảng điểm đã công bố; tổng điểm bằng "
                "tổng các tiêu chí theo cách làm tròn đã nêu, trừ điểm ghi là quy đổi.",
                "All tables, charts and files come from one published score sheet; totals are the "
                "sums of the criteria by the rounding that is stated, unless they are marked as "
                "rescaled.",
            )
        ),
    )


def _confidentiality(wave: PublishedWave, w: Wording) -> tuple[Block, ...]:
    threshold = wave.sheet.method.disclosure_threshold
    return (
        Paragraph(
            text=w.pick(
                "Khi chốt số liệu, liên kết giữa người và phiếu bị xóa, không ai khôi phục được. "
                f"Số liệu của dưới {threshold} phiếu không hiển thị và không suy ra được từ số "
                "khác.",
                "At the cut-off the link between people and ballots was destroyed; nobody can "
                f"restore it. Figures of fewer than {threshold} ballots are not shown, nor do they "
                "follow from others.",
            )
        ),
    )
