"""How good the answers are: what was left out, flagged ballots, how items hold together."""

from questionnaires.text import Text
from survey_service.findings.quality import ItemLine, Quality
from survey_service.reports.blocks import (
    Block,
    Cell,
    Paragraph,
    Row,
    Section,
    Table,
    columns,
    text_row,
)
from survey_service.reports.published import PublishedWave
from survey_service.reports.sections.scales import scale_blocks
from survey_service.reports.wording import Wording

_FLAGS = {
    "straight_lining": Text(vi="Trả lời một mức liên tiếp", en="Straight-lining"),
    "no_variation": Text(vi="Mọi câu trả lời như nhau", en="No variation"),
    "even_odd": Text(vi="Câu chẵn, câu lẻ không nhất quán", en="Even-odd inconsistency"),
    "duplicate": Text(vi="Phiếu trùng nhau", en="Duplicates"),
    "outlier": Text(vi="Mẫu trả lời khác thường", en="Outliers"),
    "speeding": Text(vi="Trả lời quá nhanh", en="Speeding"),
}


def answer_quality(wave: PublishedWave, w: Wording) -> Section | None:
    """Show the quality of the answers; None where nothing was published about it."""
    found = wave.findings.quality if wave.findings else None
    if found is None:
        return None
    blocks: list[Block] = [Paragraph(text=flagged_words(found, w)), _flags(found, w)]
    items = [one for one in found.items if one.group is None]
    blocks += [_items(wave, items, w)] if items else []
    blocks += scale_blocks(wave, found.scales, w)
    return Section(
        code="answer-quality",
        title=w.pick("Chất lượng câu trả lời", "How good the answers are"),
        blocks=tuple(blocks),
    )


def flagged_words(found: Quality, w: Wording) -> str:
    """Say how many ballots are flagged, and what follows from it."""
    rule = w.of(found.rule)
    if found.flagged is None:
        return w.pick(
            f"Số phiếu bị đánh dấu không hiển thị vì ít. {rule}",
            f"The number of flagged ballots is too small to show. {rule}",
        )
    flagged, ballots = w.count(found.flagged), w.count(found.ballots)
    return w.pick(
        f"{flagged} trong {ballots} phiếu bị đánh dấu theo quy tắc trả lời thiếu cẩn thận. {rule}",
        f"{flagged} of {ballots} ballots are flagged by the rule of careless answering. {rule}",
    )


def _flags(found: Quality, w: Wording) -> Table:
    rows: list[Row] = []
    for one in found.flags:
        looked = "–" if one.looked_at is None else w.count(one.looked_at)
        flagged: str | Cell = "–" if one.flagged is None else w.count(one.flagged)
        if one.missing is not None:
            flagged = Cell(text=w.missing(one.missing), withheld=True)
        rows.append(
            text_row(Cell(text=w.of(_FLAGS[one.flag]), note=w.of(one.rule)), looked, flagged)
        )
    return Table(
        caption=w.pick("Dấu hiệu trả lời thiếu cẩn thận", "Signs of careless answering"),
        columns=columns(
            w.pick("Dấu hiệu và quy tắc", "Sign and rule"),
            w.pick("Số phiếu xét được", "Ballots looked at"),
            w.pick("Bị đánh dấu", "Flagged"),
        ),
        rows=tuple(rows),
    )


def _items(wave: PublishedWave, items: list[ItemLine], w: Wording) -> Table:
    rows: list[Row] = []
    for one in items:
        name = w.of(wave.item(one.item))
        if one.missing is not None:
            reason = Cell(text=w.missing(one.missing), withheld=True)
            rows.append(text_row(name, reason, *"––––"))
            continue
        shares = (one.answered, one.dont_know, one.not_applicable, one.blank)
        asked = "–" if one.asked is None else w.count(one.asked)
        rows.append(text_row(name, asked, *(w.percent(share) for share in shares)))
    return Table(
        caption=w.pick("Câu hỏi nào bị bỏ trống", "What was left out, by item"),
        columns=columns(
            w.pick("Câu hỏi", "Item"),
            w.pick("Số lượt hỏi", "Asked"),
            w.pick("Có ý kiến", "Answered"),
            w.pick("Không biết", "Don't know"),
            w.pick("Không áp dụng", "Not applicable"),
            w.pick("Để trống", "Blank"),
        ),
        rows=tuple(rows),
    )
