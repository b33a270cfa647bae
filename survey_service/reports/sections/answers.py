"""What people answered: how options are spread, satisfaction, differences of groups, comments."""

from questionnaires.index import Code
from survey_service.findings.answers import (
    Comments,
    Distribution,
    SatisfactionLine,
)
from survey_service.reports.blocks import (
    Block,
    Bullets,
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
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.drivers import driver_blocks
from survey_service.reports.sections.group_differences import difference_blocks
from survey_service.reports.wording import Wording


def answers(wave: PublishedWave, w: Wording) -> Section | None:
    """Show what was answered about the classes of units; None where nothing was published."""
    if wave.findings is None:
        return None
    found = wave.findings.answers
    parts: list[Section] = []
    for unit_class in wave.sheet.classes:
        code = unit_class.code
        blocks: list[Block] = []
        about = [one for one in found.distributions if one.unit_class == code and not one.unit]
        spread = [one for one in about if one.group is None]
        if spread:
            bars = chart_figure(wave, w, "distribution", unit_class=code)
            blocks += [bars] if bars else []
            blocks.append(distribution_table(wave, code, spread, w))
        lines = [one for one in found.satisfaction if one.unit_class == code and not one.unit]
        blocks += [satisfaction_table(wave, lines, w)] if lines else []
        blocks += difference_blocks(wave, code, w)
        blocks += driver_blocks(wave, code, w)
        if blocks:
            parts.append(
                Section(code=f"answers-{code}", title=w.of(unit_class.name), blocks=tuple(blocks))
            )
    parts.append(
        Section(
            code="comments",
            title=w.pick("Ý kiến tự viết", "Comments"),
            blocks=comment_blocks(found.comments, None, w),
        )
    )
    return Section(
        code="answers",
        title=w.pick("Người được hỏi trả lời thế nào", "What people answered"),
        blocks=(
            Paragraph(
                text=w.pick(
                    "Tỷ lệ tính trên các câu trả lời có ý kiến, không kể “không biết” và “không áp "
                    "dụng”. Số liệu chung của một loại đơn vị chỉ gộp từ các ô được hiển thị.",
                    "Shares leave out don't know and not applicable. Figures about a class are "
                    "made from the shown cells of its units alone.",
                )
            ),
        ),
        parts=tuple(parts),
    )


def distribution_table(
    wave: PublishedWave, unit_class: Code, spread: list[Distribution], w: Wording
) -> Table:
    """Show how the answers to each item spread over its options."""
    shown = [one for one in spread if one.missing is None and one.n is not None]
    rows: list[Row] = []
    for one in shown:
        name = w.of(wave.item(one.item, one.unit))
        if one.group is not None:
            name += f" ({w.of(wave.group(one.group).name)})"
        said = "; ".join(f"{w.of(part.label)} {w.percent(part.percent)}" for part in one.options)
        top = w.percent(one.top_two)
        if one.top_two_interval is not None:
            top += f" ({w.interval(one.top_two_interval, 1)})"
        count = w.count(one.n or 0)
        rows.append(text_row(name, count, said, top, w.percent(one.mean_of_maximum)))
    parts = {(one.units, one.of) for one in spread if one.units is not None}
    notes = [
        w.pick(
            "Trong ngoặc: khoảng tin cậy 95% của tỷ lệ hai mức cao nhất.",
            "In brackets: the 95% interval of the share of the two best options.",
        )
    ]
    if any(units != of for units, of in parts):
        notes.append(
            w.pick(
                "Một số câu chỉ gộp từ một phần các đơn vị, vì ô của đơn vị khác không hiển thị.",
                "Some items rest on part of the units, because cells of the others are hidden.",
            )
        )
    out = len(spread) - len(shown)
    if out:
        notes.append(
            w.pick(
                f"{out} câu không hiển thị hoặc không tính được, chủ yếu vì ít người trả lời.",
                f"{out} items are hidden or could not be computed, mostly for want of answers.",
            )
        )
    name = w.of(wave.unit_class(unit_class).name)
    return Table(
        caption=w.pick(f"Phân bố câu trả lời: {name}", f"Answers by option: {name}"),
        columns=(
            Column(name=w.pick("Câu hỏi", "Item")),
            Column(name=w.pick("Số trả lời", "Answers"), figure=True),
            Column(name=w.pick("Các mức", "Options")),
            Column(name=w.pick("Hai mức cao nhất", "Top two"), figure=True),
            Column(name=w.pick("% tối đa", "% of max."), figure=True),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def satisfaction_table(wave: PublishedWave, lines: list[SatisfactionLine], w: Wording) -> Table:
    """Show the satisfaction index of each group, computed both ways."""
    return Table(
        caption=w.pick("Chỉ số hài lòng, tính theo hai cách", "Satisfaction index, both ways"),
        columns=columns(
            w.pick("Nhóm", "Group"),
            w.pick("Số trả lời", "Answers"),
            w.pick("Hài lòng + rất hài lòng", "Satisfied + very satisfied"),
            w.pick("Khoảng tin cậy 95%", "95% interval"),
            w.pick("Trung bình ÷ tối đa", "Mean ÷ maximum"),
            w.pick("Khoảng tin cậy 95%", "95% interval"),
        ),
        rows=tuple(
            text_row(
                _group_name(wave, one, w),
                "–" if one.n is None else w.count(one.n),
                Cell(text=w.missing(one.missing), withheld=True)
                if one.missing
                else w.percent(one.top_two),
                w.interval(one.top_two_interval, 1),
                w.percent(one.mean_of_maximum),
                w.interval(one.mean_interval, 1),
            )
            for one in lines
        ),
    )


def _group_name(wave: PublishedWave, line: SatisfactionLine, w: Wording) -> str:
    if line.group is None:
        return w.pick("Tất cả người sử dụng dịch vụ", "All service users")
    return w.of(wave.group(line.group).name)


def comment_blocks(found: Comments, unit: Code | None, w: Wording) -> tuple[Block, ...]:
    """List the comments that a moderator let through: all of them, or those about a unit."""
    if found.missing is not None or found.received is None:
        reason = w.missing(found.missing)
        return (Paragraph(text=w.pick(f"Không nêu: {reason}.", f"Not shown: {reason}.")),)
    received = w.count(found.received)
    if not found.moderated:
        return (
            Paragraph(
                text=w.pick(
                    f"Nhận được {received} ý kiến tự viết trong cả đợt; chưa kiểm duyệt nên chưa "
                    "đăng.",
                    f"{received} comments came in over the whole wave; they are not moderated "
                    "yet, and none is listed.",
                )
            ),
        )
    listed = [one for one in found.listed if unit is None or one.unit == unit]
    blocks: list[Block] = [
        Paragraph(
            text=w.pick(
                f"Nhận được {received} ý kiến tự viết trong cả đợt; {len(listed)} ý kiến đã kiểm "
                "duyệt được đăng dưới đây, đã tách khỏi mọi phiếu.",
                f"{received} comments came in over the whole wave; {len(listed)} passed moderation "
                "and stand below, cut off from every ballot.",
            )
        )
    ]
    if unit is None and found.keywords:
        blocks.append(
            Table(
                caption=w.pick("Từ ngữ hay gặp", "Frequent words"),
                columns=columns(w.pick("Từ ngữ", "Words"), w.pick("Số ý kiến", "Comments")),
                rows=tuple(text_row(one.words, w.count(one.comments)) for one in found.keywords),
            )
        )
    if listed:
        blocks.append(Bullets(items=tuple(f"“{one.text}”" for one in listed)))
    return tuple(blocks)
