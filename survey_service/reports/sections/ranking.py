"""Who stands where: the ranked list of each class of units, with what it leaves open."""

from questionnaires.text import Text
from survey_service.reports.blocks import (
    Block,
    Cell,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
    columns,
    text_row,
)
from survey_service.reports.pictures import chart_figure
from survey_service.reports.published import (
    PublishedWave,
    has_interval,
    leaves,
    province_percent,
)
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import (
    ClassSheet,
    Extreme,
    NotApplicable,
    NotMeasurable,
    ProvinceFigure,
    Published,
    Result,
    Suppressed,
    UnitSheet,
)

SHORT_WORDS = Text(
    vi="“ẩn”: ít người trả lời; “không đo”: quá ít nhóm trả lời; “–”: không áp dụng.",
    en="“hidden”: few respondents; “none”: too few groups answered; “–”: not applicable.",
)
_UNRANKED = {
    "not_measurable": Text(vi="không xếp hạng: không đo được", en="unranked: not measurable"),
    "too_little_measured": Text(
        vi="không xếp hạng: đo được quá ít", en="unranked: too little measured"
    ),
    "suppressed": Text(vi="không xếp hạng: ít người trả lời", en="unranked: few respondents"),
}


def ranking(wave: PublishedWave, w: Wording) -> Section:
    """Show the ranked list and the table of the components of each class."""
    return Section(
        code="ranking",
        title=w.pick("Kết quả", "Results"),
        blocks=(),
        parts=tuple(
            Section(
                code=f"class-{unit_class.code}",
                title=w.of(unit_class.name),
                blocks=tuple(_class_blocks(wave, unit_class, w)),
            )
            for unit_class in wave.sheet.classes
        ),
    )


def withheld(result: object, w: Wording) -> Cell:
    """Say why a result has no figure."""
    reason = "suppressed" if isinstance(result, Suppressed) else "not_measurable"
    if isinstance(result, NotApplicable):
        reason = "not_applicable"
    return Cell(text=w.missing(reason), withheld=True)


def _class_blocks(wave: PublishedWave, unit_class: ClassSheet, w: Wording) -> list[Block]:
    units = wave.listed(unit_class)
    if not units:
        return [Paragraph(text=w.pick("Không có đơn vị nào.", "There is no unit."))]
    blocks: list[Block] = []
    reached = [band for band in reversed(unit_class.bands) if band.units]
    if reached:
        said = w.names([f"{w.of(band.name)}: {band.units}" for band in reached])
        blocks.append(Paragraph(text=w.pick(f"Xếp loại: {said}.", f"Classes of results: {said}.")))
    caterpillar = chart_figure(wave, w, "caterpillar", unit_class=unit_class.code)
    blocks += [caterpillar] if caterpillar else []
    blocks.append(ranking_table(wave, unit_class, w))
    heat = chart_figure(wave, w, "heatmap", unit_class=unit_class.code)
    blocks += [heat] if heat else []
    return [*blocks, component_table(wave, unit_class, w), province_table(wave, unit_class, w)]


def ranking_table(wave: PublishedWave, unit_class: ClassSheet, w: Wording) -> Table:
    """Make the ranked list; columns of the sampling error only where there is one to state."""
    units = wave.listed(unit_class)
    intervals = has_interval(units)
    bands = {band.band: w.of(band.name) for band in unit_class.bands}
    names = [w.pick("Điểm", "Points"), "%"]
    names += [w.pick("Khoảng tin cậy 95%", "95% interval")] if intervals else []
    names += [w.pick("Hạng", "Rank")]
    names += [w.pick("Hạng có thể", "Possible ranks")] if intervals else []
    return Table(
        caption=w.pick(
            f"Bảng điểm: {w.of(unit_class.name)}", f"Score table: {w.of(unit_class.name)}"
        ),
        columns=(
            Column(name=w.pick("Đơn vị", "Unit")),
            *(Column(name=name, figure=True) for name in names),
            Column(name=w.pick("Xếp loại", "Class")),
        ),
        rows=tuple(_unit_row(unit, bands, w, intervals=intervals) for unit in units),
        notes=tuple(_ranking_notes(units, w, intervals=intervals)),
    )


def unit_marks(unit: UnitSheet, w: Wording) -> str:
    """Say what a reader must know beside a unit's points."""
    marks = [w.of(_UNRANKED[unit.unranked])] if unit.unranked else []
    if isinstance(unit.result, Published) and unit.result.rescaled:
        measured = w.figure(unit.result.measured, 2)
        marks.append(
            w.pick(f"quy đổi từ {measured} điểm đo được", f"rescaled from {measured} measured")
        )
    measured = [leaf for leaf in leaves(unit) if not isinstance(leaf.result, NotMeasurable)]
    thin = sum(bool(leaf.left_out) for leaf in measured)
    if thin:
        marks.append(
            w.pick(
                f"{thin} tiêu chí có nhóm ít phiếu, trọng số chia lại",
                f"{thin} criteria with thin groups, their weight shared out",
            )
        )
    flagged = sum(bool(leaf.flagged) for leaf in measured)
    if flagged:
        marks.append(
            w.pick(
                f"{flagged} tiêu chí có nhóm ít phiếu vẫn tính đủ",
                f"{flagged} criteria with thin groups that count in full",
            )
        )
    return "; ".join(marks)


def _unit_row(unit: UnitSheet, bands: dict[str, str], w: Wording, *, intervals: bool) -> Row:
    result = unit.result
    cells: list[str | Cell] = [Cell(text=w.of(unit.name), note=unit_marks(unit, w))]
    if isinstance(result, Published):
        cells += [w.figure(result.points, 2), w.figure(result.percent, 2)]
        cells += [w.interval(result.interval)] if intervals else []
    else:
        cells += [withheld(result, w), "–", "–"] if intervals else [withheld(result, w), "–"]
    cells.append("–" if unit.rank is None else str(unit.rank))
    if intervals:
        ranks = unit.rank_set
        cells.append("–" if ranks is None else w.ranks(ranks.best, ranks.worst))
    return text_row(*cells, bands.get(unit.band or "", "–"))


def _ranking_notes(units: list[UnitSheet], w: Wording, *, intervals: bool) -> list[str]:
    maxima = {unit.result.maximum for unit in units if isinstance(unit.result, Published)}
    notes: list[str] = []
    if len(maxima) == 1:
        whole = w.figure(maxima.pop(), 2)
        notes.append(w.pick(f"Điểm tối đa: {whole}.", f"Maximum: {whole} points."))
    if intervals:
        notes.append(
            w.pick(
                "“Hạng có thể”: thứ hạng tốt nhất và kém nhất mà sai số chọn mẫu còn cho phép, "
                "tính cho cả bảng cùng lúc (95%).",
                "“Possible ranks”: the best and the worst rank that sampling error leaves open, "
                "for the table as a whole (95%).",
            )
        )
    else:
        notes.append(
            w.pick(
                "Không nêu khoảng tin cậy: có nhóm người trả lời do đơn vị cử hoặc tự trả lời, "
                "không phải mẫu ngẫu nhiên, nên không có sai số chọn mẫu để tính.",
                "No interval is stated: a group was nominated, or came by itself, and is no random "
                "sample, so there is no sampling error to compute.",
            )
        )
    return notes


def component_table(wave: PublishedWave, unit_class: ClassSheet, w: Wording) -> Table:
    """Show each unit's percent of the maximum on every component of the class."""
    units = wave.listed(unit_class)
    components = [
        line
        for line in unit_class.province
        if line.level == "component" and not isinstance(line.result, NotApplicable)
    ]
    rows = [
        text_row(
            w.pick("Chung", "All units"),
            *(w.figure(province_percent(line), 1) for line in components),
            level=0,
        )
    ]
    for unit in units:
        results = {component.code: component.result for component in unit.components}
        cells: list[str | Cell] = []
        for line in components:
            result = results.get(line.code)
            shown = isinstance(result, Published)
            cells.append(w.figure(result.percent, 1) if shown else short_withheld(result, w))
        rows.append(text_row(w.of(unit.name), *cells))
    return Table(
        caption=w.pick(
            "Theo lĩnh vực: phần trăm điểm tối đa", "By component: percent of the maximum"
        ),
        columns=columns(w.pick("Đơn vị", "Unit"), *(line.code for line in components)),
        rows=tuple(rows),
        notes=(
            *(f"{line.code}: {w.of(line.name)}" for line in components),
            w.of(SHORT_WORDS),
        ),
    )


def short_withheld(result: Result | None, w: Wording) -> Cell:
    """Say in a word why a narrow cell has no figure; the notes say it in full."""
    if result is None or isinstance(result, NotApplicable):
        return Cell(text="–")
    hidden = isinstance(result, Suppressed)
    text = w.pick("ẩn", "hidden") if hidden else w.pick("không đo", "none")
    return Cell(text=text, withheld=True)


def province_table(wave: PublishedWave, unit_class: ClassSheet, w: Wording) -> Table:
    """Show the units as a whole: total, components, criteria, with highest and lowest."""
    rows: list[Row] = []
    for line in unit_class.province:
        if isinstance(line.result, NotApplicable):
            continue
        level = {"total": 0, "component": 1, "criterion": 2, "leaf": 3}[line.level]
        name = f"{line.code} {w.of(line.name)}".strip()
        if not isinstance(line.result, ProvinceFigure):
            rows.append(text_row(name, withheld(line.result, w), "–", "–", level=level))
            continue
        ends = (_end(wave, end, w) for end in (line.result.highest, line.result.lowest))
        rows.append(text_row(name, w.figure(line.result.percent, 2), *ends, level=level))
    return Table(
        caption=w.pick("Toàn tỉnh theo từng tiêu chí (%)", "The province by criterion (%)"),
        columns=(
            Column(name=w.pick("Tiêu chí", "Criterion")),
            Column(name=w.pick("Chung", "All"), figure=True),
            Column(name=w.pick("Cao nhất", "Highest")),
            Column(name=w.pick("Thấp nhất", "Lowest")),
        ),
        rows=tuple(rows),
    )


def _end(wave: PublishedWave, end: Extreme, w: Wording) -> str:
    several = len(end.units) > 3
    names = [w.of(wave.unit(code).name) for code in end.units[: 2 if several else 3]]
    if several:
        rest = len(end.units) - 2
        names.append(w.pick(f"{rest} đơn vị nữa", f"{rest} more"))
    return f"{w.figure(end.percent, 2)} ({w.names(names)})"
