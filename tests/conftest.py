"""What every test can ask for: a migrated database of its own, on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import Generator
from itertools import count
from pathlib import Path

import pytest
from embedded import TEMPLATE, Postgres, running_postgres
from postal import Dovecot, Postfix, running_dovecot, running_postfix

from survey_service.store.database import Database
from survey_service.store.migrate import upgrade

_numbers = count(1)


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """Give a running PostgreSQL server whose template database is migrated."""
    with running_postgres() as server:
        server.create(TEMPLATE)
        _migrate(server.url(TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def dovecot() -> Generator[Dovecot]:
    """Give a running IMAP and LMTP server; tests keep apart by their users."""
    with running_dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Generator[Postfix]:
    """Give a running mail server; mail to khaosat.example lands in Dovecot, see postal.ROUTES."""
    if os.geteuid() != 0:
        pytest.skip("Postfix is started by root alone")
    with running_postfix({"khaosat.example": dovecot.lmtp}) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """Give the DATABASE_URL of a fresh migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        path = tmp_path / "survey.sqlite3"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        name = f"survey_{next(_numbers)}"
        server.create(name, TEMPLATE)
        yield server.url(name)
        server.drop(name)


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    """Give a fresh migrated database; the test runs once on each kind."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Play the journeys first: begun last, one of them would keep a single process busy."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001 - the hook's own name
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failure where nothing may be missing: in CI."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
