import json
import re
from html import unescape

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from made_series import HIDDEN, Shown, publish_month
from rounds import Round

from survey_service.charts.trend import TrendChart, TrendMark, axis_ends
from survey_service.charts.trend_picture import trend_picture
from survey_service.trends.charting import axis_of, lay_out
from survey_service.trends.computing import compute_trend
from survey_service.trends.document import Trend
from survey_service.trends.reading import read_series

Client = TestClient[Litestar]
HOME = "/results/series/mot-cua"
STEPS = (-1, 1, 0, 2, -2, 0, 1)


@pytest.fixture
def series(wave: Round) -> Round:
    for place, step in enumerate(STEPS):
        publish_month(
            wave.database,
            place,
            {
                "QT1": Shown(percent=80.0 + step if place < 6 else 60.0),
                "QT2": HIDDEN if place == 2 else Shown(percent=85.0 + step, n=12, error=5.5),
            },
        )
    return wave


def trend_of(wave: Round) -> Trend:
    with wave.database.reading() as session:
        return compute_trend("mot-cua", read_series(session, "mot-cua"))


@pytest.mark.usefixtures("series")
def test_the_page_shows_every_figure_of_the_trend(client: Client, series: Round) -> None:
    page = client.get(HOME)
    assert page.status_code == 200
    text = unescape(page.text)
    for line in trend_of(series).lines:
        assert line.name.vi in text
        for point in line.points:
            for figure in (point.percent and point.percent[:-1], point.centre):
                assert figure is None or figure.replace(".", ",") in text
    assert text.count("▼ dưới giới hạn") == 2  # in the table of the latest month and in its row
    assert text.count("ẩn vì ít người trả lời") == 1
    assert "−20,0" in text


@pytest.mark.usefixtures("series")
def test_the_page_speaks_english(client: Client) -> None:
    page = unescape(client.get(f"{HOME}?lang=en").text)
    assert "Results by month" in page
    assert "▼ below the limits" in page
    assert "60.0" in page


@pytest.mark.usefixtures("series")
def test_every_chart_that_the_page_names_can_be_pulled(client: Client) -> None:
    for query in ("", "?lang=en"):
        page = unescape(client.get(f"{HOME}{query}").text)
        names = re.findall(rf'(?:src|srcset)="({HOME}/[^"]+\.svg)"', page)
        assert len(names) == 4
        for name in names:
            chart = client.get(name)
            assert chart.status_code == 200
            assert chart.headers["content-type"].startswith("image/svg+xml")
            assert "sandbox" in chart.headers["content-security-policy"]
            assert chart.text.count("<title>") == 1


@pytest.mark.usefixtures("series")
def test_a_chart_is_the_same_bytes_each_time_and_known_by_its_tag(client: Client) -> None:
    address = f"{HOME}/trend-QT1-points.vi.svg"
    first, second = client.get(address), client.get(address)
    assert first.content == second.content
    known = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_files_are_those_of_the_trend_and_change_with_a_publication(
    client: Client, series: Round
) -> None:
    before = client.get(f"{HOME}/trend.json")
    assert json.loads(before.content)["format"] == "survey-trend/1"
    table = client.get(f"{HOME}/trend.csv")
    assert 'filename="mot-cua-trend.csv"' in table.headers["content-disposition"]
    publish_month(series.database, len(STEPS), {"QT1": Shown(percent=79.0)})
    after = client.get(f"{HOME}/trend.json")
    assert after.headers["etag"] != before.headers["etag"]
    assert len(json.loads(after.content)["waves"]) == len(STEPS) + 1


def test_what_is_not_there_is_not_found(client: Client, series: Round) -> None:
    assert series is not None
    for address in (
        "/results/series/khong-co",
        "/results/series/khong-co/trend.json",
        f"{HOME}/scores.json",
        f"{HOME}/trend-QT9-points.vi.svg",
        f"{HOME}/trend-QT1-points.fr.svg",
    ):
        assert client.get(address).status_code == 404


def _crowded(months: int) -> TrendChart:
    marks = tuple(
        TrendMark(
            year=2025 + (place + 2) // 12,
            month=(place + 2) % 12 + 1,
            figure=None if place % 7 == 5 else 70.0 + place % 5 * 6,
            said="" if place % 7 == 5 else f"{70 + place % 5 * 6},0",
            why="ẩn vì ít người trả lời" if place % 7 == 5 else "",
            interval=None if place % 7 == 5 else (60.0 + place % 5 * 6, 76.0 + place % 5 * 6),
            centre=80.0 if place and place % 7 != 5 else None,
            limits=(61.0, 99.0) if place > 6 and place % 7 != 5 else None,
            beyond="above" if place % 5 == 4 and place % 7 != 5 else "",
            run="below" if place == months - 1 else "",
            anew=place == 8,
        )
        for place in range(months)
    )
    low, high = axis_ends(marks)
    return TrendChart(
        name="Bộ phận Một cửa",
        measure="điểm đạt được (%)",
        language="vi",
        marks=marks,
        low=low,
        high=high,
    )


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("months", [1, 2, 9, 24, 60])
def test_nothing_that_is_written_leaves_the_picture(months: int, *, narrow: bool) -> None:
    picture = trend_picture(_crowded(months), narrow=narrow)
    for words in picture.words:
        left, top, right, bottom = words.extent
        assert left >= 0
        assert right <= picture.width
        assert top >= 0
        assert bottom <= picture.height


@pytest.mark.parametrize("narrow", [False, True])
def test_figures_beside_dots_never_overlap(*, narrow: bool) -> None:
    bold = [
        words.extent
        for words in trend_picture(_crowded(24), narrow=narrow).words
        if words.weight == "bold" and "," in words.text
    ]
    assert bold
    for place, one in enumerate(bold):
        for other in bold[place + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]


def test_charts_of_one_measure_share_an_axis_and_gaps_are_not_bridged(series: Round) -> None:
    trend = trend_of(series)
    axis = axis_of(trend, "points")
    charts = [lay_out(trend, line, "vi", axis) for line in trend.lines]
    ends = [
        end
        for chart in charts
        for mark in chart.marks
        for end in (*(mark.interval or ()), *(mark.limits or ()))
    ]
    assert axis[0] <= min(ends)
    assert axis[1] >= max(ends)
    gap = charts[1].marks[2]
    assert (gap.figure, gap.interval, gap.centre, gap.limits) == (None, None, None, None)
    assert gap.why == "ẩn vì ít người trả lời"
    assert "1 tháng không có số liệu công bố" in trend_picture(charts[1], narrow=False).alt
