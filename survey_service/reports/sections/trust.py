"""How far a ranking can be trusted: tiers, differences from the average, other choices."""

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.findings.standing import ClassStanding, RankShift, Scenario
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
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

CLEAR = {
    "above": Text(vi="cao hơn trung bình", en="above average"),
    "below": Text(vi="thấp hơn trung bình", en="below average"),
    "unclear": Text(vi="chưa thể phân biệt với trung bình", en="not distinguishable from average"),
}


def trust(wave: PublishedWave, w: Wording) -> Section | None:
    """Say which differences the data carry; None where nothing was found out about it."""
    if wave.findings is None:
        return None
    parts = [_class_part(wave, found, w) for found in wave.findings.trust.classes]
    scenarios = _sensitivity(wave, w)
    parts += [scenarios] if scenarios else []
    if not parts:
        return None
    return Section(
        code="trust",
        title=w.pick("Thứ hạng tin được đến đâu", "How far the ranking can be trusted"),
        blocks=(
            Paragraph(
                text=w.pick(
                    "Điểm đo bằng ý kiến của một số người nên có sai số. Chỉ những khác biệt ghi "
                    "“rõ” dưới đây là đủ lớn so với sai số; các khác biệt còn lại chưa thể phân "
                    "biệt.",
                    "Points rest on the opinions of a number of people and carry an error. Only "
                    "the differences called clear below are large against it; all others cannot "
                    "be told apart.",
                )
            ),
        ),
        parts=tuple(parts),
    )


def reliability_words(found: ClassStanding, w: Wording) -> Paragraph | None:
    """Say whether the scores of a class carry a ranking."""
    if found.reliability is None or found.carries_ranking is None:
        return None
    value = w.figure(found.reliability, 2)
    if found.carries_ranking:
        return Paragraph(
            text=w.pick(
                f"Độ tin cậy của điểm giữa các đơn vị là {value} (từ 0,70 trở lên): bảng điểm đủ "
                "chính xác để xếp hạng, với các khoảng thứ hạng đã nêu.",
                f"The reliability of the scores between units is {value} (0.70 or more): they "
                "are precise enough for a ranking, within the possible ranks shown.",
            ),
            kind="finding",
        )
    return Paragraph(
        text=w.pick(
            f"Độ tin cậy của điểm giữa các đơn vị chỉ là {value} (dưới 0,70): khác biệt giữa các "
            "đơn vị nhỏ so với sai số, không nên dùng thứ hạng để kết luận hơn kém.",
            f"The reliability of the scores between units is only {value} (below 0.70): units "
            "differ little against the error, and the ranks should not be used to tell better "
            "from worse.",
        ),
        kind="caution",
    )


def clear_units(found: ClassStanding, clear: str) -> list[Code]:
    """Give the units that stand clearly above or below the average of their class."""
    return [unit.unit for unit in found.units if unit.clear == clear]


def clear_words(wave: PublishedWave, found: ClassStanding, w: Wording) -> tuple[str, ...]:
    """Say which units stand clearly above, clearly below, and how many cannot be told."""
    said: list[str] = []
    for clear, vi, en in (
        ("above", "Cao hơn trung bình một cách rõ ràng", "Clearly above average"),
        ("below", "Thấp hơn trung bình một cách rõ ràng", "Clearly below average"),
    ):
        names = [w.of(wave.unit(code).name) for code in clear_units(found, clear)]
        none = w.pick("không có đơn vị nào", "no unit")
        said.append(f"{w.pick(vi, en)}: {w.names(names) or none}.")
    unclear = len(clear_units(found, "unclear"))
    if unclear:
        said.append(
            w.pick(
                f"Chưa thể phân biệt với trung bình: {unclear} đơn vị.",
                f"Not distinguishable from the average: {unclear} of the units.",
            )
        )
    return tuple(said)


def _class_part(wave: PublishedWave, found: ClassStanding, w: Wording) -> Section:
    name = w.of(wave.unit_class(found.unit_class).name)
    blocks: list[Block] = []
    if found.missing is not None or not found.units:
        blocks.append(
            Paragraph(
                text=w.pick(
                    f"Không đánh giá được thứ hạng của loại này: {w.missing(found.missing)}.",
                    f"The ranks of this class could not be judged: {w.missing(found.missing)}.",
                ),
                kind="caution",
            )
        )
    else:
        words = reliability_words(found, w)
        blocks += [words] if words else []
        said = (*clear_words(wave, found, w), *(w.of(one) for one in found.remarks))
        blocks += [Bullets(items=said), _standing_table(wave, found, w)]
    return Section(code=f"trust-{found.unit_class}", title=name, blocks=tuple(blocks))


def _standing_table(wave: PublishedWave, found: ClassStanding, w: Wording) -> Table:
    return Table(
        caption=w.pick("Đơn vị so với trung bình của loại", "Units against their class's average"),
        columns=(
            Column(name=w.pick("Đơn vị", "Unit")),
            *(
                Column(name=name, figure=True)
                for name in (
                    w.pick("Bậc", "Tier"),
                    w.pick("Hạng có thể (riêng đơn vị)", "Possible ranks (this unit)"),
                    w.pick("Trong 3 đơn vị đầu", "Among the first 3"),
                    w.pick("Trong 3 đơn vị cuối", "Among the last 3"),
                    w.pick("Chênh với trung bình", "Difference"),
                    w.pick("Sai số chuẩn", "SE"),
                    "p (Holm)",
                )
            ),
            Column(name=w.pick("Kết luận", "Reading")),
        ),
        rows=tuple(
            text_row(
                w.of(wave.unit(unit.unit).name),
                str(unit.tier),
                w.ranks(unit.best, unit.worst),
                w.chance(unit.top_three),
                w.chance(unit.bottom_three),
                w.signed(unit.difference, 2),
                w.figure(unit.standard_error, 2),
                w.p_value(unit.p),
                w.of(CLEAR[unit.clear]),
            )
            for unit in found.units
        ),
        notes=(
            w.pick(
                f"Trung bình của loại: {w.figure(found.average, 2)} điểm. “Bậc”: các đơn vị "
                "có khoảng thứ hạng nối chồng lên nhau. “Rõ” khi p < 0,05 sau hiệu chỉnh Holm và "
                "chênh lệch đạt ngưỡng thực tế.",
                f"Average of the class: {w.figure(found.average, 2)} points. A tier holds units "
                "whose sets of ranks overlap. Clear: p < 0.05 after Holm, and a difference that "
                "reaches the practical threshold.",
            ),
        ),
    )


def _sensitivity(wave: PublishedWave, w: Wording) -> Section | None:
    scenarios = wave.findings.trust.scenarios if wave.findings else ()
    if not scenarios:
        return None
    by_class: dict[Code, list[Scenario]] = {}
    for scenario in scenarios:
        by_class.setdefault(scenario.unit_class, []).append(scenario)
    tables = [_scenario_table(wave, code, found, w) for code, found in by_class.items()]
    shifts = [_shift_table(wave, code, found, w) for code, found in by_class.items()]
    return Section(
        code="sensitivity",
        title=w.pick("Nếu tính theo cách khác", "If it were computed otherwise"),
        blocks=(
            Paragraph(
                text=w.pick(
                    "Cùng số liệu được tính lại theo những lựa chọn khác. Chỉ nêu thay đổi thứ "
                    "hạng; điểm công bố không thay đổi.",
                    "The same data were computed anew under other choices. Only shifts of ranks "
                    "are shown; the published points stay as they are.",
                )
            ),
            *tables,
            *(table for table in shifts if table.rows),
        ),
    )


def _scenario_table(wave: PublishedWave, code: Code, found: list[Scenario], w: Wording) -> Table:
    name = w.of(wave.unit_class(code).name)
    rows: list[Row] = []
    for one in found:
        if one.missing is not None:
            reason = Cell(text=w.missing(one.missing), withheld=True)
            rows.append(text_row(w.of(one.name), w.count(one.draws), reason, "–"))
            continue
        largest = "–" if one.largest is None else str(one.largest)
        rows.append(
            text_row(w.of(one.name), w.count(one.draws), largest, w.figure(one.agreement, 2))
        )
    return Table(
        caption=w.pick(f"Độ nhạy của thứ hạng: {name}", f"Sensitivity of the ranks: {name}"),
        columns=columns(
            w.pick("Cách tính", "Choice"),
            w.pick("Số lần tính", "Draws"),
            w.pick("Đổi hạng nhiều nhất", "Largest shift"),
            w.pick("Tương đồng (τ-b)", "Agreement (τ-b)"),
        ),
        rows=tuple(rows),
    )


def _shift(shift: RankShift | None, w: Wording) -> str | Cell:
    if shift is None:
        return "–"
    if shift.lowest is None or shift.highest is None:
        hidden = shift.missing == "suppressed"
        text = w.pick("ẩn", "hidden") if hidden else w.pick("không đo", "none")
        return Cell(text=text, withheld=True)
    return w.ranks(shift.highest, shift.lowest)


def _shift_table(wave: PublishedWave, code: Code, found: list[Scenario], w: Wording) -> Table:
    shown = [one for one in found if one.shifts]
    units = [shift.unit for shift in shown[0].shifts] if shown else []
    published = {shift.unit: shift.published for one in shown for shift in one.shifts}
    rows: list[Row] = []
    for unit in units:
        cells: list[str | Cell] = [str(published[unit])]
        for one in shown:
            shift = next((shift for shift in one.shifts if shift.unit == unit), None)
            cells.append(_shift(shift, w))
        rows.append(text_row(w.of(wave.unit(unit).name), *cells))
    name = w.of(wave.unit_class(code).name)
    return Table(
        caption=w.pick(f"Hạng theo từng cách tính: {name}", f"Ranks under each choice: {name}"),
        columns=columns(
            w.pick("Đơn vị", "Unit"),
            w.pick("Công bố", "Published"),
            *(w.of(one.name) for one in shown),
        ),
        rows=tuple(rows),
    )
