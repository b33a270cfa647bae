"""What one unit reached: its points, its rank, and what these do not say."""

from questionnaires.text import Text
from survey_service.reports.blocks import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Paragraph,
    Row,
    Section,
    Table,
    text_row,
)
from survey_service.reports.pictures import chart_figure
from survey_service.reports.published import PublishedWave, province_percent
from survey_service.reports.sections.changes import change_words
from survey_service.reports.sections.ranking import (
    SHORT_WORDS,
    short_withheld,
    unit_marks,
    withheld,
)
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import (
    CriterionLine,
    Published,
    Result,
    Turnout,
    UnitSheet,
)

_CLEAR = {
    "above": Text(
        vi="Điểm cao hơn trung bình các đơn vị cùng loại một cách rõ ràng ({difference} điểm).",
        en="The points are clearly above the average of its class ({difference}).",
    ),
    "below": Text(
        vi="Điểm thấp hơn trung bình các đơn vị cùng loại một cách rõ ràng ({difference} điểm).",
        en="The points are clearly below the average of its class ({difference}).",
    ),
    "unclear": Text(
        vi="Điểm chênh {difference} so với trung bình các đơn vị cùng loại: chưa thể phân biệt với "
        "sai số.",
        en="The points differ by {difference} from the average of its class: not distinguishable "
        "from the error.",
    ),
}


def unit_result(wave: PublishedWave, unit: UnitSheet, w: Wording) -> Section:
    """Say where a unit stands, how sure that is, and what changed."""
    blocks: list[Block] = [Facts(facts=tuple(unit_facts(wave, unit, w)), tiles=True)]
    blocks += [Paragraph(text=said, kind=kind) for said, kind in _words(wave, unit, w)]  # pyright: ignore[reportArgumentType]
    profile = chart_figure(wave, w, "profile", unit_class=unit.unit_class, unit=unit.code)
    blocks += [profile] if profile else []
    return Section(code="result", title=w.pick("Kết quả", "Result"), blocks=tuple(blocks))


def unit_facts(wave: PublishedWave, unit: UnitSheet, w: Wording) -> list[Fact]:
    """Give the few figures of a unit to see first."""
    result = unit.result
    unit_class = wave.unit_class(unit.unit_class)
    ranked = len(unit_class.ranking)
    if not isinstance(result, Published):
        return [Fact(term=w.pick("Điểm", "Points"), said=withheld(result, w).text)]
    facts = [
        Fact(
            term=w.pick("Điểm", "Points"),
            said=f"{w.figure(result.points, 2)} / {w.figure(result.maximum, 2)}",
        )
    ]
    if result.interval is not None:
        facts.append(
            Fact(
                term=w.pick("Khoảng tin cậy 95%", "95% interval"), said=w.interval(result.interval)
            )
        )
    if unit.rank is not None:
        facts.append(Fact(term=w.pick("Hạng", "Rank"), said=f"{unit.rank} / {ranked}"))
    if unit.rank_set is not None:
        ranks = w.ranks(unit.rank_set.best, unit.rank_set.worst)
        facts.append(Fact(term=w.pick("Hạng có thể", "Possible ranks"), said=ranks))
    bands = {band.band: w.of(band.name) for band in unit_class.bands}
    if unit.band in bands:
        facts.append(Fact(term=w.pick("Xếp loại", "Class"), said=bands[unit.band]))
    return facts


def _words(wave: PublishedWave, unit: UnitSheet, w: Wording) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    marks = unit_marks(unit, w)
    if marks:
        said.append((w.pick(f"Lưu ý: {marks}.", f"Note: {marks}."), "caution"))
    standing = wave.standing(unit)
    if standing is not None:
        difference = w.signed(standing.difference, 2)
        said.append((w.of(_CLEAR[standing.clear]).format(difference=difference), "finding"))
        top, bottom = (w.chance(one) for one in (standing.top_three, standing.bottom_three))
        said.append(
            (
                w.pick(
                    f"Xét sai số, khả năng thuộc 3 đơn vị đầu là {top}, thuộc 3 đơn vị cuối là "
                    f"{bottom}.",
                    f"Given the error, the chance to be among the first 3 is {top}, among the "
                    f"last 3 {bottom}.",
                ),
                "plain",
            )
        )
    elif isinstance(unit.result, Published) and unit.result.interval is None:
        said.append(
            (
                w.pick(
                    "Không nêu sai số chọn mẫu: có nhóm người trả lời do đơn vị cử hoặc tự trả "
                    "lời, không phải mẫu ngẫu nhiên. Chưa thể nói chênh lệch với đơn vị khác là do "
                    "ngẫu nhiên hay không.",
                    "No sampling error is stated: a group was nominated, or came by itself, and is "
                    "no random sample. "
                    "Whether differences from other units are due to chance cannot be said.",
                ),
                "caution",
            )
        )
    change = wave.change(unit.code)
    if change is not None:
        said.append((change_words(change, w), "plain"))
    return said


def unit_criteria(wave: PublishedWave, unit: UnitSheet, w: Wording) -> Section:
    """Show every component and criterion of a unit beside the units of its class as a whole."""
    province = {
        (line.level, line.code): province_percent(line)
        for line in wave.unit_class(unit.unit_class).province
    }
    rows = [_row("", w.pick("Tổng điểm", "Total"), unit.result, province["total", ""], 0, w)]
    for component in unit.components:
        whole = province.get(("component", component.code))
        rows.append(_row(component.code, w.of(component.name), component.result, whole, 1, w))
        for criterion in component.criteria:
            level = "criterion" if criterion.parts else "leaf"
            whole = province.get((level, criterion.code))
            rows.append(_leaf_row(criterion, whole, 2, w))
            rows += [
                _leaf_row(part, province.get(("leaf", part.code)), 3, w) for part in criterion.parts
            ]
    table = Table(
        caption=w.pick("Điểm theo lĩnh vực và tiêu chí", "Points by component and criterion"),
        columns=(
            Column(name=w.pick("Tiêu chí", "Criterion")),
            Column(name=w.pick("Điểm", "Points"), figure=True),
            Column(name=w.pick("Tối đa", "Maximum"), figure=True),
            Column(name="%", figure=True),
            Column(name=w.pick("% chung của loại", "% of the class"), figure=True),
            Column(name=w.pick("Khoảng tin cậy 95%", "95% interval"), figure=True),
        ),
        rows=tuple(rows),
        notes=(w.of(SHORT_WORDS),),
    )
    return Section(
        code="criteria",
        title=w.pick("Theo lĩnh vực và tiêu chí", "By component and criterion"),
        blocks=(table,),
    )


def _leaf_row(line: CriterionLine, whole: str | None, level: int, w: Wording) -> Row:
    notes: list[str] = []
    if line.left_out:
        groups = w.names(line.left_out)
        notes.append(w.pick(f"không tính nhóm {groups}", f"without {groups}"))
    if line.flagged:
        groups = w.names(line.flagged)
        notes.append(w.pick(f"nhóm {groups} ít phiếu", f"{groups} thin"))
    row = _row(line.code, w.of(line.name), line.result, whole, level, w)
    first = Cell(text=row.cells[0].text, note="; ".join(notes))
    return Row(cells=(first, *row.cells[1:]), level=level)


def _row(code: str, name: str, result: Result, whole: str | None, level: int, w: Wording) -> Row:
    first = f"{code} {name}".strip()
    if not isinstance(result, Published):
        maximum = getattr(result, "maximum", None)
        whole = w.figure(whole, 2)
        return text_row(
            first, short_withheld(result, w), w.figure(maximum, 2), "–", whole, "–", level=level
        )
    return text_row(
        first,
        w.figure(result.points, 2),
        w.figure(result.maximum, 2),
        w.figure(result.percent, 2),
        w.figure(whole, 2),
        w.interval(result.interval),
        level=level,
    )


def unit_turnout(wave: PublishedWave, unit: UnitSheet, w: Wording) -> Section:
    """Show how many ballots about a unit were issued, came back and are valid, by group."""
    rows: list[Row] = []
    entries = [
        (w.pick("Tất cả", "All"), unit.turnout, 0),
        *((w.of(wave.group(one.group).name), one.turnout, 1) for one in unit.groups),
    ]
    for name, turnout, level in entries:
        issued = w.count(turnout.issued)
        if isinstance(turnout, Turnout):
            returned, valid = w.count(turnout.returned), w.count(turnout.valid)
            rows.append(text_row(name, issued, returned, valid, level=level))
        else:
            hidden = Cell(text=w.missing("suppressed"), withheld=True)
            rows.append(text_row(name, issued, hidden, "–", level=level))
    table = Table(
        caption=w.pick("Phiếu đánh giá đơn vị", "Ballots about the unit"),
        columns=(
            Column(name=w.pick("Nhóm", "Group")),
            Column(name=w.pick("Phát ra", "Issued"), figure=True),
            Column(name=w.pick("Thu về", "Returned"), figure=True),
            Column(name=w.pick("Hợp lệ", "Valid"), figure=True),
        ),
        rows=tuple(rows),
    )
    return Section(code="turnout", title=w.pick("Ai đã đánh giá", "Who rated it"), blocks=(table,))
