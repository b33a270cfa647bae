"""How the items of a component hold together: consistency, and what each item does to it."""

from survey_service.findings.quality import ScaleLine
from survey_service.reports.blocks import Block, Cell, Row, Table, columns, text_row
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording


def scale_blocks(wave: PublishedWave, scales: tuple[ScaleLine, ...], w: Wording) -> list[Block]:
    """Show the consistency of every scale, then each item of those that are shown."""
    blocks: list[Block] = [_scales(wave, scales, w)] if scales else []
    items = [(one, item) for one in scales if one.missing is None for item in one.items]
    if not items:
        return blocks
    rows: list[Row] = []
    last: ScaleLine | None = None
    for scale, item in items:
        if scale is not last:
            rows.append(text_row(_name(wave, scale, w), "", "", level=0))
            last = scale
        rows.append(
            text_row(
                w.of(wave.item(item.item)),
                w.figure(item.item_rest, 2),
                w.figure(item.alpha_if_deleted, 2),
            )
        )
    items_table = Table(
        caption=w.pick("Từng câu hỏi trong thang đo", "Each item of a scale"),
        columns=columns(
            w.pick("Câu hỏi", "Item"),
            w.pick("Tương quan với các câu còn lại", "Correlation with the rest"),
            w.pick("α khi bỏ câu này", "α without it"),
        ),
        rows=tuple(rows),
        notes=(
            w.pick(
                "Câu có tương quan dưới 0,30, hoặc bỏ đi thì α tăng rõ, nên được xem lại cách hỏi.",
                "An item that correlates below 0.30, or without which α clearly rises, should be "
                "looked at again.",
            ),
        ),
    )
    return [*blocks, items_table]


def _name(wave: PublishedWave, one: ScaleLine, w: Wording) -> str:
    about = w.of(wave.unit_class(one.unit_class).name)
    if one.group is not None:
        about += f"; {w.of(wave.group(one.group).name)}"
    return f"{w.of(one.name)} ({about})"


def _scales(wave: PublishedWave, scales: tuple[ScaleLine, ...], w: Wording) -> Table:
    rows: list[Row] = []
    for one in scales:
        name = _name(wave, one, w)
        if one.missing is not None:
            reason = Cell(text=w.missing(one.missing), withheld=True)
            rows.append(text_row(name, "–", reason, *"––––"))
            continue
        rows.append(
            text_row(
                name,
                "–" if one.n is None else w.count(one.n),
                w.figure(one.alpha, 2),
                w.interval(one.alpha_interval),
                w.figure(one.alpha_standardised, 2),
                w.figure(one.alpha_within, 2),
                w.figure(one.omega, 2),
            )
        )
    return Table(
        caption=w.pick("Các câu hỏi có nhất quán với nhau không", "How the items hold together"),
        columns=columns(
            w.pick("Lĩnh vực", "Component"),
            "n",
            "α",
            w.pick("Khoảng tin cậy 95%", "95% interval"),
            w.pick("α chuẩn hóa", "α standardised"),
            w.pick("α trong đơn vị", "α within units"),
            "ω",
        ),
        rows=tuple(rows),
        notes=(
            w.pick(
                "α: Cronbach (1951), khoảng tin cậy Feldt; ω: tổng thể đồng chất. Từ 0,70 là đủ để "
                "dùng các câu như một thang đo; khác biệt giữa các đơn vị làm α chung cao lên, nên "
                "xem cả α trong đơn vị.",
                "α: Cronbach (1951), Feldt's interval; ω: congeneric total. From 0.70 the items "
                "can serve as a scale; differences between units raise the overall α, so look at "
                "α within units too.",
            ),
        ),
    )
