import shutil
from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest
from rolled import Desks, person
from scheduled import day
from sqlalchemy import select, update
from staged import ACTOR, CODE

from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation
from survey_service.waves.mail_plan.calendar_view import wave_calendar
from survey_service.waves.mail_plan.deciding import skip_step
from survey_service.waves.mail_plan.scheduling import schedule

FIRST, FOURTH = date(2025, 3, 1), date(2025, 3, 4)
ONE, TWO = "nd1@dan.example", "nd2@dan.example"


@pytest.fixture
def both(database: Database, tmp_path: Path) -> Desks:
    return joined(Desks(database, tmp_path))


@pytest.fixture
def desks(migrated_sqlite: Path, tmp_path: Path) -> Generator[Desks]:
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield joined(Desks(database, tmp_path))
    database.close()


def joined(desks: Desks) -> Desks:
    """Let one person join on the 5th and another on the 7th, with reminders after 3 and 7 days."""
    desks.open()
    desks.deliver(person(1, FIRST))
    desks.roll(2)
    desks.deliver_mail()
    desks.deliver(person(2, FOURTH))
    desks.roll(4)
    desks.deliver_mail()
    return desks


def reminded(desks: Desks, number: int) -> dict[str, list[str]]:
    """Roll on a day and send; gives the new reminders' addresses by step."""
    before = desks.letters()
    desks.roll(number)
    new = sorted(desks.letters() - before)
    desks.deliver_mail()
    steps: dict[str, list[str]] = {}
    for address, step in new:
        steps.setdefault(step, []).append(address)
    return steps


def test_reminders_count_from_each_ones_own_invitation(both: Desks) -> None:
    found = {number: reminded(both, number) for number in range(5, 13)}
    assert {number: steps for number, steps in found.items() if steps} == {
        5: {"reminder-1": [ONE]},
        7: {"reminder-1": [TWO]},
        9: {"reminder-2": [ONE]},
        11: {"reminder-2": [TWO]},
    }


def test_the_plans_own_schedule_reminds_nobody_of_a_rolling_wave(desks: Desks) -> None:
    for number in range(5, 20):
        desks.clock.move_to(day(number))
        assert schedule(desks.database, desks.clock).queued == 0


def test_whoever_answered_is_not_reminded(desks: Desks) -> None:
    with desks.database.writing() as session:
        contact = select(Contact.id).where(Contact.email == ONE).scalar_subquery()
        session.execute(
            update(Invitation).where(Invitation.contact_id == contact).values(answered=True)
        )
    assert reminded(desks, 5) == {}
    assert reminded(desks, 7) == {"reminder-1": [TWO]}


def test_after_a_standstill_only_the_reminder_of_the_day_goes(desks: Desks) -> None:
    assert reminded(desks, 10) == {"reminder-1": [TWO], "reminder-2": [ONE]}
    assert reminded(desks, 11) == {}
    assert reminded(desks, 12) == {"reminder-2": [TWO]}


def test_a_reminder_waits_for_an_invitation_that_has_not_gone(desks: Desks) -> None:
    with desks.database.writing() as session:
        session.execute(update(Letter).values(state="queued", settled_at=None))
    desks.roll(6)
    assert set(desks.letters()) == {(ONE, "invitation"), (TWO, "invitation")}


def test_a_reminder_that_staff_skip_stays_out(desks: Desks) -> None:
    skip_step(desks.database, desks.clock, code=CODE, step="reminder-1", actor=ACTOR)
    assert reminded(desks, 5) == {}
    assert reminded(desks, 9) == {"reminder-2": [ONE]}


def test_the_calendar_shows_reminders_without_a_day(desks: Desks) -> None:
    reminded(desks, 5)
    with desks.database.reading() as session:
        steps = {row.step: row for row in wave_calendar(session, desks.clock, CODE).steps}
    assert (steps["reminder-1"].day, steps["reminder-1"].standing) == (None, "queued")
    assert (steps["reminder-2"].day, steps["reminder-2"].standing) == (None, "to-come")
