from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from outbox_hands import claimed_ids, claimed_tickets, lane_outbox
from scheduled import WHOLE, Plan, day
from sqlalchemy import select, update
from staged import ACTOR, AFTER, CODE, FIRST_DAY, WAVE, Stage

from survey_service.journal import verify_chain
from survey_service.store.answers import Response
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.waves.lifecycle import (
    cancel_wave,
    close_wave,
    extend_wave,
    pause_wave,
    resume_wave,
)
from survey_service.waves.mail_plan.scheduling import Scheduled, schedule

NOTHING = Scheduled()


@pytest.fixture
def plan(database: Database, tmp_path: Path) -> Plan:
    return Plan(Stage(database, tmp_path))


def test_a_whole_plan_runs_by_itself(plan: Plan) -> None:
    plan.open(WHOLE)
    plan.deliver("invitation")
    assert plan.at(day(2, 23.9)) == NOTHING
    assert plan.at(day(3, 0)) == Scheduled(queued=36)
    assert plan.at(day(3, 0.1)) == NOTHING
    plan.deliver("reminder-1")
    people = plan.people()
    plan.answer(people[:6])
    assert plan.at(day(4)) == Scheduled(queued=6)
    assert plan.whom("thank-you") == set(people[:6])
    assert plan.at(day(7)) == Scheduled(queued=30)
    plan.deliver("reminder-2")
    assert plan.at(day(10)) == Scheduled(queued=30)
    assert plan.whom("closing-notice") == set(people[6:])
    assert plan.at(AFTER) == NOTHING
    assert plan.steps() == {
        "invitation": "queued",
        "thank-you": "queued",
        "reminder-1": "queued",
        "reminder-2": "queued",
        "closing-notice": "queued",
    }
    with plan.stage.database.reading() as session:
        assert verify_chain(session) is None
    assert plan.journaled() == [
        ("step queued", {"step": "thank-you"}),
        ("step queued", {"step": "reminder-1", "queued": 36}),
        ("step queued", {"step": "reminder-2", "queued": 30}),
        ("step queued", {"step": "closing-notice", "queued": 30}),
    ]


def test_a_reminder_is_for_those_alone_who_got_the_first_letter_and_wait(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    people = plan.people()
    plan.let(people[:1], answered=True)
    plan.let(people[1:2], revoked=True)
    plan.let(people[2:3], withdrawn=True)
    with plan.stage.database.writing() as session:
        for one, state in zip(
            people[3:8], ("failed", "queued", "deferred", "dropped", "uncertain"), strict=True
        ):
            session.execute(update(Letter).where(Letter.invitation_id == one).values(state=state))
    assert plan.at(day(3)).queued == 29
    assert plan.whom("reminder-1") == set(people[7:])


def test_whoever_was_asked_lately_is_asked_on_a_later_day_of_the_same_step(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    people = plan.people()
    with plan.stage.database.writing() as session:
        lately = update(Letter).where(Letter.invitation_id.in_(people[:5]))
        session.execute(lately.values(settled_at=day(2, 23)))
    assert plan.at(day(3)).queued == 31
    assert plan.at(day(3, 23.9)) == NOTHING
    assert plan.at(day(4, 0)) == Scheduled(queued=5)
    assert plan.whom("reminder-1") == set(people)


def test_a_letter_that_waits_holds_the_next_one_back_and_never_joins_it(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    plan.at(day(3))
    people = plan.people()
    with plan.stage.database.writing() as session:
        rest = Letter.invitation_id.in_(people[2:])
        session.execute(
            update(Letter)
            .where(Letter.step == "reminder-1", rest)
            .values(state="sent", settled_at=day(3))
        )
        in_hand = update(Letter).where(Letter.step == "reminder-1")
        session.execute(
            in_hand.where(Letter.invitation_id == people[1]).values(state="claimed", attempt=1)
        )
    # The second reminder takes the place of the first where that still waits; whoever has it in
    # hand goes on.
    assert plan.at(day(7)).queued == 35
    assert plan.letters("reminder-1") == {"sent": 34, "claimed": 1, "dropped": 1}
    assert plan.whom("reminder-2") == set(people) - {people[1]}
    with plan.stage.database.reading() as session:
        dropped = session.scalars(select(Letter).where(Letter.state == "dropped")).one()
        assert (dropped.invitation_id, dropped.reason) == (people[0], "overtaken")
    with plan.stage.database.writing() as session:
        session.execute(
            update(Letter).where(Letter.state == "claimed").values(state="sent", settled_at=day(7))
        )
    assert plan.at(day(8)) == NOTHING
    assert plan.at(day(9)) == Scheduled(queued=1)


def test_reminders_wait_for_the_send_window(plan: Plan) -> None:
    # 2025-03-08, the sixth day, was a Saturday.
    plan.open("window = {}", wave=_reminded_on(5))
    plan.deliver("invitation")
    assert plan.at(day(5)) == NOTHING
    assert plan.at(day(7, 7.9)) == NOTHING
    assert plan.at(day(7, 8)) == Scheduled(queued=36)


def test_what_is_queued_after_hours_goes_in_the_morning(plan: Plan) -> None:
    plan.open("window = {}", wave=_reminded_on(3))
    plan.deliver("invitation")
    assert plan.at(day(3, 20)).queued == 36
    with plan.stage.database.reading() as session:
        reminders = select(Letter.not_before).where(Letter.step == "reminder-1").distinct()
        assert session.scalars(reminders).all() == [day(4, 8)]


def _reminded_on(number: int) -> str:
    return WAVE.replace("[3, 7]", f"[{number}]")


def test_two_schedulers_at_once_queue_once(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    plan.stage.clock.move_to(day(3))
    # Another process, as far as the lock within this one goes.
    other = Database(plan.stage.database.url.render_as_string(hide_password=False))
    with ThreadPoolExecutor(4) as pool:
        runs = [
            pool.submit(schedule, database, plan.stage.clock)
            for database in (plan.stage.database, other) * 2
        ]
        done = [run.result() for run in runs]
    other.close()
    assert sum(one.queued for one in done) == 36
    assert plan.letters("reminder-1") == {"queued": 36}
    assert [event for event, _ in plan.journaled()].count("step queued") == 2  # thanks too


def test_after_three_days_without_a_worker_the_step_asks(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    assert plan.at(day(6)) == Scheduled(late=1)
    assert plan.at(day(6, 9)) == NOTHING
    assert plan.letters("reminder-1") == {}
    assert plan.steps()["reminder-1"] == "late"
    assert ("step late", {"step": "reminder-1", "hours": 80}) in plan.journaled()


def test_a_step_within_the_limit_of_lateness_is_sent(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    assert plan.at(day(5, 0)) == Scheduled(queued=36)


def test_a_late_step_asks_no_more_once_the_next_has_begun(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    plan.at(day(6))
    assert plan.at(day(7)) == Scheduled(queued=36, overtaken=1)
    assert plan.steps()["reminder-1"] == "skipped"
    assert plan.letters("reminder-1") == {}


def test_steps_that_nobody_saw_are_passed_over(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    # All but the closing notice of the 13th are over.
    assert plan.at(day(10, 9)) == Scheduled(queued=36, overtaken=2)
    assert plan.letters("closing-notice") == {"queued": 36}
    assert plan.at(day(10, 10)) == NOTHING


def test_a_paused_wave_schedules_nothing(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    stage = plan.stage
    pause_wave(stage.database, stage.clock, code=CODE, actor=ACTOR)
    assert plan.at(day(3)) == NOTHING
    resume_wave(stage.database, stage.clock, code=CODE, actor=ACTOR)
    assert plan.at(day(3)).queued == 36


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_a_wave_that_is_over_schedules_nothing_and_asks_no_more(plan: Plan, end: str) -> None:
    plan.open()
    plan.deliver("invitation")
    plan.at(day(6))
    stage = plan.stage
    if end == "close":
        close_wave(stage.database, stage.clock, code=CODE, actor=ACTOR, early=True)
    else:
        cancel_wave(stage.database, stage.clock, code=CODE, reason="hoãn", actor=ACTOR)
    assert plan.at(day(7)) == NOTHING
    assert plan.steps()["reminder-1"] == "skipped"


def test_the_end_of_the_last_day_answers_a_late_step(plan: Plan) -> None:
    plan.open("closing_notice = 3", wave=_reminded_on(3))
    plan.deliver("invitation")
    assert plan.at(day(11)) == Scheduled(late=1, overtaken=1)
    assert plan.at(AFTER) == Scheduled(overtaken=1)
    assert plan.steps()["closing-notice"] == "skipped"


def test_an_extension_moves_the_closing_notice(plan: Plan) -> None:
    plan.open("closing_notice = 1", wave=_reminded_on(3))
    plan.deliver("invitation")
    plan.at(day(3))
    plan.deliver("reminder-1")
    stage = plan.stage
    extend_wave(stage.database, stage.clock, code=CODE, closes=date(2025, 3, 20), actor=ACTOR)
    assert plan.at(day(10)) == NOTHING
    assert plan.at(day(16)) == Scheduled(queued=36)


def test_thanks_go_once_to_whoever_answered_lately(plan: Plan) -> None:
    plan.open("thank_you = true", wave=_reminded_on(3))
    people = plan.people()
    plan.answer(people[:3])
    plan.stage.clock.move_to(day(2, 9))  # 49 hours without a worker
    plan.answer(people[3:5])
    assert plan.at(day(2, 9)).queued == 2
    assert plan.whom("thank-you") == set(people[3:5])
    # They correct what they answered.
    with plan.stage.database.writing() as session:
        session.execute(update(Response).values(submitted_at=day(2, 10)))
    plan.let(people[:1], withdrawn=True)
    assert plan.at(day(2, 10)).queued == 2
    assert plan.whom("thank-you") == set(people[1:5])


def test_the_number_and_the_time_of_thanks_are_in_no_journal(plan: Plan) -> None:
    plan.open("thank_you = true", wave=_reminded_on(3))
    assert plan.at(day(0, 8.1)) == NOTHING
    for hour in (9, 10):
        plan.stage.clock.move_to(day(0, hour))
        plan.answer(plan.people()[2 * hour : 2 * hour + 2])
        assert plan.at(day(0, hour)).queued == 2
    assert plan.journaled() == [("step queued", {"step": "thank-you"})]


def test_a_draft_schedules_nothing(plan: Plan) -> None:
    plan.stage.create()
    assert plan.at(day(3)) == NOTHING


def test_whoever_answers_in_the_last_hours_is_thanked_after_the_closing(plan: Plan) -> None:
    plan.open('thank_you = true\nwindow = { from = "08:00", to = "17:00" }')
    plan.deliver("invitation")
    people = plan.people()
    assert plan.at(day(11, 23)).queued == 0
    plan.answer(people[:2])
    plan.stage.clock.move_to(AFTER)
    database, clock = plan.stage.database, plan.stage.clock
    close_wave(database, clock, code=CODE, actor=ACTOR)
    assert plan.at(day(12, 7)) == Scheduled(queued=2)
    outbox = lane_outbox(database, clock)
    clock.move_to(day(12, 9))
    assert claimed_ids(outbox) == [], "it is Saturday"
    clock.move_to(day(14, 9))
    tickets = claimed_tickets(outbox)
    assert len(outbox.mark((), tickets).permitted) == 2
    assert plan.letters("thank-you") == {"intent": 2}
    assert plan.at(day(30)) == NOTHING


def test_what_the_end_of_a_wave_dropped_goes_after_all_where_it_is_extended(plan: Plan) -> None:
    plan.open("closing_notice = 1")
    people = plan.people()
    with plan.stage.database.writing() as session:
        session.execute(
            update(Letter).where(Letter.invitation_id != people[0]).values(state="sent")
        )
        wave = session.scalars(select(Letter.wave_id)).first() or 0
        session.add(
            Letter(
                wave_id=wave, invitation_id=people[1], step="closing-notice", not_before=FIRST_DAY
            )
        )
    database, clock = plan.stage.database, plan.stage.clock
    clock.move_to(AFTER)
    outbox = lane_outbox(database, clock)
    assert claimed_ids(outbox) == []
    assert plan.letters("invitation") == {"dropped": 1, "sent": 35}
    assert plan.letters("closing-notice") == {"dropped": 1}
    extend_wave(database, clock, code=CODE, closes=date(2025, 3, 20), actor=ACTOR)
    assert len(claimed_ids(outbox)) == 1
    assert plan.letters("invitation") == {"claimed": 1, "sent": 35}
    assert plan.letters("closing-notice") == {"queued": 1}, "its day is another now"
    clock.move_to(day(16))
    assert len(claimed_ids(outbox)) == 1
