"""What the outbox does with letters to people who opted out, some of whom ask for their link."""

from datetime import timedelta

import pytest
from made_waves import NOW, MadePerson, MadeWave, make_wave
from sqlalchemy import select, update

from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import new_key_ring
from survey_service.links import Link
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.wishes.floods import FloodRule, flag_flood, release_flood
from survey_service.mailing.wishes.link_again import send_link_again
from survey_service.mailing.wishes.opting_out import Scope, find_recipient, opt_out, want_again
from survey_service.mailing.writing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.tables import Invitation, Letter, Suppression

CODE = "hai-xa-2025"
KEYS = new_key_ring(SystemEntropy())
FIRST = "p0@hop-thu.example"


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def made(database: Database) -> MadeWave:
    return make_wave(database, [MadePerson(name=f"Người {number}") for number in range(3)])


@pytest.fixture
def outbox(database: Database, clock: SteppedClock) -> SqlOutbox:
    letters = Letters(read_settings({}), KEYS)
    return SqlOutbox(database, clock, SystemEntropy(), letters, lease=timedelta(minutes=5))


def stop(database: Database, clock: SteppedClock, number: int, scope: Scope = "wave") -> None:
    with database.writing() as session:
        person = find_recipient(session, Link(number.to_bytes(8), 0))
        assert person is not None
        opt_out(session, clock, person, scope, "one-click")
        flag_flood(session, clock, person, FloodRule(least=3, share=0.5))


def reasons(database: Database) -> list[tuple[str, str | None]]:
    with database.reading() as session:
        rows = session.execute(select(Letter.state, Letter.reason).order_by(Letter.id))
        return [(row.state, row.reason) for row in rows]


def claimed(outbox: SqlOutbox) -> list[tuple[int, str]]:
    return [(letter.cargo.letter, letter.cargo.step) for letter in outbox.claim(10)]


@pytest.mark.parametrize("scope", ["wave", "all"])
def test_a_queued_letter_to_who_opted_out_is_dropped(
    database: Database, clock: SteppedClock, made: MadeWave, outbox: SqlOutbox, scope: Scope
) -> None:
    stop(database, clock, 1, scope)
    assert [letter for letter, _ in claimed(outbox)] == [made.letters[0], made.letters[2]]
    assert reasons(database)[1] == ("dropped", "opt-out")


def test_an_opt_out_counts_up_to_the_last_moment(
    database: Database, clock: SteppedClock, made: MadeWave, outbox: SqlOutbox
) -> None:
    tickets = [letter.ticket for letter in outbox.claim(10)]
    stop(database, clock, 0)
    going = outbox.record_intent(tickets)
    assert {int(ticket.letter) for ticket in going} == set(made.letters[1:])


def test_who_wants_mail_again_gets_what_is_still_queued(
    database: Database, clock: SteppedClock, made: MadeWave, outbox: SqlOutbox
) -> None:
    stop(database, clock, 0)
    with database.writing() as session:
        person = find_recipient(session, Link(bytes(8), 0))
        assert person is not None
        want_again(session, clock, person)
    assert [letter for letter, _ in claimed(outbox)] == list(made.letters)


def test_a_released_flood_lets_its_letters_go(
    database: Database, clock: SteppedClock, made: MadeWave, outbox: SqlOutbox
) -> None:
    for number in range(3):
        stop(database, clock, number)
    with database.writing() as session:
        released = release_flood(session, clock, wave=CODE, domain="hop-thu.example", actor="A")
    assert released == 3
    assert [letter for letter, _ in claimed(outbox)] == list(made.letters)


def test_the_link_goes_to_who_opted_out_and_asks_for_it(
    database: Database, clock: SteppedClock, made: MadeWave, outbox: SqlOutbox
) -> None:
    stop(database, clock, 0, "all")
    assert send_link_again(database, clock, FIRST) == 1
    assert "link-1" in [step for _, step in claimed(outbox)]
    assert reasons(database)[0] == ("dropped", "opt-out")
    assert reasons(database)[len(made.letters)] == ("claimed", None)


def test_the_link_goes_out_whether_there_is_an_answer_but_not_where_mail_comes_back(
    database: Database, clock: SteppedClock, made: MadeWave, outbox: SqlOutbox
) -> None:
    for number in (0, 1):
        stop(database, clock, number)
        assert send_link_again(database, clock, f"p{number}@hop-thu.example") == 1
    with database.writing() as session:
        session.add(
            Suppression(email_key=FIRST, wave=None, reason="hard-address", source="bounce", at=NOW)
        )
        second = Invitation.id == made.invitations[1]
        session.execute(update(Invitation).where(second).values(answered=True, withdrawn=True))
    assert [step for _, step in claimed(outbox)] == ["invitation", "link-1"]
    assert reasons(database)[3:] == [("dropped", "suppressed"), ("claimed", None)]
