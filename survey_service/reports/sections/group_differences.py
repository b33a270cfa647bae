"""Where groups judge differently: tests in the sampling design, and rank tests beside them."""

from questionnaires.index import Code
from survey_service.findings.answers import GroupDifference, RankTest
from survey_service.reports.blocks import Block, Column, Paragraph, Row, Table, columns, text_row
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

_LEVEL = 0.05


def difference_blocks(wave: PublishedWave, unit_class: Code, w: Wording) -> list[Block]:
    """Show which groups clearly judge differently, and the rank tests for reference."""
    found = wave.findings.answers.group_differences if wave.findings else ()
    rows = [one for one in found if one.unit_class == unit_class]
    tests = rank_test_blocks(wave, unit_class, w)
    if not rows:
        return tests
    clear = [one for one in rows if one.clear]
    said = w.pick(
        f"Trong {len(rows)} cặp nhóm được so, {len(clear)} cặp khác nhau rõ; các cặp còn lại chưa "
        "thể phân biệt (đủ trong tệp findings.json).",
        f"Of {len(rows)} pairs of groups, {len(clear)} clearly differ; the others cannot be told "
        "apart (all of them are in findings.json).",
    )
    if not clear:
        return [Paragraph(text=said), *tests]
    table = Table(
        caption=w.pick("Nhóm nào đánh giá khác nhau rõ", "Which groups clearly judge differently"),
        columns=(
            Column(name=w.pick("Tiêu chí", "Criterion")),
            Column(name=w.pick("Hai nhóm", "Groups")),
            Column(name=w.pick("Chênh (% tối đa)", "Difference (% of max.)"), figure=True),
            Column(name=w.pick("Sai số chuẩn", "SE"), figure=True),
            Column(name="p (Holm)", figure=True),
        ),
        rows=tuple(_difference_row(wave, one, w) for one in clear),
    )
    return [Paragraph(text=said), table, *tests]


def _difference_row(wave: PublishedWave, one: GroupDifference, w: Wording) -> Row:
    return text_row(
        w.of(wave.leaf(one.unit_class, one.leaf)),
        f"{one.one} – {one.other}",
        w.signed(one.difference, 1),
        w.figure(one.standard_error, 2),
        w.p_value(one.p),
    )


def rank_test_blocks(wave: PublishedWave, unit_class: Code, w: Wording) -> list[Block]:
    """Show Kruskal-Wallis over the groups of each criterion, with Dunn's clear pairs."""
    found = wave.findings.answers.rank_tests if wave.findings else ()
    rows = [_rank_row(wave, one, w) for one in found if one.unit_class == unit_class]
    if not rows:
        return []
    table = Table(
        caption=w.pick("Kiểm định hạng giữa các nhóm (để tham khảo)", "Rank tests, for reference"),
        columns=(
            *columns(w.pick("Tiêu chí", "Criterion"), "H", w.pick("Bậc tự do", "df"), "p"),
            Column(name=w.pick("Cặp khác nhau (Dunn, Holm)", "Pairs that differ (Dunn, Holm)")),
        ),
        rows=tuple(rows),
        notes=(
            w.pick(
                "Kruskal-Wallis và Dunn không tính đến cách chọn mẫu và mỗi người trả lời về nhiều "
                "đơn vị; kết luận dựa vào bảng theo thiết kế mẫu.",
                "Kruskal-Wallis and Dunn know neither the sampling nor that a person rates several "
                "units; conclusions rest on the table in the sampling design.",
            ),
        ),
    )
    return [table]


def _rank_row(wave: PublishedWave, one: RankTest, w: Wording) -> Row:
    pairs = [f"{pair.one} – {pair.other}" for pair in one.pairs if float(pair.p) < _LEVEL]
    return text_row(
        w.of(wave.leaf(one.unit_class, one.leaf)),
        w.figure(one.statistic, 2),
        w.count(one.degrees_of_freedom),
        w.p_value(one.p),
        ", ".join(pairs),
    )
