"""`kill -9` of the sender in mid-wave: nothing is lost, and nothing known to be sent is doubled."""

import os
import random
from collections import Counter
from pathlib import Path

import pytest
from made_waves import PLAN, MadePerson, make_wave
from msgspec.structs import replace
from processes import command, environment, process, wait_until
from sqlalchemy import select

from mailer.catching.caught import caught_names, message_id_in
from survey_service.background import catching
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import open_key_ring
from survey_service.mailing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.letters import Letter

SOAK = bool(os.environ.get("SOAK"))
PEOPLE = 1611 if SOAK else 400
KILLS = 20 if SOAK else 3
CONNECTIONS = 4
pytestmark = pytest.mark.soak


def test_no_letter_is_lost_and_none_doubled_that_was_known_to_be_accepted(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    made = make_wave(
        database,
        [MadePerson(name=f"Người {number}") for number in range(PEOPLE)],
        plan=replace(PLAN, closes=PLAN.closes.replace(year=2099)),
    )
    settings = read_settings({"SURVEY_DATA": str(tmp_path / "catcher")})
    keys = open_key_ring(tmp_path / "data" / "keys.json", SystemEntropy())
    folder = settings.caught_mail
    chance = random.Random(4)
    letters = Letters(read_settings({}), keys)
    wanted = {letters.message_id(letter): letter for letter in made.letters}
    known: dict[int, int] = {}
    with catching(settings, 0) as relay:
        variables = environment(
            tmp_path / "data",
            database_url,
            smtp_url=relay,
            settle_seconds=1,
            lease_seconds=2,
            mail_connections=CONNECTIONS,
        )
        words = command("worker", "--until-empty")
        for kill in range(KILLS):
            goal = (kill + 1) * PEOPLE // (KILLS + 1) + chance.randrange(-20, 20)
            with process(words, variables, tmp_path / "worker.log") as worker:
                wait_until(lambda goal=goal: len(caught_names(folder)) >= goal, seconds=120)
                worker.kill()
                worker.wait()
            copies = _copies(folder, wanted)
            known |= {letter: copies[letter] for letter in _letters(database, "sent") - set(known)}
        with process(words, variables, tmp_path / "worker.log") as worker:
            assert worker.wait(timeout=180) == 0
    copies = _copies(folder, wanted)
    assert _letters(database, "sent") == set(made.letters)
    assert set(copies) == set(made.letters)
    doubled = {letter: count - 1 for letter, count in copies.items() if count > 1}
    assert {letter: copies[letter] for letter in known} == known
    with database.reading() as session:
        resent = {row.id: row.resent for row in session.execute(select(Letter.id, Letter.resent))}
    assert all(extra <= resent[letter] for letter, extra in doubled.items())
    assert sum(resent.values()) <= KILLS * CONNECTIONS


def _copies(folder: Path, wanted: dict[str, int]) -> Counter[int]:
    ids = (message_id_in(folder / f"{name}.eml") for name in caught_names(folder))
    return Counter(wanted[message_id] for message_id in ids)


def _letters(database: Database, state: str) -> set[int]:
    with database.reading() as session:
        return set(session.scalars(select(Letter.id).where(Letter.state == state)))
