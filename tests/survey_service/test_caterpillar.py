import subprocess
import sys
from itertools import pairwise
from xml.etree import ElementTree as ET

import msgspec
import pytest
from generated import generated
from hand_made import frozen

from questionnaires.text import Language
from survey_service.charts.caterpillar import Caterpillar, Mark, Place, caterpillar
from survey_service.charts.caterpillar_shapes import NARROW, WIDE, Shape
from survey_service.charts.caterpillar_svg import caterpillar_svg
from survey_service.results.computing import compute
from survey_service.sheet.score_sheet import (
    NotMeasurable,
    Published,
    Result,
    ScoreSheet,
    Suppressed,
    UnitSheet,
)

SHEET = compute(frozen(generated("par-index-2022", seed=7)))
SVG = "{http://www.w3.org/2000/svg}"


def with_results(sheet: ScoreSheet, results: dict[str, Result]) -> ScoreSheet:
    """Give the sheet with other totals; units whose total is not shown lose their rank."""

    def change(unit: UnitSheet) -> UnitSheet:
        result = results.get(unit.code, unit.result)
        if isinstance(result, Suppressed):
            return msgspec.structs.replace(unit, result=result, rank=None, unranked="suppressed")
        if isinstance(result, NotMeasurable):
            return msgspec.structs.replace(
                unit, result=result, rank=None, unranked="not_measurable"
            )
        return msgspec.structs.replace(unit, result=result)

    return msgspec.structs.replace(sheet, units=tuple(change(unit) for unit in sheet.units))


def plotted(sheet: ScoreSheet = SHEET, language: Language = "vi") -> Caterpillar:
    plot = caterpillar(sheet, sheet.classes[0], language)
    assert plot is not None
    return plot


def figures(sheet: ScoreSheet) -> dict[str, Published]:
    units = {unit.code: unit.result for unit in sheet.units}
    shown = {code: units[code] for code in sheet.classes[0].ranking}
    return {code: result for code, result in shown.items() if isinstance(result, Published)}


def dots(svg: bytes) -> int:
    """Count the points that are drawn, not defined."""
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    lines = [g for g in root.iter(f"{SVG}g") if g.get("id", "").startswith("line2d")]
    return sum(line.find(f".//{SVG}use") is not None for line in lines)


def test_units_stand_in_rank_order_with_the_published_figures() -> None:
    plot = plotted()
    names = {unit.code: unit.name.vi for unit in SHEET.units}
    assert [mark.name for mark in plot.marks] == [names[c] for c in SHEET.classes[0].ranking]
    assert [mark.rank for mark in plot.marks] == [str(n + 1) for n in range(len(plot.marks))]
    for mark, result in zip(plot.marks, figures(SHEET).values(), strict=True):
        assert result.interval is not None
        ends = (float(result.interval.low), float(result.interval.high))
        assert mark.place == Place(at=float(result.points), interval=ends)
        assert mark.said == result.points.replace(".", ",")
        assert plot.low <= ends[0] < ends[1] <= plot.high
    assert (plot.whole, plot.in_percent) == ("30", False)
    english = plotted(language="en")
    assert english.marks[0].said == next(iter(figures(SHEET).values())).points
    assert english.marks[0].name != plot.marks[0].name


def test_what_is_withheld_is_a_word_and_no_mark() -> None:
    first, second, *_ = SHEET.classes[0].ranking
    sheet = with_results(
        SHEET, {first: Suppressed(maximum="30.00"), second: NotMeasurable(maximum="30.00")}
    )
    plot, whole = plotted(sheet), plotted()
    assert [mark.said for mark in plot.marks[:2]] == ["ẩn vì ít người trả lời", "không đo được"]
    assert [(mark.place, mark.rank) for mark in plot.marks[:2]] == [(None, "–"), (None, "–")]
    assert plot.low > 0
    assert dots(caterpillar_svg(whole, WIDE)) == len(whole.marks)
    assert dots(caterpillar_svg(plot, WIDE)) == len(whole.marks) - 2


def test_a_class_without_a_shown_figure_has_no_chart() -> None:
    hidden = Suppressed(maximum="30.00")
    sheet = with_results(SHEET, dict.fromkeys(SHEET.classes[0].ranking, hidden))
    assert caterpillar(sheet, sheet.classes[0], "vi") is None


def test_unequal_maxima_are_compared_in_percent() -> None:
    first = SHEET.classes[0].ranking[0]
    result = figures(SHEET)[first]
    halved = msgspec.structs.replace(
        result, points="10.00", maximum="20.00", percent="50.00", interval=None
    )
    plot = plotted(with_results(SHEET, {first: halved}))
    assert (plot.in_percent, plot.whole) == (True, "100")
    assert plot.marks[0].place == Place(at=50.0, interval=None)
    assert plot.marks[0].said == "50,00"
    assert plot.marks[1].place is not None
    assert plot.marks[1].place.at > 50


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_a_drawing_is_outlines_of_the_announced_size(shape: Shape) -> None:
    plot = plotted()
    svg = caterpillar_svg(plot, shape)
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    assert root.get("viewBox") == f"0 0 {shape.width} {shape.height(plot)}"
    assert list(root.iter(f"{SVG}text")) == []
    assert b"dc:date" not in svg
    for word in (b"<script", b"<image", b"font-family", b'href="http'):
        assert word not in svg


def test_another_process_with_other_settings_draws_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("machine")
    (folder / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.fonttype: none\nfont.size: 30\n")
    plot = Caterpillar(
        unit_class="x",
        language="vi",
        marks=(Mark(rank="1", name="Sở A", said="2,00", place=Place(at=2.0, interval=(1.2, 2.8))),),
        low=1,
        high=3,
        whole="30",
        in_percent=False,
    )
    program = (
        "import sys\n"
        "from survey_service.charts.caterpillar import Caterpillar, Mark, Place\n"
        "from survey_service.charts.caterpillar_svg import caterpillar_svg\n"
        "from survey_service.charts.caterpillar_shapes import NARROW\n"
        f"sys.stdout.buffer.write(caterpillar_svg({plot!r}, NARROW))\n"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    assert elsewhere.stdout == caterpillar_svg(plot, NARROW)


def test_a_name_is_text_and_nothing_else() -> None:
    plot = plotted()
    strange = Mark(rank="1", name="$\\frac{1}$ --> <b>&", said="1", place=None)
    drawn = caterpillar_svg(
        Caterpillar(
            unit_class="x",
            language="en",
            marks=(strange, *plot.marks),
            low=plot.low,
            high=plot.high,
            whole="30",
            in_percent=False,
        ),
        WIDE,
    )
    assert ET.fromstring(drawn).tag == f"{SVG}svg"  # noqa: S314 - our own drawing


def test_rows_follow_each_other_and_long_names_take_more_lines() -> None:
    plot = plotted(language="en")
    rows = list(NARROW.rows(plot))
    assert all(upper.bottom == lower.top for upper, lower in pairwise(rows))
    assert {len(row.baselines) for row in rows} >= {1, 2}
    assert all(row.top < row.level < row.bottom for row in rows)
    for row in rows:
        assert " ".join(line for _, line in row.baselines) == row.mark.name
