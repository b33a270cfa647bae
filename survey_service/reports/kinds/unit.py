"""The report of one unit: what it reached, why, and what it cannot conclude from it."""

from survey_service.reports.blocks import Report
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.method import method
from survey_service.reports.sections.unit_answers import (
    unit_answers,
    unit_groups,
    unit_weak_points,
)
from survey_service.reports.sections.unit_result import (
    unit_criteria,
    unit_result,
    unit_turnout,
)
from survey_service.reports.sections.verification import hidden, verification
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import UnitSheet


def unit_report(wave: PublishedWave, unit: UnitSheet, w: Wording) -> Report:
    """Make the report of one unit."""
    sections = (
        unit_result(wave, unit, w),
        unit_weak_points(wave, unit, w),
        unit_criteria(wave, unit, w),
        unit_groups(wave, unit, w),
        unit_turnout(wave, unit, w),
        unit_answers(wave, unit, w),
        method(wave, w),
        hidden(wave, w),
        verification(wave, w),
    )
    title, wave_title = w.of(unit.name), w.of(wave.sheet.wave.title)
    return Report(
        kind="unit",
        language=w.language,
        overline=w.pick("Báo cáo của đơn vị", "Report of a unit"),
        title=title,
        lead=wave_title,
        running=f"{title} – {wave_title}",
        sections=tuple(section for section in sections if section is not None),
    )
