"""Two launches of a wave at the same moment: everybody is invited once and gets one letter."""

import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from processes import command, environment, process
from recording_sink import recording_sink
from sqlalchemy import func, select
from staged import ACTOR, CODE, WAVE, Stage, contacts

from survey_service.clock import SteppedClock
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Contact

pytestmark = pytest.mark.soak


def test_two_launches_and_two_workers_at_once_send_each_letter_once(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    today = datetime.now(UTC).date()
    # These processes go by the real clock, so the wave's days are around today.
    moved = (
        WAVE.replace("opens = 2025-03-03", f"opens = {today - timedelta(days=1)}")
        .replace("closes = 2025-03-14", f"closes = {today + timedelta(days=20)}")
        .replace("2025-12-31", f"{today + timedelta(days=200)}")
    )
    stage = Stage(database, tmp_path)
    stage.clock = SteppedClock(datetime.now(UTC) - timedelta(days=2))
    stage.create(wave=moved)
    stage.invite(contacts())
    with recording_sink(tmp_path / "sink") as sink:
        variables = environment(
            tmp_path / "data",
            database_url,
            public_url="https://khaosat.example",
            mail_from="khaosat@coquan.gov.vn",
            mail_file=sink.mail_file(),
            lease_seconds=1,
        )
        opening = [
            subprocess.Popen(
                command("wave", "open", CODE, "--actor", ACTOR),
                env=variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(2)
        ]
        said = [launch.communicate(timeout=60)[0] for launch in opening]
        assert [launch.returncode for launch in opening] == [0, 0], said
        assert sum("was open already" in words for words in said) == 1
        words, log = command("worker", "--until-empty"), tmp_path / "worker.log"
        with process(words, variables, log) as first, process(words, variables, log) as second:
            assert (first.wait(timeout=60), second.wait(timeout=60)) == (0, 0), log.read_text()
        accepted = sink.accepted()
    with database.reading() as session:
        people = session.scalar(select(func.count()).select_from(Contact))
        states = Counter(session.scalars(select(Letter.state)))
    assert states == {"sent": people}
    assert len(accepted) == people
    assert set(accepted.values()) == {1}
