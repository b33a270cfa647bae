"""A wave's progress: finished only when the counts add up, and every trouble in sight."""

import json
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner, Result
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from sqlalchemy import delete, update

from survey_service.cli.progress import status
from survey_service.cli.wiring import Wiring
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SeededEntropy
from survey_service.mailing.sending.history import Event, record_events
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import PausedTransport, Suppression, WaveStep
from survey_service.store.waves import Wave
from survey_service.waves.status import StepStatus, WaveStatus, wave_status

Run = Callable[..., Result]


@click.group()
def cli() -> None:
    pass


cli.add_command(status)


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    def invoke(*words: str, code: int = 0) -> Result:
        wiring = Wiring(
            settings=read_settings({"SURVEY_DATA": str(tmp_path)}),
            database=database,
            clock=SteppedClock(NOW),
            entropy=SeededEntropy(3),
        )
        result = CliRunner().invoke(
            cli, ["status", PLAN.code, *words], obj=wiring, catch_exceptions=False
        )
        assert result.exit_code == code, result.output
        return result

    return invoke


@pytest.fixture
def made(database: Database) -> MadeWave:
    return make_wave(database, [MadePerson(name=f"Người {place}") for place in range(4)])


def put(database: Database, letter: int, state: str, **values: object) -> None:
    with database.writing() as session:
        session.execute(update(Letter).where(Letter.id == letter).values(state=state, **values))


def read(database: Database) -> WaveStatus:
    with database.reading() as session:
        return wave_status(session, PLAN.code)


@pytest.mark.parametrize("state", ["queued", "claimed", "intent", "deferred", "uncertain", "lạ"])
def test_one_letter_that_has_not_ended_keeps_its_step_open(
    database: Database, made: MadeWave, state: str
) -> None:
    for letter, end in zip(made.letters, ("sent", "failed", "dropped", state), strict=True):
        put(database, letter, end)
    (step,) = read(database).letters
    assert (step.open, step.finished) == (1, False)
    put(database, made.letters[-1], "sent")
    assert read(database).finished


def test_a_letter_that_is_missing_keeps_the_step_open(
    database: Database, made: MadeWave, run: Run
) -> None:
    with database.writing() as session:
        session.execute(update(Letter).values(state="sent"))
        session.execute(delete(Letter).where(Letter.id == made.letters[0]))
    (step,) = read(database).letters
    assert (step.expected, sum(step.states.values()), step.finished) == (4, 3, False)
    assert "thiếu 1 thư" in run().output


def test_what_was_learnt_since_is_counted_by_letter(
    database: Database, made: MadeWave, run: Run
) -> None:
    first, second, *_ = made.letters
    put(database, first, "sent", resent=2)
    with database.writing() as session:
        record_events(
            session,
            [
                Event(letter=first, at=NOW, event=event)
                for event in ("sent", "delayed", "bounced", "bounced")
            ]
            + [Event(letter=second, at=NOW, event="delivered")],
        )
    (step,) = read(database).letters
    assert (step.resent, step.bounced, step.delayed, step.delivered) == (1, 1, 1, 1)
    output = run("--lang", "vi").output
    assert "chờ gửi 3, chưa rõ 0, đã gửi 1, gửi lại 1, trả về 1" in output
    assert "chưa xong: còn 3" in output


def test_who_is_not_written_to_is_counted_once(
    database: Database, made: MadeWave, run: Run
) -> None:
    assert made

    def suppress(
        place: int, reason: str, wave: str | None, *, released: bool = False
    ) -> Suppression:
        return Suppression(
            email_key=f"p{place}@hop-thu.example",
            wave=wave,
            reason=reason,
            source="page",
            at=NOW,
            released_at=NOW if released else None,
        )

    with database.writing() as session:
        session.add_all(
            [
                suppress(0, "opt-out", None),
                suppress(0, "opt-out", PLAN.code),
                suppress(0, "hard-address", None),
                suppress(1, "hard-address", None),
                suppress(2, "opt-out", "other-wave"),
                suppress(3, "opt-out", None, released=True),
                suppress(9, "opt-out", None),
            ]
        )
    found = read(database)
    assert (found.opted_out, found.suppressed) == (1, 1)
    assert "1 opted out, 1 suppressed" in run("--lang", "en").output


def test_late_steps_and_stopped_relays_are_shown(
    database: Database, made: MadeWave, run: Run
) -> None:
    with database.writing() as session:
        for step, state in (("reminder-1", "late"), ("reminder-2", "skipped")):
            session.add(
                WaveStep(
                    wave_id=made.wave,
                    step=step,
                    state=state,
                    due_at=NOW,
                    decided_at=NOW,
                    decided_by="worker",
                )
            )
        session.add(PausedTransport(name="main", reason="550 5.7.1 blocked", at=NOW))
    found = read(database)
    assert [late.step for late in found.late] == ["reminder-1"]
    output = run().output
    assert "Thư nhắc lần 1 đã quá hạn" in output
    assert "550 5.7.1 blocked" in output
    assert f"wave step {PLAN.code} reminder-1 --send" in output
    assert "mail resume main" in output
    assert "từ 09:00 03/03/2025" in output
    assert "Reminder 2" not in output


def test_doubts_are_shown_with_where_to_look(database: Database, made: MadeWave, run: Run) -> None:
    put(database, made.letters[0], "uncertain")
    assert f"mail uncertain {PLAN.code}" in run().output


def test_json_says_what_is_finished(database: Database, made: MadeWave, run: Run) -> None:
    for letter in made.letters:
        put(database, letter, "sent")
    found = json.loads(run("--json").output)
    assert found["finished"] is True
    assert found["letters"][0]["finished"] is True
    assert found["letters"][0]["states"] == {"sent": 4}


def test_counts_kept_by_an_earlier_release_are_still_read(
    database: Database, made: MadeWave, run: Run
) -> None:
    old = {
        "code": PLAN.code,
        "state": "closed",
        "contacts": 4,
        "groups": [{"group": "ND", "invited": 4, "begun": 0, "answered": 2}],
        "letters": [{"step": "invitation", "states": {"sent": 4}}],
    }
    with database.writing() as session:
        session.execute(update(Wave).values(state="published", tally=old))
    found = read(database)
    assert (found.state, found.total.answered, found.finished) == ("published", 2, True)
    with database.writing() as session:
        session.add(
            Letter(
                wave_id=made.wave,
                invitation_id=made.invitations[0],
                step="results",
                not_before=NOW,
            )
        )
    assert [step.step for step in read(database).letters] == ["invitation", "results"]
    assert "Results letter: queued 1" in run("--lang", "en").output


def test_counts_survive_being_kept(database: Database, made: MadeWave) -> None:
    assert made
    with database.writing() as session:
        session.add(PausedTransport(name="main", reason="x", at=NOW))
    found = read(database)
    with database.writing() as session:
        session.execute(update(Wave).values(tally=msgspec.to_builtins(found)))
    assert read(database) == found


def test_watching_ends_when_the_letters_are_through(
    database: Database, made: MadeWave, run: Run
) -> None:
    def send_all() -> None:
        for letter in made.letters:
            put(database, letter, "sent")

    later = threading.Timer(0.3, send_all)
    later.start()
    output = run("--watch", "--every", "0.1", "--lang", "en").output
    later.join()
    assert "4 to go" in output
    assert output.rstrip().splitlines()[-1].endswith("FINISHED")


class ImpatientClock(SteppedClock):
    """Presses Ctrl-C when it is asked for the time again."""

    looks = 0

    def now(self) -> datetime:
        self.looks += 1
        if self.looks == 2:
            signal.raise_signal(signal.SIGINT)
        return super().now()


def test_watching_ends_by_ctrl_c(database: Database, made: MadeWave, tmp_path: Path) -> None:
    assert made
    clock = ImpatientClock(NOW)
    wiring = Wiring(
        settings=read_settings({"SURVEY_DATA": str(tmp_path)}),
        database=database,
        clock=clock,
        entropy=SeededEntropy(3),
    )
    words = ["status", PLAN.code, "--watch", "--every", "0.1", "--lang", "en"]
    result = CliRunner().invoke(cli, words, obj=wiring, catch_exceptions=False)
    assert (result.exit_code, clock.looks) == (0, 2)
    assert "4 to go" in result.output


def test_watching_prints_no_json(run: Run, made: MadeWave) -> None:
    assert made
    run("--watch", "--json", code=2)


def test_a_step_of_nobody_is_finished() -> None:
    assert StepStatus(step="reminder-1", states={}).finished


def test_the_forecast_is_by_the_pace_or_by_what_was_sent_of_late(
    database: Database, made: MadeWave, run: Run, tmp_path: Path
) -> None:
    assert "not known yet" in run("--lang", "en").output
    first, second, *_ = made.letters
    with database.writing() as session:
        for letter, minutes in ((first, 20), (second, 10)):
            at = NOW - timedelta(minutes=minutes)
            record_events(session, [Event(letter=letter, at=at, event="sent")])
            session.execute(update(Letter).where(Letter.id == letter).values(state="sent"))
    # One letter in ten minutes: two are through in twenty, at 9:20 in the wave's zone.
    output = run("--lang", "en").output
    assert "2 letters are waiting; through by 09:20 03/03/2025 (by the rate of late)" in output
    forecast = json.loads(run("--json").output)["forecast"]
    assert (forecast["letters"], forecast["by"]) == (2, "rate")
    file = tmp_path / "mail.toml"
    file.touch(mode=0o600)
    file.write_text("[[relays]]\nnonsense = 1\n")
    assert "2 letters are waiting" in run("--lang", "en").output
