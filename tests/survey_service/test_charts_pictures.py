from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise

import pytest
from made_findings import made_findings
from made_sheets import crowded, full_of_gaps, round_sheet

from questionnaires.text import Language
from survey_service.charts.lettering import width
from survey_service.charts.palette import diverging, luminance
from survey_service.charts.picture import Box, Picture, Words
from survey_service.charts.registry import Chart, Published, charts

LANGUAGES: tuple[Language, ...] = ("vi", "en")
SLACK = 1.5
"""Pixels by which two lines of letters may come into each other's box without touching."""


def published(name: str) -> Published:
    sheets = {
        "round": round_sheet,
        "gaps": full_of_gaps,
        "one unit": lambda: crowded(1),
        "sixty units": lambda: crowded(60),
    }
    sheet = sheets[name]()
    return Published(sheet=sheet, findings=made_findings(sheet))


@cache
def laid_out(name: str) -> tuple[Chart, ...]:
    """Give the charts of a sheet in both languages."""
    of = published(name)
    return tuple(chart for language in LANGUAGES for chart in charts(of, language))


def drawn(name: str) -> Iterator[tuple[Chart, Picture]]:
    for chart in laid_out(name):
        yield chart, chart.wide
        yield chart, chart.narrow


def touching(one: Words, other: Words) -> bool:
    left, top, right, bottom = one.extent
    start, upper, end, lower = other.extent
    return (
        min(right, end) - max(left, start) > SLACK and min(bottom, lower) - max(top, upper) > SLACK
    )


@pytest.mark.parametrize("name", ["round", "gaps", "one unit", "sixty units"])
def test_no_word_leaves_the_picture_or_lies_on_another(name: str) -> None:
    kinds: set[str] = set()
    for chart, picture in drawn(name):
        kinds.add(chart.name.kind)
        where = (chart.file(), picture.width)
        for word in picture.words:
            left, top, right, bottom = word.extent
            assert left > -1, (where, word)
            assert right < picture.width + 1, (where, word)
            assert top > -2, (where, word)
            assert bottom < picture.height + 1, (where, word)
        rows = sorted(picture.words, key=lambda word: word.y)
        for place, word in enumerate(rows):
            for other in rows[place + 1 :]:
                if other.y - word.y > 40:
                    break
                assert not touching(word, other), (where, word, other)
    assert len(kinds) == 10


@pytest.mark.parametrize("name", ["round", "gaps"])
def test_words_in_a_box_stand_out_from_it(name: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    for chart, picture in drawn(name):
        ground = dict.fromkeys(range(len(picture.marks)), "#ffffff")
        boxes: list[Box] = []
        for place, mark in enumerate(picture.marks):
            if isinstance(mark, Box) and mark.fill:
                boxes.append(mark)
            elif isinstance(mark, Words):
                left, top, right, bottom = mark.extent
                x, y = (left + right) / 2, (top + bottom) / 2
                for box in boxes:
                    if box.left <= x <= box.right and box.top <= y <= box.bottom:
                        ground[place] = box.fill or "#ffffff"
                one, other = sorted((luminance(ground[place]), luminance(mark.colour)))
                assert (other + 0.05) / (one + 0.05) >= 4.5, (chart.file(), mark)


def test_every_chart_has_a_title_and_says_in_words_what_it_shows() -> None:
    said: set[tuple[str, str]] = set()
    for chart, _ in drawn("gaps"):
        assert len(chart.title) > 12
        assert len(chart.alt) > 40
        assert "{" not in chart.title + chart.alt
        said.add((chart.title, chart.alt))
    assert len(said) == len({chart.file() for chart, _ in drawn("gaps")})


def test_no_word_of_one_language_stays_open_or_empty() -> None:
    for chart, picture in drawn("round"):
        for word in picture.words:
            assert word.text.strip(), chart.file()
            assert "{" not in word.text, (chart.file(), word)
            assert width(word.text, word.size, word.weight) > 0


def test_a_phone_gets_a_narrow_drawing_and_a_page_a_wide_one() -> None:
    for chart in laid_out("round"):
        assert (chart.wide.width, chart.narrow.width) == (960, 320)


def test_colours_that_lie_side_by_side_differ_in_greyscale() -> None:
    for steps in range(2, 8):
        colours = diverging(steps)
        assert len(set(colours)) == steps
        for one, other in pairwise(colours):
            light, dark = sorted((luminance(one), luminance(other)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) > 1.3, (steps, one, other)
    for steps in (1, 8):
        with pytest.raises(ValueError, match="has no colours"):
            diverging(steps)


def test_labels_of_equal_slopes_are_pushed_apart() -> None:
    chart, *_ = (chart for chart in laid_out("sixty units") if chart.name.kind == "slope")
    assert len(chart.wide.words) > 150
    names = [word for word in chart.wide.words if "Ban Quản lý" in word.text]
    assert not any(touching(one, other) for one, other in combinations(names, 2))
