"""Wrong settings and a world that refuses: problems in two languages, never a traceback."""

import errno
import shutil
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner, Result
from litestar import Litestar
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from mailer.reason import Reason, RefusedError
from questionnaires.problems import ProblemsError
from survey_service.cli import main
from survey_service.cli.speaking import speaks
from survey_service.cli.troubles import word_trouble
from survey_service.config import Settings, read_settings
from survey_service.system_errors import explain
from survey_service.web.serving import NotListeningError, listen, serve, serving

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """Give a data folder with a migrated database in it."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(migrated_sqlite, folder / "survey.sqlite3")
    return folder


@pytest.fixture
def run(data: Path) -> Run:
    def invoke(*words: str, **settings: str) -> Result:
        variables: dict[str, str | None] = {
            "SURVEY_DATA": str(data),
            "DATABASE_URL": None,
            "SURVEY_LANG": None,
            **settings,
        }
        done = CliRunner().invoke(main, words, env=variables)
        assert isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == 1, done.output
        assert "Traceback" not in done.output
        return done

    return invoke


@pytest.mark.parametrize("url", ["garbage", "mysql://x/y"])
def test_a_database_url_of_another_kind_is_refused(run: Run, url: str) -> None:
    said = run("db", "upgrade", DATABASE_URL=url).stderr
    assert said.startswith("LỖI / ERROR: DATABASE_URL: phải là postgresql://")
    assert "must be postgresql://" in said


def test_an_unreachable_postgresql_is_told_without_the_password(run: Run) -> None:
    url = "postgresql://survey:BIMAT@127.0.0.1:1/survey"
    said = run("wave", "status", "x", DATABASE_URL=url).stderr
    assert "LỖI / ERROR: DATABASE_URL: không dùng được cơ sở dữ liệu" in said
    assert "the database cannot be used" in said
    assert "BIMAT" not in said


def test_a_file_that_is_no_database_is_told(run: Run, data: Path) -> None:
    (data / "survey.sqlite3").write_bytes(b"x" * 5000)
    assert "file is not a database" in run("wave", "status", "x").stderr


def test_a_data_folder_that_cannot_be_made_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = run("db", "upgrade", SURVEY_DATA=str(tmp_path / "file" / "data")).stderr
    assert f"LỖI / ERROR: {tmp_path / 'file'}" in said
    assert "không phải thư mục" in said
    assert "SURVEY_DATA" in said


def test_troubles_come_as_json_too(run: Run) -> None:
    found = run("wave", "status", "x", "--json", DATABASE_URL="garbage")
    assert msgspec.json.decode(found.stdout)["problems"][0]["where"] == "DATABASE_URL"


def test_a_worker_with_a_relay_of_another_kind_is_refused(run: Run) -> None:
    said = run("worker", SURVEY_SMTP_URL="ftp://u:BIMAT@x").stderr
    assert "LỖI / ERROR: SURVEY_SMTP_URL: Không đọc được" in said
    assert "BIMAT" not in said


def test_a_web_port_that_is_taken_is_told_before_anything_is_promised(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = run("serve", SURVEY_PORT=str(port))
    assert told.stdout == ""
    assert told.stderr.startswith("LỖI / ERROR: SURVEY_HOST, SURVEY_PORT: không mở được 127.0.0.1:")
    assert "cổng đang có chương trình khác dùng" in told.stderr
    assert "cannot listen on" in told.stderr


def test_a_catcher_s_port_that_is_taken_is_told(run: Run) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # taken by somebody else already, which serves as well
            other.bind(("127.0.0.1", 8025))
            other.listen()
        told = run("serve", SURVEY_PORT="0")
    assert told.stdout == ""
    assert "LỖI / ERROR: SURVEY_SMTP_URL: không mở được cổng 8025" in told.stderr
    assert "another serve runs" in told.stderr


def test_a_caught_mail_folder_that_cannot_be_made_is_told(run: Run, data: Path) -> None:
    (data / "caught-mail").write_text("", encoding="utf-8")
    told = run("serve", SURVEY_PORT="0")
    assert f"{data / 'caught-mail'}: đã có tệp cùng tên" in told.stderr


def test_a_public_address_without_a_relay_is_not_served(run: Run) -> None:
    told = run("serve", SURVEY_PUBLIC_URL="https://khaosat.example", SURVEY_PORT="0")
    assert told.stdout == ""
    assert "SURVEY_SMTP_URL: thư sẽ nằm lại" in told.stderr
    assert "reach nobody" in told.stderr


@pytest.mark.parametrize(
    ("error", "where"),
    [
        (OperationalError("SELECT 1", None, Exception("locked\nhint")), "DATABASE_URL"),
        (DatabaseError("SELECT 1", None, Exception("corrupt")), "DATABASE_URL"),
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "/data/x"),
        (TimeoutError("too late"), "hệ thống/system"),
        (RefusedError(Reason(code="c", vi="không", en="no")), "thư/mail"),
    ],
)
def test_each_trouble_is_one_problem(error: Exception, where: str) -> None:
    (found,) = word_trouble(error)
    assert found.where == where
    assert found.message.vi != found.message.en
    assert "hint" not in found.line()


@pytest.mark.parametrize(
    "error",
    [IntegrityError("INSERT", None, Exception("duplicate")), BrokenPipeError(), KeyError("x")],
)
def test_faults_of_the_program_are_not_dressed_up(error: Exception) -> None:
    assert word_trouble(error) == ()


def test_a_fault_keeps_its_traceback() -> None:
    @click.command()
    @speaks
    def fault(voice: str) -> None:
        raise IntegrityError(voice, None, Exception("duplicate"))

    with pytest.raises(IntegrityError):
        CliRunner().invoke(fault, catch_exceptions=False)


def test_the_system_s_words_stand_where_there_are_no_others() -> None:
    assert explain(OSError(errno.EACCES, "x")) == ("không có quyền", "Permission denied")
    assert explain(OSError("gone")) == ("gone", "gone")
    assert explain(socket.gaierror(-2, "unknown name")) == ("unknown name", "unknown name")


@pytest.fixture
def settings() -> Settings:
    return read_settings({"SURVEY_PORT": "0"})


@pytest.fixture
def broken() -> Litestar:
    @asynccontextmanager
    async def failing(_: Litestar) -> AsyncGenerator[None]:
        raise RuntimeError("no writer")
        yield

    return Litestar(lifespan=[failing], openapi_config=None, logging_config=None)


def test_an_application_that_does_not_start_is_told(settings: Settings, broken: Litestar) -> None:
    with pytest.raises(NotListeningError, match="did not start"), serving(broken, settings):
        pass
    with listen(settings) as listener, pytest.raises(ProblemsError, match="did not start"):
        serve(broken, settings, listener)


def test_whoever_connects_before_the_application_waits_for_it(settings: Settings) -> None:
    with listen(settings) as listener:
        address = listener.getsockname()
        with socket.create_connection(address, timeout=5) as early:
            assert early.getpeername() == address


def test_a_host_that_is_not_here_is_told() -> None:
    elsewhere = read_settings({"SURVEY_HOST": "192.0.2.1", "SURVEY_PORT": "0"})
    with pytest.raises(NotListeningError, match=r"192\.0\.2\.1"):
        listen(elsewhere)
