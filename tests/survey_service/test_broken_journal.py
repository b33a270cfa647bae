"""What the service does with a journal that somebody altered, and what its commands show."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select
from staged import AFTER, CODE, Stage
from tampering import alter_entry, drop_guard

from questionnaires.problems import ProblemsError
from survey_service.cli import main
from survey_service.cli.wiring import Wiring
from survey_service.freezing.cut_off import freeze_wave
from survey_service.publishing.wave import publish_wave
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.people import Invitation
from survey_service.store.waves import Publication, Wave
from survey_service.waves.lifecycle import close_wave

Run = Callable[..., Result]


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    stage = Stage(database, tmp_path)
    stage.opened()
    return stage


@pytest.fixture
def run(stage: Stage) -> Run:
    wiring = Wiring(
        settings=stage.settings,
        database=stage.database,
        clock=stage.clock,
        entropy=stage.entropy,
    )

    def invoke(*words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(main, words, obj=wiring, catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done

    return invoke


def close(stage: Stage) -> None:
    stage.clock.move_to(AFTER)
    close_wave(stage.database, stage.clock, code=CODE, actor="thử")


def freeze(stage: Stage) -> str:
    return freeze_wave(
        stage.database,
        stage.clock,
        stage.entropy,
        code=CODE,
        folder=stage.folder / "wave" / "dataset",
        actor="thử",
    )


def state(stage: Stage) -> str | None:
    with stage.database.reading() as session:
        return session.scalar(select(Wave.state))


def test_freezing_is_refused_and_nothing_is_lost(stage: Stage) -> None:
    close(stage)
    alter_entry(stage.database, 3, actor="ai đó")
    with pytest.raises(ProblemsError, match="nhật ký/journal #3"):
        freeze(stage)
    assert state(stage) == "closed"
    assert not (stage.folder / "wave").exists()
    with stage.database.reading() as session:
        assert all(invitation.units for invitation in session.scalars(select(Invitation)))


def test_publishing_is_refused_and_nothing_is_published(stage: Stage) -> None:
    close(stage)
    freeze(stage)
    alter_entry(stage.database, 2, details={})
    with pytest.raises(ProblemsError, match="nhật ký/journal #2"):
        publish_wave(
            stage.database,
            stage.clock,
            code=CODE,
            wave_folder=stage.folder / "wave",
            actor="thử",
        )
    assert state(stage) == "frozen"
    assert not (stage.folder / "wave" / "publication").exists()
    with stage.database.reading() as session:
        assert session.scalars(select(Publication)).all() == []


def test_the_head_that_check_prints_is_what_a_witness_hands_in(stage: Stage, run: Run) -> None:
    noted = msgspec.json.decode(run("journal", "check", "--json").stdout)["head"]
    assert noted in run("journal", "check").output
    assert "only --witness can tell" in run("journal", "check").output
    close(stage)
    assert "nguyên vẹn" in run("journal", "check", "--witness", noted).output
    other = f"{noted.partition(':')[0]}:{'0' * 64}"
    assert "người làm chứng" in run("journal", "check", "--witness", other, code=1).stderr


def test_a_cut_end_is_found_by_the_witness_only(stage: Stage, run: Run) -> None:
    noted = msgspec.json.decode(run("journal", "check", "--json").stdout)["head"]
    with stage.database.writing() as session:
        drop_guard(session)
        last = int(noted.partition(":")[0])
        session.execute(delete(JournalEntry).where(JournalEntry.sequence == last))
    run("journal", "check")
    run("journal", "check", "--witness", noted, code=1)


def test_a_broken_chain_is_told_with_exit_code_1(stage: Stage, run: Run) -> None:
    alter_entry(stage.database, 1, event="khác")
    told = run("journal", "check", code=1)
    assert told.stderr.startswith("LỖI / ERROR: nhật ký/journal #1: ")
    assert told.stdout == ""
    found = msgspec.json.decode(run("journal", "check", "--json", code=1).stdout)
    assert found["whole"] is False
    assert found["problems"][0]["where"] == "nhật ký/journal #1"


@pytest.mark.parametrize("witness", ["", "7", "x:y", f"1:{'0' * 63}", f"-1:{'0' * 64}"])
def test_a_witness_that_cannot_be_read_is_wrong_use(run: Run, witness: str) -> None:
    run("journal", "check", "--witness", witness, code=2)


def test_the_entries_are_shown_oldest_first(run: Run) -> None:
    lines = run("journal", "show", "--lang", "vi").output.splitlines()
    assert lines[0].startswith("#1 2025-03-01T02:00:00Z – units imported (Phòng Nội vụ) added=2")
    assert lines[-1] == "4 mục."
    assert len(lines) == 5
    of_wave = msgspec.json.decode(run("journal", "show", "--wave", CODE, "--json").stdout)
    assert [entry["sequence"] for entry in of_wave] == [2, 3, 4]
    assert of_wave[-1]["event"] == "opened"
    assert len(of_wave[-1]["hash"]) == 64
    assert "không-có" in run("journal", "show", "--wave", "không-có", code=1).stderr
