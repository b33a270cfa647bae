"""The page for printed codes."""

from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Round

from survey_service.doors.codes import give_codes
from survey_service.doors.short_codes import new_code, written
from survey_service.entropy import SeededEntropy
from survey_service.pseudonyms import Pseudonyms
from survey_service.web.limiting import PER_HOUR

Client = TestClient[Litestar]


@pytest.fixture
def code(wave: Round) -> str:
    with wave.database.writing() as session:
        pseudonyms = Pseudonyms(wave.keys)
        return give_codes(session, SeededEntropy(4), pseudonyms, [wave.people[0]])[0]


def test_a_scanned_code_leads_to_the_form_and_changes_nothing(
    client: Client, wave: Round, code: str
) -> None:
    before = wave.everything()
    reply = client.get(f"/c/{code}")
    assert reply.status_code == 303
    assert reply.headers["location"] == f"/p/{wave.token()}"
    assert wave.everything() == before
    assert client.get(reply.headers["location"]).status_code == 200


def test_a_typed_code_leads_to_the_form_in_the_language_of_the_page(
    client: Client, wave: Round, code: str
) -> None:
    reply = client.post("/c", data={"code": written(code).lower(), "lang": "en"})
    assert reply.status_code == 303
    assert reply.headers["location"] == f"/p/{wave.token()}?lang=en"


@pytest.mark.parametrize(("lang", "said"), [("vi", "Mã này không đúng"), ("en", "not a code")])
def test_a_mistyped_code_is_told_and_kept_in_the_field(
    client: Client, lang: str, said: str
) -> None:
    reply = client.post("/c", data={"code": '7KQ2"><b>', "lang": lang})
    assert reply.status_code == 422
    assert said in reply.text
    assert "<b>" not in reply.text


def test_a_code_that_nobody_was_given_opens_nothing(client: Client, code: str) -> None:
    other = new_code(SeededEntropy(99))
    assert other != code
    reply = client.get(f"/c/{other}?lang=en")
    assert reply.status_code == 422
    assert "opens no form" in reply.text


def test_whoever_guesses_is_told_to_stop_and_whoever_has_a_code_is_let_in(
    client: Client, wave: Round, code: str
) -> None:
    for seed in range(PER_HOUR):
        assert client.get(f"/c/{new_code(SeededEntropy(1000 + seed))}").status_code == 422
    wrong = new_code(SeededEntropy(9999))
    assert client.get(f"/c/{wrong}").status_code == 429
    assert client.get(f"/c/{code}").status_code == 303
    wave.clock.move_to(wave.clock.now() + timedelta(hours=1))
    assert client.get(f"/c/{wrong}").status_code == 422


def test_the_page_asks_in_both_languages(client: Client) -> None:
    assert "Nhập mã trên giấy" in client.get("/c").text
    assert "Type the code on your paper" in client.get("/c?lang=en").text
