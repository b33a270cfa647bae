"""Staff see a flood of opt-outs, and let its mail go again at once."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_waves import NOW, MadePerson, make_wave
from sqlalchemy import select

from survey_service.cli.mail import mail
from survey_service.cli.waves import wave
from survey_service.cli.wiring import Wiring
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.links import Link
from survey_service.mailing.wishes.floods import FloodRule, flag_flood
from survey_service.mailing.wishes.opting_out import find_recipient, opt_out
from survey_service.store.database import Database
from survey_service.store.tables import JournalEntry, Suppression

CODE = "hai-xa-2025"


@pytest.fixture
def wiring(database: Database, tmp_path: Path) -> Wiring:
    make_wave(database, [MadePerson(name=f"Người {number}") for number in range(12)])
    return Wiring(
        settings=read_settings({"SURVEY_DATA": str(tmp_path)}),
        database=database,
        clock=SteppedClock(NOW),
        entropy=SystemEntropy(),
    )


def run(wiring: Wiring, *words: str) -> Result:
    return CliRunner().invoke(mail, list(words), obj=wiring)


def flood(wiring: Wiring) -> None:
    for number in range(11):
        with wiring.database.writing() as session:
            person = find_recipient(session, Link(number.to_bytes(8), 0))
            assert person is not None
            opt_out(session, wiring.clock, person, "wave", "one-click")
            flag_flood(session, wiring.clock, person, FloodRule())


def test_a_wave_without_a_flood_says_so(wiring: Wiring) -> None:
    shown = run(wiring, "floods", CODE)
    assert (shown.exit_code, "Không có" in shown.output) == (0, True)
    assert json.loads(run(wiring, "floods", CODE, "--json").output) == []


def test_a_flood_is_shown_with_what_to_do_and_released(wiring: Wiring) -> None:
    flood(wiring)
    shown = run(wiring, "floods", CODE, "--lang", "en")
    assert "hop-thu.example: 11 people opted out" in shown.output
    assert f"mail release-flood {CODE} hop-thu.example" in shown.output
    told = CliRunner().invoke(wave, ["status", CODE, "--lang", "en"], obj=wiring)
    assert f"11 people at hop-thu.example at once; see: mail floods {CODE}" in told.output
    (row,) = json.loads(run(wiring, "floods", CODE, "--json").output)
    assert (row["domain"], row["people"]) == ("hop-thu.example", 11)
    done = run(wiring, "release-flood", CODE, "Hop-Thu.example", "--actor", "Phòng Nội vụ")
    assert (done.exit_code, "11" in done.output) == (0, True)
    with wiring.database.reading() as session:
        released = set(session.scalars(select(Suppression.released_by)))
        last = session.scalars(select(JournalEntry).order_by(JournalEntry.sequence.desc())).first()
    assert released == {"Phòng Nội vụ"}
    assert last is not None
    assert (last.event, last.actor) == ("opt-out flood released", "Phòng Nội vụ")


@pytest.mark.parametrize(
    "words",
    [
        ("release-flood", CODE, "khac.example"),
        ("release-flood", "khong-co", "x"),
        ("floods", "khong-co"),
    ],
)
def test_what_is_not_there_is_refused(wiring: Wiring, words: tuple[str, ...]) -> None:
    flood(wiring)
    refused = run(wiring, *words)
    assert refused.exit_code == 1
    assert "LỖI / ERROR" in refused.output
    with wiring.database.reading() as session:
        assert set(session.scalars(select(Suppression.released_at))) == {None}
