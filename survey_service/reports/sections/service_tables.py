"""The tables of public services: by service, unit, channel and factor.

Of a table with nothing but hidden lines one sentence is left.
"""

from collections.abc import Sequence

from questionnaires.index import Code
from survey_service.findings.channels import channel_name
from survey_service.findings.services import FactorLine, ServiceLine
from survey_service.findings.terms import Interval
from survey_service.reports.blocks import Block, Cell, Column, Paragraph, Row, Table, text_row
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

Line = ServiceLine | FactorLine
ROUNDED_TO = 10


def service_table(
    wave: PublishedWave, lines: Sequence[ServiceLine], caption: str, w: Wording
) -> Block:
    """Show both indices of every service."""
    own = [one for one in lines if one.level == "service"]
    rows = [_row(one, _service(wave, one, w), w) for one in own]
    return _table(caption, w.pick("Dịch vụ", "Service"), rows, own, w)


def unit_table(
    wave: PublishedWave, lines: Sequence[ServiceLine], caption: str, w: Wording
) -> Block:
    """Show every unit, and below it each of its services where these are told of."""
    parts = _told_parts([one for one in lines if one.level == "unit_service"], "unit")
    rows: list[Row] = []
    own: list[ServiceLine] = []
    for one in lines:
        if one.level == "unit":
            below = parts.get(one.unit, [])
            own += [one, *below]
            rows.append(_row(one, w.of(wave.unit(one.unit or "").name), w, level=0))
            rows += [_row(part, _service(wave, part, w), w) for part in below]
    silent = sum(one.level == "unit" and not parts.get(one.unit) for one in lines)
    notes = [_silent(silent, w)] if silent else []
    return _table(caption, w.pick("Đơn vị, dịch vụ", "Unit, service"), rows, own, w, notes)


def units_of_service(
    wave: PublishedWave, lines: Sequence[ServiceLine], caption: str, w: Wording
) -> Block:
    """Show every unit of one service."""
    own = [one for one in lines if one.level == "unit_service"]
    rows = [_row(one, w.of(wave.unit(one.unit or "").name), w) for one in own]
    return _table(caption, w.pick("Đơn vị", "Unit"), rows, own, w)


def channel_tables(
    wave: PublishedWave, lines: Sequence[ServiceLine], caption: str, w: Wording
) -> list[Block]:
    """Show every channel, and below it each service; nothing where channels are not known."""
    of_services = [one for one in lines if one.level == "service_channel"]
    parts = _told_parts(of_services, "channel")
    rows: list[Row] = []
    own: list[ServiceLine] = []
    for one in lines:
        if one.level == "channel":
            below = parts.get(one.channel, [])
            own += [one, *below]
            rows.append(_row(one, _channel(one, w), w, level=0))
            rows += [_row(part, _service(wave, part, w), w) for part in below]
    if not rows:
        # Of one service alone there is no line of all services.
        own = of_services
        rows = [_row(one, _channel(one, w), w) for one in own]
    if not rows:
        return []
    return [_table(caption, w.pick("Kênh, dịch vụ", "Channel, service"), rows, own, w)]


def factor_table(lines: Sequence[FactorLine], caption: str, w: Wording) -> Block:
    """Show both indices of every factor of a service."""
    rows = [
        text_row(f"{one.factor} {w.of(one.name)}", *_figures(one, w), _number(one, w))
        for one in lines
    ]
    return _table(caption, w.pick("Yếu tố", "Factor"), rows, lines, w, listed=False)


def silence(caption: str, count: int, w: Wording) -> Paragraph:
    """Say in one sentence that a table has nothing but hidden lines."""
    return Paragraph(
        text=w.pick(
            f"{caption}: cả {w.count(count)} dòng đều ẩn, vì ít người trả lời, hoặc vì từ đó suy "
            "ra được một ô ít người trả lời.",
            f"{caption}: all {w.count(count)} lines are hidden; few people answered, or few would "
            "follow from them.",
        )
        if count > 1
        else w.pick(
            f"{caption}: ẩn, vì ít người trả lời, hoặc vì từ đó suy ra được một ô ít người.",
            f"{caption}: hidden; few people answered, or few would follow from it.",
        ),
        kind="note",
    )


def is_about(one: Line) -> bool:
    """Tell whether the number of people may be rounded: it is of several units, and in tens."""
    alone = isinstance(one, ServiceLine) and one.of is None
    return one.n is not None and one.n % ROUNDED_TO == 0 and not alone


def percent_ends(ends: Interval, w: Wording) -> str:
    """Write an interval of percentages."""
    return w.pick(
        f"từ {w.percent(ends.low)} đến {w.percent(ends.high)}",
        f"{w.percent(ends.low)} to {w.percent(ends.high)}",
    )


def _told_parts(lines: Sequence[ServiceLine], of: str) -> dict[Code | None, list[ServiceLine]]:
    """Put lines below what they are parts of, where any of them is told."""
    parts: dict[Code | None, list[ServiceLine]] = {}
    for one in lines:
        parts.setdefault(one.unit if of == "unit" else one.channel, []).append(one)
    return {
        whole: below for whole, below in parts.items() if any(one.missing is None for one in below)
    }


def _table(
    caption: str,
    first: str,
    rows: Sequence[Row],
    lines: Sequence[Line],
    w: Wording,
    notes: Sequence[str] = (),
    *,
    listed: bool = True,
) -> Block:
    if all(one.missing is not None for one in lines):
        return silence(caption, len(lines), w)
    columns = (
        Column(name=first),
        Column(name=w.pick("Hài lòng, rất hài lòng (%)", "Two best (%)"), figure=True),
        Column(name=w.pick("Trung bình ÷ tối đa (%)", "Mean ÷ max. (%)"), figure=True),
        Column(name=w.pick("Người trả lời", "Answered"), figure=True),
        Column(name=w.pick("Người trong danh sách", "People on the list"), figure=True),
    )
    return Table(
        caption=caption,
        columns=columns if listed else columns[:-1],
        rows=tuple(rows),
        notes=(*_notes(lines, w), *notes),
    )


def _row(one: ServiceLine, name: str, w: Wording, *, level: int = 1) -> Row:
    listed = "" if one.people is None else w.count(one.people)
    return text_row(name, *_figures(one, w), _number(one, w), listed, level=level)


def _number(one: Line, w: Wording) -> Cell:
    if one.n is None:
        return _withheld(w)
    if isinstance(one, FactorLine) or one.units is None or one.units == one.of:
        return Cell(text=w.count(one.n))
    note = w.pick(f"{one.units}/{one.of} đơn vị", f"{one.units} of {one.of} units")
    return Cell(text=w.count(one.n), note=note)


def _figures(one: Line, w: Wording) -> tuple[Cell, Cell]:
    if one.missing is not None:
        return _withheld(w), _withheld(w)
    return (
        Cell(text=w.figure(one.top_two, 1), note=_ends(one.top_two_interval, w)),
        Cell(text=w.figure(one.mean_of_maximum, 1), note=_ends(one.mean_interval, w)),
    )


def _ends(ends: Interval | None, w: Wording) -> str:
    return "" if ends is None else f"({w.interval(ends, 1)})"


def _withheld(w: Wording) -> Cell:
    return Cell(text=w.pick("ẩn", "hidden"), withheld=True)


def _service(wave: PublishedWave, one: ServiceLine, w: Wording) -> str:
    found = wave.findings.by_service() if wave.findings else None
    return w.of(found.name(one.service or "")) if found else one.service or ""


def _channel(one: ServiceLine, w: Wording) -> str:
    name = w.of(channel_name(one.channel or ""))
    return name[:1].upper() + name[1:]


def _notes(lines: Sequence[Line], w: Wording) -> list[str]:
    notes: list[str] = []
    if any(one.missing == "suppressed" for one in lines):
        notes.append(
            w.pick(
                "ẩn: ít người trả lời, hoặc suy ra được một ô ít người trả lời.",
                "hidden: few respondents, or few would follow from it.",
            )
        )
    if any(isinstance(one, ServiceLine) and one.n and one.units != one.of for one in lines):
        notes.append(
            w.pick(
                "Ghi “2/3 đơn vị”: dòng chung chỉ gồm các đơn vị cộng lại được mà không lộ ô nào "
                "ít người trả lời.",
                "“2 of 3 units”: a total is made of the units that can be added up so that no "
                "cell of few respondents follows.",
            )
        )
    if any(is_about(one) for one in lines):
        notes.append(
            w.pick(
                "Số người trả lời tròn chục có thể đã được làm tròn xuống, để không suy ra ô ít "
                "người.",
                "Numbers of respondents in tens may be rounded down, so that no small cell "
                "follows.",
            )
        )
    return notes


def _silent(units: int, w: Wording) -> str:
    return w.pick(
        f"Từng dịch vụ của {w.count(units)} đơn vị không được nêu: có dịch vụ ít người trả lời.",
        f"The services of {w.count(units)} units are not shown one by one: some have few "
        "respondents.",
    )
