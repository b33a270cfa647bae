import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from made_findings import made_findings
from made_sheets import full_of_gaps, round_sheet

from survey_service.charts.drawing import PRINT_SCALE, draw
from survey_service.charts.lettering import width, wrapped
from survey_service.charts.naming import KINDS, Kind, find_name, is_chart
from survey_service.charts.picture import Box, Disc, Line, Picture, Words
from survey_service.charts.registry import Published, charts, draw_file
from survey_service.charts.saying import said

SHEET = round_sheet()
PUBLISHED = Published(sheet=SHEET, findings=made_findings(SHEET))
SVG = "{http://www.w3.org/2000/svg}"
PICTURE = Picture(
    width=200,
    height=80,
    language="vi",
    title="Điểm & hạng",
    alt="Một <hình> nhỏ.",
    marks=(
        Box(left=5, top=5, right=60, bottom=40, fill="#a9c8e6", edge="#14375e", hatched=True),
        Line(points=((5, 50), (190, 60)), colour="#b3221d", thickness=3, dashed=True),
        Line(points=((5, 70), (190, 70)), colour="#14375e", thickness=4, rounded=True),
        Disc(x=90, y=20, radius=5, fill="#b3221d", edge="#ffffff"),
        Words(x=100, y=30, text="$\\frac{1}$ --> <b>&", size=12, weight="bold", side="center"),
    ),
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_outlines_of_the_announced_size_and_says_what_it_is(kind: Kind) -> None:
    chart = next(charts(PUBLISHED, "vi", (kind,)))
    svg = chart.draw(narrow=kind != "heatmap")
    drawn = chart.wide if kind == "heatmap" else chart.narrow
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    assert root.get("viewBox") == f"0 0 {drawn.width} {drawn.height}"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "vi"
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == chart.title
    assert root.findtext(f"{SVG}desc") == chart.alt
    assert list(root.iter(f"{SVG}text")) == []
    for word in (b"<script", b"<image", b"font-family", b'href="http', b"dc:date"):
        assert word not in svg


def test_another_process_with_other_settings_draws_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text(
        "lines.linewidth: 9\nsvg.fonttype: none\nfont.size: 30\nhatch.linewidth: 7\n"
    )
    program = (
        "import sys\n"
        "from survey_service.charts.drawing import draw\n"
        "from survey_service.charts.picture import Box, Disc, Line, Picture, Words\n"
        f"picture = {PICTURE!r}\n"
        "sys.stdout.buffer.write(draw(picture, 'svg') + draw(picture, 'png'))\n"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert elsewhere.stdout == draw(PICTURE, "svg") + draw(PICTURE, "png")


def test_a_picture_for_print_has_three_pixels_for_one() -> None:
    png = draw(PICTURE, "png")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (200 * PRINT_SCALE, 80 * PRINT_SCALE)
    assert b"Matplotlib" not in png


def test_a_name_is_text_and_nothing_else() -> None:
    svg = draw(PICTURE, "svg")
    assert ET.fromstring(svg).tag == f"{SVG}svg"  # noqa: S314 - our own drawing
    assert b"Mot <hinh>" not in svg
    assert "Một &lt;hình&gt; nhỏ.".encode() in svg


def test_marks_are_painted_in_their_order() -> None:
    over = replace(PICTURE, marks=tuple(reversed(PICTURE.marks)))
    assert draw(over, "png") != draw(PICTURE, "png")


def test_letters_are_as_wide_as_the_font_has_them() -> None:
    import matplotlib as mpl  # noqa: PLC0415 - slow to import
    from matplotlib.ft2font import FT2Font, LoadFlags  # noqa: PLC0415

    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxy" + "áàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩị"
    letters += "óòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ" + "0123456789.,;:–−…“”‘’·▲▼%²\"'()/-+="  # noqa: RUF100
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for weight, name in (("regular", ""), ("bold", "-Bold")):
        font = FT2Font(str(fonts / f"DejaVuSans{name}.ttf"))
        for letter in letters + letters.upper():
            glyph = font.load_char(ord(letter), flags=LoadFlags.NO_SCALE)
            wide = width(letter, 2048, "bold" if weight == "bold" else "regular")
            assert wide == glyph.horiAdvance, (letter, weight)


def test_lines_are_as_few_as_fit_and_about_equally_long() -> None:
    name = "Sở Lao động - Thương binh và Xã hội"
    lines = wrapped(name, 15, 270)
    assert " ".join(lines) == name
    assert len(lines) == 2
    one, other = (width(line, 15) for line in lines)
    assert max(one, other) <= 270
    assert abs(one - other) < 80
    assert wrapped("Sở Y tế", 15, 270) == ("Sở Y tế",)
    assert wrapped("", 15, 270) == ("",)
    assert "".join(wrapped("x" * 90, 15, 100)) == "x" * 90
    assert all(width(line, 15) <= 100 for line in wrapped("x" * 90 + " y", 15, 100))


def test_a_letter_that_is_not_in_the_tables_is_taken_to_be_wide() -> None:
    assert width("漢", 10) == 10


def test_files_are_named_by_kind_subject_language_and_form() -> None:
    files = {
        chart.file(form, narrow=narrow)
        for chart in charts(PUBLISHED, "vi")
        for form in ("svg", "png")
        for narrow in (False, True)
    }
    assert {
        "chart-SBN.vi.svg",
        "chart-heatmap-SBN-DT.vi.narrow.svg",
        "chart-distribution-SBN-3.vi.svg",
        "chart-profile-SCT.vi.png",
        "chart-funnel.vi.svg",
        "chart-slope-SBN.vi.narrow.png",
        "chart-drivers-SBN.vi.svg",
    } <= files
    for file in files:
        assert is_chart(file)
        name = find_name(file, SHEET, PUBLISHED.services)
        assert name is not None
        assert name.file == file


def test_a_file_is_drawn_by_its_name_and_no_other_is() -> None:
    drawn = draw_file("chart-heatmap-SBN.vi.narrow.svg", PUBLISHED)
    heat = next(charts(PUBLISHED, "vi", ("heatmap",)))
    assert drawn == heat.draw(narrow=True)
    for file in (
        "chart-heatmap-NONE.vi.svg",
        "chart-heatmap-SBN.fr.svg",
        "chart-heatmap-SBN.vi.huge.svg",
        "chart-.vi.svg",
        "scores.json",
        "chart-drivers-SBN-DT.vi.svg",
    ):
        assert draw_file(file, PUBLISHED) is None


def test_without_findings_there_are_the_charts_of_the_sheet() -> None:
    kinds = {chart.name.kind for chart in charts(Published(sheet=SHEET), "en")}
    assert kinds == {"caterpillar", "heatmap", "profile"}


def test_withheld_units_have_no_dot_in_the_drawing() -> None:
    whole, gaps = (
        next(charts(Published(sheet=sheet), "vi", ("caterpillar",))).wide
        for sheet in (SHEET, full_of_gaps())
    )
    dots = [sum(isinstance(mark, Disc) for mark in one.marks) for one in (whole, gaps)]
    ranked = len(SHEET.classes[0].ranking)
    assert dots == [2 * ranked, 2 * (ranked - 2)]


def test_decimals_are_written_as_the_language_does_and_rounded_half_up() -> None:
    assert said("12.50", "vi") == "12,50"
    assert said("12.50", "en") == "12.50"
    assert said("12.25", "vi", 1) == "12,3"
    assert said("0.5", "en", 0) == "1"
