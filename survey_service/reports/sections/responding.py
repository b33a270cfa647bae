"""Who was asked, how their list was made, who answered, and how like the list they are."""

from questionnaires.text import Text
from survey_service.findings.responding import RespondingLine
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
from survey_service.reports.wording import Wording
from survey_service.sheet.score_sheet import Turnout

LISTS = {
    "census": Text(vi="mời tất cả (toàn bộ danh sách)", en="everybody on the list (census)"),
    "drawn": Text(vi="chọn ngẫu nhiên từ danh sách", en="drawn at random from the list"),
    "nominated": Text(vi="do đơn vị cử", en="nominated"),
    "volunteers": Text(vi="tự trả lời theo mã trên giấy hẹn", en="by a code on their receipt"),
}
_STEPS = {
    "invited": Text(vi="Người được mời", en="People invited"),
    "sent": Text(vi="Thư đã gửi", en="Letter sent"),
    "not_returned": Text(vi="Thư không bị trả về", en="Letter not returned"),
    "answered": Text(vi="Đã trả lời", en="Answered"),
    "valid": Text(vi="Phiếu hợp lệ", en="Valid response"),
}


def responding(wave: PublishedWave, w: Wording) -> Section:
    """Tell who was asked and who answered; of older publications only what the sheet says."""
    blocks: list[Block] = []
    if wave.findings is None:
        blocks += [_of_the_sheet(wave, w), _lists(wave, w)]
    else:
        blocks += _of_the_findings(wave, w)
    return Section(
        code="responding",
        title=w.pick("Hỏi ai, ai trả lời", "Who was asked, who answered"),
        blocks=tuple(blocks),
    )


def turnout_words(wave: PublishedWave, w: Wording) -> str:
    """Say in one sentence how many ballots were issued, came back and are valid."""
    turnouts = [unit.turnout for unit in wave.sheet.units]
    issued = w.count(sum(turnout.issued for turnout in turnouts))
    shown = [turnout for turnout in turnouts if isinstance(turnout, Turnout)]
    if len(shown) < len(turnouts):
        return w.pick(
            f"Phát ra {issued} phiếu đánh giá; số thu về của một số đơn vị không hiển thị vì ít "
            "người trả lời.",
            f"{issued} ballots were issued; how many came back is not shown for some units, "
            "because few people answered.",
        )
    returned = w.count(sum(turnout.returned for turnout in shown))
    valid = w.count(sum(turnout.valid for turnout in shown))
    return w.pick(
        f"Phát ra {issued} phiếu đánh giá, thu về {returned}, hợp lệ {valid} (mỗi người có thể "
        "đánh giá nhiều đơn vị).",
        f"{issued} ballots were issued, {returned} came back, {valid} are valid (a person may "
        "rate several units).",
    )


def _of_the_sheet(wave: PublishedWave, w: Wording) -> Block:
    return Paragraph(text=turnout_words(wave, w))


def _lists(wave: PublishedWave, w: Wording) -> Block:
    return Table(
        caption=w.pick("Các nhóm được hỏi và cách lập danh sách", "Groups, and their lists"),
        columns=columns(
            w.pick("Nhóm", "Group"), w.pick("Cách lập danh sách", "How listed"), figures=False
        ),
        rows=tuple(
            text_row(w.of(group.name), w.of(LISTS[group.list_kind])) for group in wave.sheet.groups
        ),
    )


def _of_the_findings(wave: PublishedWave, w: Wording) -> list[Block]:
    found = wave.findings.responding if wave.findings else None
    if found is None:
        return []
    blocks: list[Block] = []
    whole = next((line for line in found.lines if line.level == "wave"), None)
    if whole is not None:
        blocks.append(Paragraph(text=whole_words(whole, w), kind="finding"))
    blocks.append(Paragraph(text=turnout_words(wave, w)))
    funnel = chart_figure(wave, w, "funnel")
    blocks += [funnel] if funnel else []
    if found.funnel:
        blocks.append(
            Table(
                caption=w.pick("Từ danh sách đến phiếu hợp lệ", "From the list to valid responses"),
                columns=columns(
                    w.pick("Bước", "Step"), w.pick("Số người", "People"), w.pick("%", "%")
                ),
                rows=tuple(
                    text_row(w.of(_STEPS[one.step]), w.count(one.people), w.percent(one.percent))
                    for one in found.funnel
                ),
            )
        )
    groups = [line for line in found.lines if line.level == "group"]
    blocks.append(_groups(groups, w) if groups else _lists(wave, w))
    shown = [line for line in found.lines if line.rates is not None and line.level != "stratum"]
    if shown:
        blocks.append(_rates(wave, shown, w))
    if found.likeness is not None:
        blocks.append(Paragraph(text=w.of(found.likeness.words)))
    if found.shares:
        blocks.append(_shares(wave, w))
    remarks = tuple(w.of(remark) for remark in found.remarks)
    return [*blocks, Bullets(items=remarks)] if remarks else blocks


def whole_words(whole: RespondingLine, w: Wording) -> str:
    """Say how many people were invited, how many answered, and the response rate."""
    invited = w.count(whole.invited)
    found = whole.rates
    if whole.dispositions is None:
        if found is None or found.rr1 is None:
            return w.pick(f"Đã mời {invited} người.", f"{invited} people were invited.")
        rate = w.percent(found.rr1)
        return w.pick(
            f"Đã mời {invited} người; tỷ lệ trả lời {rate} (AAPOR RR1).",
            f"{invited} people were invited; the response rate is {rate} (AAPOR RR1).",
        )
    complete = w.count(whole.dispositions.complete)
    vi = f"Đã mời {invited} người, {complete} người trả lời"
    en = f"{invited} people were invited, {complete} answered"
    if found is not None and found.rr1 is not None:
        rate = w.percent(found.rr1)
        vi += f": tỷ lệ trả lời {rate} (AAPOR RR1)"
        en += f": a response rate of {rate} (AAPOR RR1)"
    if whole.dispositions.partial:
        # They enter no figure, and so must not raise the rate that is read first.
        partial = w.count(whole.dispositions.partial)
        vi += f"; thêm {partial} người trả lời dở dang, không tính vào kết quả"
        en += f"; {partial} more answered in part and count in no figure"
    return w.pick(f"{vi}.", f"{en}.")


def _groups(lines: list[RespondingLine], w: Wording) -> Table:
    return Table(
        caption=w.pick(
            "Các nhóm được hỏi, cách lập danh sách và tỷ lệ trả lời",
            "Groups, how their lists were made, and response rates",
        ),
        columns=(
            Column(name=w.pick("Nhóm", "Group")),
            Column(name=w.pick("Cách lập danh sách", "How listed")),
            *(
                Column(name=name, figure=True)
                for name in (
                    w.pick("Trong danh sách", "Listed"),
                    w.pick("Được mời", "Invited"),
                    w.pick("Trả lời đủ", "Complete"),
                    w.pick("Một phần", "Partial"),
                    w.pick("Từ chối", "Refused"),
                    "RR1",
                )
            ),
        ),
        rows=tuple(_group_row(line, w) for line in lines),
        notes=(
            w.pick(
                "RR1: số trả lời đủ trên tổng số được mời (AAPOR, Standard Definitions, 2023). "
                "Nhóm “do đơn vị cử” không phải mẫu ngẫu nhiên: tỷ lệ trả lời của nhóm không cho "
                "phép suy rộng.",
                "RR1: complete responses among all invited (AAPOR, Standard Definitions, 2023). "
                "A nominated group is no random sample: its response rate allows no "
                "generalisation.",
            ),
        ),
    )


def _group_row(line: RespondingLine, w: Wording) -> Row:
    kind = "–" if line.list_kind is None else w.of(LISTS[line.list_kind])
    listed = "–" if line.population is None else w.count(line.population)
    found, rates = line.dispositions, line.rates
    if found is None:
        withheld = Cell(text=w.missing(line.missing), withheld=line.missing is not None)
        return text_row(w.of(line.name), kind, listed, w.count(line.invited), withheld, *"–––")
    return text_row(
        w.of(line.name),
        kind,
        listed,
        *(w.count(count) for count in (line.invited, found.complete, found.partial, found.refusal)),
        w.percent(rates.rr1 if rates else None),
    )


def _rates(wave: PublishedWave, lines: list[RespondingLine], w: Wording) -> Table:
    names = ("RR1", "RR2", "RR3", "RR4", "RR5", "RR6", "COOP1", "REF1", "CON1")
    eligibility = wave.findings.responding.eligibility if wave.findings else None
    rows: list[Row] = []
    for line in lines:
        level = 0 if line.level == "wave" else 1
        for rates, weighted in ((line.rates, False), (line.weighted, True)):
            if rates is not None:
                mark = w.pick(" (có quyền số)", " (weighted)") if weighted else ""
                values = [getattr(rates, name.lower()) for name in names]
                cells = (w.percent(value) for value in values)
                rows.append(text_row(w.of(line.name) + mark, *cells, level=level))
    notes = [
        w.pick(
            "RR1–RR6: tỷ lệ trả lời; COOP1: hợp tác; REF1: từ chối; CON1: liên hệ được. Theo từng "
            "lớp: xem tệp findings.json.",
            "RR1–RR6: response; COOP1: cooperation; REF1: refusal; CON1: contact. By stratum: see "
            "findings.json.",
        )
    ]
    if eligibility is not None:
        notes.append(
            w.pick(
                f"RR3 và RR4 coi {w.percent(eligibility)} số người chưa rõ là đúng đối tượng (e).",
                f"RR3 and RR4 take {w.percent(eligibility)} of the unknown to be eligible (e).",
            )
        )
    return Table(
        caption=w.pick("Tỷ lệ trả lời theo chuẩn AAPOR (%)", "Response rates by AAPOR (%)"),
        columns=columns(w.pick("Phạm vi", "Scope"), *names),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _shares(wave: PublishedWave, w: Wording) -> Table:
    shares = wave.findings.responding.shares if wave.findings else ()
    return Table(
        caption=w.pick(
            "Danh sách mời và người trả lời: tỷ trọng của từng lớp (%)",
            "Frame against respondents: the share of each stratum (%)",
        ),
        columns=columns(
            w.pick("Lớp", "Stratum"),
            w.pick("Trong số được mời", "Of the invited"),
            w.pick("Trong số trả lời", "Of those who answered"),
        ),
        rows=tuple(
            text_row(
                w.of(one.name),
                w.percent(one.invited),
                w.percent(one.answered)
                if one.answered is not None
                else Cell(text=w.missing(one.missing), withheld=True),
            )
            for one in shares
        ),
    )
