"""The invitation log: every end is on a line, without an address, and doubts know their relay."""

from datetime import timedelta

import pytest
from made_waves import NOW, MadePerson, MadeWave, make_wave
from outbox_hands import (
    LEASE,
    LOST,
    NOBODY,
    REFUSED,
    claimed_tickets,
    ended,
    lane_outbox,
    log_of,
    row_of,
)

from mailer.sending.outbox import Resolution, State
from survey_service.clock import SteppedClock
from survey_service.mailing.sending.history import without_addresses
from survey_service.mailing.sending.lanes import Lane
from survey_service.store.database import Database


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def made(database: Database) -> MadeWave:
    return make_wave(database, [MadePerson(name=f"Người {n}") for n in range(5)])


def test_ends_are_written_down_with_the_servers_words(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = lane_outbox(database, clock)
    sent, put_off, refused, lost, unstarted = claimed_tickets(outbox)
    outbox.record_intent([sent, put_off, refused, lost, unstarted])
    outbox.settle(
        [
            ended(sent, State.SENT),
            ended(put_off, State.DEFERRED, LOST, next_try=NOW + timedelta(minutes=5)),
            ended(refused, State.FAILED, REFUSED),
            ended(lost, State.UNCERTAIN, LOST),
            ended(unstarted, State.QUEUED, NOBODY),
        ]
    )
    logs = [log_of(database, letter) for letter in made.letters]
    assert logs == [
        [("sent", "250 2.0.0 ok")],
        [("deferred", "connection reset")],
        [("failed", "hard-address: 550 5.1.1 <…> unknown, see …")],
        [("uncertain", "connection reset")],
        [],
    ]
    assert row_of(database, made.letters[2]).reply == "550 5.1.1 <…> unknown, see …"


def test_who_lost_the_lease_writes_nothing_down(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    slow = lane_outbox(database, clock)
    (ticket,) = claimed_tickets(slow, 1)
    clock.move_to(NOW + LEASE)
    heir = lane_outbox(database, clock)
    heir.recover()
    heir.record_intent(claimed_tickets(heir, 1))
    slow.mark([ended(ticket, State.SENT)], [ticket])
    assert log_of(database, made.letters[0]) == []
    assert row_of(database, made.letters[0]).state == "intent"


def test_a_doubt_belongs_to_the_relay_that_the_letter_was_taken_to(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    lanes = [lane_outbox(database, clock, Lane(name=name)) for name in ("one", "two")]
    for outbox in lanes:
        outbox.record_intent(claimed_tickets(outbox, 1))
    clock.move_to(NOW + LEASE)
    lanes[0].recover()
    assert [row_of(database, letter).transport for letter in made.letters[:2]] == ["one", "two"]
    for outbox, letter in zip(lanes, made.letters, strict=False):
        (doubt,) = outbox.uncertain(clock.now())
        assert (doubt.letter, doubt.begun, doubt.since) == (str(letter), NOW, NOW + LEASE)
        assert log_of(database, letter) == [("uncertain", "lease ended")]


def test_a_resolution_is_written_with_its_evidence_and_only_once(
    database: Database, clock: SteppedClock, made: MadeWave
) -> None:
    outbox = lane_outbox(database, clock)
    tickets = claimed_tickets(outbox, 2)
    outbox.record_intent(tickets)
    outbox.settle([ended(ticket, State.UNCERTAIN, LOST) for ticket in tickets])
    ends = [
        Resolution(
            letter=ticket.letter,
            attempt=1,
            since=NOW,
            state=state,
            at=NOW,
            evidence="the relay's log",
        )
        for ticket, state in zip(tickets, (State.SENT, State.QUEUED), strict=True)
    ]
    outbox.resolve(ends)
    outbox.resolve(ends)
    resolved = ("resolved", "the relay's log")
    first, second = (log_of(database, letter)[1:] for letter in made.letters[:2])
    assert first == [resolved, ("sent", None)]
    assert second == [resolved, ("resent", None)]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("250 2.0.0 Ok: queued as 4XyZ", "250 2.0.0 Ok: queued as 4XyZ"),
        ("550 <anh.nt@tinh.example>: no", "550 <…>: no"),
        ("'Ánh@tỉnh.example' unknown", "'…' unknown"),
        ("see http://mx.example/?a=b@c", "see …"),
        ("to=a@b.example,c@d.example", "…,…"),
    ],
)
def test_addresses_and_links_are_taken_out(words: str, kept: str) -> None:
    assert without_addresses(words) == kept
