from collections.abc import Callable
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from staged import AFTER, CODE, FIRST_DAY, HEADING, UNITS, WAVE, Stage, contacts

from questionnaires import catalogue
from survey_service.cli.checking import check
from survey_service.cli.importing import importing
from survey_service.cli.waves import wave
from survey_service.cli.wiring import Wiring
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.people import Invitation

Run = Callable[..., Result]


@click.group()
def cli() -> None:
    pass


cli.add_command(wave)
cli.add_command(importing)
cli.add_command(check)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    return Stage(database, tmp_path)


@pytest.fixture
def run(stage: Stage) -> Run:
    wiring = Wiring(
        settings=stage.settings,
        database=stage.database,
        clock=stage.clock,
        entropy=stage.entropy,
    )

    def invoke(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, arguments, obj=wiring, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return invoke


def test_a_wave_from_its_file_to_its_close(stage: Stage, run: Run) -> None:
    units = str(stage.file("dv.csv", UNITS))
    people = str(stage.file("ds.csv", contacts()))
    plan = str(stage.file("dot.toml", WAVE))
    assert "2 đơn vị mới" in run("import", "units", units).output
    assert "Created wave hai-xa" in run("wave", "create", plan, "--actor", "Phòng  NV").output
    assert "36 người mới" in run("import", "contacts", people, "--wave", CODE).output
    output = run("wave", "preflight", CODE).output
    assert "Có thể mở đợt điều tra." in output
    assert "5,4" in output
    stage.clock.move_to(FIRST_DAY)
    assert "36 thư mời chờ gửi" in run("wave", "open", CODE).output
    assert "đang mở từ trước" in run("wave", "open", CODE).output
    status = run("wave", "status", CODE, "--lang", "vi").output
    assert "đang mở; 36 người" in status
    assert "chờ gửi 36" in status
    assert "rút" not in status
    with stage.database.writing() as session:
        session.execute(update(Invitation).where(Invitation.id == 1).values(withdrawn=True))
    assert "Withdrawn: 1." in run("wave", "status", CODE, "--lang", "en").output
    run("wave", "pause", CODE)
    run("wave", "resume", CODE)
    run("wave", "remind", CODE, "--number", "1")
    run("wave", "extend", CODE, "--closes", "16/03/2025")
    assert "--early" in run("wave", "close", CODE, code=1).output
    stage.clock.move_to(AFTER.replace(day=16))
    assert "is closed" in run("wave", "close", CODE).output
    run("wave", "cancel", CODE, "--reason", "làm lại")
    with stage.database.reading() as session:
        actors = session.scalars(select(JournalEntry.actor).order_by(JournalEntry.sequence)).all()
    assert actors[:3] == ["cli", "Phòng NV", "cli"]


def test_refusals_go_to_stderr_with_exit_code_1(stage: Stage, run: Run) -> None:
    stage.create()
    bad = str(stage.file("ds.csv", HEADING + "A;a@;CX;XA1;;;\n"))
    result = run("import", "contacts", bad, "--wave", CODE, code=1)
    assert result.stdout == ""
    assert result.stderr.startswith("LỖI / ERROR: ds.csv, dòng/line 2, cột/column B")
    only = run("import", "contacts", bad, "--wave", CODE, "--lang", "vi", code=1).stderr
    assert only.startswith("LỖI: ")
    assert "ERROR" not in only


def test_long_lists_of_problems_are_cut(stage: Stage, run: Run) -> None:
    stage.create()
    bad = str(stage.file("ds.csv", HEADING + "A;a@;CX;XA1;;;\n" * 300))
    lines = run("import", "contacts", bad, "--wave", CODE, code=1).stderr.splitlines()
    assert len(lines) == 51
    assert "… và " in lines[-1]


def test_programs_read_json(stage: Stage, run: Run) -> None:
    stage.create()
    stage.invite(contacts())
    found = msgspec.json.decode(run("wave", "preflight", CODE, "--json").stdout)
    assert found["ready"] is True
    assert found["expected"][0]["unit"] == "XA1"
    status = msgspec.json.decode(run("wave", "status", CODE, "--json").stdout)
    assert (status["state"], status["contacts"], status["groups"]) == ("draft", 36, [])
    refused = run("wave", "status", "không-có", "--json", code=1)
    assert msgspec.json.decode(refused.stdout)["problems"][0]["where"] == "đợt/wave không-có"


def test_a_barred_preflight_exits_with_1(stage: Stage, run: Run) -> None:
    stage.create()
    result = run("wave", "preflight", CODE, code=1)
    assert "Chưa thể mở đợt điều tra." in result.stdout
    assert "chưa có người nào" in result.stderr
    stage.clock.move_to(FIRST_DAY)
    assert "chưa có người nào" in run("wave", "open", CODE, code=1).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("wave", "create", "không-có.toml"),
        ("wave", "extend", CODE, "--closes", "31/02/2025"),
        ("wave", "extend", CODE),
        ("wave", "pause", CODE, "--actor", "a@xa.example"),
        ("wave", "pause", CODE, "--actor", " "),
        ("wave", "status", CODE, "--lang", "fr"),
        ("import", "contacts", "x.csv"),
    ],
)
def test_wrong_use_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    run(*arguments, code=2)


def test_check_tells_what_is_wrong(run: Run, stage: Stage) -> None:
    sound = run("check", "two-units")
    assert "0 lỗi" in sound.output
    assert len(sound.output.split("framework ")[1].splitlines()[0]) == 64
    assert "par-index-2022" in run("check", "không-có", code=1).stderr
    folder = stage.folder / "rieng"
    folder.mkdir()
    for file in catalogue.folder("two-units").iterdir():
        spoiled = file.read_text(encoding="utf-8").replace("CX = 60", "CX = 50")
        (folder / file.name).write_text(spoiled, encoding="utf-8")
    wrong = run("check", str(folder), "--json", code=1)
    assert msgspec.json.decode(wrong.stdout)["errors"] >= 1
    assert "framework.toml" in run("check", str(folder), code=1).stderr


def test_a_database_that_is_behind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_DATA", str(tmp_path / "moi"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    result = CliRunner().invoke(cli, ["wave", "status", CODE])
    assert result.exit_code == 1
    assert "survey-service db upgrade" in result.stderr
