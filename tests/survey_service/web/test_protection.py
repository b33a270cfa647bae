import logging
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Round
from sqlalchemy import text

from survey_service.config import read_settings
from survey_service.web.app import create_app
from survey_service.web.fields import LARGEST_BODY
from survey_service.web.protection import CONTENT_POLICY

Client = TestClient[Litestar]
FORM = {"content-type": "application/x-www-form-urlencoded"}


def pages(wave: Round) -> list[str]:
    """List the address of every page, of links of every standing too."""
    link = f"/p/{wave.token()}"
    links = wave.links()
    opened = links.open(wave.token())
    assert opened is not None
    urls = (
        links.opt_out_url(opened.public_id, 0),
        links.one_click_url(opened.public_id, 0),
        links.trial_url("hai-xa-2025", "vi"),
    )
    opt_out, one_click, trial = (urlsplit(url).path for url in urls)
    return [
        "/",
        "/?lang=en",
        "/healthz",
        "/readyz",
        "/nowhere",
        "/p/not-a-token",
        "/link",
        "/link?lang=en",
        *(opt_out, f"{opt_out}?lang=en&utm_source=x", f"{opt_out}/confirm", f"{opt_out}/again"),
        one_click,
        *(trial, f"{trial}/1", f"{trial}/review", f"{trial}/submit", f"{trial}/decline"),
        "/o/not-a-token",
        "/u/not-a-token",
        "/try/not-a-token",
        "/results/none",
        "/results/none/scores.json",
        "/results/none/v1/scores.json",
        link,
        f"{link}?lang=en",
        f"{link}?lang=klingon",
        f"{link}/decline",
        f"{link}/review",
        *(f"{link}/{number}" for number in (0, 1, 2, 3, 4, 10**30)),
        f"{link}/start",
        f"{link}/submit",
        f"{link}/mine",
    ]


def test_every_answer_carries_the_headers(client: Client, wave: Round) -> None:
    for path in pages(wave):
        for method in ("GET", "HEAD", "POST", "DELETE"):
            headers = client.request(method, path).headers
            assert headers["content-security-policy"] == CONTENT_POLICY, (method, path)
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-robots-tag"] == "noindex, nofollow"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert "set-cookie" not in headers
            assert "strict-transport-security" not in headers


def test_a_public_address_over_https_is_pinned(wave: Round) -> None:
    settings = read_settings({"SURVEY_PUBLIC_URL": "https://khaosat.example/ks"})
    app = create_app(database=wave.database, settings=settings, keys=wave.keys, clock=wave.clock)
    with TestClient(app) as client:
        page = client.get("/")
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert 'href="/ks/static/' in page.text


@pytest.mark.parametrize("state", ["draft", "open", "paused", "closed", "cancelled", "published"])
def test_reading_changes_no_row(client: Client, wave: Round, state: str) -> None:
    assert client.post(f"/p/{wave.token(1)}/start", data={"consent": "yes"}).status_code == 303
    wave.change_wave(state=state)
    before = wave.everything()
    for path in [*pages(wave), *(f"/p/{wave.token(1)}/{n}" for n in ("", 1, "review"))]:
        for method in ("HEAD", "GET", "OPTIONS", "GET"):
            client.request(method, path, headers={"user-agent": "Mozilla/5.0 (scanner)"})
    assert wave.everything() == before


def test_a_head_is_a_get_without_its_body(client: Client, started: str, wave: Round) -> None:
    for path in [*pages(wave), f"{started}/1", f"{started}/review"]:
        got, headed = client.get(path), client.head(path)
        assert (headed.status_code, headed.content) == (got.status_code, b"")
        assert headed.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:8000"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"}, True),
        ({"origin": "https://elsewhere.example"}, True),
    ],
)
def test_a_form_from_another_site_is_refused(
    client: Client, link: str, headers: dict[str, str], *, refused: bool
) -> None:
    answer = client.post(f"{link}/start", data={"consent": "yes"}, headers=headers)
    assert answer.status_code == (403 if refused else 303)
    assert ("gửi từ một trang khác" in answer.text) == refused


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nowhere", 404, "Không có trang này"),
        ("PUT", "/", 405, "không nhận thao tác"),
        ("GET", "/p/{}/start", 405, "không nhận thao tác"),
        ("DELETE", "/p/{}/1", 405, "không nhận thao tác"),
        ("GET", "/p/{}/nothing", 404, "Không có trang này"),
        ("GET", "/static/0000/style.css", 404, "Không có trang này"),
    ],
)
def test_each_wrong_address_has_its_page(
    client: Client, wave: Round, method: str, path: str, status: int, words: str
) -> None:
    answer = client.request(method, path.format(wave.token()))
    assert (answer.status_code, words in answer.text) == (status, True)
    assert 'lang="en"' in answer.text


def test_a_body_that_is_too_long_is_refused(client: Client, started: str, wave: Round) -> None:
    before = wave.everything()
    answer = client.post(f"{started}/1", data={"q-S1": "5" * LARGEST_BODY})
    assert answer.status_code == 413
    assert "quá dài" in answer.text
    assert wave.everything() == before


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"q-S1=%FF%FE", FORM, 400),
        ("q-S1=ê".encode(), FORM, 400),
        (b"&".join(b"a=1" for _ in range(2_001)), FORM, 400),
        (b'{"q-S1": "5"}', {"content-type": "application/json"}, 415),
        (b"--x\r\n\r\n--x--", {"content-type": "multipart/form-data; boundary=x"}, 415),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    client: Client, started: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert client.post(f"{started}/1", content=body, headers=headers).status_code == status


def test_an_unexpected_failure_is_logged_without_the_token(
    client: Client, wave: Round, caplog: pytest.LogCaptureFixture
) -> None:
    token = wave.token()
    with wave.database.writing() as session:
        session.execute(text("ALTER TABLE drafts RENAME TO gone"))
    with caplog.at_level(logging.DEBUG):
        answer = client.get(f"/p/{token}")
    assert answer.status_code == 500
    assert "Hệ thống gặp lỗi" in answer.text
    # The test's own client logs addresses; the service must not.
    (record,) = [record for record in caplog.records if record.name != "httpx"]
    logged = logging.Formatter().format(record)
    assert "a request failed" in logged
    assert "no such table: drafts" in logged
    assert token not in logged
    assert "<memory" not in logged


def test_a_writer_that_stopped_says_that_nothing_was_saved(
    client: Client, wave: Round, link: str
) -> None:
    app = create_app(
        database=wave.database, settings=wave.settings, keys=wave.keys, clock=wave.clock
    )
    # Without its lifespan the application has no writer running.
    outside = TestClient(app, raise_server_exceptions=False)
    answer = outside.post(f"{link}/start", data={"consent": "yes"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert "chưa được lưu" in answer.text
    ready = outside.get("/readyz")
    assert (ready.status_code, "answer writer stopped" in ready.text) == (503, True)
    assert client.get("/readyz").text == "ready\n"


def test_a_database_that_is_not_migrated_is_not_ready(client: Client, wave: Round) -> None:
    with wave.database.writing() as session:
        session.execute(text("DELETE FROM alembic_version"))
    answer = client.get("/readyz")
    assert (answer.status_code, "survey-service db upgrade" in answer.text) == (503, True)
    assert client.get("/healthz").text == "ok\n"


def test_no_page_carries_the_token_out(client: Client, started: str, wave: Round) -> None:
    token = wave.token()
    for path in (started, f"{started}/1", f"{started}/review", f"{started}/decline"):
        page = client.get(path).text
        addresses = [part.split('"')[0] for part in page.split('href="')[1:]]
        addresses += [part.split('"')[0] for part in page.split('action="')[1:]]
        assert addresses
        assert all(not address.startswith("http") for address in addresses)
        assert any(token in address for address in addresses)
        assert "<script" not in page
        assert "style=" not in page


def test_host_headers_lead_nowhere(client: Client, started: str) -> None:
    answer = client.get(started, headers={"host": "evil.example", "x-forwarded-host": "evil"})
    assert "evil" not in answer.text
    saved = client.post(f"{started}/1", data={"action": "later"}, headers={"host": "evil.example"})
    assert saved.headers["location"] == started


def test_the_clock_of_the_application_is_the_one_it_was_given(client: Client, wave: Round) -> None:
    assert "Hiện không có" not in client.get("/").text
    wave.clock.move_to(wave.clock.now() + timedelta(days=60))
    assert "Hiện không có" in client.get("/").text
