from collections.abc import Callable
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner, Result
from scheduled import WHOLE, Plan, day, with_mail
from staged import AFTER, CODE, FIRST_DAY, Stage

from survey_service.cli.waves import wave
from survey_service.cli.wiring import Wiring
from survey_service.store.database import Database

Run = Callable[..., Result]


@click.group()
def cli() -> None:
    pass


cli.add_command(wave)


@pytest.fixture
def plan(database: Database, tmp_path: Path) -> Plan:
    return Plan(Stage(database, tmp_path))


@pytest.fixture
def run(plan: Plan) -> Run:
    stage = plan.stage
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


def cells(output: str) -> dict[str, list[str]]:
    rows = [line.split("  ") for line in output.splitlines() if "  " in line]
    return {row[0].strip(): [cell.strip() for cell in row[1:] if cell.strip()] for row in rows}


def test_the_calendar_of_a_draft_gives_the_days(plan: Plan, run: Run) -> None:
    plan.stage.create(wave=_whole())
    shown = run("wave", "plan", CODE, "--lang", "en").output
    assert "Letters go 08:00–17:30 on Mon, Tue, Wed, Thu, Fri (Asia/Ho_Chi_Minh)." in shown
    assert cells(shown)["reminder-2"] == [
        *("Reminder 2", "10/03/2025 08:00", "13/03/2025 08:00"),
        *("to come", "0", "0", "0"),
    ]
    assert cells(shown)["results"][1:4] == ["–", "–", "to come"]


def _whole() -> str:
    return with_mail(f"{WHOLE}\nwindow = {{}}")


def test_the_calendar_of_an_open_wave_tells_what_became_of_each_step(plan: Plan, run: Run) -> None:
    plan.open(WHOLE)
    plan.deliver("invitation")
    plan.at(day(6))
    run("wave", "remind", CODE, "--number", "5")
    shown = run("wave", "plan", CODE, "--lang", "vi").output
    standing = {step: row[3:] for step, row in cells(shown).items()}
    assert standing["invitation"] == ["đã xếp hàng", "0", "36", "0"]
    assert standing["reminder-1"] == ["TRỄ, CHỜ QUYẾT ĐỊNH", "0", "0", "0"]
    assert standing["reminder-2"] == ["chưa đến", "0", "0", "0"]
    assert standing["reminder-5"] == ["gửi tay", "36", "0", "0"]
    assert "wave step hai-xa reminder-1 --send hoặc --skip" in shown
    read = msgspec.json.decode(run("wave", "plan", CODE, "--json").output)
    assert [(step["step"], step["standing"]) for step in read["steps"]] == [
        ("invitation", "queued"),
        ("reminder-1", "late"),
        ("reminder-2", "to-come"),
        ("closing-notice", "to-come"),
        ("thank-you", "queued"),
        ("results", "to-come"),
        ("reminder-5", "by-hand"),
    ]


def test_a_step_that_never_went_has_passed_once_the_wave_is_closed(plan: Plan, run: Run) -> None:
    plan.open(WHOLE)
    plan.stage.clock.move_to(AFTER)
    assert cells(run("wave", "plan", CODE, "--lang", "en").output)["reminder-1"][3] == "passed"
    run("wave", "close", CODE)
    assert cells(run("wave", "plan", CODE, "--lang", "en").output)["closing-notice"][3] == "passed"


def test_staff_decide_about_a_late_step(plan: Plan, run: Run) -> None:
    plan.open(WHOLE)
    plan.deliver("invitation")
    plan.at(day(6))
    assert "36 letters are queued" in run("wave", "step", CODE, "reminder-1", "--send").output
    skipped = run("wave", "step", CODE, "reminder-1", "--skip", "--actor", "Phòng NV").output
    assert "36 waiting letters stay unsent" in skipped
    run("wave", "step", CODE, "reminder-1", code=2)
    refused = run("wave", "step", CODE, "reminder-9", "--skip", code=1)
    assert "kế hoạch không có bước" in refused.output


def test_waves_are_listed_with_their_dates(plan: Plan, run: Run) -> None:
    assert "There is no wave yet" in run("wave", "list").output
    plan.stage.create()
    shown = cells(run("wave", "list", "--lang", "vi").output)
    assert shown[CODE] == ["đang soạn", "03/03/2025", "14/03/2025", "31/12/2025"]
    (read,) = msgspec.json.decode(run("wave", "list", "--json").output)
    assert (read["code"], read["state"], read["closes"]) == (CODE, "draft", "2025-03-14")


def test_opening_ahead_and_reminding_lately_are_said(plan: Plan, run: Run) -> None:
    plan.open("pre_notice = 2", at=day(-1))
    plan.at(FIRST_DAY)
    plan.deliver("invitation")
    refused = run("wave", "remind", CODE, "--number", "1", code=1)
    assert "05/03/2025" in refused.output
    done = run("wave", "remind", CODE, "--number", "1", "--even-so")
    assert "36 letters are queued" in done.output


def test_a_purge_before_its_day_is_refused_in_both_languages(plan: Plan, run: Run) -> None:
    plan.open()
    run("wave", "cancel", CODE, "--reason", "hoãn")
    refused = run("wave", "purge", CODE, code=1)
    assert "xóa được từ ngày hôm sau" in refused.output
    assert "from the day after" in refused.output
    plan.stage.clock.move_to(day(304, 0))  # 2025-12-31 is over
    assert "Deleted 36 people and 36 letters" in run("wave", "purge", CODE).output
    assert "was purged already" in run("wave", "purge", CODE).output
    assert "only counts are left" in run("wave", "status", CODE).output
    assert msgspec.json.decode(run("wave", "purge", CODE, "--json").output) == {
        "people": 0,
        "letters": 0,
    }
