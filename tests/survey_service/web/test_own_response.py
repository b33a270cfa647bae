import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Round
from web_steps import answer_all, code_in

from survey_service.store.tables import Ballot, Draft, JournalEntry, Response

Client = TestClient[Litestar]

WRONG = "AAAA-BBBB-CCCC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form that was sent: the path of its link, and its receipt code."""

    link: str
    code: str


@pytest.fixture
def sent(client: Client, started: str) -> Sent:
    proof = answer_all(client, started)
    page = client.post(f"{started}/submit", data={"proof": proof})
    return Sent(link=started, code=code_in(page.text))


def begin_correction(client: Client, sent: Sent, **fields: str) -> str:
    """Give the path of the correcting link."""
    reply = client.post(f"{sent.link}/correct", data={"code": sent.code, **fields})
    assert reply.status_code == 303
    path = urlsplit(reply.headers["location"]).path
    assert path.endswith("/review")
    assert not path.startswith(sent.link)
    return path.removesuffix("/review")


def test_own_answers_are_shown_for_the_receipt_code(client: Client, sent: Sent) -> None:
    shown = client.post(f"{sent.link}/mine", data={"code": sent.code.lower()})
    assert shown.status_code == 200
    assert "Làm tốt &lt;b&gt;lắm&lt;/b&gt;" in shown.text
    assert f'action="{sent.link}/correct"' in shown.text
    assert f'action="{sent.link}/withdraw"' in shown.text


@pytest.mark.parametrize("action", ["mine", "correct", "withdraw"])
@pytest.mark.parametrize("code", [WRONG, ""])
def test_nothing_is_done_without_the_code(
    client: Client, sent: Sent, wave: Round, action: str, code: str
) -> None:
    before = wave.everything()
    for confirmed in ({}, {"confirm": "yes"}):
        page = client.post(f"{sent.link}/{action}", data={"code": code, **confirmed})
        assert page.status_code == 422
        assert "Mã này không đúng" in page.text
        assert "Làm tốt" not in page.text
    assert wave.everything() == before


@pytest.mark.parametrize("action", ["mine", "correct", "withdraw"])
def test_rights_are_no_addresses_to_follow(
    client: Client, sent: Sent, wave: Round, action: str
) -> None:
    before = wave.everything()
    assert client.get(f"{sent.link}/{action}?code={sent.code}&confirm=yes").status_code == 405
    assert wave.everything() == before


@pytest.mark.parametrize("action", ["mine", "correct", "withdraw"])
def test_codes_are_asked_for_after_the_submit_only(
    client: Client, started: str, wave: Round, action: str
) -> None:
    before = wave.everything()
    for code in ("x", wave_code(wave)):
        reply = client.post(f"{started}/{action}", data={"code": code, "confirm": "yes"})
        assert reply.headers["location"] == started
    assert wave.everything() == before


def wave_code(wave: Round) -> str:
    """Give the leader's receipt code before anything was sent."""
    links = wave.links()
    opened = links.open(wave.token())
    assert opened is not None
    return links.receipt(opened.public_id)


def test_withdrawing_asks_once_more_and_then_deletes(
    client: Client, sent: Sent, wave: Round
) -> None:
    before = wave.everything()
    asked = client.post(f"{sent.link}/withdraw", data={"code": sent.code})
    assert asked.status_code == 200
    assert "Ông/Bà muốn rút phiếu?" in asked.text
    assert wave.everything() == before
    english = client.post(f"{sent.link}/withdraw", data={"code": sent.code, "lang": "en"})
    assert "Do you want to withdraw your form?" in english.text
    sure = {"code": sent.code, "confirm": "yes"}
    # The same again, as a double click or a reload sends it.
    for _ in range(2):
        done = client.post(f"{sent.link}/withdraw", data=sure)
        assert (done.status_code, "Đã rút phiếu của Ông/Bà" in done.text) == (200, True)
    assert [wave.rows(table) for table in (Response, Ballot, Draft)] == [[], [], []]
    assert [row["event"] for row in wave.rows(JournalEntry)] == ["withdrawn"]


def test_a_withdrawn_link_says_so_on_every_page(client: Client, sent: Sent, wave: Round) -> None:
    client.post(f"{sent.link}/withdraw", data={"code": sent.code, "confirm": "yes"})
    before = wave.everything()
    everywhere(client, sent, 200, "Đã rút phiếu của Ông/Bà")
    assert wave.everything() == before


def test_a_correction_is_reviewed_changed_and_sent(client: Client, sent: Sent, wave: Round) -> None:
    correction = begin_correction(client, sent)
    assert begin_correction(client, sent) == correction
    assert client.get(correction).headers["location"] == f"{correction}/review"
    assert client.get(f"{correction}/decline").headers["location"] == correction
    review = client.get(f"{correction}/review").text
    assert "Cho đến lúc đó, phiếu gửi lúc 09:00 ngày 03/03/2025 vẫn được tính" in review
    page = client.get(f"{correction}/1").text
    assert re.search(r'name="q-S1" value="5" checked', page)
    assert "Lưu lại, trả lời sau" not in page
    assert f'href="{correction}/review">Quay lại' in page
    saved = client.post(f"{correction}/1", data={"q-S1": "1", "q-S2": "1"})
    assert saved.headers["location"] == f"{correction}/review"
    proof = re.findall(r'name="proof" value="(\w+)"', review)[0]
    for _ in range(2):
        receipt = client.post(f"{correction}/submit", data={"proof": proof})
        assert code_in(receipt.text) == sent.code
    mine = client.post(f"{sent.link}/mine", data={"code": sent.code}).text
    assert mine.count("Rất không hài lòng") == 2
    assert [row["event"] for row in wave.rows(JournalEntry)] == ["corrected"]
    assert len(wave.rows(Response)) == 1


def test_a_correction_goes_on_in_the_language_of_the_page(client: Client, sent: Sent) -> None:
    reply = client.post(f"{sent.link}/correct", data={"code": sent.code, "lang": "en"})
    assert reply.headers["location"].endswith("/review?lang=en")
    assert "Correct the form you sent" in client.get(reply.headers["location"]).text


def test_the_letters_link_shows_nothing_of_a_correction(client: Client, sent: Sent) -> None:
    correction = begin_correction(client, sent)
    for path in ("/1", "/3", "/review"):
        assert client.get(sent.link + path).headers["location"] == sent.link
    page = client.get(sent.link).text
    assert "Đã nhận phiếu của Ông/Bà" in page
    assert correction not in page


def test_in_the_correction_days_rights_remain_and_fresh_answers_do_not(
    client: Client, sent: Sent, wave: Round
) -> None:
    wave.change_wave(state="closed")
    assert client.post(f"{sent.link}/mine", data={"code": sent.code}).status_code == 200
    correction = begin_correction(client, sent)
    client.post(f"{correction}/1", data={"q-S1": "1", "q-S2": "1"})
    taken = client.post(f"{correction}/submit", data={})
    assert code_in(taken.text) == sent.code
    other = f"/p/{wave.token(1)}"
    assert client.post(f"{other}/start", data={"consent": "yes"}).status_code == 410
    done = client.post(f"{sent.link}/withdraw", data={"code": sent.code, "confirm": "yes"})
    assert "Đã rút phiếu của Ông/Bà" in done.text


def test_a_cancelled_wave_keeps_the_right_to_withdraw(
    client: Client, sent: Sent, wave: Round
) -> None:
    wave.change_wave(state="cancelled")
    assert "đã được hủy nên phiếu sẽ không được sử dụng" in client.get(sent.link).text
    mine = client.post(f"{sent.link}/mine", data={"code": sent.code}).text
    assert f'action="{sent.link}/withdraw"' in mine
    assert f'action="{sent.link}/correct"' not in mine
    refused = client.post(f"{sent.link}/correct", data={"code": sent.code})
    assert "Đã nhận phiếu của Ông/Bà" in refused.text
    assert wave.rows(Draft) == []


@pytest.mark.parametrize("state", ["frozen", "published"])
def test_after_the_cut_off_every_page_says_kindly_that_it_is_over(
    client: Client, sent: Sent, wave: Round, state: str
) -> None:
    """What the cut-off leaves of an invitation: no units, no mark of an answer."""
    wave.empty_answers()
    wave.change_invitation(units=[], answered=False)
    wave.change_wave(state=state)
    before = wave.everything()
    everywhere(client, sent, 410, "không còn nối được với Ông/Bà")
    page = client.get(sent.link).text
    assert ('href="/results/hai-xa-2025"' in page) == (state == "published")
    english = client.get(f"{sent.link}?lang=en").text
    assert ('href="/results/hai-xa-2025?lang=en"' in english) == (state == "published")
    assert wave.everything() == before


def everywhere(client: Client, sent: Sent, status: int, words: str) -> None:
    """Every page behind the link says the words, at once or after a redirect to the landing."""
    for path in ("", "/1", "/2", "/review", "/decline"):
        reply = client.get(sent.link + path, follow_redirects=True)
        assert (reply.status_code, words in reply.text) == (status, True), path
    sure = {"code": sent.code, "confirm": "yes", "consent": "yes"}
    for path in ("start", "1", "2", "9", "submit", "mine", "correct", "withdraw"):
        for fields in (sure, {"code": WRONG}, {}):
            reply = client.post(f"{sent.link}/{path}", data=fields, follow_redirects=True)
            assert (reply.status_code, words in reply.text) == (status, True), path
