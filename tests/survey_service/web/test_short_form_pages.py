"""A short form from the link to the dataset: each person meets the items of their own set."""

import re
import shutil
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import Person, Round, open_round
from web_steps import code_in

from questionnaires.catalogue import folder
from questionnaires.loading import load_definitions
from questionnaires.packing import unpack
from survey_service.dataset.reading import read_dataset
from survey_service.entropy import SeededEntropy
from survey_service.freezing.cut_off import freeze_wave
from survey_service.store.database import Database
from survey_service.store.tables import Ballot, Draft, Invitation

Client = TestClient[Litestar]

BANK = load_definitions(folder("sipas")).questionnaires
ODD, EVEN = BANK.sets("ND")
CORE = ("CACH-NOP", "SO-LAN", "THEM-GIAY", "TRE-HEN", "XIN-LOI", "CHUNG", "GOP-Y")
FACTS = {"CACH-NOP": "buu-chinh", "SO-LAN": "0", "THEM-GIAY": "no", "TRE-HEN": "no", "CHUNG": "4"}


def citizen(rotation: int | None, language: str = "vi") -> Person:
    return Person(
        group="ND",
        units=("BINH-MINH",),
        language=language,
        transactions=(
            {"unit": "BINH-MINH", "service": "Hỗ trợ chi phí mai táng", "month": "2025-01"},
        ),
        rotation=rotation,
    )


@pytest.fixture
def wave(migrated_sqlite: Path, tmp_path: Path) -> Generator[Round]:
    """Give an open wave of the short form: one person of each set, and one of the whole form."""
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    people = (citizen(0), citizen(1, "en"), citizen(None))
    yield open_round(database, tmp_path, *people, entry="sipas")
    database.close()


def begun(client: Client, wave: Round, number: int = 0) -> str:
    link = f"/p/{wave.token(number)}"
    assert client.post(f"{link}/start", data={"consent": "yes"}).status_code == 303
    return link


def asked(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="q-([\w-]+)"', page)))


def sent(codes: tuple[str, ...], answer: str) -> dict[str, str]:
    given = FACTS | dict.fromkeys(codes, answer)
    return {f"q-{code}": answer for code, answer in given.items()} | {"action": "leave"}


def ballots(wave: Round) -> list[dict[str, str]]:
    return [unpack(BANK, row["answers"]) for row in wave.rows(Ballot)]


def reviewed(client: Client, link: str) -> str:
    proof = re.findall(r'name="proof" value="(\w+)"', client.get(f"{link}/review").text)[0]
    return client.post(f"{link}/submit", data={"proof": proof}).text


def test_a_page_shows_the_items_of_the_persons_own_set_and_no_others(
    client: Client, wave: Round
) -> None:
    everything = {item.code for item in BANK.items}
    for number, codes in ((0, {*CORE, *ODD}), (1, {*CORE, *EVEN}), (2, everything), (0, None)):
        page = client.get(f"{begun(client, wave, number)}/1").text
        assert set(asked(page)) == (codes or {*CORE, *ODD})


def test_the_first_page_states_the_questions_and_minutes_of_the_persons_own_form(
    client: Client, wave: Round
) -> None:
    short, whole = (client.get(f"/p/{wave.token(number)}").text for number in (0, 2))
    assert "<strong>17</strong> câu hỏi" in short
    assert "<strong>3</strong> phút" in short
    assert "<strong>27</strong> câu hỏi" in whole
    assert "<strong>4</strong> phút" in whole


def test_an_english_form_names_the_service_in_english(client: Client, wave: Round) -> None:
    assert "the procedure “Funeral grant”" in client.get(f"{begun(client, wave, 1)}/1").text
    link = begun(client, wave, 0)
    assert "thủ tục “Hỗ trợ chi phí mai táng”" in client.get(f"{link}/1").text
    assert "the procedure “Funeral grant”" in client.get(f"{link}/1?lang=en").text


def test_a_forged_answer_to_an_item_of_another_set_is_left_alone(
    client: Client, wave: Round
) -> None:
    link = begun(client, wave)
    forged = dict.fromkeys((f"q-{code}" for code in EVEN), "1")
    reply = client.post(f"{link}/1", data=sent(ODD, "5") | forged)
    assert reply.headers["location"] == f"{link}/review"
    # What was not put to the person is not kept in the draft either: it counts answers given.
    assert [row["answered"] for row in wave.rows(Draft)] == [len(ODD) + len(FACTS)]
    review = client.get(f"{link}/review").text
    assert "Rất không hài lòng" not in review
    assert review.count("Rất hài lòng") == len(ODD)
    reviewed(client, link)
    (ballot,) = ballots(wave)
    assert {ballot[code] for code in ODD} == {"5"}
    assert {ballot[code] for code in (*EVEN, "XIN-LOI")} == {"~"}
    assert {code: ballot[code] for code in FACTS} == FACTS


def test_an_item_of_another_set_is_never_missed(client: Client, wave: Round) -> None:
    link = begun(client, wave)
    fields = sent(ODD, "5")
    del fields["action"], fields["q-TC1"]
    page = client.post(f"{link}/1", data=fields)
    assert page.status_code == 422
    assert 'href="#q-TC1"' in page.text
    assert 'href="#q-TC2"' not in page.text


def test_a_correction_opens_with_the_same_set(client: Client, wave: Round) -> None:
    link = begun(client, wave)
    client.post(f"{link}/1", data=sent(ODD, "5"))
    code = code_in(reviewed(client, link))
    assert "Rất hài lòng" in client.post(f"{link}/mine", data={"code": code}).text
    moved = client.post(f"{link}/correct", data={"code": code})
    correcting = moved.headers["location"].removesuffix("/review")
    page = client.get(f"{correcting}/1").text
    assert set(asked(page)) == {*CORE, *ODD}
    assert re.search(r'name="q-TC1" value="5" checked', page)
    client.post(f"{correcting}/1", data=sent((*ODD, *EVEN), "2"))
    reviewed(client, correcting)
    (ballot,) = ballots(wave)
    assert {ballot[code] for code in ODD} == {"2"}
    assert {ballot[code] for code in EVEN} == {"~"}


def test_the_form_to_try_shows_the_first_set(client: Client, wave: Round) -> None:
    home = wave.links().trial_url("hai-xa-2025", "vi", "ND").removeprefix(wave.settings.public_url)
    page = client.get(f"{home}/1").text
    assert set(asked(page)) == {*CORE, *ODD}
    assert "“Cấp giấy chứng nhận quyền sử dụng đất”" in page


def test_the_dataset_says_what_was_not_asked_and_nobodys_set_is_known_after_it(
    client: Client, wave: Round, tmp_path: Path
) -> None:
    for number, codes in ((0, ODD), (1, EVEN)):
        link = begun(client, wave, number)
        client.post(f"{link}/1", data=sent(codes, "4"))
        reviewed(client, link)
    wave.clock.move_to(wave.clock.now() + timedelta(days=60))
    wave.change_wave(state="closed")
    freeze_wave(
        wave.database,
        wave.clock,
        SeededEntropy(1),
        code="hai-xa-2025",
        folder=tmp_path / "dataset",
        actor="test",
    )
    content = read_dataset(tmp_path / "dataset").content
    rows = [unpack(BANK, ballot.answers) for ballot in content.ballots]
    assert {frozenset(code for code in row if row[code] == "~") for row in rows} == {
        frozenset({*EVEN, "XIN-LOI"}),
        frozenset({*ODD, "XIN-LOI"}),
    }
    assert {row["rotation"] for row in wave.rows(Invitation)} == {None}
