import re
from collections.abc import Iterator

import msgspec
import pytest
from generated import generated
from made_findings import made_findings

from survey_service.dataset.reading import read_dataset
from survey_service.dataset.writing import write_dataset
from survey_service.findings.document import Findings
from survey_service.reports.blocks import Bullets, Facts, Figure, Paragraph, Report, Section, Table
from survey_service.reports.making import KINDS, make_report
from survey_service.reports.published import PublishedWave, leaves
from survey_service.reports.sections.ranking import unit_marks
from survey_service.reports.wording import Wording
from survey_service.results.computing import compute
from survey_service.sheet.score_sheet import NotMeasurable, Published, ScoreSheet

change = msgspec.structs.replace


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> ScoreSheet:
    folder = tmp_path_factory.mktemp("dataset") / "dataset"
    write_dataset(folder, generated("par-index-2022", seed=5))
    return compute(read_dataset(folder))


@pytest.fixture(scope="module")
def wave(sheet: ScoreSheet) -> PublishedWave:
    return published(sheet, made_findings(sheet))


def published(sheet: ScoreSheet, findings: Findings | None) -> PublishedWave:
    return PublishedWave(
        sheet=sheet, findings=findings, fingerprint="f" * 64, files={"scores.json": "e" * 64}
    )


def sections(report: Report) -> Iterator[Section]:
    for section in report.sections:
        yield section
        yield from section.parts


def texts(report: Report) -> Iterator[str]:
    """Walk every word of a report."""
    yield from (report.overline, report.title, report.lead)
    for section in sections(report):
        yield section.title
        for block in section.blocks:
            match block:
                case Paragraph():
                    yield block.text
                case Bullets():
                    yield from block.items
                case Facts():
                    yield from (f"{fact.term} {fact.said}" for fact in block.facts)
                case Table():
                    yield from (block.caption, *block.notes)
                    yield from (column.name for column in block.columns)
                    for row in block.rows:
                        yield from (f"{cell.text} {cell.note}" for cell in row.cells)
                case Figure():
                    yield from (block.title, block.key, block.alt)


def said(report: Report) -> str:
    return "\n".join(texts(report))


def tables(report: Report) -> Iterator[Table]:
    for section in sections(report):
        yield from (block for block in section.blocks if isinstance(block, Table))


def every(wave: PublishedWave) -> Iterator[Report]:
    unit = wave.sheet.units[0].code
    for kind in KINDS:
        for language in ("vi", "en"):
            about = {"unit": unit, "service": next(iter(wave.services()), None)}.get(kind)
            if kind != "service" or about:
                yield make_report(wave, kind, language, about)


def nominated(sheet: ScoreSheet) -> ScoreSheet:
    """Make every list a nominated one, as a sheet then states it."""
    return change(
        sheet,
        groups=tuple(change(group, list_kind="nominated") for group in sheet.groups),
        units=tuple(
            change(
                unit,
                rank_set=None,
                result=change(unit.result, standard_error=None, interval=None)
                if isinstance(unit.result, Published)
                else unit.result,
            )
            for unit in sheet.units
        ),
    )


def test_every_row_of_every_table_has_a_cell_for_each_column(wave: PublishedWave) -> None:
    for report in every(wave):
        for table in tables(report):
            assert table.rows, table.caption
            for row in table.rows:
                assert len(row.cells) == len(table.columns), table.caption
                assert all(cell.text for cell in row.cells), table.caption


def test_a_section_is_found_under_one_anchor(wave: PublishedWave) -> None:
    for report in every(wave):
        codes = [section.code for section in sections(report)]
        assert len(codes) == len(set(codes)), report.kind


def test_an_english_report_has_no_vietnamese_words_of_its_own(wave: PublishedWave) -> None:
    letters = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    for kind in KINDS:
        about = {"unit": wave.sheet.units[0].code, "service": wave.services()[0]}.get(kind)
        for text in texts(make_report(wave, kind, "en", about)):
            # The signs of Vietnamese documents stay as they are in English ones.
            assert not letters.search(text.replace("Đ", "")), (kind, text)


def test_a_report_without_findings_says_so_and_keeps_what_the_sheet_has(
    sheet: ScoreSheet,
) -> None:
    bare = published(sheet, None)
    for report in every(bare):
        assert list(texts(report))
    whole = said(make_report(bare, "wave", "vi"))
    assert "findings.json" in whole
    for unit in sheet.units:
        assert unit.name.vi in whole


def test_an_interval_is_shown_only_where_lists_allow_one(
    wave: PublishedWave, sheet: ScoreSheet
) -> None:
    drawn = next(tables(make_report(wave, "appendix", "vi")))
    assert "Khoảng tin cậy 95%" in [column.name for column in drawn.columns]
    without = published(nominated(sheet), None)
    for kind in ("wave", "appendix", "submission"):
        report = make_report(without, kind, "vi")
        ranked = next(table for table in tables(report) if "Bảng điểm" in table.caption)
        names = [column.name for column in ranked.columns]
        assert "Khoảng tin cậy 95%" not in names
        assert "Hạng có thể" not in names
        assert any("do đơn vị cử" in note for note in ranked.notes)
    unit = said(make_report(without, "unit", "vi", sheet.units[0].code))
    assert "Không nêu sai số chọn mẫu" in unit
    assert "Khoảng tin cậy 95% " not in unit.split("Theo lĩnh vực")[0]


def test_a_unit_is_called_better_only_where_that_is_clear(wave: PublishedWave) -> None:
    findings = wave.findings
    assert findings is not None
    for standing in (unit for one in findings.trust.classes for unit in one.units):
        report = said(make_report(wave, "unit", "vi", standing.unit))
        assert ("một cách rõ ràng" in report) == (standing.clear != "unclear"), standing
        assert ("chưa thể phân biệt với sai số" in report.split("Điểm còn yếu")[0]) >= (
            standing.clear == "unclear"
        )


def test_a_change_that_is_not_clear_is_neither_a_rise_nor_a_fall(wave: PublishedWave) -> None:
    assert wave.findings is not None
    changes = wave.findings.trust.changes
    assert changes is not None
    for one in changes.units:
        result = next(make_report(wave, "unit", "vi", one.unit).sections.__iter__())
        words = " ".join(b.text for b in result.blocks if isinstance(b, Paragraph))
        assert ("tăng rõ" in words) == (one.direction == "up")
        assert ("giảm rõ" in words) == (one.direction == "down")
        assert ("Không so với đợt trước" in words) == (one.missing is not None)


def test_scores_that_do_not_carry_a_ranking_are_said_not_to(wave: PublishedWave) -> None:
    findings = wave.findings
    assert findings is not None
    weak = tuple(
        change(one, reliability="0.41", carries_ranking=False) for one in findings.trust.classes
    )
    doubted = published(wave.sheet, change(findings, trust=change(findings.trust, classes=weak)))
    assert "không nên dùng thứ hạng để kết luận hơn kém" in said(make_report(doubted, "wave", "vi"))
    assert "không nên dùng thứ hạng để so hơn kém" in said(make_report(doubted, "summary", "vi"))
    assert "không nên dùng thứ hạng" not in said(make_report(wave, "wave", "vi"))


def test_drivers_are_never_called_causes(wave: PublishedWave) -> None:
    assert "không phải quan hệ nhân quả" in said(make_report(wave, "wave", "vi"))
    assert "not causes" in said(make_report(wave, "wave", "en"))


def test_the_points_of_a_report_are_those_that_were_published(wave: PublishedWave) -> None:
    ranked = {
        row.cells[0].text: row.cells[1].text
        for table in tables(make_report(wave, "appendix", "vi"))
        if "Bảng điểm" in table.caption
        for row in table.rows
    }
    for unit in wave.sheet.units:
        assert isinstance(unit.result, Published)
        assert ranked[unit.name.vi] == unit.result.points.replace(".", ",")


def test_the_quality_statement_has_every_heading_of_the_european_reports(
    wave: PublishedWave,
) -> None:
    report = make_report(wave, "wave", "en")
    statement = next(one for one in report.sections if one.code == "quality")
    assert [part.title for part in statement.parts] == [
        "Relevance",
        "Accuracy and reliability",
        "Timeliness and punctuality",
        "Accessibility and clarity",
        "Comparability",
        "Coherence",
        "Confidentiality",
        "Lists of transactions, and the draw",
    ]
    accuracy = statement.parts[1].blocks[0]
    assert isinstance(accuracy, Bullets)
    assert [item.partition(":")[0] for item in accuracy.items] == [
        "Sampling error",
        "Non-response",
        "Coverage",
        "Measurement",
        "Processing",
    ]


def test_comments_stay_unlisted_until_they_are_moderated(wave: PublishedWave) -> None:
    findings = wave.findings
    assert findings is not None
    waiting = change(findings.answers.comments, moderated=False, received=41, missing=None)
    answers = change(findings.answers, comments=waiting)
    report = said(
        make_report(published(wave.sheet, change(findings, answers=answers)), "wave", "vi")
    )
    assert "41 ý kiến" in report
    for comment in findings.answers.comments.listed:
        assert comment.text not in report


@pytest.mark.parametrize(("kind", "sign"), [("submission", "TTr"), ("minutes", "BB")])
def test_an_administrative_document_has_its_frame_and_leaves_the_rest_to_staff(
    wave: PublishedWave, kind: str, sign: str
) -> None:
    report = make_report(wave, kind, "vi")  # pyright: ignore[reportArgumentType]
    head, foot = report.head, report.foot
    assert head is not None
    assert foot is not None
    assert head.state == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert head.motto == "Độc lập - Tự do - Hạnh phúc"
    assert head.number == f"Số: ……/{sign}-……"
    assert head.place == "…………, ngày …… tháng …… năm ……"
    assert foot.recipients[-1].startswith("- Lưu: VT")
    assert all(signature.post for signature in foot.signatures)
    assert wave.fingerprint in said(report)


def test_unfinished_forms_never_raise_the_response_rate(wave: PublishedWave) -> None:
    assert wave.findings is not None
    whole = next(line for line in wave.findings.responding.lines if line.level == "wave")
    assert whole.dispositions is not None
    assert whole.dispositions.partial
    assert whole.rates is not None
    assert whole.rates.rr1 != whole.rates.rr2
    w = Wording(language="vi")
    words = said(make_report(wave, "summary", "vi"))
    assert w.percent(whole.rates.rr1) in words
    assert w.percent(whole.rates.rr2) not in words
    assert f"thêm {whole.dispositions.partial} người trả lời dở dang" in said(
        make_report(wave, "wave", "vi")
    )


def test_a_change_whose_figures_are_hidden_says_so(wave: PublishedWave) -> None:
    findings = wave.findings
    assert findings is not None
    found = findings.trust.changes
    assert found is not None
    names = ("former", "points", "difference", "interval", "p")
    hidden = tuple(
        change(one, **dict.fromkeys(names), missing="suppressed", direction="up")
        for one in found.units
    )
    trust = change(findings.trust, changes=change(found, units=hidden))
    report = make_report(published(wave.sheet, change(findings, trust=trust)), "wave", "vi")
    rows = [row for table in tables(report) for row in table.rows if len(row.cells) == 8]
    changed = [row for row in rows if row.cells[-1].text == "tăng rõ"]
    assert len(changed) == len(found.units)
    for row in changed:
        assert all(cell.text == "ẩn" and cell.withheld for cell in row.cells[1:6])


def test_a_criterion_that_nobody_could_measure_has_no_weight_to_share_out(
    wave: PublishedWave,
) -> None:
    w = Wording(language="vi")
    unit = next(unit for unit in wave.sheet.units if any(leaf.left_out for leaf in leaves(unit)))
    thin = sum(bool(leaf.left_out) for leaf in leaves(unit))
    assert f"{thin} tiêu chí có nhóm ít phiếu" in unit_marks(unit, w)
    gone = NotMeasurable(maximum="1.00")
    lost = tuple(
        change(
            component,
            criteria=tuple(
                change(
                    one,
                    result=gone,
                    parts=tuple(change(part, result=gone) for part in one.parts),
                )
                for one in component.criteria
            ),
        )
        for component in unit.components
    )
    assert "trọng số chia lại" not in unit_marks(change(unit, components=lost), w)


def test_minutes_name_every_file_with_its_hash(wave: PublishedWave) -> None:
    minutes = said(make_report(wave, "minutes", "vi"))
    for name, digest in wave.files.items():
        assert name in minutes
        assert digest in minutes


def test_what_a_name_says_cannot_become_markup(wave: PublishedWave) -> None:
    from survey_service.reports.html import report_html  # noqa: PLC0415

    unit = wave.sheet.units[0]
    name = change(unit.name, vi="<script>alert(1)</script>")
    units = (change(unit, name=name), *wave.sheet.units[1:])
    hostile = published(change(wave.sheet, units=units), wave.findings)
    html = report_html(make_report(hostile, "appendix", "vi"), str)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_only_clear_differences_of_groups_are_listed(wave: PublishedWave) -> None:
    findings = wave.findings
    assert findings is not None
    for clear in (True, False):
        rows = tuple(change(one, clear=clear) for one in findings.answers.group_differences)
        answers = change(findings.answers, group_differences=rows)
        other = published(wave.sheet, change(findings, answers=answers))
        captions = [table.caption for table in tables(make_report(other, "wave", "vi"))]
        assert ("Nhóm nào đánh giá khác nhau rõ" in captions) == clear


def test_every_item_of_a_scale_and_every_rank_test_has_its_row(wave: PublishedWave) -> None:
    findings = wave.findings
    assert findings is not None
    tables = {
        block.caption: block
        for section in sections(make_report(wave, "wave", "en"))
        for block in section.blocks
        if isinstance(block, Table)
    }
    scales = [one for one in findings.quality.scales if one.missing is None and one.items]
    items = tables["Each item of a scale"]
    assert len(items.rows) == len(scales) + sum(len(one.items) for one in scales)
    tested = [one for one in findings.answers.rank_tests if one.unit_class == "SBN"]
    assert tested
    assert len(tables["Rank tests, for reference"].rows) in {
        sum(one.unit_class == code for one in findings.answers.rank_tests)
        for code in {one.unit_class for one in findings.answers.rank_tests}
    }
