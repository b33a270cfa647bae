import contextlib
import hashlib
import os
import shutil
import threading
from collections.abc import Generator
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rolled import HEADING, MAPPING, Desks, Row, people_of, person
from scheduled import day
from sqlalchemy import select
from staged import ACTOR, CODE

from survey_service.entropy import SeededEntropy
from survey_service.rolling import rolls
from survey_service.rolling.rolls import Rolled, roll_wave
from survey_service.store.database import Database
from survey_service.store.transactions import SampledPerson
from survey_service.transactions.feed import take_feeds
from survey_service.transactions.sources import install_mapping

MARCH = {number: date(2025, 3, number) for number in range(1, 32)}


@pytest.fixture
def both(database: Database, tmp_path: Path) -> Desks:
    return Desks(database, tmp_path)


@pytest.fixture
def desks(migrated_sqlite: Path, tmp_path: Path) -> Generator[Desks]:
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield Desks(database, tmp_path)
    database.close()


class KilledError(Exception):
    pass


class Failing:
    """Entropy that fails after so many tokens, as a process that is killed does."""

    def __init__(self, tokens: int) -> None:
        self._left = tokens
        self._entropy = SeededEntropy(3)

    def token(self, size: int) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise KilledError
        return self._entropy.token(size)


def test_the_same_delivery_twice_asks_nobody_twice(desks: Desks) -> None:
    desks.open()
    rows = people_of(range(10), MARCH[1])
    desks.deliver(*rows)
    desks.roll(2)
    desks.deliver(*rows)
    desks.deliver(*rows, person(11, MARCH[1]))
    assert desks.roll(3).invited == 1
    desks.require_nobody_lost()


def test_what_comes_late_is_asked_still_and_what_comes_too_late_is_counted(both: Desks) -> None:
    both.open()
    both.clock.move_to(day(4))
    both.deliver(person(1, MARCH[4]))
    both.roll(8)
    both.deliver(person(2, MARCH[2]), person(3, MARCH[1]))  # on the 11th: 9 and 10 days
    assert both.roll(9).invited == 2
    both.deliver(person(4, MARCH[1]), person(5, MARCH[12]))  # on the 12th: 11 days
    assert both.roll(12).invited == 1
    assert both.roll(13).invited == 0
    assert both.excluded() == {"too-late": 1}
    both.require_nobody_lost()


def test_an_address_corrected_before_the_invitation_is_the_one_that_is_asked(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[3], email="sai.dia.chi@dan.example"))
    desks.roll(1)
    desks.deliver(person(1, MARCH[3], email="dung@dan.example"))
    desks.roll(4)
    assert desks.addresses() == ["dung@dan.example"]
    desks.require_nobody_lost()


def test_an_address_corrected_after_the_invitation_brings_no_second_one(both: Desks) -> None:
    both.open()
    both.deliver(person(1, MARCH[1], email="cu@dan.example"))
    both.roll(2)
    both.deliver(person(1, MARCH[1], email="moi@dan.example"))
    both.roll(3)
    assert both.addresses() == ["cu@dan.example"]
    both.require_nobody_lost()


def test_whom_lot_passed_over_gets_no_second_chance_by_another_address(desks: Desks) -> None:
    desks.open(rate="0.000001")
    desks.deliver(person(1, MARCH[1], email="cu@dan.example"))
    assert desks.roll(2).passed == 1
    desks.deliver(person(1, MARCH[1], email="moi@dan.example"))
    done = desks.roll(3)
    assert (done.invited, done.passed) == (0, 0)
    desks.require_nobody_lost()


def test_a_day_that_is_corrected_moves_the_invitation(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[2]))
    desks.clock.move_to(day(1, hours=20))
    desks.deliver(person(1, MARCH[4]))
    assert desks.roll(2).invited == 0
    assert desks.roll(4).invited == 1
    desks.require_nobody_lost()


def test_a_result_that_is_withdrawn_is_asked_about_only_once_it_is_there(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1]))
    desks.withdraw("HS0001")
    assert desks.roll(4).invited == 0
    desks.deliver(person(1, MARCH[4]))
    assert desks.roll(5).invited == 1
    desks.withdraw("HS0001")
    desks.clock.move_to(day(6))
    desks.deliver(person(1, MARCH[6]))
    assert desks.roll(9).invited == 0
    assert desks.states() == {"invited": 1}


def test_an_address_that_comes_later_is_asked_then(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1], email="", telephone="0912345678"))
    assert desks.roll(2).invited == 0
    assert desks.excluded() == {"no-email": 1}
    desks.deliver(person(1, MARCH[1], telephone="0912345678"))
    assert desks.roll(3).invited == 1
    assert desks.excluded() == {}
    desks.require_nobody_lost()


def test_an_address_that_comes_later_to_somebody_asked_by_letter_brings_no_second_invitation(
    desks: Desks,
) -> None:
    desks.open(sample="letters = true")
    desks.deliver(person(1, MARCH[1], email="", telephone="0912345678"))
    assert desks.roll(2).invited == 1
    desks.deliver(person(2, MARCH[2], telephone="0912345678"))
    assert desks.roll(5).invited == 0
    assert desks.states() == {"invited": 1}


@pytest.mark.parametrize("tokens", [0, 3, 11])
def test_a_roll_that_is_killed_goes_on_where_it_was(
    desks: Desks, tokens: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolls, "_BATCH", 4)
    desks.open()
    desks.deliver(*people_of(range(20), MARCH[1]))
    desks.clock.move_to(day(2))
    with pytest.raises(KilledError):
        roll_wave(
            *(desks.database, desks.clock, Failing(tokens), desks.keys), code=CODE, actor=ACTOR
        )
    before = desks.states()["invited"]
    assert before < 20
    assert desks.roll(2).invited == 20 - before
    desks.require_nobody_lost()


def test_two_workers_at_once_ask_nobody_twice(both: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolls, "_BATCH", 10)
    both.open(rate="0.5")
    both.deliver(*people_of(range(60), MARCH[1]))
    both.clock.move_to(day(2))
    others = [Database(both.database.url.render_as_string(hide_password=False)) for _ in range(2)]
    done: list[Rolled] = []

    def work(database: Database, seed: int) -> None:
        entropy = SeededEntropy(seed)
        done.append(roll_wave(database, both.clock, entropy, both.keys, code=CODE, actor=ACTOR))

    threads = [threading.Thread(target=work, args=(one, n)) for n, one in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in others:
        database.close()
    assert len(done) == 2
    assert sum(one.invited + one.passed for one in done) == 60
    both.roll()
    both.require_nobody_lost()


_EVENT = st.one_of(
    st.tuples(st.just("new"), st.integers(0, 9), st.integers(1, 20)),
    st.tuples(st.just("address"), st.integers(0, 9), st.integers(0, 3)),
    st.tuples(st.just("withdrawn"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("again"), st.just(0), st.just(0)),
    st.tuples(st.just("killed"), st.integers(0, 4), st.just(0)),
    st.tuples(st.just("roll"), st.integers(0, 3), st.just(0)),
)
_tries = count()
STORIES = 60 if os.environ.get("SOAK") else 5


class Days:
    """Desks to which things happen, and what lot decided so far."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self._rows: dict[int, Row] = {}
        self._decided: dict[bytes, tuple[int, str]] = {}
        self._day = 20

    def happens(self, kind: str, number: int, value: int) -> None:
        match kind:
            case "roll":
                self._day += number
                self.desks.roll(self._day, hours=20)
            case "killed":
                self._kill(number)
            case "withdrawn":
                self.desks.withdraw(f"HS{number:04d}")
            case _:
                self._change(kind, number, value)
                if self._rows:
                    self.desks.deliver(*self._rows.values())

    def _change(self, kind: str, number: int, value: int) -> None:
        if kind == "new":
            self._rows[number] = person(number, MARCH[value])
        elif kind == "address" and number in self._rows:
            returned = self._rows[number].returned
            self._rows[number] = person(number, returned, email=f"chung{value}@dan.example")

    def _kill(self, tokens: int) -> None:
        desks = self.desks
        with contextlib.suppress(KilledError):
            roll_wave(
                *(desks.database, desks.clock, Failing(tokens), desks.keys), code=CODE, actor=ACTOR
            )

    def require_same_decisions(self) -> None:
        with self.desks.database.reading() as session:
            for row in session.scalars(select(SampledPerson)):
                now = (row.transaction_id, row.state)
                assert self._decided.setdefault(row.person, now) == now


@pytest.mark.soak
@settings(
    max_examples=STORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(_EVENT, min_size=6, max_size=14))
def test_whatever_is_delivered_nobody_is_asked_twice_and_nobody_is_lost(
    migrated_sqlite: Path, tmp_path: Path, events: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path / str(next(_tries))
    folder.mkdir()
    shutil.copy(migrated_sqlite, folder / "survey.sqlite3")
    database = Database(f"sqlite:///{folder / 'survey.sqlite3'}")
    desks = Desks(database, folder)
    desks.open(rate="0.7")
    desks.clock.move_to(day(20))
    days = Days(desks)
    for event in events:
        days.happens(*event)
        days.require_same_decisions()
    desks.roll()
    desks.require_nobody_lost()
    database.close()


def test_a_half_written_file_waits_and_is_asked_about_once_whole(desks: Desks) -> None:
    desks.open()
    feed = install_mapping(desks.stage.settings, desks.stage.file("m.toml", MAPPING))
    lines = [HEADING, *(row.line() for row in people_of(range(6), MARCH[1]))]
    whole = ("\n".join(lines) + "\n").encode()
    file = feed.incoming / "ngay-1.csv"
    checksum = f"{hashlib.sha256(whole).hexdigest()}  {file.name}\n"

    def take_and_roll() -> int:
        take_feeds(desks.database, desks.clock, desks.keys, desks.stage.settings)
        return desks.roll(2).invited

    file.write_bytes(whole[:150])
    assert take_and_roll() == 0
    file.with_name(f"{file.name}.sha256").write_text(checksum)
    assert take_and_roll() == 0
    file.write_bytes(whole)
    assert take_and_roll() == 6
    (feed.incoming / "lai-ngay-1.csv").write_bytes(whole)
    (feed.incoming / "lai-ngay-1.csv.sha256").write_text(checksum)
    assert take_and_roll() == 0
    desks.require_nobody_lost()
