"""What people answered about one unit: groups, weak points, options, comments."""

from survey_service.reports.blocks import (
    Block,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
    columns,
    text_row,
)
from survey_service.reports.published import PublishedWave, leaves
from survey_service.reports.sections.answers import (
    comment_blocks,
    distribution_table,
    satisfaction_table,
)
from survey_service.reports.sections.ranking import SHORT_WORDS, short_withheld
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import Published, UnitSheet


def unit_weak_points(wave: PublishedWave, unit: UnitSheet, w: Wording) -> Section:
    """List the criteria on which a unit is below its class, and which of that is clear."""
    title = w.pick("Điểm còn yếu", "Weak points")
    if wave.findings is None:
        said = w.pick(
            "Gói công bố này không có phần phân tích điểm yếu.",
            "This publication has no analysis of weak points.",
        )
        return Section(code="weak", title=title, blocks=(Paragraph(text=said),))
    found = [one for one in wave.findings.answers.weak_points if one.unit == unit.code]
    if not found:
        said = w.pick(
            "Không có tiêu chí nào được nêu là thấp hơn mức chung của loại.",
            "No criterion is listed as below the class.",
        )
        return Section(code="weak", title=title, blocks=(Paragraph(text=said),))
    clear = sum(one.clear for one in found)
    said = w.pick(
        f"{len(found)} tiêu chí thấp hơn mức chung của loại, trong đó {clear} tiêu chí thấp hơn "
        "rõ; phần còn lại chưa thể phân biệt với sai số.",
        f"{len(found)} criteria are below the class, {clear} of them clearly; the others cannot be "
        "told from the error.",
    )
    table = Table(
        caption=w.pick("Tiêu chí thấp hơn mức chung", "Criteria below the class"),
        columns=(
            Column(name=w.pick("Tiêu chí", "Criterion")),
            Column(name=w.pick("Đơn vị (%)", "Unit (%)"), figure=True),
            Column(name=w.pick("Mức chung (%)", "Class (%)"), figure=True),
            Column(name=w.pick("Chênh", "Difference"), figure=True),
            Column(name=w.pick("Kết luận", "Reading")),
        ),
        rows=tuple(
            text_row(
                f"{one.leaf} {w.of(wave.leaf(unit.unit_class, one.leaf))}",
                w.figure(one.percent, 1),
                w.figure(one.class_percent, 1),
                w.signed(one.difference, 1),
                w.pick("thấp hơn rõ", "clearly below")
                if one.clear
                else w.pick("chưa thể phân biệt", "not distinguishable"),
            )
            for one in found
        ),
    )
    return Section(code="weak", title=title, blocks=(Paragraph(text=said), table))


def unit_groups(wave: PublishedWave, unit: UnitSheet, w: Wording) -> Section:
    """Show the percent of the maximum that each group gave on each criterion."""
    groups = [group for group in wave.sheet.groups if any(
        row.group == group.code for leaf in leaves(unit) for row in leaf.groups
    )]  # fmt: skip
    rows: list[Row] = []
    for leaf in leaves(unit):
        results = {row.group: row.result for row in leaf.groups}
        cells = [
            w.figure(result.percent, 1)
            if isinstance(result := results.get(group.code), Published)
            else ("" if result is None else short_withheld(result, w))
            for group in groups
        ]
        rows.append(text_row(f"{leaf.code} {w.of(leaf.name)}", *cells))
    table = Table(
        caption=w.pick("Từng nhóm đánh giá: % điểm tối đa", "By group: percent of the maximum"),
        columns=columns(w.pick("Tiêu chí", "Criterion"), *(group.code for group in groups)),
        rows=tuple(rows),
        notes=(
            *(f"{group.code}: {w.of(group.name)}" for group in groups),
            w.of(SHORT_WORDS),
        ),
    )
    return Section(
        code="groups", title=w.pick("Theo nhóm người trả lời", "By group"), blocks=(table,)
    )


def unit_answers(wave: PublishedWave, unit: UnitSheet, w: Wording) -> Section | None:
    """Show the answers about a unit; None where none of them is published."""
    if wave.findings is None:
        return None
    found = wave.findings.answers
    blocks: list[Block] = []
    lines = [one for one in found.satisfaction if one.unit == unit.code]
    blocks += [satisfaction_table(wave, lines, w)] if lines else []
    spread = [one for one in found.distributions if one.unit == unit.code]
    blocks += [distribution_table(wave, unit.unit_class, spread, w)] if spread else []
    blocks += comment_blocks(found.comments, unit.code, w)
    return Section(
        code="answers",
        title=w.pick("Người được hỏi trả lời thế nào", "What people answered"),
        blocks=tuple(blocks),
    )
