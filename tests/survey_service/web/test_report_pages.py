import hashlib
import re
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import msgspec
import pytest
from generated import generated
from litestar import Litestar
from litestar.testing import TestClient
from made_findings import made_findings
from rounds import Round

from survey_service.dataset.reading import read_dataset
from survey_service.dataset.writing import write_dataset
from survey_service.findings.document import findings_json
from survey_service.results.computing import compute
from survey_service.sheet.documents import sheet_json
from survey_service.sheet.score_sheet import ScoreSheet
from survey_service.store.tables import Publication, PublicationFile
from survey_service.web import report_pages

Client = TestClient[Litestar]
HOME = "/results/hai-xa-2025"
PAGES = ("report", "summary", "units/SNV", "services/DAT-DAI")


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> ScoreSheet:
    folder: Path = tmp_path_factory.mktemp("dataset") / "dataset"
    write_dataset(folder, generated("par-index-2022", seed=5))
    return compute(read_dataset(folder))


@pytest.fixture
def published(wave: Round, sheet: ScoreSheet) -> Round:
    publish(wave, 1, sheet)
    wave.change_wave(state="published")
    return wave


def publish(wave: Round, version: int, sheet: ScoreSheet, *, findings: bool = True) -> None:
    files = {"scores.json": sheet_json(sheet)}
    if findings:
        files["findings.json"] = findings_json(made_findings(sheet))
    with wave.database.writing() as session:
        row = Publication(
            wave_id=wave.wave,
            version=version,
            fingerprint=hashlib.sha256(files["scores.json"]).hexdigest(),
            published_at=datetime(2025, 5, 6, 3, 0, tzinfo=UTC),
        )
        session.add(row)
        session.flush()
        session.add_all(
            PublicationFile(publication_id=row.id, name=name, content=content)
            for name, content in files.items()
        )


@pytest.mark.usefixtures("published")
def test_every_report_is_a_whole_page_in_both_languages(client: Client) -> None:
    for name, language in product(PAGES, ("vi", "en")):
        answer = client.get(f"{HOME}/{name}?lang={language}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert f'<html lang="{language}">' in answer.text
        assert answer.text.count("<h1>") == 1
        assert answer.text.rstrip().endswith("</html>")
        anchors = re.findall(r' id="([^"]+)"', answer.text)
        assert len(anchors) == len(set(anchors))
        for anchor in re.findall(r'href="#([^"]+)"', answer.text):
            assert anchor in anchors


@pytest.mark.usefixtures("published")
def test_every_chart_of_a_report_is_there_and_said_in_words(client: Client) -> None:
    page = client.get(f"{HOME}/summary").text
    charts = re.findall(r'(?:src|srcset)="([^"]+)" width="(\d+)" height="(\d+)"', page)
    assert len(charts) == 2
    for address, width, height in charts:
        answer = client.get(address)
        assert answer.status_code == 200
        assert f'viewBox="0 0 {width} {height}"' in answer.text
    assert len(re.findall(r'<img [^>]*alt="[^"]{40,}"', page)) == 1


@pytest.mark.usefixtures("published")
def test_every_table_has_a_caption_and_says_what_heads_what(client: Client) -> None:
    for name in PAGES:
        tables = re.findall(r"<table.*?</table>", client.get(f"{HOME}/{name}").text, re.DOTALL)
        assert tables
        for table in tables:
            assert re.search(r"<caption>[^<]+</caption>", table)
            heads = re.findall(r'<th scope="col"[^>]*>', table)
            for row in re.findall(r"<tr class=.*?</tr>", table, re.DOTALL):
                assert row.count('<th scope="row">') == 1
                assert row.count("<td") == len(heads) - 1


@pytest.mark.usefixtures("published")
def test_the_sheet_leads_to_the_services_and_the_report_to_each_of_them(client: Client) -> None:
    assert f'href="{HOME}/v1/report#services"' in client.get(HOME).text
    report = client.get(f"{HOME}/v1/report").text
    for service in ("DAT-DAI", "NUOC", "LAI-XE"):
        assert f'href="{HOME}/v1/services/{service}"' in report
        assert client.get(f"{HOME}/v1/services/{service}").status_code == 200
    assert client.get(f"{HOME}/services/KHONG-CO").status_code == 404


@pytest.mark.usefixtures("published")
def test_the_sheet_leads_to_its_reports_and_they_to_every_unit(
    client: Client, sheet: ScoreSheet
) -> None:
    home = client.get(HOME).text
    for name in ("summary", "report"):
        assert f'href="{HOME}/v1/{name}"' in home
    assert f'href="{HOME}/v1/findings.json"' in home
    pages = (home, *(client.get(f"{HOME}/v1/{name}").text for name in ("summary", "report")))
    for unit in sheet.units:
        assert all(f'href="{HOME}/v1/units/{unit.code}"' in page for page in pages)
    english = client.get(f"{HOME}/v1/report?lang=en").text
    assert f'href="{HOME}/v1/units/{sheet.units[0].code}?lang=en"' in english


def test_each_version_keeps_its_own_report(
    client: Client, published: Round, sheet: ScoreSheet
) -> None:
    title = msgspec.structs.replace(sheet.wave.title, vi="Bản sửa")
    corrected = msgspec.structs.replace(
        sheet, wave=msgspec.structs.replace(sheet.wave, title=title)
    )
    publish(published, 2, corrected)
    assert "<h1>Bản sửa</h1>" in client.get(f"{HOME}/report").text
    assert "<h1>Bản sửa</h1>" in client.get(f"{HOME}/v2/summary").text
    first = client.get(f"{HOME}/v1/report").text
    assert "Bản sửa" not in first
    assert "Bản công bố số 1, ngày 06/05/2025" in first


def test_a_publication_without_findings_still_has_its_reports(
    client: Client, wave: Round, sheet: ScoreSheet
) -> None:
    publish(wave, 1, sheet, findings=False)
    for name in PAGES[:3]:
        assert client.get(f"{HOME}/{name}").status_code == 200
    assert "findings.json" in client.get(f"{HOME}/report").text


@pytest.mark.usefixtures("published")
def test_a_known_page_is_not_sent_again(client: Client) -> None:
    first = client.get(f"{HOME}/summary")
    etag = f'"{hashlib.sha256(first.content).hexdigest()}"'
    assert (first.headers["etag"], first.headers["cache-control"]) == (etag, "no-cache")
    assert "default-src 'none'" in first.headers["content-security-policy"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = client.get(f"{HOME}/summary", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"{HOME}/summary", headers={"if-none-match": '"other"'})
    assert other.content == first.content


@pytest.mark.usefixtures("published")
def test_a_page_needs_nothing_that_the_policy_forbids(client: Client) -> None:
    for name in PAGES:
        page = client.get(f"{HOME}/{name}").text
        assert "<script" not in page
        assert "<style" not in page
        assert not re.search(r"<[a-z][^>]*\sstyle=", page)
        assert not re.search(r'(?:src|href)="https?:', page)


@pytest.mark.usefixtures("published")
def test_the_oldest_page_is_forgotten_and_rendered_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_pages, "MOST_KEPT", 1)
    first = client.get(f"{HOME}/units/SNV")
    assert client.get(f"{HOME}/units/SXD").content != first.content
    assert client.get(f"{HOME}/units/SNV").content == first.content


@pytest.mark.usefixtures("published")
def test_what_was_not_published_has_no_report(client: Client) -> None:
    for address in (
        "/results/none/report",
        f"{HOME}/units/NONE",
        f"{HOME}/units/snv",
        f"{HOME}/v2/report",
        f"{HOME}/v01/report",
        f"{HOME}/v/summary",
        f"{HOME}/x1/report",
        f"{HOME}/v1/units/NONE",
        f"{HOME}/v1/units",
    ):
        answer = client.get(address)
        assert (answer.status_code, "Không có trang này" in answer.text) == (404, True), address


def test_no_report_is_shown_before_publication(client: Client) -> None:
    for name in PAGES:
        assert client.get(f"{HOME}/{name}").status_code == 404
