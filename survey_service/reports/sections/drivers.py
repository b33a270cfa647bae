"""What goes with the overall judgement; an association, never called a cause."""

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.findings.answers import Drivers
from survey_service.reports.blocks import Block, Column, Paragraph, Table, text_row
from survey_service.reports.pictures import chart_figure
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

_QUADRANTS = {
    "keep_up": Text(vi="quan trọng, đang tốt: giữ vững", en="important, doing well: keep up"),
    "improve": Text(vi="quan trọng, còn thấp: ưu tiên", en="important, low: improve first"),
    "low_priority": Text(vi="ít liên quan, còn thấp", en="less related, low"),
    "possible_overkill": Text(vi="ít liên quan, đang tốt", en="less related, doing well"),
}

_MOST_FOR_LMG = 12
"""From more drivers on the shares are Johnson's: LMG would go through every order of entering."""
_LMG = "LMG (Lindeman, Merenda, Gold 1980)"
_RELATIVE_WEIGHTS = "relative weights (Johnson 2000)"


def driver_blocks(wave: PublishedWave, unit_class: Code, w: Wording) -> list[Block]:
    """Show what goes with the overall judgement in a class of units."""
    found = wave.findings.answers.drivers if wave.findings else ()
    blocks: list[Block] = []
    for one in found:
        if one.unit_class == unit_class:
            blocks += _blocks(one, w.of(wave.filled(one.outcome)), w)
            if one.drivers:
                chart = chart_figure(wave, w, "drivers", unit_class=unit_class)
                blocks += [chart] if chart else []
    return blocks


def _blocks(found: Drivers, outcome: str, w: Wording) -> list[Block]:
    if found.missing == "not_applicable":
        return [
            Paragraph(
                text=w.pick(
                    "Không xét yếu tố đi cùng đánh giá chung: loại đơn vị này không có câu hỏi "
                    "đánh giá chung, hoặc không có tiêu chí nào hỏi cùng những người đó.",
                    "What goes with the overall judgement is not examined: this class of units has "
                    "no overall question, or no criterion put to the same people.",
                )
            )
        ]
    if found.missing is not None or not found.drivers:
        reason = w.missing(found.missing)
        said = w.pick(
            f"Yếu tố đi cùng “{outcome}”: {reason}.", f"What goes with “{outcome}”: {reason}."
        )
        return [Paragraph(text=said)]
    explained = w.figure(found.r_squared, 2)
    method = _LMG if len(found.drivers) <= _MOST_FOR_LMG else _RELATIVE_WEIGHTS
    people = "–" if found.n is None else w.count(found.n)
    warning = Paragraph(
        text=w.pick(
            "Bảng dưới nêu mối liên hệ thống kê, không phải quan hệ nhân quả: cải thiện một yếu tố "
            "chưa chắc làm tăng đánh giá chung.",
            "The table below shows associations and not causes: to improve one of them need not "
            "raise the overall judgement.",
        ),
        kind="caution",
    )
    table = Table(
        caption=w.pick(f"Yếu tố đi cùng “{outcome}”", f"What goes with “{outcome}”"),
        columns=(
            Column(name=w.pick("Yếu tố", "Factor")),
            Column(name=w.pick("Phần đóng góp vào R²", "Share of R²"), figure=True),
            Column(name=w.pick("Khoảng tin cậy 95%", "95% interval"), figure=True),
            Column(name=w.pick("Đang đạt (% tối đa)", "Performance (% of max.)"), figure=True),
            Column(name=w.pick("Vị trí", "Place")),
        ),
        rows=tuple(
            text_row(
                w.of(one.name),
                w.percent(one.share),
                w.interval(one.interval, 1),
                w.percent(one.performance),
                w.of(_QUADRANTS[one.quadrant]),
            )
            for one in found.drivers
        ),
        notes=(
            w.pick(
                f"Phân rã R² theo {method}; R² = {explained}, "
                f"n = {people}. “Vị trí” so với trung bình của hai cột.",
                f"R² decomposed by {method}; R² = {explained}, "
                f"n = {people}. “Place” is against the averages of both columns.",
            ),
        ),
    )
    return [warning, table]
