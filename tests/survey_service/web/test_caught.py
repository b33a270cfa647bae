from collections.abc import Generator
from dataclasses import replace
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from litestar.testing import TestClient
from rounds import Round

from mailer.catching.catcher import Catcher
from survey_service.web.app import create_app
from survey_service.web.serving import NotListeningError, serving

LINK = "http://127.0.0.1:8000/p/abc"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "caught"
    folder.mkdir()
    catcher = Catcher(folder)
    for number in range(1, 53):
        letter = EmailMessage()
        letter["Subject"] = f"Thư mời số {number} <&>"
        letter["From"] = "Sở Nội vụ <khaosat@khaosat.example>"
        letter["To"] = f"nguoi-{number}@xa.example"
        if number > 1:
            letter["Date"] = "Sat, 25 Feb 2023 23:30:00 +0000"
        letter.set_content(f"Xin mở {LINK}\n")
        html = f'<html><head></head><body><a href="{LINK}">Trả lời</a><script>x</script></body>'
        letter.add_alternative(html, subtype="html")
        catcher.keep(bytes(letter), sender="a@khaosat.example", recipients=[letter["To"]])
    return folder


@pytest.fixture
def address(wave: Round, folder: Path) -> Generator[str]:
    settings = replace(wave.settings, port=0)
    app = create_app(
        database=wave.database,
        settings=settings,
        keys=wave.keys,
        clock=wave.clock,
        caught=folder,
    )
    with serving(app, settings) as address:
        yield address


def fetch(address: str, path: str) -> tuple[int, str, dict[str, str]]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text, {name.lower(): value for name, value in response.getheaders()}


def test_caught_mail_is_listed_newest_first(address: str) -> None:
    status, first, _ = fetch(address, "/mail")
    assert status == 200
    assert first.count('class="mail-line"') == 50
    assert first.index("Thư mời số 52 &lt;&amp;&gt;") < first.index("Thư mời số 51")
    _, second, _ = fetch(address, "/mail?page=2&lang=en")
    assert "Caught mail" in second
    assert second.count('class="mail-line"') == 2
    assert "06:30 ngày 26/02/2023" in first
    assert "06:30 on 26 February 2023" in second
    assert "nguoi-1@xa.example</span>" in second
    assert fetch(address, "/mail?page=abc")[1] == first
    assert fetch(address, "/mail?page=99")[1].count('class="mail-line"') == 2


def test_a_mail_is_read_and_its_link_can_be_followed(address: str) -> None:
    _, page, headers = fetch(address, "/mail/00000001")
    assert f'href="{LINK}"' in page
    assert 'sandbox="allow-popups allow-top-navigation-by-user-activation"' in page
    assert "<script" not in page
    assert "frame-src 'self'" in headers["content-security-policy"]
    assert "server" not in headers


def test_the_frame_of_a_mail_may_run_nothing(address: str) -> None:
    _, framed, headers = fetch(address, "/mail/00000001/html")
    assert '<base target="_top">' in framed
    assert headers["content-security-policy"].startswith("sandbox ")
    assert "allow-scripts" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/mail/99999999", "/mail/..%2f..%2fkeys", "/mail/x/html"])
def test_a_mail_that_is_not_there_is_not_found(address: str, path: str) -> None:
    assert fetch(address, path)[0] == 404


def test_caught_mail_is_for_this_machine_only(wave: Round, folder: Path) -> None:
    app = create_app(
        database=wave.database,
        settings=wave.settings,
        keys=wave.keys,
        clock=wave.clock,
        caught=folder,
    )
    with TestClient(app) as elsewhere:
        # The test client says that it is "testclient", which is no loopback address.
        for path in ("/mail", "/mail/00000001", "/mail/00000001/html"):
            assert elsewhere.get(path).status_code == 404


def test_caught_mail_is_never_served_at_a_public_address(wave: Round, folder: Path) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        create_app(
            database=wave.database,
            settings=replace(wave.settings, public_url="https://khaosat.example"),
            keys=wave.keys,
            clock=wave.clock,
            caught=folder,
        )


def test_without_the_catcher_there_is_no_mail(wave: Round) -> None:
    app = create_app(
        database=wave.database, settings=wave.settings, keys=wave.keys, clock=wave.clock
    )
    with TestClient(app) as client:
        assert client.get("/mail").status_code == 404


def test_a_port_that_is_taken_is_said_at_once(wave: Round, address: str) -> None:
    settings = replace(wave.settings, port=urlsplit(address).port or 0)
    app = create_app(database=wave.database, settings=settings, keys=wave.keys, clock=wave.clock)
    with pytest.raises(NotListeningError), serving(app, settings):
        pass
