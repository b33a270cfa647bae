"""Reports say of a sample and of services what a hurried reader must know, in plain words."""

from dataclasses import replace

import msgspec
import pytest
from hand_made import frozen
from sampled_services import sampled

from questionnaires.text import Language, Text
from survey_service.analysing.computing import Results, Sources, compute_results
from survey_service.charts.registry import Published, chart, charts, draw_file
from survey_service.findings.document import Findings, Hidden
from survey_service.findings.services import SamplingReport
from survey_service.reports.blocks import Bullets, Facts, Figure, Paragraph, Report, Section, Table
from survey_service.reports.kinds.service import service_report
from survey_service.reports.making import make_report, planned_files
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

LANGUAGES: tuple[Language, ...] = ("vi", "en")
CELLS = {
    ("XA1", "DAT", "MC", ""): 30,
    ("XA1", "NUOC", "MC", ""): 21,
    ("XA2", "DAT", "MC", ""): 25,
    ("XA2", "NUOC", "TT", ""): 18,
    ("XA3", "XE", "TT", ""): 12,
    ("XA1", "DAT", "", "receipt"): 15,
}


@pytest.fixture(scope="module")
def results() -> Results:
    return compute_results(Sources(dataset=frozen(sampled(CELLS))))


@pytest.fixture
def wave(results: Results) -> PublishedWave:
    return of(results, results.findings)


def of(results: Results, findings: Findings) -> PublishedWave:
    return PublishedWave(sheet=results.sheet, findings=findings, fingerprint="ab" * 32, files={})


def texts(sections: tuple[Section, ...]) -> str:
    said: list[str] = []
    for section in sections:
        said.append(section.title)
        for block in section.blocks:
            match block:
                case Paragraph():
                    said.append(block.text)
                case Bullets():
                    said += block.items
                case Facts():
                    said += [f"{fact.term} {fact.said}" for fact in block.facts]
                case Table():
                    said += [block.caption, *block.notes]
                    said += [cell.text for row in block.rows for cell in row.cells]
                case _:
                    said.append(block.alt)
        said.append(texts(section.parts))
    return "\n".join(said)


def said(report: Report) -> str:
    return texts(report.sections)


def with_sampling(results: Results, **changed: object) -> PublishedWave:
    services = results.findings.by_service()
    assert services is not None
    assert services.sampling is not None
    sampling: SamplingReport = msgspec.structs.replace(services.sampling, **changed)
    found = msgspec.structs.replace(services, sampling=sampling)
    return of(results, msgspec.structs.replace(results.findings, services=found))


def test_a_whole_sample_is_said_to_be_whole_and_a_changed_one_is_a_warning(
    results: Results,
) -> None:
    whole = said(make_report(with_sampling(results), "wave", "vi"))
    changed = said(make_report(with_sampling(results, intact=False), "wave", "vi"))
    assert "đúng là những người đã rút thăm" in whole
    assert "CẢNH BÁO" not in whole
    assert "CẢNH BÁO" in changed
    assert "đúng là những người đã rút thăm" not in changed


def test_discarded_draws_are_counted_aloud(results: Results) -> None:
    once = said(make_report(with_sampling(results), "wave", "en"))
    thrice = said(make_report(with_sampling(results, draws=3), "wave", "en"))
    assert "The draw was made once." in once
    assert "The draw was made 3 times; the first 2 were discarded" in thrice


def test_undercoverage_exclusions_and_fingerprints_stand_in_the_statement(
    wave: PublishedWave,
) -> None:
    page = said(make_report(wave, "wave", "en"))
    assert "57.5% of the transactions have an e-mail address (690 of 1,200)" in page
    assert "no e-mail address\n430\n2" in page
    for mark in ("5f" * 16, "c0" * 32, "fa" * 32, "5a" * 32):
        assert mark in page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_volunteers_are_said_to_be_no_sample(wave: PublishedWave, language: Language) -> None:
    page = said(make_report(wave, "wave", language))
    words = {"vi": "không phải là mẫu ngẫu nhiên", "en": "Volunteers are not a sample"}
    assert words[language] in page
    assert "AAPOR" in page


def test_a_service_report_leads_with_two_figures_and_says_them_in_words(
    wave: PublishedWave,
) -> None:
    report = make_report(wave, "service", "en", "DAT")
    tiles, words, chart, factors = report.sections[0].blocks
    assert isinstance(tiles, Facts)
    assert isinstance(words, Paragraph)
    assert tiles.large
    assert [fact.term for fact in tiles.facts] == ["Two best answers", "Mean ÷ maximum"]
    assert all(fact.said in words.text for fact in tiles.facts)
    assert "95% intervals" in words.text
    assert isinstance(chart, Figure)
    assert isinstance(factors, Table)
    assert chart.title == "Satisfaction by factor, both ways, 95 % intervals: Land certificate"
    assert draw_file(chart.wide.name, Published(sheet=wave.sheet, findings=wave.findings))


def test_a_table_of_hidden_lines_alone_is_one_sentence() -> None:
    cells = {
        (f"XA{unit}", service, channel, ""): 7
        for unit in range(1, 6)
        for service, channel in (("DAT", "counter"), ("NUOC", "online"))
    }
    results = compute_results(Sources(dataset=frozen(sampled(cells))))
    wave = of(results, results.findings)
    page = said(make_report(wave, "service", "en", "DAT"))
    assert "all 5 lines are hidden" in page
    assert "\nhidden\nhidden\nhidden\n" not in page.split("Lists of transactions, and the draw")[0]
    audit = {(row.table, row.reason): row.figures for row in results.findings.hidden}
    assert audit["services", "threshold"] == 10


def test_usual_channels_are_told_in_words_and_others_as_they_are() -> None:
    cells = {
        (f"XA{unit}", "DAT", channel, ""): 15
        for unit in (1, 2)
        for channel in ("counter", "online", "post", "KIOSK")
    }
    results = compute_results(Sources(dataset=frozen(sampled(cells))))
    wave = of(results, results.findings)
    pages = {w: said(make_report(wave, "service", w, "DAT")).split("\n") for w in LANGUAGES}
    assert {"Trực tiếp", "Trực tuyến", "Bưu chính", "KIOSK"} <= set(pages["vi"])
    assert {"At the counter", "Online", "By post", "KIOSK"} <= set(pages["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audit_calls_every_table_by_a_name(results: Results, language: Language) -> None:
    hidden = tuple(
        Hidden(table=table, reason="threshold", figures=1, rule=Text(vi="ít", en="few"))
        for table in ("services", "services.factors", "services.facts", "services.doors")
    )
    wave = of(results, msgspec.structs.replace(results.findings, hidden=hidden))
    lines = said(make_report(wave, "wave", language)).split("\n")
    assert not {row.table for row in hidden} & set(lines)


def test_every_service_has_a_report_and_no_other_has_one(wave: PublishedWave) -> None:
    files = planned_files(wave, kinds=["service"], units=[], languages=["vi"], forms=["pdf"])
    assert [file.name for file in files] == [
        "service-DAT.vi.pdf",
        "service-NUOC.vi.pdf",
        "service-XE.vi.pdf",
    ]
    page = said(make_report(wave, "service", "vi", "DAT"))
    assert "Thái độ phục vụ" in page
    assert "Lắp đồng hồ nước" not in page.split("Danh sách hồ sơ và rút thăm")[0]
    with pytest.raises(KeyError):
        service_report(wave, "KHONG", Wording(language="vi"))


def test_charts_of_services_are_drawn_the_same_from_the_same_findings(results: Results) -> None:
    published = Published(sheet=results.sheet, findings=results.findings)
    drawn = {
        one.name.kind: one for one in charts(published, "en", ("services", "factors", "service"))
    }
    assert set(drawn) == {"services", "factors", "service"}
    for one in drawn.values():
        assert one.draw() == one.draw()
        again = chart(one.name.kind, one.name.subject, published, "en")
        assert again is not None
        assert again.draw(narrow=True) == one.draw(narrow=True)


def test_without_services_the_report_says_what_they_would_need() -> None:
    content = sampled({("XA1", "", "", ""): 40, ("XA2", "", "", ""): 30})
    bare = replace(content, design=msgspec.structs.replace(content.design, sampling=None))
    results = compute_results(Sources(dataset=frozen(bare)))
    wave = of(results, results.findings)
    page = said(make_report(wave, "wave", "en"))
    assert "A report by service needs:" in page
    assert "Lists of transactions, and the draw" not in page
    assert wave.services() == ()
