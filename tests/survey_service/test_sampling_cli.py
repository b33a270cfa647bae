import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_transactions import KEYS
from sample_stage import SampleStage, officials
from sqlalchemy import update
from staged import CODE, FIRST_DAY

from survey_service.cli import main
from survey_service.cli.wiring import Wiring
from survey_service.keys import KeyRing
from survey_service.store.database import Database
from survey_service.store.people import Contact


class _KnownKeys(Wiring):
    """The wiring of a stage, whose transactions were made with a key ring of their own."""

    @property
    def keys(self) -> KeyRing:
        return KEYS


@pytest.fixture
def stage(migrated_sqlite: Path, tmp_path: Path) -> SampleStage:
    path = tmp_path / "survey.sqlite3"
    path.write_bytes(migrated_sqlite.read_bytes())
    return SampleStage(Database(f"sqlite:///{path}"), tmp_path)


def run(stage: SampleStage, *words: str) -> Result:
    return command(stage, "sample", *words)


def command(stage: SampleStage, *words: str) -> Result:
    wiring = _KnownKeys(
        settings=stage.settings,
        database=stage.database,
        clock=stage.clock,
        entropy=stage.entropy,
    )
    return CliRunner().invoke(main, words, obj=wiring)


def test_the_commands_draw_show_check_replace_and_discard(stage: SampleStage) -> None:
    stage.staged()
    stage.invite(officials())
    drawn = run(stage, "draw", CODE)
    assert drawn.exit_code == 0
    assert "Drew 24 people and 12 reserves from a frame of 80 people, 4 strata" in drawn.output
    told = json.loads(run(stage, "show", CODE, "--json").stdout)
    assert told["seed"] in drawn.output
    assert {one["cell"][0]: one["slovin"] for one in told["sizes"]}.keys() == {"XA1", "XA2"}
    assert {one["field"] for one in told["coverage"]} == {"unit", "service", "channel", "month"}
    shown = run(stage, "show", CODE)
    assert shown.exit_code == 0
    assert "XA1/KS" in shown.output
    assert "N/(1 + N·e²)" in shown.output
    stage.clock.move_to(FIRST_DAY)
    stage.open()
    replaced = run(stage, "replace", CODE, stage.addresses()[0], "--reason", "deceased")
    assert "Replaced one person of unit XA1 by the next reserve" in replaced.output
    checked = run(stage, "check", CODE)
    assert (checked.exit_code, "Drawn again: the same people." in checked.output) == (0, True)
    assert json.loads(run(stage, "check", CODE, "--json").stdout)["same_people"] is True
    shown = run(stage, "show", CODE, "--lang", "en")
    assert "Changed XA1: called (deceased) 1" in shown.output
    refused = run(stage, "discard", CODE, "--reason", "thử")
    assert refused.exit_code == 1


def test_a_sample_that_was_changed_outside_fails_the_check(stage: SampleStage) -> None:
    stage.staged()
    run(stage, "draw", CODE)
    with stage.database.writing() as session:
        session.execute(update(Contact).values(weight="2"))
    checked = run(stage, "check", CODE)
    assert checked.exit_code == 1
    assert "The sample was changed outside the service." in checked.output


def test_a_wave_does_not_open_on_a_sample_that_was_changed_outside(stage: SampleStage) -> None:
    stage.staged()
    stage.invite(officials())
    run(stage, "draw", CODE)
    drawn = update(Contact).where(Contact.group == "ND")
    with stage.database.writing() as session:
        session.execute(drawn.values(weight="2"))
    stage.clock.move_to(FIRST_DAY)
    refused = command(stage, "wave", "open", CODE)
    assert refused.exit_code == 1
    assert "the sample is not as it was drawn" in refused.output
    assert stage.wave().state == "draft"
    run(stage, "discard", CODE, "--reason", "dữ liệu bị sửa")
    run(stage, "draw", CODE)
    opened = command(stage, "wave", "open", CODE, "--lang", "en")
    assert "Opened wave hai-xa: 48 letters are queued." in opened.output
    assert command(stage, "wave", "open", CODE).exit_code == 0


def test_a_draft_gives_its_sample_up(stage: SampleStage) -> None:
    stage.staged()
    run(stage, "draw", CODE)
    gone = run(stage, "discard", CODE, "--reason", "nhập thiếu một nguồn")
    assert "Gave up a sample of 24 people." in gone.output
    again = json.loads(run(stage, "draw", CODE, "--json").stdout)
    assert (again["draw"], again["people"]) == (2, 80)


def test_a_wave_without_a_draw_shows_nothing(stage: SampleStage) -> None:
    stage.staged()
    for command in ("show", "check"):
        refused = run(stage, command, CODE)
        assert refused.exit_code == 1
        assert "its sample is not drawn yet; run: sample draw hai-xa" in refused.output
