import re
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Round
from web_steps import answer_all, code_in

from survey_service.store.tables import Ballot, Draft, Response

Client = TestClient[Litestar]


def test_the_landing_gives_notice_and_asks_for_consent(client: Client, link: str) -> None:
    page = client.get(link)
    assert page.status_code == 200
    for words in (
        "12/SNV-CCHC",
        "20/02/2025",
        "Phó Giám đốc Sở Nội vụ",
        "0213 3000 000",
        "31/03/2025",
        "Kế hoạch số 5/KH-UBND",
        "hotro@khaosat.example",
        "<strong>2</strong> đơn vị",
        "<strong>5</strong> câu hỏi",
        "Tôi không muốn tham gia",
        "cán bộ kỹ thuật vận hành máy chủ",
    ):
        assert words in page.text
    assert " checked" not in page.text


def test_nobody_begins_without_consenting(client: Client, link: str, wave: Round) -> None:
    page = client.post(f"{link}/start", data={"lang": "vi"})
    assert page.status_code == 422
    assert 'href="#consent"' in page.text
    assert wave.rows(Draft) == []


def test_refusing_records_nothing(client: Client, link: str, wave: Round) -> None:
    before = wave.everything()
    page = client.get(f"{link}/decline")
    assert "Không có câu trả lời nào được ghi lại" in page.text
    assert wave.everything() == before


def test_consenting_leads_to_the_first_page_and_later_to_the_first_unfinished(
    client: Client, link: str
) -> None:
    for number in (1, 2):
        begun = client.post(f"{link}/start", data={"consent": "yes"})
        assert begun.headers["location"] == f"{link}/{number}"
        client.post(f"{link}/{number}", data={"q-S1": "5", "q-S2": "4"})
    landing = client.get(link).text
    assert "2/3 trang" in landing
    assert f'href="{link}/3"' in landing


def test_a_page_asks_about_one_unit_and_says_where_one_is(client: Client, started: str) -> None:
    page = client.get(f"{started}/2").text
    assert "<title>Đơn vị 2/2: UBND xã Hòa Sơn" in page
    assert '<progress value="2" max="3"' in page
    assert "thời hạn trả lời của UBND xã Hòa Sơn trong năm 2025" in page
    assert page.count("<fieldset") == 2
    assert page.count("<legend>") == 2
    assert "\ue000" not in page


def test_a_page_of_one_unit_asks_everything_at_once(client: Client, wave: Round) -> None:
    link = f"/p/{wave.token(1)}"
    client.post(f"{link}/start", data={"consent": "yes"})
    page = client.get(f"{link}/1").text
    assert "trả kết quả “Đăng ký kết hôn” đúng hẹn" in page
    assert "Chỉ trả lời câu này nếu ở câu “Hồ sơ của Ông/Bà có bị trễ hẹn không?”" in page
    assert "q-GOP-Y" in page
    assert "<progress" not in page


def test_missing_answers_may_be_given_or_left(client: Client, started: str) -> None:
    page = client.post(f"{started}/1", data={"q-S1": "5"})
    assert page.status_code == 422
    assert "<title>Cần xem lại: " in page.text
    assert 'href="#q-S2"' in page.text
    assert 'href="#q-S1"' not in page.text
    assert 'value="5" checked' in page.text
    assert 'value="leave"' in page.text
    left = client.post(f"{started}/1", data={"q-S1": "5", "action": "leave"})
    assert left.headers["location"] == f"{started}/2"


def test_a_wrong_value_is_refused_and_what_was_entered_is_kept(client: Client, wave: Round) -> None:
    link = f"/p/{wave.token(1)}"
    client.post(f"{link}/start", data={"consent": "yes"})
    sent = {
        "q-S3": "9",
        "q-S4": "4",
        "q-TRE": "no",
        "q-SO-LAN": "<ba>",
        "q-UU-TIEN": ["ho-so", "cho-cho", "thoi-gian"],
        "q-GOP-Y": "Tôi & bạn",
        "q-KHONG-CO": "x",
        "action": "leave",
    }
    page = client.post(f"{link}/1", data=sent)
    assert page.status_code == 422
    for field in ("q-S3", "q-SO-LAN", "q-UU-TIEN"):
        assert f'href="#{field}"' in page.text
    assert 'value="&lt;ba&gt;"' in page.text
    assert "Tôi &amp; bạn</textarea>" in page.text
    assert 'value="leave"' not in page.text
    # The valid answers beside them are saved all the same.
    again = client.get(f"{link}/1").text
    assert re.search(r'name="q-S4" value="4" checked', again)
    assert "&lt;ba&gt;" not in again


def test_a_unit_one_does_not_know_needs_no_answers(client: Client, started: str) -> None:
    assert client.post(f"{started}/1", data={"unfamiliar": "yes"}).status_code == 303
    page = client.get(f"{started}/1").text
    assert 'name="unfamiliar" value="yes" checked' in page
    assert "Không làm việc với đơn vị" in client.get(f"{started}/review").text


def test_saving_for_later_leads_to_the_landing(client: Client, started: str) -> None:
    later = client.post(f"{started}/1", data={"q-S1": "5", "action": "later"})
    assert later.headers["location"] == started
    assert 'value="5" checked' in client.get(f"{started}/1").text


def test_changing_the_language_keeps_what_was_entered(client: Client, started: str) -> None:
    switched = client.post(f"{started}/1", data={"q-S1": "5", "lang": "vi", "switch": "en"})
    assert switched.headers["location"] == f"{started}/1?lang=en"
    page = client.get(f"{started}/1?lang=en").text
    assert '<html lang="en">' in page
    assert "Unit 1 of 2" in page
    assert 'value="5" checked' in page
    onward = client.post(f"{started}/1", data={"q-S1": "5", "q-S2": "5", "lang": "en"})
    assert onward.headers["location"] == f"{started}/2?lang=en"


def test_a_person_is_met_in_their_own_language(client: Client, wave: Round) -> None:
    link = f"/p/{wave.token(2)}"
    assert "I do not want to take part" in client.get(link).text
    assert "Tôi không muốn tham gia" in client.get(f"{link}?lang=vi").text
    begun = client.post(f"{link}/start", data={"consent": "yes", "lang": "en"})
    assert begun.headers["location"] == f"{link}/1"


def test_the_form_is_reviewed_sent_once_and_acknowledged(
    client: Client, started: str, wave: Round
) -> None:
    proof = answer_all(client, started)
    review = client.get(f"{started}/review").text
    assert "Làm tốt &lt;b&gt;lắm&lt;/b&gt;" in review
    page = client.post(f"{started}/submit", data={"proof": proof})
    assert page.status_code == 200
    assert "09:00 ngày 03/03/2025" in page.text
    code = code_in(page.text)
    # The same again, as a double click or the back button sends it; in English too.
    again = client.post(f"{started}/submit", data={"proof": proof, "lang": "en"})
    assert code_in(again.text) == code
    assert "09:00 on 3 March 2025" in again.text
    assert (len(wave.rows(Response)), len(wave.rows(Ballot))) == (1, 2)


def test_after_the_submit_the_bare_link_shows_no_answer_and_no_code(
    client: Client, started: str
) -> None:
    proof = answer_all(client, started)
    code = code_in(client.post(f"{started}/submit", data={"proof": proof}).text)
    replies = [
        client.get(started),
        client.post(f"{started}/submit", data={}),
        client.post(f"{started}/start", data={"consent": "yes"}),
        client.post(f"{started}/1", data={"q-S1": "1", "q-S2": "1"}),
    ]
    for page in replies:
        assert page.status_code == 200
        assert "Đã nhận phiếu của Ông/Bà" in page.text
        assert code not in page.text
    for path in ("/1", "/review", "/decline"):
        assert client.get(started + path).headers["location"] == started


def test_an_empty_form_is_sent_back(client: Client, started: str, wave: Round) -> None:
    page = client.post(f"{started}/submit", data={})
    assert page.status_code == 422
    assert "Phiếu chưa có câu trả lời nào" in page.text
    assert wave.rows(Response) == []


def test_sending_or_opening_a_form_that_was_never_begun_leads_to_the_notice(
    client: Client, link: str
) -> None:
    assert client.post(f"{link}/submit", data={}).headers["location"] == link
    assert client.post(f"{link}/1", data={"q-S1": "5"}).headers["location"] == link
    for path in ("/1", "/99", "/review"):
        assert client.get(link + path).headers["location"] == link


def test_a_page_that_the_form_does_not_have_leads_to_the_landing(
    client: Client, started: str
) -> None:
    assert client.get(f"{started}/9").headers["location"] == started
    assert client.post(f"{started}/9", data={}).headers["location"] == started


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"state": "closed"}, 410, "Đợt điều tra đã kết thúc"),
        ({"state": "cancelled"}, 410, "Đợt điều tra đã được hủy"),
        ({"state": "draft"}, 200, "Đợt điều tra chưa bắt đầu"),
        ({"state": "frozen"}, 410, "không rút lại thì phiếu đã được tính"),
        ({"state": "published"}, 410, "không rút lại thì phiếu đã được tính"),
    ],
)
def test_a_wave_that_takes_no_answers_says_so_kindly(
    client: Client, started: str, wave: Round, change: dict[str, str], status: int, words: str
) -> None:
    wave.change_wave(**change)
    before = wave.everything()
    replies = [
        client.get(started),
        client.post(f"{started}/start", data={"consent": "yes"}),
        client.post(f"{started}/1", data={"q-S1": "5", "q-S2": "5"}),
        client.post(f"{started}/submit", data={}),
    ]
    for page in replies:
        assert (page.status_code, words in page.text) == (status, True)
        assert "0213 3000 000" in page.text
    assert ("dở chưa được gửi" in replies[0].text) == (change["state"] == "closed")
    assert client.get(f"{started}/1").headers["location"] == started
    assert wave.everything() == before


def test_a_replaced_link_says_where_to_look(client: Client, link: str, wave: Round) -> None:
    wave.change_invitation(generation=1)
    page = client.get(link)
    assert (page.status_code, "thư mới" in page.text) == (410, True)
    assert "Lãnh đạo" not in page.text


def test_unknown_and_tampered_links_get_the_same_page(
    client: Client, link: str, wave: Round
) -> None:
    tampered = [client.get(link[:-1] + "x"), client.get("/p/abc"), client.get("/p/" + "a" * 35)]
    token = wave.token(2)
    wave.change_invitation(2, public_id=b"elsewher")
    unknown = client.get(f"/p/{token}")
    assert {page.status_code for page in [unknown, *tampered]} == {404}
    assert len({page.text for page in [unknown, *tampered]}) == 1
    assert "Không mở được đường dẫn này" in unknown.text
    assert client.post("/p/abc/submit", data={}).status_code == 404
    assert "This link cannot be opened" in client.get("/p/abc?lang=en").text


def test_the_front_page_says_whether_the_survey_is_real(client: Client, wave: Round) -> None:
    page = client.get("/").text
    for words in ("Khảo sát này có thật không?", "12/SNV-CCHC", "0213 3000 000"):
        assert words in page
    assert 'href="https://sonoivu.vidu.example/thong-bao/lay-y-kien-2025"' in page
    assert "Is this survey real?" in client.get("/?lang=en").text
    wave.change_wave(state="draft")
    assert "12/SNV-CCHC" not in client.get("/").text


def test_the_front_page_knows_a_wave_that_was_announced(client: Client, wave: Round) -> None:
    wave.change_wave(opens_at=wave.clock.now() + timedelta(days=3))
    page = client.get("/").text
    assert "12/SNV-CCHC" in page
    assert "Hiện không có" not in page


def test_styles_are_kept_for_ever(client: Client) -> None:
    address = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get("/").text)[0]
    style = client.get(address)
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "http" not in style.text
