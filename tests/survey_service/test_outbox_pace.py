"""The pace is kept in the database: restarts, crashes and other workers keep the quota."""

from datetime import datetime, timedelta

import pytest
from made_waves import NOW, MadePerson, MadeWave, make_wave
from outbox_hands import LOST, NOBODY, claimed_ids, claimed_tickets, ended, lane_outbox, row_of
from queued_waves import queue_beside
from sqlalchemy import select

from mailer.pacing.limits import Limits
from mailer.sending.outbox import State
from survey_service.clock import SteppedClock
from survey_service.mailing.sending.lanes import Lane
from survey_service.store.database import Database
from survey_service.store.mail import Bucket

SLOW = Lane(limits=Limits(per_minute=16))
"""Two at once (an eighth), then a token in a little over four seconds."""


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def made(database: Database) -> MadeWave:
    return make_wave(database, [MadePerson(name=f"Người {n}") for n in range(5)])


def _tokens(database: Database) -> dict[str, float]:
    with database.reading() as session:
        return {row.name: row.tokens for row in session.scalars(select(Bucket))}


def test_no_more_is_claimed_than_may_go(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = lane_outbox(database, clock, SLOW)
    tickets = claimed_tickets(outbox)
    assert len(tickets) == 2
    assert claimed_ids(outbox) == []
    assert len(outbox.record_intent(tickets)) == 2
    assert claimed_ids(outbox) == []
    assert made.letters


def test_a_restart_keeps_the_quota(database: Database, clock: SteppedClock, made: MadeWave) -> None:
    before = lane_outbox(database, clock, SLOW)
    before.record_intent(claimed_tickets(before))
    before.leave()
    after = lane_outbox(database, clock, SLOW)
    assert claimed_ids(after) == []
    due = after.next_due()
    assert due is not None
    assert NOW < due <= NOW + timedelta(seconds=5)
    clock.move_to(due)
    assert claimed_ids(after) == [made.letters[2]]


def test_a_letter_without_a_token_waits_uncounted_for_its_own(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    unhurried = lane_outbox(database, clock)
    tickets = claimed_tickets(unhurried)
    unhurried.leave()
    marked = lane_outbox(database, clock, SLOW).mark((), tickets)
    assert set(marked.permitted) == set(tickets[:2])
    assert marked.dropped == 0
    rows = [row_of(database, letter) for letter in made.letters[2:]]
    assert {(row.state, row.attempt) for row in rows} == {("queued", 0)}
    moments = [row.not_before for row in rows]
    assert moments == sorted(set(moments)), "each waits for a token of its own"
    assert NOW + timedelta(seconds=4) < moments[0] < NOW + timedelta(seconds=5)


def test_an_attempt_that_never_started_gives_its_token_back(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = lane_outbox(database, clock, SLOW)
    tickets = claimed_tickets(outbox)
    outbox.record_intent(tickets)
    assert _tokens(database) == {"relay/minute": 0}
    outbox.settle(
        [ended(tickets[0], State.QUEUED, NOBODY), ended(tickets[1], State.UNCERTAIN, LOST)]
    )
    assert _tokens(database) == {"relay/minute": 1}
    assert claimed_ids(outbox) == [made.letters[0]]


def test_what_could_not_be_written_took_no_token(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = lane_outbox(database, clock, SLOW)
    first, second = claimed_tickets(outbox)
    outbox.record_intent([second])
    outbox.settle([ended(first, State.FAILED)])
    assert _tokens(database) == {"relay/minute": 1}
    assert made.letters


def test_a_full_domain_is_left_out_and_the_others_go_on(
    database: Database, clock: SteppedClock
) -> None:
    gmail, other = "gmail.example", "coquan.example"
    letters = queue_beside(database, "mien", [gmail] * 4 + [other] * 3)
    lane = Lane(domain_limits={gmail: Limits(per_minute=16)})
    outbox = lane_outbox(database, clock, lane)
    tickets = claimed_tickets(outbox)
    assert [int(ticket.letter) for ticket in tickets] == [*letters[:2], *letters[4:]]
    assert set(outbox.record_intent(tickets)) == set(tickets)
    assert claimed_ids(outbox) == []
    due = outbox.next_due()
    assert due is not None
    clock.move_to(due)
    assert claimed_ids(outbox) == [letters[2]]


def test_a_domains_pace_holds_over_all_lanes(database: Database, clock: SteppedClock) -> None:
    gmail = "gmail.example"
    queue_beside(database, "mien", [gmail] * 6)
    limits = {gmail: Limits(per_minute=16)}
    one = lane_outbox(database, clock, Lane(name="one", domain_limits=limits))
    two = lane_outbox(database, clock, Lane(name="two", domain_limits=limits))
    assert len(one.record_intent(claimed_tickets(one))) == 2
    assert claimed_ids(two) == []


def test_a_lane_serves_its_domains_alone(database: Database, clock: SteppedClock) -> None:
    letters = queue_beside(database, "mien", ["a.example", "b.example", "a.example"])
    lane = Lane(name="internal", domains=("a.example",))
    assert claimed_ids(lane_outbox(database, clock, lane)) == [letters[0], letters[2]]
    assert lane_outbox(database, clock, Lane(name="x", domains=("c.example",))).next_due() == (
        clock.now() + timedelta(minutes=5)
    ), "nothing of its own, but a lease to look after"


def _gone(outcomes: list[datetime], begin: datetime) -> int:
    return sum(begin <= moment <= begin + timedelta(minutes=1) for moment in outcomes)


def test_no_minute_holds_more_than_its_limit_with_two_lanes_of_workers(
    database: Database, clock: SteppedClock
) -> None:
    queue_beside(database, "dai", ["a.example"] * 60)
    gone: list[datetime] = []
    for turn in range(40):
        outbox = lane_outbox(database, clock, SLOW)  # a new worker each time: a restart
        gone += [clock.now()] * len(outbox.record_intent(claimed_tickets(outbox)))
        outbox.leave()
        clock.move_to(clock.now() + timedelta(seconds=1 + turn % 7))
    assert max(_gone(gone, begin) for begin in gone) <= 16
    assert len(gone) > 16
