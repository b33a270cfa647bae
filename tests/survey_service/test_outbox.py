from datetime import UTC, datetime, timedelta

import pytest
from made_waves import NOW, MadePerson, MadeWave, make_wave
from sqlalchemy import select, update

from mailer.sending.outbox import Resolution, Settled, State, Ticket
from mailer.smtp.outcome import Outcome, Phase, Verdict
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import new_key_ring
from survey_service.mailing.sending.outbox import SqlOutbox
from survey_service.mailing.writing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Invitation
from survey_service.store.waves import Wave

LEASE = timedelta(minutes=5)
KEYS = new_key_ring(SystemEntropy())
SENT = Outcome(verdict=Verdict.SENT, phase=Phase.DOT, code=250, text="2.0.0 ok")
LOST = Outcome(verdict=Verdict.UNCERTAIN, phase=Phase.DOT, text="connection reset")


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def made(database: Database) -> MadeWave:
    return make_wave(database, [MadePerson(name=f"Người {n}") for n in range(5)])


def _outbox(database: Database, clock: SteppedClock) -> SqlOutbox:
    letters = Letters(read_settings({}), KEYS)
    return SqlOutbox(database, clock, SystemEntropy(), letters, lease=LEASE)


def _states(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Letter.state).order_by(Letter.id)))


def _row(database: Database, letter: int) -> Letter:
    with database.reading() as session:
        return session.execute(select(Letter).where(Letter.id == letter)).scalar_one()


def _end(ticket: Ticket, state: State, outcome: Outcome = SENT) -> Settled:
    return Settled(ticket=ticket, state=state, at=NOW, outcome=outcome)


def _pass_lease(clock: SteppedClock) -> None:
    clock.move_to(clock.now() + LEASE)


def test_a_letter_is_claimed_once_and_in_order(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    first = [claimed.cargo.letter for claimed in outbox.claim(3)]
    second = [claimed.cargo.letter for claimed in outbox.claim(10)]
    assert tuple(first + second) == made.letters
    assert list(outbox.claim(10)) == []


def test_a_letter_goes_from_queued_to_sent(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    tickets = [claimed.ticket for claimed in outbox.claim(10)]
    assert set(_states(database)) == {"claimed"}
    assert set(outbox.record_intent(tickets)) == set(tickets)
    assert set(_states(database)) == {"intent"}
    outbox.settle([_end(ticket, State.SENT) for ticket in tickets])
    row = _row(database, made.letters[0])
    assert (row.state, row.reply, row.attempt) == ("sent", "250 2.0.0 ok", 1)
    assert outbox.next_due() is None


def test_an_answer_that_came_in_drops_the_letter_at_the_last_moment(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    tickets = [claimed.ticket for claimed in outbox.claim(10)]
    with database.writing() as session:
        session.execute(
            update(Invitation).where(Invitation.id == made.invitations[1]).values(answered=True)
        )
        session.execute(
            update(Invitation).where(Invitation.id == made.invitations[2]).values(revoked=True)
        )
        session.execute(
            update(Invitation).where(Invitation.id == made.invitations[3]).values(withdrawn=True)
        )
    going = outbox.record_intent(tickets)
    assert {int(ticket.letter) for ticket in going} == {made.letters[n] for n in (0, 4)}
    reasons = [_row(database, letter).reason for letter in made.letters[1:4]]
    assert reasons == ["answered", "revoked", "withdrawn"]
    assert _states(database) == ["intent", "dropped", "dropped", "dropped", "intent"]


def test_who_answered_gets_no_letter_at_all(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    with database.writing() as session:
        session.execute(update(Invitation).values(answered=True))
    assert list(_outbox(database, clock).claim(10)) == []
    assert _states(database) == ["dropped"] * len(made.letters)


def test_a_paused_wave_keeps_its_letters(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    tickets = [claimed.ticket for claimed in outbox.claim(2)]
    with database.writing() as session:
        session.execute(update(Wave).where(Wave.id == made.wave).values(state="paused"))
    assert list(outbox.record_intent(tickets)) == []
    assert list(outbox.claim(10)) == []
    assert set(_states(database)) == {"queued"}
    assert {_row(database, letter).attempt for letter in made.letters} == {0}


@pytest.mark.parametrize("over", ["closed", "cancelled", "frozen", "late"])
def test_a_wave_that_is_over_sends_nothing_more(
    database: Database, clock: SteppedClock, made: MadeWave, over: str
) -> None:
    with database.writing() as session:
        change = {"closes_at": NOW} if over == "late" else {"state": over}
        session.execute(update(Wave).where(Wave.id == made.wave).values(**change))
    assert list(_outbox(database, clock).claim(10)) == []
    assert set(_states(database)) == {"dropped"}


def test_what_a_dead_worker_left_is_queued_or_doubted(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    dead = _outbox(database, clock)
    tickets = [claimed.ticket for claimed in dead.claim(3)]
    dead.record_intent(tickets[:1])
    heir = _outbox(database, clock)
    heir.recover()
    assert _states(database)[:3] == ["intent", "claimed", "claimed"]
    _pass_lease(clock)
    heir.recover()
    assert _states(database) == ["uncertain", "queued", "queued", "queued", "queued"]
    assert _row(database, made.letters[1]).attempt == 0
    assert [doubt.letter for doubt in heir.uncertain(clock.now())] == [str(made.letters[0])]


def test_a_worker_that_lost_its_lease_can_change_nothing(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    slow = _outbox(database, clock)
    (old,) = [claimed.ticket for claimed in slow.claim(1)]
    _pass_lease(clock)
    heir = _outbox(database, clock)
    heir.recover()
    (new,) = [claimed.ticket for claimed in heir.claim(1)]
    assert new.letter == old.letter
    assert new != old
    assert list(slow.record_intent([old])) == []
    slow.settle([_end(old, State.FAILED)])
    slow.release([old])
    assert _row(database, made.letters[0]).state == "claimed"
    assert set(heir.record_intent([new])) == {new}


def test_renewing_keeps_a_lease_alive(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    tickets = [claimed.ticket for claimed in outbox.claim(1)]
    clock.move_to(NOW + LEASE - timedelta(seconds=1))
    outbox.renew(tickets)
    clock.move_to(NOW + LEASE)
    outbox.recover()
    assert _row(database, made.letters[0]).state == "claimed"


def test_an_attempt_that_never_started_is_not_counted(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    tickets = [claimed.ticket for claimed in outbox.claim(2)]
    outbox.record_intent(tickets)
    later = NOW + timedelta(minutes=1)
    outbox.settle(
        [
            Settled(ticket=tickets[0], state=State.QUEUED, at=NOW, outcome=LOST, not_before=later),
            Settled(
                ticket=tickets[1], state=State.DEFERRED, at=NOW, outcome=LOST, not_before=later
            ),
        ]
    )
    assert [_row(database, letter).attempt for letter in made.letters[:2]] == [0, 1]
    assert {claimed.cargo.letter for claimed in outbox.claim(10)} == set(made.letters[2:])
    clock.move_to(later)
    assert {claimed.cargo.letter for claimed in outbox.claim(10)} == set(made.letters[:2])


def test_a_doubt_ends_by_evidence_or_by_policy_and_is_counted(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    tickets = [claimed.ticket for claimed in outbox.claim(2)]
    outbox.record_intent(tickets)
    outbox.settle([_end(ticket, State.UNCERTAIN, LOST) for ticket in tickets])
    assert list(outbox.uncertain(NOW - timedelta(seconds=1))) == []
    doubts = outbox.uncertain(NOW)
    ids = {doubt.message_id for doubt in doubts}
    assert len(ids) == 2
    outbox.resolve(
        [
            Resolution(
                letter=doubt.letter,
                attempt=doubt.attempt,
                since=doubt.since,
                state=state,
                at=NOW,
                evidence="log",
            )
            for doubt, state in zip(doubts, (State.SENT, State.QUEUED), strict=True)
        ]
    )
    assert _states(database)[:2] == ["sent", "queued"]
    assert [_row(database, letter).resent for letter in made.letters[:2]] == [0, 1]


def test_what_was_learnt_about_an_older_doubt_ends_no_newer_one(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    (ticket,) = [claimed.ticket for claimed in outbox.claim(1)]
    outbox.record_intent([ticket])
    outbox.settle([_end(ticket, State.UNCERTAIN, LOST)])
    (doubt,) = outbox.uncertain(NOW)
    older = doubt.since - timedelta(minutes=1)
    for since, state in ((older, "uncertain"), (doubt.since, "sent")):
        outbox.resolve(
            [
                Resolution(
                    letter=doubt.letter,
                    attempt=doubt.attempt,
                    since=since,
                    state=State.SENT,
                    at=NOW,
                    evidence="log",
                )
            ]
        )
        assert _row(database, made.letters[0]).state == state


def test_a_late_reply_ends_a_doubt(database: Database, clock: SteppedClock, made: MadeWave) -> None:
    outbox = _outbox(database, clock)
    (ticket,) = [claimed.ticket for claimed in outbox.claim(1)]
    outbox.record_intent([ticket])
    _pass_lease(clock)
    outbox.recover()
    assert _row(database, made.letters[0]).state == "uncertain"
    outbox.settle([_end(ticket, State.SENT)])
    assert _row(database, made.letters[0]).state == "sent"


def test_two_workers_never_hold_the_same_letter(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    one, two = _outbox(database, clock), _outbox(database, clock)
    mine = {claimed.cargo.letter for claimed in one.claim(2)}
    yours = {claimed.cargo.letter for claimed in two.claim(10)}
    assert not mine & yours
    # On SQLite one dispatcher sends at a time; PostgreSQL shares the rest out.
    assert yours == (set() if database.is_sqlite else set(made.letters) - mine)


def test_the_next_event_is_the_earliest_of_all(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = _outbox(database, clock)
    assert outbox.next_due() == NOW - timedelta(hours=1)
    outbox.claim(10)
    assert outbox.next_due() == NOW + LEASE
    assert made.letters


def test_an_outbox_of_one_wave_leaves_the_others_alone(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    letters = Letters(read_settings({}), KEYS)
    other = SqlOutbox(database, clock, SystemEntropy(), letters, lease=LEASE, wave="another-wave")
    assert list(other.claim(10)) == []
    assert other.next_due() is None
    assert set(_states(database)) == {"queued"}
    assert made.letters


def test_the_order_says_whom_and_after_which_letter(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    with database.writing() as session:
        session.add(
            Letter(
                wave_id=made.wave,
                invitation_id=made.invitations[0],
                step="reminder-1",
                not_before=datetime(2025, 1, 1, tzinfo=UTC),
            )
        )
    orders = {claimed.cargo.step: claimed.cargo for claimed in _outbox(database, clock).claim(10)}
    assert orders["reminder-1"].follows == made.letters[0]
    assert orders["invitation"].follows is None
    assert orders["reminder-1"].addressee.units == ("XA1",)
    assert orders["reminder-1"].addressee.transactions[0]["service"] == "Khai sinh"
