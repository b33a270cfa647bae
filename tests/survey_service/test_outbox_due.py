"""What is due: fair between waves, in the window, of the state, and only to who is written to."""

from datetime import datetime, timedelta

import msgspec
import pytest
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from outbox_hands import (
    LEASE,
    claimed_ids,
    claimed_tickets,
    lane_outbox,
    log_of,
    row_of,
    states_of,
)
from queued_waves import queue_beside, queue_step
from sqlalchemy import delete, update

from survey_service.clock import SteppedClock
from survey_service.mailing.sending.lanes import Lane
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import PausedTransport, Suppression
from survey_service.store.people import Invitation
from survey_service.store.waves import Wave
from survey_service.waves.plan import MailPlan, SendWindow

EARLIER = NOW - timedelta(hours=1)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def made(database: Database) -> MadeWave:
    return make_wave(database, [MadePerson(name=f"Người {n}") for n in range(5)])


def _suppress(
    database: Database,
    person: int,
    *,
    reason: str = "hard-address",
    wave: str | None = None,
    released: datetime | None = None,
) -> None:
    with database.writing() as session:
        session.add(
            Suppression(
                email_key=f"p{person}@hop-thu.example",
                wave=wave,
                reason=reason,
                source="bounce",
                at=EARLIER,
                released_at=released,
            )
        )


def _set_wave(database: Database, wave: int, **change: object) -> None:
    with database.writing() as session:
        session.execute(update(Wave).where(Wave.id == wave).values(**change))


def test_waves_share_a_claim(database: Database, clock: SteppedClock, made: MadeWave) -> None:
    long_ago = queue_beside(database, "dai", ["a.example"] * 50, not_before=NOW - timedelta(days=2))
    claimed = set(claimed_ids(lane_outbox(database, clock), 8))
    assert len(claimed & set(long_ago)) == 4
    assert len(claimed & set(made.letters)) == 4


def test_what_one_wave_leaves_the_others_take(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    queue_beside(database, "dai", ["a.example"] * 50)
    assert len(claimed_ids(lane_outbox(database, clock), 30)) == 30
    assert states_of(database)[:5] == ["claimed"] * len(made.letters)


def test_with_less_to_claim_than_waves_each_has_its_turn(
    database: Database, clock: SteppedClock
) -> None:
    waves = [queue_beside(database, f"dot-{n}", ["a.example"] * 3) for n in range(3)]
    outbox = lane_outbox(database, clock)
    first = [claimed_ids(outbox, 1)[0] for _ in range(3)]
    assert all(any(letter in wave for letter in first) for wave in waves)


def test_in_a_wave_the_oldest_goes_first_so_that_a_reminder_cannot_starve(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    reminders = queue_step(database, made.wave, "reminder-1", not_before=NOW - timedelta(hours=2))
    outbox = lane_outbox(database, clock)
    assert claimed_ids(outbox, 5) == list(reminders)
    assert claimed_ids(outbox, 5) == list(made.letters)


@pytest.mark.parametrize(
    ("reason", "said"), [("opt-out", "opt-out"), ("hard-address", "suppressed")]
)
def test_a_suppressed_address_is_not_written_to(
    database: Database, clock: SteppedClock, made: MadeWave, reason: str, said: str
) -> None:
    _suppress(database, 0)
    _suppress(database, 0, reason=reason, wave=PLAN.code)
    _suppress(database, 1, wave="another-wave")
    _suppress(database, 2, released=NOW)
    assert claimed_ids(lane_outbox(database, clock)) == list(made.letters[1:])
    assert row_of(database, made.letters[0]).reason == said
    assert log_of(database, made.letters[0]) == [("dropped", said)]


def test_who_opts_out_at_the_last_moment_gets_no_letter(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = lane_outbox(database, clock)
    tickets = claimed_tickets(outbox)
    _suppress(database, 3, reason="opt-out")
    marked = outbox.mark((), tickets)
    assert {int(ticket.letter) for ticket in marked.permitted} == set(made.letters) - {
        made.letters[3]
    }
    assert marked.dropped == 1
    assert row_of(database, made.letters[3]).reason == "opt-out"


def test_thanks_go_also_to_those_who_answered(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    thanks = queue_step(database, made.wave, "thank-you", not_before=EARLIER)
    with database.writing() as session:
        session.execute(update(Invitation).values(answered=True))
    assert claimed_ids(lane_outbox(database, clock)) == list(thanks)


def test_letters_about_the_results_wait_for_them(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    results = queue_step(database, made.wave, "results", not_before=EARLIER)
    with database.writing() as session:
        session.execute(delete(Letter).where(Letter.id.in_(made.letters)))
    outbox = lane_outbox(database, clock)
    for state in ("open", "closed", "frozen"):
        _set_wave(database, made.wave, state=state)
        assert claimed_ids(outbox) == []
        assert outbox.next_due() is None
    _set_wave(database, made.wave, state="published")
    tickets = claimed_tickets(outbox)
    assert [int(ticket.letter) for ticket in tickets] == list(results)
    assert set(outbox.record_intent(tickets)) == set(tickets)


def test_a_cancelled_wave_drops_what_was_claimed(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = lane_outbox(database, clock)
    tickets = claimed_tickets(outbox, 2)
    _set_wave(database, made.wave, state="cancelled")
    assert outbox.mark((), tickets).dropped == 2
    assert claimed_ids(outbox) == []
    assert states_of(database) == ["dropped"] * 5
    assert log_of(database, made.letters[4]) == [("dropped", "wave-over")]


def test_outside_the_window_only_a_link_that_was_asked_for_goes(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    # 9 in the morning of a Monday in the wave's zone.
    plan = msgspec.structs.replace(
        PLAN, mail=MailPlan(window=SendWindow(opens="10:00", closes="11:30"))
    )
    _set_wave(database, made.wave, plan=msgspec.json.encode(plan))
    links = queue_step(database, made.wave, "link-1", not_before=EARLIER)
    outbox = lane_outbox(database, clock)
    assert claimed_ids(outbox) == list(links)
    opening = NOW + timedelta(hours=1)
    assert outbox.next_due() == NOW + LEASE
    with database.writing() as session:
        session.execute(delete(Letter).where(Letter.id.in_(links)))
    assert outbox.next_due() == opening
    clock.move_to(opening)
    tickets = claimed_tickets(outbox)
    assert len(tickets) == 5
    clock.move_to(opening + timedelta(minutes=90))
    assert list(outbox.record_intent(tickets)) == []
    assert {row_of(database, letter).state for letter in made.letters} == {"queued"}


def test_a_paused_transport_claims_and_permits_nothing(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = lane_outbox(database, clock)
    other = lane_outbox(database, clock, Lane(name="other"))
    tickets = claimed_tickets(outbox, 2)
    with database.writing() as session:
        session.add(PausedTransport(name="relay", reason="reputation", at=NOW))
    assert list(outbox.record_intent(tickets)) == []
    assert claimed_ids(outbox) == []
    assert outbox.next_due() is None
    assert states_of(database) == ["queued"] * 5
    assert claimed_ids(other) == list(made.letters)


def test_many_needless_letters_do_not_hide_one_that_is_due(
    database: Database, clock: SteppedClock
) -> None:
    letters = queue_beside(database, "dai", ["a.example"] * 40)
    with database.writing() as session:
        needed = session.get_one(Letter, letters[-1]).invitation_id
        session.execute(update(Invitation).where(Invitation.id != needed).values(answered=True))
    assert claimed_ids(lane_outbox(database, clock), 4) == [letters[-1]]
    assert states_of(database).count("dropped") == 39
