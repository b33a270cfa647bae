import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from generated import generated
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Round

from survey_service.analysing.computing import Sources, compute_results
from survey_service.dataset.reading import read_dataset
from survey_service.dataset.writing import write_dataset
from survey_service.publishing.package import publication_files
from survey_service.store.tables import Publication, PublicationFile
from survey_service.web import charts
from survey_service.web.charts import Charts
from survey_service.web.publications import PublishedFile

Client = TestClient[Litestar]
HOME = "/results/hai-xa-2025"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("dataset")
    write_dataset(folder / "dataset", generated("par-index-2022", seed=5))
    dataset = read_dataset(folder / "dataset")
    return dict(publication_files(dataset, compute_results(Sources(dataset=dataset))))


@pytest.fixture
def published(wave: Round, files: dict[str, bytes]) -> Round:
    publish(wave, 1, files)
    wave.change_wave(state="published")
    return wave


def publish(wave: Round, version: int, files: dict[str, bytes]) -> None:
    with wave.database.writing() as session:
        row = Publication(
            wave_id=wave.wave,
            version=version,
            fingerprint=hashlib.sha256(files["manifest.json"]).hexdigest(),
            published_at=datetime(2025, 5, 6, 3, 0, tzinfo=UTC),
        )
        session.add(row)
        session.flush()
        session.add_all(
            PublicationFile(publication_id=row.id, name=name, content=content)
            for name, content in files.items()
        )


@pytest.mark.usefixtures("published")
def test_the_sheet_shows_both_ranked_lists(client: Client, files: dict[str, bytes]) -> None:
    page = client.get(HOME)
    assert page.status_code == 200
    sheet = json.loads(files["scores.json"])
    for unit in sheet["units"]:
        assert unit["name"]["vi"] in page.text
        assert unit["result"]["points"].replace(".", ",") in page.text
    assert page.text.count('<table class="ranking">') == 2
    assert page.text.count('class="figure rank"') == 20
    assert "trọng số chia lại" in page.text
    assert "Bản công bố số 1, ngày 06/05/2025" in page.text
    assert hashlib.sha256(files["manifest.json"]).hexdigest() in page.text
    english = client.get(f"{HOME}?lang=en").text
    assert sheet["units"][0]["result"]["points"] in english
    assert "Possible ranks" in english
    assert "<svg" not in page.text


@pytest.mark.usefixtures("published")
def test_figures_that_are_not_shown_are_never_zero(
    client: Client, wave: Round, files: dict[str, bytes]
) -> None:
    sheet = json.loads(files["scores.json"])
    unit = sheet["units"][0]
    unit["result"] = {"state": "suppressed", "maximum": "30.00"}
    unit |= {"rank": None, "rank_set": None, "band": None, "unranked": "suppressed"}
    other = sheet["units"][1]
    other["result"] = {"state": "not_measurable", "maximum": "30.00"}
    other |= {"rank": None, "rank_set": None, "band": None, "unranked": "not_measurable"}
    publish(wave, 2, files | {"scores.json": json.dumps(sheet).encode()})
    chart = client.get(f"{HOME}/chart-SBN.vi.svg")
    assert chart.status_code == 200
    assert chart.content != client.get(f"{HOME}/v1/chart-SBN.vi.svg").content
    page = client.get(HOME).text
    assert page.count("ẩn vì ít người trả lời") >= 1
    assert page.count("không đo được") >= 1
    row = re.findall(r"<tr>(?:(?!</tr>).)*ẩn vì ít người(?:(?!</tr>).)*</tr>", page, re.DOTALL)[0]
    assert "0,00" not in row


@pytest.mark.usefixtures("published")
def test_every_file_is_given_as_it_was_hashed(client: Client, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        for address in (f"{HOME}/{name}", f"{HOME}/v1/{name}"):
            answer = client.get(address)
            assert answer.status_code == 200
            assert answer.content == content
            assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    saved = client.get(f"{HOME}/scores.xlsx").headers["content-disposition"]
    assert saved == 'attachment; filename="hai-xa-2025-v1-scores.xlsx"'


@pytest.mark.usefixtures("published")
def test_a_known_file_is_not_sent_again(client: Client) -> None:
    address = f"{HOME}/scores.json"
    etag = client.get(address).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = client.get(address, headers={"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.usefixtures("published")
def test_every_chart_of_the_page_is_drawn_for_its_language(client: Client) -> None:
    seen: set[bytes] = set()
    for language in ("vi", "en"):
        page = client.get(f"{HOME}?lang={language}").text
        charts = re.findall(r'(?:src|srcset)="([^"]+)" width="(\d+)" height="(\d+)"', page)
        assert len(charts) == 4
        for address, width, height in charts:
            assert address.startswith(f"{HOME}/v1/chart-")
            assert f".{language}." in address
            answer = client.get(address)
            assert answer.headers["content-type"].startswith("image/svg+xml")
            assert f'viewBox="0 0 {width} {height}"' in answer.text
            assert "sandbox" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            seen.add(answer.content)
        assert len(re.findall(r'<img [^>]*alt="[^"]{40,}"', page)) == 2
    assert len(seen) == 8


@pytest.mark.usefixtures("published")
def test_a_chart_is_immutable_and_a_known_one_is_not_sent_again(client: Client) -> None:
    address = f"{HOME}/v1/chart-SBN.vi.svg"
    first = client.get(address)
    etag = f'"{hashlib.sha256(first.content).hexdigest()}"'
    assert first.headers["etag"] == etag
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get(f"{HOME}/chart-SBN.vi.svg").headers["cache-control"] == "no-cache"
    again = client.get(address, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    policy = "content-security-policy"
    assert again.headers[policy] == first.headers[policy]
    assert client.head(address).headers["content-length"] == str(len(first.content))


def test_a_chart_is_drawn_once_and_the_oldest_is_forgotten(
    files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "MOST_KEPT", 1)
    content = files["scores.json"]
    scores = PublishedFile(
        name="scores.json",
        version=1,
        fingerprint="",
        published_at=datetime(2025, 5, 6, 3, 0, tzinfo=UTC),
        content=content,
        etag="one",
    )
    drawn = Charts()
    wide, narrow = charts.chart_name("SBN", "vi"), charts.chart_name("SBN", "vi", narrow=True)
    first = drawn.find(scores, wide)
    assert first is not None
    # What is kept needs no scores any more.
    assert drawn.find(replace(scores, content=b""), wide) == first
    assert drawn.find(scores, narrow) is not None
    with pytest.raises(msgspec.DecodeError):
        drawn.find(replace(scores, content=b""), wide)
    assert drawn.find(scores, wide) == first


def test_the_application_starts_without_the_library_that_draws() -> None:
    program = (
        "import sys\n"
        "import survey_service.web.app, survey_service.cli\n"
        "print([name for name in sys.modules if name.startswith('matplotlib')])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ran.stdout.split() == [b"[]"]


@pytest.mark.usefixtures("published")
def test_a_version_never_changes_and_the_newest_is_asked_for_again(
    client: Client, wave: Round, files: dict[str, bytes]
) -> None:
    publish(wave, 2, files | {"scores.csv": b"new"})
    first, second = client.get(f"{HOME}/v1/scores.csv"), client.get(f"{HOME}/v2/scores.csv")
    assert (first.content, second.content) == (files["scores.csv"], b"new")
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    newest = client.get(f"{HOME}/scores.csv")
    assert (newest.content, newest.headers["cache-control"]) == (b"new", "no-cache")
    assert "Bản công bố số 1" in client.get(f"{HOME}/v1").text
    assert "Bản công bố số 2" in client.get(HOME).text


@pytest.mark.parametrize(
    "address",
    [
        "/results/none",
        f"{HOME}/v2",
        f"{HOME}/v01",
        f"{HOME}/v0",
        f"{HOME}/v",
        f"{HOME}/secret.csv",
        f"{HOME}/v1/ballots.csv",
        f"{HOME}/x1/scores.csv",
        f"{HOME}/v999999999999/scores.csv",
        f"{HOME}/v1/..%2fscores.csv",
        f"{HOME}/v1/chart-NONE.vi.svg",
        f"{HOME}/v1/chart-SBN.fr.svg",
        f"{HOME}/v1/chart-SBN.vi.png",
        f"{HOME}/v1/chart-SBN.vi.huge.svg",
        f"{HOME}/v1/chart-.vi.svg",
        f"{HOME}/v2/chart-SBN.vi.svg",
    ],
)
@pytest.mark.usefixtures("published")
def test_what_was_not_published_is_not_there(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, "Không có trang này" in answer.text) == (404, True)


def test_nothing_is_shown_before_publication(client: Client) -> None:
    assert client.get(HOME).status_code == 404
    assert client.get(f"{HOME}/scores.json").status_code == 404


@pytest.mark.usefixtures("published")
def test_the_front_page_leads_to_what_is_published(client: Client) -> None:
    assert f'href="{HOME}"' in client.get("/").text
