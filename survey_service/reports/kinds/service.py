"""The report of one public service: how satisfied its users are, with what, and where."""

from collections.abc import Iterator

from questionnaires.index import Code
from survey_service.findings.services import ServiceLine, Services
from survey_service.reports.blocks import Block, Fact, Facts, Report, Section
from survey_service.reports.pictures import chart_figure
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.method import method
from survey_service.reports.sections.sample_frame import sample_frame
from survey_service.reports.sections.service_facts import door_blocks, experience
from survey_service.reports.sections.service_tables import (
    channel_tables,
    factor_table,
    silence,
    units_of_service,
)
from survey_service.reports.sections.services import index_words
from survey_service.reports.sections.verification import hidden, verification
from survey_service.reports.wording import Wording


def service_report(wave: PublishedWave, service: Code, w: Wording) -> Report:
    """Make the report of one service; raises KeyError where nothing was published of it."""
    found = wave.findings.by_service() if wave.findings else None
    if found is None or service not in found.services():
        raise KeyError(service)
    title, wave_title = w.of(found.name(service)), w.of(wave.sheet.wave.title)
    frame = sample_frame(wave, w)
    sections = (
        *_results(wave, found, service, w),
        _units(wave, found, service, w),
        _experience(wave, found, service, w),
        *((frame,) if frame else ()),
        method(wave, w),
        hidden(wave, w),
        verification(wave, w),
    )
    return Report(
        kind="service",
        language=w.language,
        overline=w.pick("Báo cáo về một dịch vụ công", "Report of a public service"),
        title=title,
        lead=wave_title,
        running=f"{title} – {wave_title}",
        sections=tuple(section for section in sections if section.blocks or section.parts),
    )


def _results(wave: PublishedWave, found: Services, service: Code, w: Wording) -> Iterator[Section]:
    """Lead with the two indices, class by class of units, and give the factors of each."""
    lines = [one for one in found.lines if one.level == "service" and one.service == service]
    for unit_class in wave.sheet.classes:
        title = w.pick("Kết quả", "Results")
        for one in lines:
            if one.unit_class == unit_class.code:
                yield Section(
                    code="result" if len(lines) == 1 else f"result-{one.unit_class}",
                    title=title if len(lines) == 1 else f"{title}: {w.of(unit_class.name)}",
                    blocks=(*_lead(one, title, w), *_factors(wave, found, one, w)),
                )


def _lead(one: ServiceLine, caption: str, w: Wording) -> tuple[Block, ...]:
    if one.missing is not None:
        return (silence(caption, 1, w),)
    tiles = (
        Fact(
            term=w.pick("Hài lòng, rất hài lòng", "Two best answers"), said=w.percent(one.top_two)
        ),
        Fact(
            term=w.pick("Trung bình ÷ tối đa", "Mean ÷ maximum"),
            said=w.percent(one.mean_of_maximum),
        ),
    )
    return (Facts(facts=tiles, tiles=True, large=True), index_words(one, w))


def _factors(wave: PublishedWave, found: Services, one: ServiceLine, w: Wording) -> list[Block]:
    factors = [
        factor
        for factor in found.factors
        if (factor.service, factor.unit_class) == (one.service, one.unit_class)
    ]
    if not factors or one.missing is not None:
        return []
    chart = chart_figure(wave, w, "service", unit_class=one.unit_class, service=one.service)
    table = factor_table(factors, w.pick("Theo yếu tố", "By factor"), w)
    return [chart, table] if chart else [table]


def _units(wave: PublishedWave, found: Services, service: Code, w: Wording) -> Section:
    blocks: list[Block] = []
    for unit_class in wave.sheet.classes:
        own = [
            one
            for one in found.lines
            if one.service == service and one.unit_class == unit_class.code
        ]
        name = w.of(unit_class.name)
        if any(one.level == "unit_service" for one in own):
            caption = w.pick("Theo đơn vị", "By unit")
            blocks.append(units_of_service(wave, own, f"{caption}: {name}", w))
        caption = w.pick("Theo kênh", "By channel")
        blocks += channel_tables(wave, own, f"{caption}: {name}", w)
    return Section(
        code="units",
        title=w.pick("Theo đơn vị và kênh", "By unit and channel"),
        blocks=tuple(blocks),
    )


def _experience(wave: PublishedWave, found: Services, service: Code, w: Wording) -> Section:
    facts = [one for one in found.facts if one.service == service]
    doors = [one for one in found.doors if one.service == service]
    return Section(
        code="experience",
        title=w.pick("Trải nghiệm và ý kiến khác", "Experience, and other opinions"),
        blocks=(*experience(wave, facts, w), *door_blocks(wave, doors, w)),
    )
