"""The one page that a citizen can read: what was asked, who answered, who stands where."""

from survey_service.dataset.design import NOT_SAMPLED
from survey_service.findings.standing import ClassStanding
from survey_service.reports.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Facts,
    Paragraph,
    Report,
    Row,
    Section,
    Table,
    text_row,
)
from survey_service.reports.kinds.wave import main_facts
from survey_service.reports.pictures import chart_figure
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.changes import change_count_words
from survey_service.reports.sections.ranking import withheld
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import ClassSheet, Published, UnitSheet


def summary_report(wave: PublishedWave, w: Wording) -> Report:
    """Make the page for citizens."""
    title = w.of(wave.sheet.wave.title)
    return Report(
        kind="summary",
        language=w.language,
        overline=w.pick("Tóm tắt dành cho người dân", "Summary for citizens"),
        title=title,
        lead=w.pick(
            "Người dân, doanh nghiệp và cán bộ chấm các cơ quan thế nào, và kết quả chắc đến đâu.",
            "How citizens, enterprises and officials rate public bodies, and how sure that is.",
        ),
        running=title,
        sections=(_asked(wave, w), _standing(wave, w), _sure(wave, w)),
    )


def _asked(wave: PublishedWave, w: Wording) -> Section:
    names: dict[str, str] = {}
    for unit_class in wave.sheet.classes:
        for line in unit_class.province:
            if line.level == "component":
                names[line.code] = w.of(line.name)
    topics = "; ".join(names.values())
    groups = "; ".join(w.of(group.name) for group in wave.sheet.groups)
    return Section(
        code="asked",
        title=w.pick("Hỏi gì, hỏi ai?", "What was asked, and whom?"),
        blocks=(
            Facts(facts=main_facts(wave, w), tiles=True),
            Paragraph(
                text=w.pick(
                    f"Người được hỏi cho ý kiến về {len(names)} lĩnh vực: {topics}.",
                    f"People were asked about {len(names)} subjects: {topics}.",
                )
            ),
            Paragraph(
                text=w.pick(
                    f"Những người được hỏi: {groups}. Mỗi người có thể đánh giá nhiều cơ quan, mỗi "
                    "cơ quan một phiếu.",
                    f"Asked were: {groups}. One person may rate several bodies, each on a ballot "
                    "of its own.",
                )
            ),
        ),
    )


def _standing(wave: PublishedWave, w: Wording) -> Section:
    blocks: list[Block] = []
    shown = [one for one in wave.sheet.classes if one.ranking or one.unranked]
    if shown:
        largest = max(shown, key=lambda one: len(one.ranking))
        chart = chart_figure(wave, w, "caterpillar", unit_class=largest.code)
        blocks += [chart] if chart else []
    blocks += [_table(wave, unit_class, w) for unit_class in shown]
    return Section(
        code="standing",
        title=w.pick("Cơ quan nào đứng ở đâu?", "Who stands where?"),
        blocks=tuple(blocks),
    )


def _table(wave: PublishedWave, unit_class: ClassSheet, w: Wording) -> Table:
    standing = wave.class_standing(unit_class.code)
    units = wave.listed(unit_class)
    bands = {band.band: w.of(band.name) for band in unit_class.bands}
    words = {unit.code: _words(unit, standing, w) for unit in units}
    names = (
        Column(name=w.pick("Cơ quan", "Body")),
        Column(name=w.pick("Hạng", "Rank"), figure=True),
        Column(name=w.pick("Điểm", "Points"), figure=True),
        Column(name=w.pick("Xếp loại", "Class")),
    )
    rows: list[Row] = []
    for unit in units:
        result = unit.result
        shown = isinstance(result, Published)
        cells: list[str | Cell] = [
            # Beside the name, so that a phone shows it without scrolling.
            Cell(text=w.of(unit.name), note=words[unit.code]),
            "–" if unit.rank is None else str(unit.rank),
            w.figure(result.points, 2) if shown else withheld(result, w),
            bands.get(unit.band or "", "–"),
        ]
        rows.append(text_row(*cells))
    return Table(caption=w.of(unit_class.name), columns=names, rows=tuple(rows))


def _words(unit: UnitSheet, standing: ClassStanding | None, w: Wording) -> str:
    found = (
        next((one for one in standing.units if one.unit == unit.code), None) if standing else None
    )
    if found is None:
        return ""
    return {
        "above": w.pick("cao hơn mức chung một cách rõ ràng", "clearly above the average"),
        "below": w.pick("thấp hơn mức chung một cách rõ ràng", "clearly below the average"),
        "unclear": w.pick(
            "chưa thể phân biệt với mức chung", "not distinguishable from the average"
        ),
    }[found.clear]


def _sure(wave: PublishedWave, w: Wording) -> Section:
    nominated = [group for group in wave.sheet.groups if group.list_kind in NOT_SAMPLED]
    said = [
        w.pick(
            "Điểm dựa trên ý kiến của những người đã trả lời, không phải của tất cả mọi người. Hai "
            "cơ quan có điểm gần nhau thì chưa thể nói bên nào tốt hơn.",
            "Points rest on those who answered, and not on everybody. Of two bodies with nearly "
            "the same points, neither can be called better.",
        )
    ]
    if nominated:
        groups = w.names([w.of(group.name) for group in nominated])
        said.append(
            w.pick(
                f"Có nhóm do đơn vị cử hoặc tự trả lời ({groups}), không phải chọn ngẫu nhiên; ở "
                "điểm có nhóm này không nêu khoảng sai số.",
                f"Some were nominated or came by themselves ({groups}), not drawn at random; where "
                "they count, no margin of error is stated.",
            )
        )
    unreliable = [
        w.of(one.name)
        for one in wave.sheet.classes
        if (found := wave.class_standing(one.code)) is not None and found.carries_ranking is False
    ]
    if unreliable:
        classes = w.names(unreliable)
        said.append(
            w.pick(
                f"Ở loại {classes}, các cơ quan gần nhau đến mức không nên dùng thứ hạng để so hơn "
                "kém.",
                f"In {classes} the bodies are so close that ranks should not be used to tell "
                "better from worse.",
            )
        )
    changes = wave.findings.trust.changes if wave.findings else None
    said += [change_count_words(changes, w)] if changes is not None else []
    threshold = wave.sheet.method.disclosure_threshold
    said.append(
        w.pick(
            f"Không ai biết ai đã trả lời thế nào. Số liệu của dưới {threshold} phiếu không hiển "
            "thị.",
            f"Nobody knows who answered what. Figures of fewer than {threshold} ballots are not "
            "shown.",
        )
    )
    return Section(
        code="sure",
        title=w.pick("Kết quả chắc đến đâu?", "How sure is it?"),
        blocks=(Bullets(items=tuple(said)),),
    )
