from decimal import Decimal
from functools import partial

import msgspec
import pytest
from made_findings import made_findings
from made_sheets import crowded, full_of_gaps, round_sheet, with_results

from questionnaires.text import Language
from survey_service.charts.caterpillar import Caterpillar, Place, caterpillar
from survey_service.charts.distribution import Bar, Distributions, distributions, extents
from survey_service.charts.drivers import driver_plot
from survey_service.charts.funnel import funnel
from survey_service.charts.heatmap import heat_map
from survey_service.charts.profile import profile
from survey_service.charts.slope import slopes
from survey_service.findings.document import Findings
from survey_service.sheet.score_sheet import (
    ProvinceFigure,
    Published,
    ScoreSheet,
    Suppressed,
)

SHEET = round_sheet()
FINDINGS = made_findings(SHEET)
CLASS = SHEET.classes[0]


def plotted(sheet: ScoreSheet = SHEET, language: Language = "vi") -> Caterpillar:
    plot = caterpillar(sheet, sheet.classes[0], language)
    assert plot is not None
    return plot


def figures(sheet: ScoreSheet) -> dict[str, Published]:
    units = {unit.code: unit.result for unit in sheet.units}
    shown = {code: units[code] for code in sheet.classes[0].ranking}
    return {code: result for code, result in shown.items() if isinstance(result, Published)}


def test_units_stand_in_rank_order_with_the_published_figures_and_rank_sets() -> None:
    plot = plotted()
    units = {unit.code: unit for unit in SHEET.units}
    assert [mark.name for mark in plot.marks] == [units[c].name.vi for c in CLASS.ranking]
    assert [mark.rank for mark in plot.marks] == [str(units[c].rank) for c in CLASS.ranking]
    for mark, (code, result) in zip(plot.marks, figures(SHEET).items(), strict=True):
        assert result.interval is not None
        ends = (float(result.interval.low), float(result.interval.high))
        assert mark.place == Place(at=float(result.points), interval=ends)
        assert mark.said == result.points.replace(".", ",")
        assert plot.low <= ends[0] < ends[1] <= plot.high
        ranks = units[code].rank_set
        assert ranks is not None
        assert mark.ranks == (ranks.best, ranks.worst)
    assert (plot.whole, plot.in_percent, plot.last) == ("30", False, len(CLASS.ranking))
    english = plotted(language="en")
    assert english.marks[0].said == next(iter(figures(SHEET).values())).points
    assert english.marks[0].name != plot.marks[0].name


def test_what_is_withheld_is_a_word_and_no_mark() -> None:
    plot = plotted(full_of_gaps())
    assert [mark.said for mark in plot.marks[:2]] == ["ẩn vì ít người trả lời", "không đo được"]
    assert [(mark.place, mark.rank) for mark in plot.marks[:2]] == [(None, "–"), (None, "–")]
    assert plot.low > 0


def test_a_class_without_a_shown_figure_has_no_ranking_chart() -> None:
    hidden = Suppressed(maximum="30.00")
    sheet = with_results(SHEET, dict.fromkeys(CLASS.ranking, hidden))
    assert caterpillar(sheet, sheet.classes[0], "vi") is None


def test_unequal_maxima_are_compared_in_percent() -> None:
    first = CLASS.ranking[0]
    halved = msgspec.structs.replace(
        figures(SHEET)[first], points="10.00", maximum="20.00", percent="50.00", interval=None
    )
    plot = plotted(with_results(SHEET, {first: halved}))
    assert (plot.in_percent, plot.whole) == (True, "100")
    assert plot.marks[0].place == Place(at=50.0, interval=None)
    assert plot.marks[0].said == "50,00"
    assert plot.marks[1].place is not None
    assert plot.marks[1].place.at > 50


def test_a_heat_map_shows_every_component_or_says_why_not() -> None:
    sheet = full_of_gaps()
    shown = heat_map(sheet, sheet.classes[0], "vi")
    assert shown is not None
    units = {unit.code: unit for unit in sheet.units}
    for code, row in zip(sheet.classes[0].ranking, shown.rows, strict=True):
        for part, cell in zip(units[code].components, row.cells, strict=True):
            if isinstance(part.result, Published):
                assert cell.percent == float(part.result.percent)
                assert cell.state == ""
                exact = Decimal(cell.wide.replace(",", "."))
                assert abs(exact - Decimal(part.result.percent)) <= Decimal("0.05")
            else:
                assert (cell.percent, cell.wide, cell.narrow) == (None, "", "")
                assert cell.state
    assert [cell.state for cell in shown.rows[2].cells[:3]] == [
        "suppressed",
        "not_measurable",
        "not_applicable",
    ]
    assert set(shown.states) == {"suppressed", "not_measurable", "not_applicable"}
    every = [cell.percent for row in shown.rows for cell in row.cells if cell.percent is not None]
    assert shown.low <= min(every)
    assert max(every) <= shown.high
    assert (shown.low % 10, shown.high % 10) == (0, 0)


def spread_of(**about: str | None) -> Distributions:
    shown = distributions(SHEET, FINDINGS, "vi", unit_class="SBN", **about)
    assert shown is not None
    return shown


def test_bars_hold_the_published_shares_the_best_first() -> None:
    shown = spread_of()
    bars = {bar.text: bar for scale in shown.scales for bar in scale.bars}
    lines = {
        line.item: line
        for line in FINDINGS.answers.distributions
        if (line.unit_class, line.unit) == ("SBN", None)
    }
    unknown = {line.item: line.dont_know for line in FINDINGS.quality.items}
    withheld = 0
    for item in FINDINGS.answers.items:
        if item.item not in lines:
            continue
        line = lines[item.item]
        bar = bars[item.text.fill("vi", unit="đơn vị", year="2022", service="dịch vụ")]
        assert bar.percents == tuple(float(option.percent) for option in line.options)
        assert bar.dont_know == (unknown[item.item] or "").replace(".", ",")
        assert bool(bar.withheld) == (line.missing is not None) == (not bar.percents)
        withheld += bool(bar.withheld)
    assert withheld == 1
    assert sum(len(scale.bars) for scale in shown.scales) == len(bars)


def test_items_of_one_component_or_one_unit_are_fewer() -> None:
    whole, part = spread_of(), spread_of(component="3")
    assert part.name == "Sở, ban, ngành – Cải cách thủ tục hành chính"
    counts = [sum(len(scale.bars) for scale in one.scales) for one in (whole, part)]
    assert counts[0] > counts[1] > 0
    unit = spread_of(unit=CLASS.ranking[0])
    name = next(unit.name.vi for unit in SHEET.units if unit.code == CLASS.ranking[0])
    assert unit.name == name
    assert all(not bar.dont_know for scale in unit.scales for bar in scale.bars)
    assert any(name in bar.text for scale in unit.scales for bar in scale.bars)


def test_the_middle_option_is_halved_by_the_middle_line() -> None:
    def bar(*percents: float) -> Bar:
        return Bar(text="", percents=percents, said=(), n="", top_two="", dont_know="", withheld="")

    assert extents(bar(40, 20, 20, 15, 5)) == (30, 70)
    assert extents(bar(60, 25, 10, 5)) == (15, 85)
    assert extents(bar(75, 25)) == (25, 75)


def test_slopes_are_those_of_units_in_both_years_and_the_others_are_named() -> None:
    shown = slopes(SHEET, FINDINGS, "vi", unit_class="SBN")
    assert shown is not None
    assert FINDINGS.trust.changes is not None
    own = {unit.code for unit in SHEET.units if unit.unit_class == "SBN"}
    lines = [line for line in FINDINGS.trust.changes.units if line.unit in own]
    both = [line for line in lines if line.former is not None]
    assert len(shown.slopes) == len(both)
    assert len(shown.left_out) == len(lines) - len(both) == 2
    assert {why for _, why in shown.left_out} == {"đơn vị mới", "chuỗi số liệu đứt đoạn"}
    assert [slope.now for slope in shown.slopes] == sorted(
        (float(line.points or 0) for line in both), reverse=True
    )
    for slope in shown.slopes:
        assert slope.difference[0] in "+−"
        rise = float(slope.difference.replace("−", "-").replace(",", "."))
        assert slope.now - slope.then == pytest.approx(rise, abs=0.011)
    assert shown.years == (str(SHEET.wave.year - 1), str(SHEET.wave.year))


def test_a_suppressed_change_keeps_no_point_in_the_chart() -> None:
    assert FINDINGS.trust.changes is not None
    first, *rest = FINDINGS.trust.changes.units
    hidden = msgspec.structs.replace(
        first,
        former=None,
        points=None,
        difference=None,
        direction="up",
        missing="suppressed",
    )
    changes = msgspec.structs.replace(FINDINGS.trust.changes, units=(hidden, *rest))
    trust = msgspec.structs.replace(FINDINGS.trust, changes=changes)
    shown = slopes(SHEET, msgspec.structs.replace(FINDINGS, trust=trust), "en", unit_class="SBN")
    assert shown is not None
    name = next(unit.name.en for unit in SHEET.units if unit.code == first.unit)
    assert (f"{name} ▲", "hidden: few respondents") in shown.left_out
    assert name not in {slope.name for slope in shown.slopes}


def test_the_funnel_counts_people_with_the_language_s_own_thousands() -> None:
    vi, en = funnel(FINDINGS, "vi"), funnel(FINDINGS, "en")
    assert vi is not None
    assert en is not None
    assert [step.people for step in vi.steps] == [
        step.people for step in FINDINGS.responding.funnel
    ]
    assert (vi.steps[0].said, en.steps[0].said) == ("1.470", "1,470")
    assert (vi.steps[0].percent, en.steps[0].percent) == ("100,0", "100.0")


def test_drivers_stand_at_their_share_and_performance() -> None:
    shown = driver_plot(SHEET, FINDINGS, "vi", unit_class="SBN")
    assert shown is not None
    given = next(one for one in FINDINGS.answers.drivers if one.unit_class == "SBN")
    assert [(dot.code, dot.share, dot.performance) for dot in shown.dots] == [
        (one.code, float(one.share), float(one.performance)) for one in given.drivers
    ]
    assert shown.mean_share == pytest.approx(100 / len(given.drivers), abs=0.2)
    assert driver_plot(SHEET, FINDINGS, "vi", unit_class="SBN-DT") is None


def test_a_profile_sets_each_component_against_its_class() -> None:
    sheet = full_of_gaps()
    third = sheet.classes[0].ranking[2]
    shown = profile(sheet, "vi", unit=third)
    assert shown is not None
    unit = next(one for one in sheet.units if one.code == third)
    lines = {line.code: line.result for line in sheet.classes[0].province}
    assert isinstance(unit.result, Published)
    assert shown.strands[0].percent == float(unit.result.percent)
    assert [strand.said for strand in shown.strands[1:4]] == [
        "ẩn vì ít người trả lời",
        "không đo được",
        "không áp dụng",
    ]
    for strand in shown.strands:
        result = lines[strand.code]
        assert isinstance(result, ProvinceFigure)
        assert strand.against is not None
        assert strand.against.mean == float(result.percent)
        assert strand.against.low <= strand.against.mean <= strand.against.high
        if strand.percent is not None:
            assert strand.interval is not None
            assert strand.interval[0] < strand.percent < strand.interval[1]


def without_former(findings: Findings) -> Findings:
    trust = msgspec.structs.replace(findings.trust, changes=None)
    return msgspec.structs.replace(findings, trust=trust)


def without_people(findings: Findings) -> Findings:
    responding = msgspec.structs.replace(findings.responding, funnel=())
    return msgspec.structs.replace(findings, responding=responding)


def without_distributions(findings: Findings) -> Findings:
    answers = msgspec.structs.replace(findings.answers, distributions=())
    return msgspec.structs.replace(findings, answers=answers)


def test_where_there_is_nothing_to_show_there_is_no_chart() -> None:
    for change, chart in (
        (without_former, partial(slopes, SHEET, language="vi", unit_class="SBN")),
        (without_people, partial(funnel, language="vi")),
        (without_distributions, partial(distributions, SHEET, language="vi", unit_class="SBN")),
    ):
        assert chart(findings=FINDINGS) is not None
        assert chart(findings=change(FINDINGS)) is None


def test_a_class_of_one_unit_has_its_charts() -> None:
    sheet = crowded(1)
    assert len(plotted(sheet).marks) == 1
    heat = heat_map(sheet, sheet.classes[0], "en")
    assert heat is not None
    assert len(heat.rows) == 1
