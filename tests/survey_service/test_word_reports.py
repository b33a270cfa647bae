"""Reports as Word files: what they say, that they are the same each time, and bad templates."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from questionnaires.problems import ProblemsError
from survey_service.reports.blocks import (
    Bullets,
    Cell,
    Drawing,
    Fact,
    Facts,
    Figure,
    OfficialFoot,
    OfficialHead,
    Paragraph,
    Report,
    Section,
    Signature,
    Table,
    columns,
    text_row,
)
from survey_service.reports.word.look import TABLE
from survey_service.reports.word.template import default_template, template_bytes
from survey_service.reports.word.writing import PICTURE_WIDTH, write_word

HEAD = OfficialHead(
    parent="UBND TỈNH",
    issuer="SỞ NỘI VỤ",
    state="CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    motto="Độc lập - Tự do - Hạnh phúc",
    number="Số: ……/TTr-SNV",
    place="……, ngày … tháng … năm ……",
    kind="TỜ TRÌNH",
    subject="Về việc công bố kết quả",
    addressee="Kính gửi: Hội đồng thẩm định",
)
FOOT = OfficialFoot(
    recipients_title="Nơi nhận:",
    recipients=("- Như trên;", "- Lưu: VT."),
    signatures=(Signature(post="GIÁM ĐỐC", hint="(Ký, đóng dấu)", name="……"),),
)
ROWS = 60
SCORES = Table(
    caption="Bảng 1. Điểm của các đơn vị",
    columns=columns("Đơn vị", "Điểm", "Khoảng tin cậy 95 %"),
    rows=(
        text_row("Toàn tỉnh", "24,31", "24,0–24,6", level=0),
        *(
            text_row(
                Cell(text=f"Sở <{n}> & Ban", note="3 tiêu chí có nhóm ít phiếu"),
                "23,10",
                Cell(text="ẩn", withheld=True),
            )
            for n in range(ROWS)
        ),
    ),
    notes=("Khoảng tin cậy 95 %.",),
)
PICTURE = Figure(
    title="Hình 1. Điểm",
    key="Chấm là điểm.",
    alt="Điểm của các đơn vị",
    wide=Drawing(name="chart-SN.vi.svg", width=960, height=300),
    narrow=None,
)
REPORT = Report(
    kind="submission",
    language="vi",
    overline="Tỉnh",
    title="Kết quả điều tra xã hội học",
    lead="Đợt điều tra năm 2022.",
    running="Kết quả điều tra – bản 1",
    sections=(
        Section(
            code="ket-qua",
            title="1. Kết quả",
            blocks=(
                Paragraph(text="Đoạn thường."),
                Paragraph(text="Điều chính.", kind="finding"),
                Bullets(items=("một", "hai")),
                Facts(facts=(Fact(term="Phiếu phát ra", said="1.611"),)),
                SCORES,
                PICTURE,
            ),
            parts=(Section(code="chi-tiet", title="1.1. Chi tiết", blocks=()),),
        ),
    ),
    head=HEAD,
    foot=FOOT,
)


def draw(name: str) -> bytes:
    """Draw a small picture that is not the one of another name."""
    from matplotlib.figure import Figure as Plot  # noqa: PLC0415 - only here

    plot: Any = Plot(figsize=(3, 1))
    plot.text(0.1, 0.5, name)
    content = io.BytesIO()
    plot.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def read(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def edited(change: Callable[[Any], None]) -> bytes:
    """Give the default template as staff may have changed it."""
    document = default_template()
    change(document)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def test_a_word_report_says_what_the_report_says_and_no_tag_is_left() -> None:
    word = read(write_word(REPORT, draw))
    said = "\n".join(
        [
            *(paragraph.text for paragraph in word.paragraphs),
            *(cell.text for table in word.tables for row in table.rows for cell in row.cells),
            *(paragraph.text for paragraph in word.sections[0].first_page_footer.paragraphs),
        ]
    )
    for text in (
        HEAD.state,
        HEAD.motto,
        HEAD.addressee,
        "1.1. Chi tiết",
        "Điều chính.",
        "1.611",
        "Sở <7> & Ban\n3 tiêu chí có nhóm ít phiếu",
        "Khoảng tin cậy 95 %.",
        "Chấm là điểm.",
        "GIÁM ĐỐC",
        "- Lưu: VT.",
        REPORT.running,
    ):
        assert text in said
    assert "{{" not in said
    assert "{%" not in said
    assert word.core_properties.title == REPORT.title


def test_a_report_without_an_official_head_begins_with_its_title() -> None:
    plain = Report(
        kind="wave",
        language="vi",
        overline="Tỉnh",
        title="Kết quả",
        lead="",
        running="Kết quả",
        sections=(),
    )
    texts = [one.text for one in read(write_word(plain, draw)).paragraphs if one.text]
    assert texts == ["Tỉnh", "Kết quả"]


def test_equal_reports_are_equal_files() -> None:
    assert write_word(REPORT, draw) == write_word(REPORT, draw)


def test_a_tables_heading_repeats_and_its_columns_fill_the_page() -> None:
    word = read(write_word(REPORT, draw))
    (scores,) = (table for table in word.tables if len(table.rows) == ROWS + 2)
    assert scores.style.name == TABLE
    heading = scores.rows[0]._tr.trPr
    assert heading.find(qn("w:tblHeader")) is not None
    widths = [cell.width for cell in scores.rows[1].cells]
    assert sum(widths) == pytest.approx(PICTURE_WIDTH, rel=1e-3)
    assert widths[0] > widths[1]


def test_figures_end_at_the_right_edge_and_withheld_ones_do_not() -> None:
    word = read(write_word(REPORT, draw))
    (scores,) = (table for table in word.tables if len(table.rows) == ROWS + 2)
    figure, withheld = scores.rows[2].cells[1], scores.rows[2].cells[2]
    assert str(figure.paragraphs[0].alignment).startswith("RIGHT")
    assert str(withheld.paragraphs[0].alignment).startswith("LEFT")


def test_staff_may_reword_the_template() -> None:
    def reword(document: Any) -> None:
        document.add_paragraph("Người lập biểu của {{ report.title }}")

    texts = [one.text for one in read(write_word(REPORT, draw, edited(reword))).paragraphs]
    assert "Người lập biểu của Kết quả điều tra xã hội học" in texts


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ report.tieu_de }}", "tieu_de"),
        ("{{ diem }}", "diem"),
        ("{%p if report.head %}", "tag"),
        ("{{ report.title }", "tag"),
        ("{{ ''.__class__.__mro__ }}", "__class__"),
    ],
)
def test_a_mistake_in_a_template_is_named_in_two_languages(tag: str, said: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        write_word(REPORT, draw, edited(lambda document: document.add_paragraph(tag)))
    (found,) = caught.value.problems
    whole = tag.startswith("{{") and tag.endswith("}}")
    assert found.where.startswith(f"template: {tag}" if whole else "template")
    assert "mẫu" in found.message.vi
    assert said in found.message.en


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", template_bytes()[:2000]])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    with pytest.raises(ProblemsError, match=r"\.docx"):
        write_word(REPORT, draw, content)
