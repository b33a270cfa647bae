import re
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Round
from sqlalchemy import delete, select

from survey_service.journal import require_whole
from survey_service.store.tables import Contact, Invitation, JournalEntry, Suppression

Client = TestClient[Litestar]

FORM = {"content-type": "application/x-www-form-urlencoded"}
ONE_CLICK = b"List-Unsubscribe=One-Click"


def path_of(url: str) -> str:
    return urlsplit(url).path


def public_id(wave: Round, number: int = 0) -> bytes:
    with wave.database.reading() as session:
        this = Invitation.id == wave.people[number]
        return session.scalars(select(Invitation.public_id).where(this)).one()


def body_link(wave: Round, number: int = 0, generation: int = 0) -> str:
    """Give the path of the letter's own opt-out link."""
    return path_of(wave.links().opt_out_url(public_id(wave, number), generation))


def header_link(wave: Round, number: int = 0, generation: int = 0) -> str:
    """Give the path in the letter's List-Unsubscribe."""
    return path_of(wave.links().one_click_url(public_id(wave, number), generation))


def proof_in(page: str) -> str:
    return re.findall(r'name="proof" value="(\w+)"', page)[0]


def stop(client: Client, link: str, scope: str) -> None:
    """Opt out as a person does, in two steps."""
    proof = proof_in(client.post(link, data={"scope": scope}).text)
    reply = client.post(f"{link}/confirm", data={"scope": scope, "proof": proof})
    assert (reply.status_code, reply.headers["location"]) == (303, link)


def ruling(wave: Round) -> list[tuple[str, str | None, str, str]]:
    return [
        (row["email_key"], row["wave"], row["reason"], row["source"])
        for row in wave.rows(Suppression)
        if row["released_at"] is None
    ]


def journaled(wave: Round) -> list[tuple[str, dict[str, str]]]:
    with wave.database.reading() as session:
        require_whole(session)
    return [(row["event"], row["details"]) for row in wave.rows(JournalEntry)]


@pytest.mark.parametrize(("scope", "code"), [("wave", "hai-xa-2025"), ("all", None)])
def test_a_person_opts_out_in_two_steps(
    client: Client, wave: Round, scope: str, code: str | None
) -> None:
    link = body_link(wave)
    before = wave.everything()
    asked = client.get(link)
    assert asked.status_code == 200
    assert "checked" not in asked.text
    sure = client.post(link, data={"scope": scope})
    assert "Xin xác nhận lần cuối" in sure.text
    assert wave.everything() == before
    stop(client, link, scope)
    stopped = client.get(link)
    assert "Đã ngừng gửi thư" in stopped.text
    assert ruling(wave) == [("nguoi-0@xa.example", code, "opt-out", "page")]
    assert journaled(wave) == [("opted out", {"scope": scope, "source": "page"})]


def test_the_page_says_what_opting_out_means(client: Client, wave: Round) -> None:
    page = client.get(body_link(wave)).text
    assert "vẫn trả lời được" in page
    assert "Không ai được báo" in page
    english = client.get(f"{body_link(wave)}?lang=en").text
    assert "goes on working" in english
    assert "Nobody is told" in english
    assert 'lang="en"' in client.get(body_link(wave, 2)).text


def test_the_form_goes_on_working(client: Client, wave: Round, link: str) -> None:
    stop(client, body_link(wave), "all")
    assert client.post(f"{link}/start", data={"consent": "yes"}).status_code == 303


def test_no_page_shows_the_whole_address(client: Client, wave: Round) -> None:
    link = body_link(wave)
    pages = [client.get(link).text, client.post(link, data={"scope": "all"}).text]
    stop(client, link, "all")
    pages += [client.get(link).text, client.get(header_link(wave)).text]
    assert all("n…@xa.example" in page and "nguoi-0" not in page for page in pages)


@pytest.mark.parametrize("fields", [{}, {"scope": ""}, {"scope": "klingon"}, {"consent": "yes"}])
def test_blind_submission_changes_nothing_and_is_told_what_to_do(
    client: Client, wave: Round, fields: dict[str, str]
) -> None:
    before = wave.everything()
    for path in (body_link(wave), f"{body_link(wave)}/confirm"):
        reply = client.post(path, data=fields)
        assert reply.status_code == 422
        assert "Chưa có gì thay đổi" in reply.text
        assert "Xin chọn thư nào sẽ ngừng" in reply.text
    assert wave.everything() == before


def test_a_proof_is_of_one_person_and_one_choice(client: Client, wave: Round) -> None:
    mine, other = body_link(wave), body_link(wave, 1)
    proof = proof_in(client.post(mine, data={"scope": "wave"}).text)
    before = wave.everything()
    for path, scope, given in (
        (mine, "all", proof),
        (other, "wave", proof),
        (mine, "wave", "0" * 32),
        (mine, "wave", "ầ"),
        (mine, "wave", ""),
    ):
        refused = client.post(f"{path}/confirm", data={"scope": scope, "proof": given})
        assert refused.status_code == 422
    assert wave.everything() == before


def test_opting_out_twice_leaves_one_entry(client: Client, wave: Round) -> None:
    link = body_link(wave)
    for scope in ("wave", "wave", "all", "all", "wave"):
        stop(client, link, scope)
    assert [row[1] for row in ruling(wave)] == ["hai-xa-2025", None]
    assert len(journaled(wave)) == 2


def test_mail_comes_again_for_a_ticked_box(client: Client, wave: Round) -> None:
    link = body_link(wave)
    stop(client, link, "wave")
    stop(client, link, "all")
    page = client.get(link).text
    proof = proof_in(page)
    assert "checked" not in page
    before = wave.everything()
    for fields in ({}, {"proof": proof}, {"sure": "yes"}, {"sure": "yes", "proof": "x"}):
        assert client.post(f"{link}/again", data=fields).status_code == 422
    assert wave.everything() == before
    for _ in range(2):
        reply = client.post(f"{link}/again", data={"sure": "yes", "proof": proof})
        assert reply.headers["location"] == f"{link}?again"
    assert "Đã nhận thư trở lại" in client.get(f"{link}?again").text
    assert ruling(wave) == []
    assert {row["released_by"] for row in wave.rows(Suppression)} == {"respondent"}
    assert [event for event, _ in journaled(wave)][2:] == ["opt-out undone"]


def test_getting_mail_again_releases_no_other_reason(client: Client, wave: Round) -> None:
    with wave.database.writing() as session:
        session.add(
            Suppression(
                email_key="nguoi-0@xa.example",
                wave=None,
                reason="hard-address",
                source="bounce",
                at=wave.clock.now(),
            )
        )
    link = body_link(wave)
    assert "Ngừng thư nào?" in client.get(link).text
    stop(client, link, "wave")
    proof = proof_in(client.get(link).text)
    client.post(f"{link}/again", data={"sure": "yes", "proof": proof})
    assert [row[2] for row in ruling(wave)] == ["hard-address"]


def multipart(name: str = "List-Unsubscribe", value: str = "One-Click") -> bytes:
    return (
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--xyz--\r\n'
    ).encode()


MULTIPART = {"content-type": "multipart/form-data; boundary=xyz"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (ONE_CLICK, FORM),
        (ONE_CLICK, {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}),
        (multipart(), MULTIPART),
        (multipart(), {"content-type": 'multipart/form-data; boundary="xyz"'}),
    ],
)
def test_one_click_opts_out_at_once(
    client: Client, wave: Round, body: bytes, headers: dict[str, str]
) -> None:
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://mail.example"}
    for _ in range(2):
        reply = client.post(header_link(wave), content=body, headers=headers | elsewhere)
        assert reply.status_code == 200
        assert "set-cookie" not in reply.headers
        assert "location" not in reply.headers
    assert ruling(wave) == [("nguoi-0@xa.example", "hai-xa-2025", "opt-out", "one-click")]
    assert journaled(wave) == [("opted out", {"scope": "wave", "source": "one-click"})]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"", FORM),
        (b"List-Unsubscribe=one-click", FORM),
        (ONE_CLICK + b"&a=1", FORM),
        (ONE_CLICK + b"&" + ONE_CLICK, FORM),
        (b"a=1&" * 1_000 + ONE_CLICK, FORM),
        (ONE_CLICK, {"content-type": "text/plain"}),
        (ONE_CLICK, {"content-type": "application/json"}),
        (ONE_CLICK, MULTIPART),
        (multipart(value="Two-Clicks"), MULTIPART),
        (multipart(name="list-unsubscribe"), MULTIPART),
        (multipart()[:-9] + multipart(), MULTIPART),
        (multipart(), {"content-type": "multipart/form-data"}),
        (multipart(), {"content-type": "multipart/form-data; boundary=abc"}),
        (multipart(), {"content-type": f"multipart/form-data; {'a=b;' * 50} boundary=xyz"}),
        (b"scope=all", FORM),
        (b"consent=yes", FORM),
        (b"\xff\xfe", FORM),
    ],
)
def test_any_other_post_to_the_headers_link_changes_nothing(
    client: Client, wave: Round, body: bytes, headers: dict[str, str]
) -> None:
    before = wave.everything()
    reply = client.post(header_link(wave), content=body, headers=headers)
    assert reply.status_code == 422
    assert f'action="{body_link(wave)}"' in reply.text
    assert wave.everything() == before


def test_the_headers_link_in_a_browser_asks_like_the_letters(client: Client, wave: Round) -> None:
    before = wave.everything()
    page = client.get(header_link(wave))
    assert page.text == client.get(body_link(wave)).text
    assert client.head(header_link(wave)).status_code == 200
    assert wave.everything() == before
    stop(client, body_link(wave), "wave")
    assert "Đã ngừng gửi thư" in client.get(header_link(wave)).text


def test_a_form_of_the_page_is_not_taken_from_another_site(client: Client, wave: Round) -> None:
    elsewhere = {"sec-fetch-site": "cross-site"}
    for part in ("", "/confirm", "/again"):
        reply = client.post(body_link(wave) + part, data={"scope": "all"}, headers=elsewhere)
        assert reply.status_code == 403


def test_a_link_of_an_older_generation_still_opts_out(client: Client, wave: Round) -> None:
    old = header_link(wave), body_link(wave, 1)
    wave.change_invitation(0, generation=4)
    wave.change_invitation(1, generation=4, revoked=True)
    assert client.post(old[0], content=ONE_CLICK, headers=FORM).status_code == 200
    stop(client, old[1], "all")
    assert len(ruling(wave)) == 2


@pytest.mark.parametrize("state", ["paused", "closed", "frozen", "published", "cancelled"])
def test_opting_out_works_in_every_state_of_a_wave(client: Client, wave: Round, state: str) -> None:
    wave.change_wave(state=state)
    stop(client, body_link(wave), "all")
    client.post(header_link(wave, 1), content=ONE_CLICK, headers=FORM)
    assert len(ruling(wave)) == 2


def test_a_purged_address_is_said_to_be_deleted(client: Client, wave: Round) -> None:
    links = body_link(wave), header_link(wave)
    with wave.database.writing() as session:
        for table in (Invitation, Contact):
            session.execute(delete(table))
    before = wave.everything()
    for link in links:
        page = client.get(link)
        assert (page.status_code, "đã được xóa" in page.text) == (410, True)
        assert "has been deleted" in client.get(f"{link}?lang=en").text
    assert client.post(links[1], content=ONE_CLICK, headers=FORM).status_code == 410
    assert client.post(links[0], data={"scope": "all"}).status_code == 410
    assert wave.everything() == before


@pytest.mark.parametrize("door", ["o", "u"])
def test_a_foreign_token_opens_nothing(client: Client, wave: Round, door: str) -> None:
    for token in (wave.token(), "x", "A" * 35):
        for reply in (
            client.get(f"/{door}/{token}"),
            client.post(f"/{door}/{token}", content=ONE_CLICK, headers=FORM),
        ):
            assert (reply.status_code, "Không mở được" in reply.text) == (404, True)


def test_the_confirmation_changes_its_language_without_losing_the_choice(
    client: Client, wave: Round
) -> None:
    link = body_link(wave)
    page = client.post(link, data={"scope": "all", "lang": "en"}).text
    assert "later surveys included" in page
    assert f'action="{link}/confirm?lang=en"' in page
    fields = {"scope": "all", "lang": "en", "proof": proof_in(page)}
    reply = client.post(f"{link}/confirm", data=fields)
    assert reply.headers["location"] == f"{link}?lang=en"


def test_whoever_declines_is_shown_the_way_to_no_more_letters(
    client: Client, wave: Round, link: str
) -> None:
    assert f'href="{body_link(wave)}?lang=vi"' in client.get(f"{link}/decline").text
