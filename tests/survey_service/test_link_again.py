"""The link sent again: to whom, how often, and how long it takes the asker to be answered."""

import logging
from datetime import timedelta

import msgspec
import pytest
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from sqlalchemy import select, update

from survey_service.clock import SteppedClock
from survey_service.mailing.wishes import link_again
from survey_service.mailing.wishes.link_again import LinkRequests, send_link_again
from survey_service.store.database import Database
from survey_service.store.tables import Invitation, Letter, Suppression, Wave

FIRST = "p0@hop-thu.example"
PEOPLE = (MadePerson(name="Một"), MadePerson(name="Hai"))


def links(database: Database) -> list[tuple[int, str, str]]:
    with database.reading() as session:
        rows = session.execute(
            select(Letter.invitation_id, Letter.step, Letter.domain)
            .where(Letter.step.startswith("link-"))
            .order_by(Letter.id)
        )
        return [(row.invitation_id, row.step, row.domain) for row in rows]


def sent(database: Database, clock: SteppedClock) -> None:
    """Let every letter that waits be sent."""
    with database.writing() as session:
        session.execute(update(Letter).values(state="sent", settled_at=clock.now()))


def suppress(database: Database, reason: str, wave: str | None = None) -> None:
    with database.writing() as session:
        session.add(Suppression(email_key=FIRST, wave=wave, reason=reason, source="bounce", at=NOW))


@pytest.fixture
def wave(database: Database) -> MadeWave:
    return make_wave(database, PEOPLE)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


def test_the_link_goes_to_the_address_that_was_invited(
    database: Database, wave: MadeWave, clock: SteppedClock
) -> None:
    assert send_link_again(database, clock, FIRST) == 1
    assert links(database) == [(wave.invitations[0], "link-1", "hop-thu.example")]
    assert send_link_again(database, clock, "ai-do@hop-thu.example") == 0


def test_at_most_once_an_hour_and_three_times_in_all(
    database: Database, wave: MadeWave, clock: SteppedClock
) -> None:
    assert wave.invitations
    queued: list[int] = []
    for _ in range(5):
        queued.append(send_link_again(database, clock, FIRST))
        sent(database, clock)
        clock.move_to(clock.now() + timedelta(minutes=59))
        assert send_link_again(database, clock, FIRST) == 0
        clock.move_to(clock.now() + timedelta(minutes=1))
    assert queued == [1, 1, 1, 0, 0]
    assert [step for _, step, _ in links(database)] == ["link-1", "link-2", "link-3"]


def test_one_that_waits_is_enough(database: Database, wave: MadeWave, clock: SteppedClock) -> None:
    assert wave.invitations
    assert send_link_again(database, clock, FIRST) == 1
    clock.move_to(NOW + timedelta(days=2))
    assert send_link_again(database, clock, FIRST) == 0


@pytest.mark.parametrize(("fact", "queued"), [("answered", 1), ("withdrawn", 1), ("revoked", 0)])
def test_staff_who_ask_in_a_persons_name_do_not_learn_whether_they_answered(
    database: Database, wave: MadeWave, clock: SteppedClock, fact: str, queued: int
) -> None:
    """They see how many links are queued; who was revoked they know anyway."""
    with database.writing() as session:
        first = Invitation.id == wave.invitations[0]
        session.execute(update(Invitation).where(first).values({fact: True}))
    assert send_link_again(database, clock, FIRST) == queued


@pytest.mark.parametrize(
    ("state", "queued"),
    [("draft", 0), ("open", 1), ("paused", 1), ("closed", 0), ("frozen", 0), ("cancelled", 0)],
)
def test_only_a_wave_that_takes_answers_sends_links(
    database: Database, wave: MadeWave, clock: SteppedClock, state: str, queued: int
) -> None:
    with database.writing() as session:
        session.execute(update(Wave).where(Wave.id == wave.wave).values(state=state))
    assert send_link_again(database, clock, FIRST) == queued
    clock.move_to(NOW + timedelta(days=60))
    sent(database, clock)
    assert send_link_again(database, clock, FIRST) == 0


@pytest.mark.parametrize(
    ("reason", "of", "queued"),
    [
        ("opt-out", None, 1),
        ("opt-out", "hai-xa-2025", 1),
        ("hard-address", None, 0),
        ("hard-address", "hai-xa-2025", 0),
        ("hard-address", "dot-khac", 1),
        ("manual", None, 0),
    ],
)
def test_an_opt_out_does_not_stop_what_the_person_asks_for(
    database: Database, wave: MadeWave, clock: SteppedClock, reason: str, of: str, queued: int
) -> None:
    assert wave.invitations
    suppress(database, reason, of)
    assert send_link_again(database, clock, FIRST) == queued


def test_each_open_wave_sends_its_own(
    database: Database, wave: MadeWave, clock: SteppedClock
) -> None:
    with database.writing() as session:
        row = session.get_one(Wave, wave.wave)
        row.code = "dot-khac"
        for invitation in wave.invitations:
            session.get_one(Invitation, invitation).public_id = b"khac" + invitation.to_bytes(4)
    other = make_wave(database, PEOPLE, plan=msgspec.structs.replace(PLAN, seed=8))
    assert send_link_again(database, clock, FIRST) == 2
    assert [row[0] for row in links(database)] == [wave.invitations[0], other.invitations[0]]


def test_the_asker_is_answered_before_anything_is_looked_up(
    database: Database, wave: MadeWave, clock: SteppedClock
) -> None:
    """The database is held by somebody else; asking returns all the same."""
    assert wave.invitations
    with LinkRequests(database, clock, delay=0) as requests:
        if database.is_sqlite:
            with database.writing():
                requests.ask(FIRST)
                assert links(database) == []
        else:
            requests.ask(FIRST)
        requests.finish()
        assert len(links(database)) == 1


def test_requests_survive_a_failure_and_name_nobody(
    database: Database,
    wave: MadeWave,
    clock: SteppedClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert wave.invitations
    with database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE suppressions RENAME TO away")
    with LinkRequests(database, clock, delay=0) as requests:
        requests.ask(FIRST)
        requests.finish()
        with database.writing() as session:
            session.connection().exec_driver_sql("ALTER TABLE away RENAME TO suppressions")
        requests.ask(FIRST)
        requests.finish()
    assert len(links(database)) == 1
    (record,) = caplog.records
    logged = logging.Formatter().format(record)
    assert "a request for a link failed" in logged
    assert FIRST not in logged


def test_too_many_requests_are_left_out_and_counted(
    database: Database, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    requests = LinkRequests(database, clock)
    for _ in range(link_again.MOST_WAITING + 2):
        requests.ask(FIRST)
    assert len(caplog.records) == 2
