"""When a wave will be through: by pace, by the measured rate, and only in its window."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from outbox_hands import claimed_tickets, ended, lane_outbox
from queued_waves import queue_beside
from sqlalchemy import update

from mailer.pacing.limits import Limits
from mailer.sending.outbox import Settled, State
from survey_service.clock import SteppedClock
from survey_service.mailing.sending.forecast import (
    Flow,
    Forecast,
    forecast,
    measured_rate,
    through_at,
)
from survey_service.mailing.sending.lanes import Lane
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import PausedTransport
from survey_service.store.waves import Wave
from survey_service.waves.plan import MailPlan, SendWindow

START = datetime(2025, 3, 3, 2, tzinfo=UTC)
M365 = Limits(per_minute=30)


def _always(moment: datetime) -> datetime:
    return moment


@pytest.fixture
def made(database: Database) -> MadeWave:
    return make_wave(database, [MadePerson(name=f"Người {n}") for n in range(10)])


def _ask(database: Database, *lanes: Lane, code: str = PLAN.code) -> Forecast:
    with database.reading() as session:
        return forecast(session, code, lanes, NOW)


def _minutes(moment: datetime | None) -> float:
    assert moment is not None
    return (moment - START) / timedelta(minutes=1)


def test_a_pace_gives_what_is_there_and_then_its_rate() -> None:
    lane = [Flow(at_once=10, rate=1), Flow(at_once=500, rate=0.1)]
    end = through_at({"a.example": 310}, [lane], {}, opening=_always, now=START)
    assert _minutes(end) == pytest.approx(5, abs=0.02)
    tight = through_at({"a.example": 1_000}, [lane], {}, opening=_always, now=START)
    assert _minutes(tight) == pytest.approx(5_000 / 60, abs=0.02), "the slower limit rules later"


def test_two_lanes_send_side_by_side() -> None:
    lanes = [[Flow(at_once=0, rate=1)], [Flow(at_once=0, rate=2)]]
    end = through_at({"a.example": 180}, lanes, {}, opening=_always, now=START)
    assert _minutes(end) == pytest.approx(1, abs=0.02)


def test_a_slow_domain_holds_the_wave_up() -> None:
    letters = {"a.example": 100, "b.example": 60}
    slow = {"b.example": [Flow(at_once=0, rate=0.1)]}
    lanes = [[Flow(at_once=0, rate=10)]]
    end = through_at(letters, lanes, slow, opening=_always, now=START)
    assert _minutes(end) == pytest.approx(10, abs=0.02)


def test_nothing_goes_while_the_window_is_shut() -> None:
    shuts, opens = START + timedelta(minutes=30), START + timedelta(hours=15)

    def opening(moment: datetime) -> datetime:
        return opens if shuts <= moment < opens else moment

    end = through_at(
        {"a.example": 3_600}, [[Flow(at_once=0, rate=1)]], {}, opening=opening, now=START
    )
    assert end is not None
    assert end - opens == pytest.approx(timedelta(minutes=30), abs=timedelta(minutes=5))


def test_what_never_ends_is_not_foretold() -> None:
    never = through_at(
        {"a.example": 9**9}, [[Flow(at_once=1, rate=1)]], {}, opening=_always, now=START
    )
    assert never is None


def test_a_rate_needs_two_fresh_ends() -> None:
    ends = [START - timedelta(seconds=n) for n in range(11)]
    assert measured_rate(ends, START) == pytest.approx(1)
    assert measured_rate(ends[:1], START) is None
    assert measured_rate(ends, START + timedelta(hours=2)) is None


def test_a_wave_under_a_limit_is_through_by_its_pace(database: Database, made: MadeWave) -> None:
    told = _ask(database, Lane(limits=M365))
    # Three at once, the rest at 27.9 a minute.
    assert (told.letters, told.by) == (len(made.letters), "pace")
    assert _minutes(told.through_at) == pytest.approx(7 / 27.9, abs=0.02)


def test_without_a_limit_the_rate_of_late_is_what_counts(
    database: Database, made: MadeWave
) -> None:
    clock = SteppedClock(NOW - timedelta(minutes=1))
    outbox = lane_outbox(database, clock)
    tickets = claimed_tickets(outbox, 4)
    outbox.record_intent(tickets)
    for number, ticket in enumerate(tickets):
        end = ended(ticket, State.SENT)
        at = clock.now() + timedelta(seconds=2 * number)
        outbox.settle([Settled(ticket=ticket, state=State.SENT, at=at, outcome=end.outcome)])
    told = _ask(database, Lane())
    assert (told.letters, told.by) == (6, "rate")
    assert _minutes(told.through_at) == pytest.approx(12 / 60, abs=0.02)
    assert made.letters


def test_other_waves_take_their_share(database: Database, made: MadeWave) -> None:
    alone = _ask(database, Lane(limits=M365))
    queue_beside(database, "dai", ["a.example"] * 40)
    shared = _ask(database, Lane(limits=M365))
    longest = _ask(database, Lane(limits=M365), code="dai")
    assert _minutes(shared.through_at) == pytest.approx(17 / 27.9, abs=0.02)
    assert _minutes(longest.through_at) == pytest.approx(47 / 27.9, abs=0.02)
    assert alone.letters == len(made.letters)


def test_the_window_is_waited_for(database: Database, made: MadeWave) -> None:
    plan = msgspec.structs.replace(
        PLAN, mail=MailPlan(window=SendWindow(opens="10:00", closes="11:30"))
    )
    with database.writing() as session:
        changed = update(Wave).where(Wave.id == made.wave)
        session.execute(changed.values(plan=msgspec.json.encode(plan)))
    told = _ask(database, Lane(limits=M365))
    assert 60 < _minutes(told.through_at) < 61


def test_letters_queued_for_a_later_day_are_waited_for(database: Database, made: MadeWave) -> None:
    with database.writing() as session:
        opening = update(Letter).where(Letter.wave_id == made.wave)
        session.execute(opening.values(not_before=NOW + timedelta(days=2)))
    told = _ask(database, Lane(limits=M365))
    assert 2 * 24 * 60 < _minutes(told.through_at) < 2 * 24 * 60 + 1


@pytest.mark.parametrize("why", ["paused wave", "paused lane", "no rate known", "no such wave"])
def test_where_nothing_is_known_nothing_is_foretold(
    database: Database, made: MadeWave, why: str
) -> None:
    lane = Lane() if why == "no rate known" else Lane(limits=M365)
    with database.writing() as session:
        if why == "paused wave":
            session.execute(update(Wave).where(Wave.id == made.wave).values(state="paused"))
        if why == "paused lane":
            session.add(PausedTransport(name="relay", reason="reputation", at=NOW))
    told = _ask(database, lane, code="khong-co" if why == "no such wave" else PLAN.code)
    assert (told.through_at, told.by) == (None, "nothing")
    assert told.letters == (0 if why == "no such wave" else 10)
