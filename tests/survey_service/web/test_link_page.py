import time
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from litestar import Litestar, Request
from litestar.testing import TestClient
from rounds import Round

from survey_service.clock import SteppedClock
from survey_service.mailing.wishes.link_again import LinkRequests
from survey_service.store.tables import Letter
from survey_service.web.app import create_app
from survey_service.web.limiting import PER_HOUR, Limiter, client_of
from survey_service.web.serving import serving

Client = TestClient[Litestar]

LISTED = "nguoi-0@xa.example"
UNLISTED = "nguoi-9@xa.example"


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the addresses that were looked up, as the service takes them."""
    taken: list[str] = []
    ask = LinkRequests.ask

    def noted(self: LinkRequests, email_key: str) -> None:
        taken.append(email_key)
        ask(self, email_key)

    monkeypatch.setattr(LinkRequests, "ask", noted)
    return taken


def steps(wave: Round) -> list[tuple[int, str]]:
    """Wait for what was asked, and list the letters."""
    end = time.monotonic() + 10
    while not wave.rows(Letter) and time.monotonic() < end:
        time.sleep(0.01)
    return [(row["invitation_id"], row["step"]) for row in wave.rows(Letter)]


def test_the_link_is_queued_for_the_listed_address(client: Client, wave: Round) -> None:
    reply = client.post("/link", data={"address": " Nguoi-0@XA.example "})
    assert reply.status_code == 200
    assert steps(wave) == [(wave.people[0], "link-1")]


def test_listed_and_unlisted_get_the_same_bytes(wave: Round) -> None:
    """In each language, asked once, asked again, opted out or not, caught in the trap or not."""
    app = create_app(
        database=wave.database, settings=wave.settings, keys=wave.keys, clock=wave.clock
    )
    with TestClient(app) as client:
        for extra in ({}, {}, {"lang": "en"}, {"de-trong": "x"}):
            replies = [
                client.post("/link", data={"address": address, **extra})
                for address in (LISTED, UNLISTED, "nguoi-1@xa.example", "x@y.example")
            ]
            assert len({reply.content for reply in replies}) == 1
            assert len({repr(sorted(reply.headers.items())) for reply in replies}) == 1
            assert {reply.status_code for reply in replies} == {200}
            assert LISTED not in replies[0].text
    # Leaving the application works off what waits: the two that are listed, once each.
    assert steps(wave) == [(wave.people[0], "link-1"), (wave.people[1], "link-1")]


def test_the_answer_does_not_wait_for_the_database(client: Client, wave: Round) -> None:
    """Whoever holds the writers' lock delays the letter, not the answer."""
    with wave.database.writing():
        begun = time.monotonic()
        for address in (LISTED, UNLISTED):
            assert client.post("/link", data={"address": address}).status_code == 200
        assert time.monotonic() - begun < 5
        assert wave.rows(Letter) == []
    assert steps(wave) == [(wave.people[0], "link-1")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Chưa có địa chỉ"),
        ("nguoi-0", "thiếu dấu @"),
        ("a@b.example, c@d.example", "nhiều địa chỉ"),
        ("<script>@xa.example", "khoảng trắng"),
        ("x" * 4_000 + "@xa.example", "không hợp lệ"),
    ],
)
def test_a_mistyped_address_is_told_by_its_spelling(
    client: Client, wave: Round, typed: str, words: str
) -> None:
    before = wave.everything()
    reply = client.post("/link", data={"address": typed})
    assert (reply.status_code, words in reply.text) == (422, True)
    assert "<script>" not in reply.text
    assert wave.everything() == before


def test_what_fills_in_the_hidden_field_is_answered_and_forgotten(
    client: Client, requests: list[str]
) -> None:
    plain = client.post("/link", data={"address": LISTED})
    trapped = client.post("/link", data={"address": UNLISTED, "de-trong": "https://x.example"})
    assert trapped.content == plain.content
    assert requests == [LISTED]


def test_a_client_asks_so_often_and_is_answered_alike_beyond(
    client: Client, wave: Round, requests: list[str]
) -> None:
    replies = {
        client.post("/link", data={"address": f"a{number}@xa.example"}).content
        for number in range(PER_HOUR + 5)
    }
    assert len(replies) == 1
    assert len(requests) == PER_HOUR
    hour = wave.clock.now().replace(hour=wave.clock.now().hour + 1)
    wave.clock.move_to(hour)
    client.post("/link", data={"address": LISTED})
    assert requests[-1] == LISTED


def test_clients_are_counted_apart_and_a_network_together(wave: Round) -> None:
    limiter = Limiter(SteppedClock(wave.clock.now()), per_hour=2)
    assert [limiter.allows("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert limiter.allows("192.0.2.2")
    allowed = [limiter.allows(f"2001:db8:0:1::{number}") for number in range(3)]
    assert allowed == [True, True, False]
    assert limiter.allows("2001:db8:0:2::1")
    assert limiter.allows("?" * 500)
    mapped = [limiter.allows(client) for client in ("192.0.2.3", "::ffff:192.0.2.3", "192.0.2.3:9")]
    assert mapped == [True, True, False]
    assert limiter.allows("::ffff:192.0.2.4")
    ports = [limiter.allows(f"[2001:db8:0:3::1]:{port}") for port in (1, 2, 3)]
    assert ports == [True, True, False]
    kept = b"".join(vars(limiter)["_counts"])
    assert b"192.0.2" not in kept


@pytest.mark.parametrize("path", ["/link?utm_source=x", "/link?lang=en", "/link?a=1&amp;b=2"])
def test_reading_the_page_asks_for_nothing(
    client: Client, wave: Round, requests: list[str], path: str
) -> None:
    before = wave.everything()
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert requests == []
    assert wave.everything() == before


def test_whoever_is_lost_is_led_to_the_page(client: Client, wave: Round, link: str) -> None:
    assert 'href="/link"' in client.get("/").text
    assert 'href="/link"' in client.get("/p/unknown").text
    assert 'href="/link?lang=en"' in client.get("/p/unknown?lang=en").text
    wave.change_invitation(generation=7)
    assert 'href="/link"' in client.get(link).text
    wave.change_wave(state="closed")
    assert 'href="/link"' not in client.get("/").text


def test_behind_a_proxy_of_this_machine_clients_are_counted_apart(
    wave: Round, requests: list[str]
) -> None:
    """The nearest proxy's own entry counts; what a client writes before it does not."""
    app = create_app(
        database=wave.database, settings=wave.settings, keys=wave.keys, clock=wave.clock
    )
    with serving(app, replace(wave.settings, port=0)) as address:
        connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
        for client in ("192.0.2.1", "192.0.2.2"):
            for number in range(PER_HOUR + 1):
                headers = {
                    "content-type": "application/x-www-form-urlencoded",
                    "x-forwarded-for": f"203.0.113.{number}, {client}",
                }
                connection.request("POST", "/link", "address=ai-do%40xa.example", headers)
                assert connection.getresponse().read()
        connection.close()
    assert len(requests) == 2 * PER_HOUR


def test_a_header_of_the_clients_own_above_the_proxys_counts_for_nothing() -> None:
    """HAProxy adds a line of its own and leaves the client's standing."""
    lines = [(b"x-forwarded-for", b"203.0.113.7"), (b"x-forwarded-for", b"192.0.2.1")]
    scope: Any = {"type": "http", "method": "POST", "headers": lines, "client": ("127.0.0.1", 1)}
    assert client_of(Request(scope)) == "192.0.2.1"
