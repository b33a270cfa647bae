import re
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Round
from sqlalchemy import delete, update

from questionnaires.text import Language
from survey_service.store.tables import Unit, Wave

Client = TestClient[Litestar]
BANNER = "Phiếu dùng thử:"


def trial(wave: Round, language: Language = "vi", group: str = "") -> str:
    return urlsplit(wave.links().trial_url("hai-xa-2025", language, group)).path


def fields_of(page: str) -> dict[str, str]:
    """Answer every question of a page with the first choice, and written ones with a number."""
    written = dict.fromkeys(re.findall(r'name="(q-[^"]+)"', page), "3")
    return written | dict(reversed(re.findall(r'name="(q-[^"]+)" value="([^"]+)"', page)))


@pytest.mark.parametrize("group", ["", "CX", "CB", "ND"])
@pytest.mark.parametrize("state", ["draft", "open", "closed", "published"])
def test_the_waves_own_pages_are_tried_and_nothing_is_recorded(
    client: Client, wave: Round, state: str, group: str
) -> None:
    wave.change_wave(state=state)
    before = wave.everything()
    home = trial(wave, group=group)
    landing = client.get(home)
    assert BANNER in landing.text
    assert client.post(f"{home}/start").status_code == 422
    reply = client.post(f"{home}/start", data={"consent": "yes"})
    pages = 0
    while (path := reply.headers["location"]) != f"{home}/review":
        page = client.get(path)
        assert BANNER in page.text
        pages += 1
        if 'type="radio"' in page.text:
            blank = client.post(path)
            assert (blank.status_code, "chưa trả lời" in blank.text) == (422, True)
            wrong = client.post(path, data=dict.fromkeys(fields_of(page.text), "klingon"))
            assert wrong.status_code == 422
        reply = client.post(path, data=fields_of(page.text))
        assert reply.status_code == 303
        assert "checked" not in client.get(path).text
    assert pages
    review = client.get(f"{home}/review")
    assert BANNER in review.text
    assert "chưa trả lời xong" not in review.text
    done = client.post(f"{home}/submit", data={"proof": "x"})
    assert (done.status_code, "Không câu trả lời nào được ghi lại" in done.text) == (200, True)
    assert BANNER in client.get(f"{home}/decline").text
    assert wave.everything() == before


def test_every_address_of_a_trial_stays_in_the_trial(client: Client, wave: Round) -> None:
    home = trial(wave)
    for path in ("", "/1", "/2", "/review", "/decline"):
        page = client.get(home + path).text
        targets = re.findall(r'(?:href|action)="(/[^"]*)"', page)
        inside = [one for one in targets if not one.startswith(("/static/", "/?", "/results"))]
        assert inside
        assert all(one.startswith(home) or one == "/" for one in inside), path
        assert "/p/" not in page
        assert "/o/" not in page


def test_a_trial_speaks_the_language_of_its_link(client: Client, wave: Round) -> None:
    home = trial(wave, "en")
    assert 'lang="en"' in client.get(home).text
    assert "Trial form:" in client.get(f"{home}/1").text
    assert 'lang="vi"' in client.get(f"{home}/1?lang=vi").text
    moved = client.post(f"{home}/1", data={"switch": "vi"})
    assert moved.headers["location"] == f"{home}/1?lang=vi"
    assert client.post(f"{home}/1", data={"action": "later"}).headers["location"] == home


def test_a_draft_wave_takes_units_of_the_register_or_an_example(
    client: Client, wave: Round
) -> None:
    wave.change_wave(state="draft")
    with wave.database.writing() as session:
        session.execute(update(Wave).values(units=[]))
        session.execute(delete(Unit))
    assert "Đơn vị ví dụ" in client.get(f"{trial(wave)}/1").text
    assert "Example unit" in client.get(f"{trial(wave, 'en')}/1").text
    with wave.database.writing() as session:
        session.add(
            Unit(code="XA9", name_vi="UBND xã Chín", name_en="Commune Nine", unit_class="XA")
        )
    assert "UBND xã Chín" in client.get(f"{trial(wave)}/1").text


@pytest.mark.parametrize("path", ["", "/1", "/review", "/decline"])
def test_an_unknown_wave_group_or_token_opens_no_trial(
    client: Client, wave: Round, path: str
) -> None:
    links = wave.links()
    for url in (
        links.trial_url("dot-khac", "vi"),
        links.trial_url("hai-xa-2025", "vi", "KHONG-CO"),
        "/try/x",
        f"/try/{wave.token()}",
    ):
        assert client.get(urlsplit(url).path + path).status_code == 404
    home = trial(wave)
    for number in (0, 99, 10**30):
        assert client.get(f"{home}/{number}").headers["location"] == home
        assert client.post(f"{home}/{number}").headers["location"] == home


def test_a_trials_token_is_no_persons(client: Client, wave: Round) -> None:
    token = trial(wave).rpartition("/")[2]
    for door in ("p", "o", "u"):
        assert client.get(f"/{door}/{token}").status_code == 404
