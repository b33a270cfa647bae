"""What people experienced at a service, and those who came by another door."""

from collections.abc import Iterator, Sequence

from questionnaires.text import Text
from survey_service.findings.services import DoorLine, FactLine
from survey_service.findings.terms import Interval
from survey_service.reports.blocks import Block, Cell, Column, Paragraph, Row, Table, text_row
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.service_tables import silence
from survey_service.reports.wording import Wording

MODES = {
    "web": Text(vi="thư điện tử", en="e-mail"),
    "letter": Text(vi="thư giấy", en="printed letter"),
    "receipt": Text(vi="mã trên biên nhận", en="code on the receipt"),
}
"""The doors by which people come, in words."""


def fact_tables(wave: PublishedWave, facts: Sequence[FactLine], w: Wording) -> Iterator[Block]:
    """Show each factual question with every service's answer."""
    for item in dict.fromkeys(one.item for one in facts):
        own = [one for one in facts if one.item == item]
        caption = w.of(_asked(wave, item))
        if all(one.n is None for one in own):
            yield silence(caption, len(own), w)
            continue
        rows = tuple(text_row(_named(wave, one, w), *_told(one, w)) for one in own)
        yield _table(caption, rows, own, w)


def experience(wave: PublishedWave, facts: Sequence[FactLine], w: Wording) -> list[Block]:
    """Show every factual question about one service in one table, its answers below it."""
    caption = w.pick("Người dùng dịch vụ cho biết", "What users of the service say")
    if not facts:
        return []
    if all(one.n is None for one in facts):
        return [silence(caption, len(facts), w)]
    rows: list[Row] = []
    for one in facts:
        number, _ = _told(one, w)
        n = w.pick(f"{number.text} người trả lời", f"{number.text} answered")
        asked = number if one.n is None else Cell(text=n, note=number.note)
        rows.append(text_row(w.of(_asked(wave, one.item)), asked, level=0))
        if one.mean is not None:
            mean = Cell(text=w.figure(one.mean, 2), note=_ends(one.mean_interval, 2, w))
            rows.append(text_row(w.pick("Trung bình", "Mean"), mean))
        rows += [
            text_row(
                w.of(share.label),
                Cell(text=w.percent(share.percent), note=_ends(share.interval, 1, w)),
            )
            for share in one.shares
        ]
    columns = (
        Column(name=w.pick("Câu hỏi, câu trả lời", "Question, answer")),
        Column(name=w.pick("Kết quả", "Result"), figure=True),
    )
    return [Table(caption=caption, columns=columns, rows=tuple(rows), notes=_notes(facts, w))]


def _table(caption: str, rows: tuple[Row, ...], facts: Sequence[FactLine], w: Wording) -> Table:
    return Table(
        caption=caption,
        columns=(
            Column(name=w.pick("Dịch vụ", "Service")),
            Column(name=w.pick("Người trả lời", "Answered"), figure=True),
            Column(name=w.pick("Kết quả (khoảng tin cậy 95%)", "Result (95% interval)")),
        ),
        rows=rows,
        notes=_notes(facts, w),
    )


def _notes(facts: Sequence[FactLine], w: Wording) -> tuple[str, ...]:
    if all(one.n is None or one.units == one.of for one in facts):
        return ()
    return (
        w.pick(
            "Ghi “2/3 đơn vị”: chỉ gồm các đơn vị cộng lại được mà không lộ ô nào ít người.",
            "“2 of 3 units”: made of the units that can be added up so that no small cell follows.",
        ),
    )


def _asked(wave: PublishedWave, item: str) -> Text:
    found = wave.findings.by_service() if wave.findings else None
    texts = found.items if found else ()
    return wave.filled(
        next((one.text for one in texts if one.item == item), Text(vi=item, en=item))
    )


def _named(wave: PublishedWave, one: FactLine, w: Wording) -> str:
    found = wave.findings.by_service() if wave.findings else None
    return w.of(found.name(one.service)) if found else one.service


def _told(one: FactLine, w: Wording) -> tuple[Cell, Cell]:
    """Give the people who answered, and what they said."""
    if one.n is None:
        hidden = Cell(text=w.pick("ẩn", "hidden"), withheld=True)
        return hidden, hidden
    part = w.pick(f"{one.units}/{one.of} đơn vị", f"{one.units} of {one.of} units")
    number = Cell(text=w.count(one.n), note="" if one.units == one.of else part)
    if one.mean is not None:
        mean = w.pick("trung bình", "mean")
        ends = _ends(one.mean_interval, 2, w)
        return number, Cell(text=f"{mean} {w.figure(one.mean, 2)}", note=ends)
    shares = (
        f"{w.of(share.label)}: {w.percent(share.percent)} {_ends(share.interval, 1, w)}".strip()
        for share in one.shares
    )
    return number, Cell(text="; ".join(shares))


def _ends(ends: Interval | None, places: int, w: Wording) -> str:
    return "" if ends is None else f"({w.interval(ends, places)})"


def door_blocks(wave: PublishedWave, doors: Sequence[DoorLine], w: Wording) -> list[Block]:
    """Show those who came by another door, and say that they are no sample."""
    if not doors:
        return []
    found = wave.findings.by_service() if wave.findings else None
    rows = tuple(
        text_row(
            w.of(found.name(one.service)) if found else one.service,
            w.of(MODES[one.mode]),
            *(
                (Cell(text=w.pick("ẩn", "hidden"), withheld=True),) * 3
                if one.n is None
                else (
                    w.figure(one.top_two, 1),
                    w.figure(one.mean_of_maximum, 1),
                    w.count(one.n),
                )
            ),
        )
        for one in doors
    )
    caption = w.pick("Ý kiến đến bằng cửa khác", "Opinions by other doors")
    if all(one.n is None for one in doors):
        return [silence(caption, len(doors), w), Paragraph(text=_no_sample(doors, w), kind="note")]
    table = Table(
        caption=caption,
        columns=(
            Column(name=w.pick("Dịch vụ", "Service")),
            Column(name=w.pick("Cửa", "Door")),
            Column(name=w.pick("Hài lòng, rất hài lòng (%)", "Two best (%)"), figure=True),
            Column(name=w.pick("Trung bình ÷ tối đa (%)", "Mean ÷ max. (%)"), figure=True),
            Column(name=w.pick("Người trả lời", "Answered"), figure=True),
        ),
        rows=rows,
    )
    return [table, Paragraph(text=_no_sample(doors, w), kind="caution")]


def _no_sample(doors: Sequence[DoorLine], w: Wording) -> str:
    said = w.pick(
        "Bảng này đứng riêng: không cộng vào điểm và không cộng vào số liệu nào khác.",
        "This table stands apart: it is added to no points and to no other figure.",
    )
    if any(one.volunteers for one in doors):
        said += w.pick(
            " Người dùng mã trên biên nhận tự tìm đến, không do hệ thống rút thăm; họ có thể hài "
            "lòng hơn hoặc bực bội hơn người khác. Đó không phải là mẫu ngẫu nhiên, nên không nêu "
            "khoảng tin cậy (AAPOR 2013, về mẫu không xác suất).",
            " Who used the code on a receipt came by themselves and was not drawn; such people may "
            "be more pleased or more angry than others. Volunteers are not a sample, so that no "
            "interval is stated (AAPOR Task Force on Non-probability Sampling, 2013).",
        )
    return said
