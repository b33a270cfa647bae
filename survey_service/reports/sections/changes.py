"""What changed against the former wave, and what cannot be compared."""

from questionnaires.text import Text
from survey_service.findings.standing import Changes, UnitChange
from survey_service.reports.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
    text_row,
)
from survey_service.reports.pictures import chart_figure
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

_DIRECTIONS = {
    "up": Text(vi="tăng rõ", en="clearly up"),
    "down": Text(vi="giảm rõ", en="clearly down"),
    "unclear": Text(vi="chưa thể phân biệt", en="not distinguishable"),
}


def changes(wave: PublishedWave, w: Wording) -> Section:
    """Show the change of every unit against the former wave, or say that there is none."""
    found = wave.findings.trust.changes if wave.findings else None
    title = w.pick("So với đợt trước", "Against the former wave")
    if found is None:
        said = w.pick(
            "Không có đợt trước để so: chưa đưa bộ dữ liệu của đợt trước vào khi tính.",
            "There is no former wave to compare with: no dataset of one was given.",
        )
        return Section(code="changes", title=title, blocks=(Paragraph(text=said),))
    blocks: list[Block] = [
        Paragraph(text=change_count_words(found, w), kind="finding"),
        Paragraph(
            text=w.pick(
                f"So với “{w.of(found.title)}” ({found.year}). Cả hai đợt được tính trên cùng các "
                "nhóm có hiệu lực ở cả hai đợt, nên điểm ở đây có thể khác điểm công bố. “Rõ” khi "
                f"p < 0,05 sau hiệu chỉnh Holm và chênh từ {w.figure(found.practical, 2)} điểm.",
                f"Against “{w.of(found.title)}” ({found.year}). Both waves are computed on the "
                "groups valid in both, so that points here may differ from the published ones. "
                "Clear: p < 0.05 after Holm and a difference of "
                f"{w.figure(found.practical, 2)} points or more.",
            )
        ),
    ]
    if found.breaks:
        blocks.append(
            Paragraph(
                text=w.pick("Những điểm không giống nhau:", "What is not the same in both:"),
                kind="caution",
            )
        )
        blocks.append(Bullets(items=tuple(w.of(one) for one in found.breaks)))
    if found.gone:
        gone = w.names(found.gone)
        said = w.pick(f"Không còn trong đợt này: {gone}.", f"No longer in this wave: {gone}.")
        blocks.append(Paragraph(text=said))
    for unit_class in wave.sheet.classes:
        slope = chart_figure(wave, w, "slope", unit_class=unit_class.code)
        blocks += [slope] if slope else []
        by_unit = {one.unit: one for one in found.units}
        listed = (*unit_class.ranking, *unit_class.unranked)
        members = [by_unit[code] for code in listed if code in by_unit]
        if members:
            blocks.append(_table(wave, w.of(unit_class.name), members, w))
    return Section(code="changes", title=title, blocks=tuple(blocks))


def change_count_words(found: Changes, w: Wording) -> str:
    """Say how many units rose clearly, fell clearly, and could not be told."""
    directions = [one.direction for one in found.units]
    up, down, unclear = (directions.count(name) for name in ("up", "down", "unclear"))
    out = directions.count(None)
    vi = f"So với đợt trước: {up} đơn vị tăng rõ, {down} giảm rõ, {unclear} chưa thể phân biệt"
    en = f"Against the former wave: {up} units clearly up, {down} clearly down, {unclear} unclear"
    vi += f"; {out} đơn vị không so được." if out else "."
    en += f"; {out} could not be compared." if out else "."
    return w.pick(vi, en)


def change_words(change: UnitChange, w: Wording) -> str:
    """Say in one sentence what became of a unit's points."""
    if change.missing == "suppressed" and change.direction is not None:
        said = w.of(_DIRECTIONS[change.direction])
        return w.pick(
            f"So với đợt trước: {said}; con số không hiển thị vì ít người trả lời.",
            f"Against the former wave: {said}; the figure is hidden: few respondents.",
        )
    if change.missing is not None or change.difference is None:
        return w.pick(
            f"Không so với đợt trước: {w.missing(change.missing)}.",
            f"Not compared with the former wave: {w.missing(change.missing)}.",
        )
    said = w.signed(change.difference, 2)
    if change.direction in {"up", "down"}:
        vi, en = ("tăng", "rose") if change.direction == "up" else ("giảm", "fell")
        ends = w.interval(change.interval)
        return w.pick(
            f"So với đợt trước điểm {vi} rõ: {said} điểm (khoảng tin cậy 95%: {ends}).",
            f"Against the former wave the points clearly {en}: {said} (95% interval: {ends}).",
        )
    return w.pick(
        f"So với đợt trước điểm chênh {said}; mức này chưa thể phân biệt với sai số, nên không "
        "kết luận là tăng hay giảm.",
        f"Against the former wave the points differ by {said}; this cannot be told from the "
        "error, so that neither a rise nor a fall is concluded.",
    )


def _table(wave: PublishedWave, name: str, members: list[UnitChange], w: Wording) -> Table:
    return Table(
        caption=w.pick(f"Thay đổi: {name}", f"Change: {name}"),
        columns=(
            Column(name=w.pick("Đơn vị", "Unit")),
            *(
                Column(name=title, figure=True)
                for title in (
                    w.pick("Đợt trước", "Former"),
                    w.pick("Đợt này", "Now"),
                    w.pick("Chênh", "Change"),
                    w.pick("Khoảng tin cậy 95%", "95% interval"),
                    "p",
                    w.pick("Hạng trước → nay", "Rank then → now"),
                )
            ),
            Column(name=w.pick("Kết luận", "Reading")),
        ),
        rows=tuple(_row(wave, one, w) for one in members),
    )


def _row(wave: PublishedWave, one: UnitChange, w: Wording) -> Row:
    ranks = [str(rank) if rank is not None else "–" for rank in (one.former_rank, one.rank)]
    if one.missing is not None and one.direction is None:
        reading: str | Cell = Cell(text=w.missing(one.missing), withheld=True)
    else:
        reading = w.of(_DIRECTIONS[one.direction or "unclear"])
    figures: list[str | Cell] = [
        w.figure(one.former, 2),
        w.figure(one.points, 2),
        w.signed(one.difference, 2),
        w.interval(one.interval),
        w.p_value(one.p),
    ]
    if one.missing == "suppressed":
        figures = [Cell(text=w.pick("ẩn", "hidden"), withheld=True)] * len(figures)
    return text_row(
        Cell(text=w.of(wave.unit(one.unit).name), note=_marks(one, w)),
        *figures,
        " → ".join(ranks),
        reading,
    )


def _marks(one: UnitChange, w: Wording) -> str:
    marks: list[str] = []
    if one.successor_of:
        codes = w.names(one.successor_of)
        marks.append(w.pick(f"kế thừa {codes}", f"successor of {codes}"))
    if one.composition is not None:
        part = w.signed(one.composition, 2)
        marks.append(
            w.pick(
                f"{part} điểm do nhóm người trả lời không giống nhau ở hai đợt",
                f"{part} points come from groups that are not in both waves",
            )
        )
    return "; ".join(marks)
