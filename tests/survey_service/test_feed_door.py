import base64
import hashlib
import json
import shutil
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from made_lists import HEADINGS, KEYS, MAPPING, USUAL, clock, kept, made_file, register, written

from survey_service.config import Settings, read_settings
from survey_service.entropy import SeededEntropy
from survey_service.store.database import Database
from survey_service.transactions.sources import install_mapping, new_token
from survey_service.web.app import create_app
from survey_service.web.feed import LARGEST_FEED

AN = {"number": "1", "email": "an@gmail.com"}
TYPE = {"content-type": "text/csv; charset=utf-8"}
Client = TestClient[Litestar]


@pytest.fixture
def store(migrated_sqlite: Path, tmp_path: Path) -> Generator[Database]:
    """Give a fresh SQLite database with its register; the door does not know which kind it is."""
    shutil.copy(migrated_sqlite, tmp_path / "survey.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    register(database)
    yield database
    database.close()


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    settings = replace(read_settings({}), data=tmp_path / "data")
    install_mapping(settings, written(tmp_path / "mapping.toml", MAPPING))
    return settings


@pytest.fixture
def token(place: Settings) -> str:
    return new_token(place, SeededEntropy(3), "mot-cua")


@pytest.fixture
def door(store: Database, place: Settings) -> Generator[Client]:
    app = create_app(database=store, settings=place, keys=KEYS, clock=clock())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def post(client: Client, token: str, body: bytes, **headers: str) -> Any:
    stated = base64.b64encode(hashlib.sha256(body).digest()).decode()
    sent = {
        "authorization": f"Bearer {token}",
        "content-digest": f"sha-256=:{stated}:",
        **TYPE,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return client.post("/feeds/mot-cua", content=body, headers=sent)


def csv_of(folder: Path, *rows: dict[str, str]) -> bytes:
    return made_file(folder / "body.csv", rows).read_bytes()


def test_the_same_body_twice_gets_the_same_answer_and_changes_nothing(
    door: Client, store: Database, token: str, tmp_path: Path
) -> None:
    whole = csv_of(tmp_path, AN, {**AN, "number": "2", "name": "=A1"})
    partly = csv_of(tmp_path, {"number": "3"}, {"number": "4", "unit": "?"})
    first = post(door, token, whole)
    assert first.status_code == 200
    assert "set-cookie" not in first.headers
    assert first.headers["cache-control"] == "no-store"
    assert post(door, token, whole).content == first.content
    second = post(door, token, partly)
    assert post(door, token, partly).content == second.content
    answer = second.json()
    assert (answer["added"], answer["refused"], len(answer["problems"])) == (1, 1, 1)
    assert answer["problems"][0]["where"] == "request.csv, dòng/line 3, cột/column C “Cơ quan”"
    assert set(kept(store)) == {"1", "2", "3"}


def test_objects_are_taken_as_rows_are(door: Client, store: Database, token: str) -> None:
    row: dict[str, Any] = {HEADINGS[field]: USUAL.get(field, "") for field in HEADINGS}
    rows = [
        {**row, "Mã hồ sơ": 17.0, "Điện thoại": 912345678, "Thư điện tử": None, "Khác": True},
        {**row, "Mã hồ sơ": 18, "Điện thoại": "0912 345 678"},
    ]
    done = post(door, token, json.dumps(rows).encode(), content_type="application/json")
    assert done.json()["added"] == 2
    assert kept(store)["17"].telephone == kept(store)["18"].telephone
    assert post(door, token, b"[]", content_type="application/json").json()["rows"] == 0
    for wrong in (b"{}", b'[{"a": [1]}]', b"\xff"):
        assert post(door, token, wrong, content_type="application/json").status_code == 400


def test_a_half_sent_body_is_refused(
    door: Client, store: Database, token: str, tmp_path: Path
) -> None:
    body = csv_of(tmp_path, AN)
    whole = base64.b64encode(hashlib.sha256(body).digest()).decode()
    cut = post(door, token, body[:-10], content_digest=f"sha-256=:{whole}:")
    assert cut.status_code == 400
    assert cut.headers["content-type"] == "application/problem+json"
    assert "Nội dung không khớp" in cut.json()["title"]
    assert "does not match Content-Digest" in cut.json()["title"]
    for missing in ("", "sha-512=:AAAA:", "sha-256=abc"):
        assert "is missing" in post(door, token, body, content_digest=missing).json()["title"]
    assert kept(store) == {}


def test_whoever_has_no_token_is_refused(
    door: Client, store: Database, token: str, tmp_path: Path
) -> None:
    body = csv_of(tmp_path, AN)
    for said in (f"Bearer {token[:-1]}", f"Basic {token}", "Bearer", ""):
        answer = post(door, token, body, authorization=said)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    headers = {"authorization": f"Bearer {token}", **TYPE}
    for source in ("kho", "mot-cua%00", "%2e%2e%2fmot-cua"):
        refused = door.post(f"/feeds/{source}", content=body, headers=headers)
        assert refused.status_code in {401, 404}
    assert kept(store) == {}


def test_what_cannot_be_read_is_refused_with_its_problems(door: Client, token: str) -> None:
    assert post(door, token, b"x", content_type="application/pdf").status_code == 415
    answer = post(door, token, "Số;Ngày\n1;2\n".encode())
    assert answer.status_code == 422
    assert "there is no column “Mã hồ sơ”" in answer.json()["problems"][0]["message"]["en"]
    large = post(door, token, b"x" * (LARGEST_FEED + 1))
    assert large.status_code == 413
    assert large.headers["content-type"] == "application/problem+json"


def test_objects_with_keys_of_their_own_take_no_longer_than_others(
    door: Client, token: str, store: Database
) -> None:
    whole = dict.fromkeys(HEADINGS.values(), "") | {
        HEADINGS[field]: value for field, value in {**USUAL, **AN}.items()
    }
    objects = [{**whole, f"key {number}": number} for number in range(10_000)]
    started = time.process_time()
    answer = post(door, token, json.dumps(objects).encode(), content_type="application/json")
    # Laid out as a table they would be a hundred million cells.
    assert time.process_time() - started < 10
    assert (answer.status_code, answer.json()["repeated"]) == (200, 9_999)
    assert list(kept(store)) == ["1"]
