"""The submission (tờ trình) of the results to the appraisal council."""

from survey_service.reports.blocks import Block, Bullets, Fact, Facts, Paragraph, Report, Section
from survey_service.reports.kinds.official import (
    DOTS,
    official_head,
    result_tables,
    signed_by_head,
)
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.changes import change_count_words
from survey_service.reports.sections.method import list_words
from survey_service.reports.sections.quality import flagged_words
from survey_service.reports.sections.responding import turnout_words, whole_words
from survey_service.reports.sections.trust import reliability_words
from survey_service.reports.wording import Wording


def submission(wave: PublishedWave, w: Wording) -> Report:
    """Make the submission of a wave's results, to be numbered, dated and signed by the office."""
    title = w.of(wave.sheet.wave.title)
    return Report(
        kind="submission",
        language=w.language,
        overline="",
        title=w.pick("TỜ TRÌNH", "SUBMISSION"),
        lead="",
        running=title,
        head=official_head(
            w,
            sign="TTr",
            kind=w.pick("TỜ TRÌNH", "SUBMISSION"),
            subject=w.pick(
                f"Về việc thẩm định kết quả “{title}”", f"On the appraisal of “{title}”"
            ),
            addressee=w.pick(
                f"Kính gửi: Hội đồng thẩm định {DOTS}", f"To: the appraisal council {DOTS}"
            ),
        ),
        foot=signed_by_head(w),
        sections=(
            _basis(w),
            _survey(wave, w),
            Section(
                code="results",
                title=w.pick("3. Kết quả", "3. Results"),
                blocks=result_tables(wave, w),
            ),
            _limits(wave, w),
            _asked(wave, w),
        ),
    )


def _basis(w: Wording) -> Section:
    return Section(
        code="basis",
        title=w.pick("1. Căn cứ", "1. Basis"),
        blocks=(
            Paragraph(
                text=w.pick(
                    f"Căn cứ {DOTS} ban hành bộ chỉ số; căn cứ kế hoạch {DOTS} về điều tra xã hội "
                    f"học; {DOTS} trình Hội đồng thẩm định kết quả như sau.",
                    f"On the basis of {DOTS}, which issues the index, and of the plan {DOTS} for "
                    f"the survey, {DOTS} submits the results below for appraisal.",
                )
            ),
        ),
    )


def _survey(wave: PublishedWave, w: Wording) -> Section:
    lines = wave.findings.responding.lines if wave.findings else ()
    whole = next((line for line in lines if line.level == "wave"), None)
    said = [whole_words(whole, w)] if whole is not None else []
    groups = w.names([w.of(group.name) for group in wave.sheet.groups])
    return Section(
        code="survey",
        title=w.pick("2. Việc tổ chức điều tra", "2. How the survey was made"),
        blocks=(
            Paragraph(
                text=w.pick(
                    f"Điều tra lấy ý kiến về {len(wave.sheet.units)} cơ quan, đơn vị từ các nhóm: "
                    f"{groups}.",
                    f"The survey asked about {len(wave.sheet.units)} bodies. Groups: {groups}.",
                )
            ),
            Paragraph(text=" ".join((*said, turnout_words(wave, w)))),
        ),
    )


def _limits(wave: PublishedWave, w: Wording) -> Section:
    said = list_words(wave, w)
    for unit_class in wave.sheet.classes:
        found = wave.class_standing(unit_class.code)
        words = reliability_words(found, w) if found is not None else None
        if words is not None:
            said.append(f"{w.of(unit_class.name)}: {words.text}")
    if wave.findings is not None:
        said.append(flagged_words(wave.findings.quality, w))
        changes = wave.findings.trust.changes
        said += [change_count_words(changes, w)] if changes is not None else []
    said.append(
        w.pick(
            f"Số liệu của dưới {wave.sheet.method.disclosure_threshold} phiếu vẫn được tính nhưng "
            "không hiển thị.",
            f"Figures of fewer than {wave.sheet.method.disclosure_threshold} ballots count but are "
            "not shown.",
        )
    )
    return Section(
        code="limits",
        title=w.pick(
            "4. Chất lượng số liệu và điểm cần lưu ý", "4. Quality, and what to bear in mind"
        ),
        blocks=(Bullets(items=tuple(said)),),
    )


def _asked(wave: PublishedWave, w: Wording) -> Section:
    blocks: tuple[Block, ...] = (
        Paragraph(
            text=w.pick(
                "Đề nghị Hội đồng thẩm định xem xét, thông qua kết quả nêu tại mục 3.",
                "The council is asked to consider and approve the results of section 3.",
            )
        ),
        Paragraph(
            text=w.pick(
                "Gửi kèm: Phụ lục bảng điểm và gói công bố, để Hội đồng tự kiểm chứng.",
                "Attached: the appendix of tables, and the publication, so that the council can "
                "check it by itself.",
            )
        ),
        Facts(
            facts=(
                Fact(
                    term=w.pick("Dấu vân tay gói công bố", "Fingerprint of the publication"),
                    said=wave.fingerprint,
                    code=True,
                ),
            )
        ),
    )
    return Section(code="asked", title=w.pick("5. Đề nghị", "5. Request"), blocks=blocks)
