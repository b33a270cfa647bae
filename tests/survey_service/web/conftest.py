"""A served round: an open wave, its application, and a client that speaks to it."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from rounds import CITIZEN, Person, Round, open_round

from survey_service.store.database import Database
from survey_service.web.app import create_app

Client = TestClient[Litestar]


@pytest.fixture
def wave(migrated_sqlite: Path, tmp_path: Path) -> Generator[Round]:
    """Give an open wave with a leader, a citizen and an English reader."""
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield open_round(database, tmp_path, Person(), CITIZEN, Person(language="en"))
    database.close()


@pytest.fixture
def client(wave: Round) -> Generator[Client]:
    """Give a client of the wave's application; it follows no redirect of itself."""
    app = create_app(
        database=wave.database, settings=wave.settings, keys=wave.keys, clock=wave.clock
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        client.follow_redirects = False
        yield client


@pytest.fixture
def link(wave: Round) -> str:
    """Give the path of the leader's link."""
    return f"/p/{wave.token()}"


@pytest.fixture
def started(client: Client, link: str) -> str:
    """Give the path of the leader's link after the consent."""
    assert client.post(f"{link}/start", data={"consent": "yes"}).status_code == 303
    return link
