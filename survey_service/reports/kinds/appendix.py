"""The appendix (phụ lục bảng điểm): the tables that go with a submission."""

from survey_service.reports.blocks import Block, Report, Section
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.method import method
from survey_service.reports.sections.ranking import (
    component_table,
    province_table,
    ranking_table,
)
from survey_service.reports.sections.verification import hidden, verification
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import ClassSheet


def appendix(wave: PublishedWave, w: Wording) -> Report:
    """Make the tables of every class of units, with the method and the proof."""
    title = w.of(wave.sheet.wave.title)
    return Report(
        kind="appendix",
        language=w.language,
        overline=w.pick("Phụ lục", "Appendix"),
        title=w.pick("BẢNG ĐIỂM ĐIỀU TRA XÃ HỘI HỌC", "SCORE TABLES OF THE SOCIAL SURVEY"),
        lead=w.pick(
            f"{title} (Kèm theo Tờ trình số ……/TTr-…… ngày …… tháng …… năm …… của …………)",
            f"{title} (Attached to submission No. ……/TTr-…… of …… by …………)",
        ),
        running=title,
        sections=(
            *(
                _tables(wave, unit_class, w)
                for unit_class in wave.sheet.classes
                if unit_class.ranking or unit_class.unranked
            ),
            method(wave, w),
            hidden(wave, w),
            verification(wave, w),
        ),
    )


def _tables(wave: PublishedWave, unit_class: ClassSheet, w: Wording) -> Section:
    blocks: tuple[Block, ...] = (
        ranking_table(wave, unit_class, w),
        component_table(wave, unit_class, w),
        province_table(wave, unit_class, w),
    )
    return Section(code=f"class-{unit_class.code}", title=w.of(unit_class.name), blocks=blocks)
