"""The report of a whole wave: everything that was published of it, in reading order."""

from survey_service.reports.blocks import (
    Block,
    Bullets,
    Fact,
    Facts,
    Paragraph,
    Report,
    Section,
)
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.answers import answers
from survey_service.reports.sections.changes import change_count_words, changes
from survey_service.reports.sections.method import method
from survey_service.reports.sections.quality import answer_quality
from survey_service.reports.sections.quality_statement import quality_statement
from survey_service.reports.sections.ranking import ranking
from survey_service.reports.sections.responding import responding, turnout_words, whole_words
from survey_service.reports.sections.services import services
from survey_service.reports.sections.trust import clear_words, reliability_words, trust
from survey_service.reports.sections.verification import hidden, verification
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import Turnout


def wave_report(wave: PublishedWave, w: Wording) -> Report:
    """Make the report of a wave."""
    sections = (
        main_findings(wave, w),
        ranking(wave, w),
        trust(wave, w),
        changes(wave, w),
        responding(wave, w),
        answers(wave, w),
        services(wave, w),
        answer_quality(wave, w),
        method(wave, w),
        quality_statement(wave, w),
        hidden(wave, w),
        verification(wave, w),
    )
    title = w.of(wave.sheet.wave.title)
    return Report(
        kind="wave",
        language=w.language,
        overline=w.pick(
            "Báo cáo kết quả điều tra xã hội học", "Report on the results of the social survey"
        ),
        title=title,
        lead=w.pick(
            f"Năm {wave.sheet.wave.year}. Mọi số liệu lấy từ gói công bố và tính lại được.",
            f"{wave.sheet.wave.year}. All figures come from the publication and can be recomputed.",
        ),
        running=title,
        sections=tuple(section for section in sections if section is not None),
    )


def main_findings(wave: PublishedWave, w: Wording) -> Section:
    """Say in a few sentences what a minister needs, with what bounds it."""
    blocks: list[Block] = [Facts(facts=main_facts(wave, w), tiles=True)]
    lines = wave.findings.responding.lines if wave.findings else ()
    whole = next((line for line in lines if line.level == "wave"), None)
    said = [turnout_words(wave, w) if whole is None else whole_words(whole, w)]
    if wave.findings is None:
        blocks.append(Bullets(items=tuple(said)))
        blocks.append(Paragraph(text=without_findings(w), kind="caution"))
        return _findings(blocks, w)
    changed = wave.findings.trust.changes
    said += [change_count_words(changed, w)] if changed is not None else []
    blocks.append(Bullets(items=tuple(said)))
    parts: list[Section] = []
    for unit_class in wave.sheet.classes:
        found = wave.class_standing(unit_class.code)
        if found is None or not found.units:
            continue
        reliability = reliability_words(found, w)
        parts.append(
            Section(
                code=f"findings-{unit_class.code}",
                title=w.of(unit_class.name),
                blocks=(
                    Bullets(items=clear_words(wave, found, w)),
                    *([reliability] if reliability else []),
                ),
            )
        )
    return _findings(blocks, w, tuple(parts))


def main_facts(wave: PublishedWave, w: Wording) -> tuple[Fact, ...]:
    """Give the few figures of a wave to see first."""
    facts = [
        Fact(
            term=w.pick("Đơn vị được đánh giá", "Units rated"),
            said=w.count(len(wave.sheet.units)),
        )
    ]
    lines = wave.findings.responding.lines if wave.findings else ()
    whole = next((line for line in lines if line.level == "wave"), None)
    if whole is not None:
        facts.append(
            Fact(term=w.pick("Người được mời", "People invited"), said=w.count(whole.invited))
        )
        rate = whole.rates and whole.rates.rr1
        if rate:
            facts.append(Fact(term=w.pick("Tỷ lệ trả lời", "Response rate"), said=w.percent(rate)))
    turnouts = [unit.turnout for unit in wave.sheet.units]
    if all(isinstance(turnout, Turnout) for turnout in turnouts):
        valid = sum(turnout.valid for turnout in turnouts if isinstance(turnout, Turnout))
        facts.append(
            Fact(term=w.pick("Phiếu đánh giá hợp lệ", "Valid ballots"), said=w.count(valid))
        )
    return tuple(facts)


def without_findings(w: Wording) -> str:
    """Say what is missing where a publication has no findings."""
    return w.pick(
        "Gói công bố này chỉ có bảng điểm, không có phần phân tích (findings.json); báo cáo vì vậy "
        "không có phần phân bố trả lời, độ nhạy và thay đổi.",
        "This publication has the score sheet alone and no findings (findings.json); the report "
        "therefore lacks answers by option, sensitivity and changes.",
    )


def _findings(blocks: list[Block], w: Wording, parts: tuple[Section, ...] = ()) -> Section:
    return Section(
        code="findings",
        title=w.pick("Những điều chính", "Main findings"),
        blocks=tuple(blocks),
        parts=parts,
    )
