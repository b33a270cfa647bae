from pathlib import Path

import pytest
from scheduled import WHOLE, Plan, day
from staged import ACTOR, AFTER, CODE, Stage

from questionnaires.problems import ProblemsError
from survey_service.store.database import Database
from survey_service.waves.lifecycle import pause_wave
from survey_service.waves.mail_plan.deciding import Decided, send_step, skip_step
from survey_service.waves.mail_plan.scheduling import Scheduled
from survey_service.waves.reading import WaveUnknownError
from survey_service.waves.transitions import WaveStateError


@pytest.fixture
def plan(database: Database, tmp_path: Path) -> Plan:
    return Plan(Stage(database, tmp_path))


def send(plan: Plan, step: str, code: str = CODE) -> Decided:
    return send_step(plan.stage.database, plan.stage.clock, code=code, step=step, actor=ACTOR)


def skip(plan: Plan, step: str) -> Decided:
    return skip_step(plan.stage.database, plan.stage.clock, code=CODE, step=step, actor=ACTOR)


def test_a_late_step_is_sent_when_staff_say_so(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    plan.at(day(6))
    assert send(plan, "reminder-1") == Decided(step="reminder-1", sent=True, letters=36)
    assert send(plan, "reminder-1").letters == 0
    assert plan.letters("reminder-1") == {"queued": 36}
    assert plan.steps()["reminder-1"] == "queued"
    assert [event for event in plan.journaled() if event[1]["step"] == "reminder-1"] == [
        ("step late", {"step": "reminder-1", "hours": 80}),
        ("step queued", {"step": "reminder-1", "queued": 36}),
    ]


def test_a_late_step_is_skipped_when_staff_say_so(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    plan.at(day(6))
    assert skip(plan, "reminder-1") == Decided(step="reminder-1", sent=False, letters=0)
    assert skip(plan, "reminder-1").letters == 0
    assert plan.at(day(6, 9)) == Scheduled()
    assert plan.steps()["reminder-1"] == "skipped"
    assert plan.journaled()[-1] == ("step skipped", {"step": "reminder-1", "dropped": 0})
    assert [event for event, _ in plan.journaled()].count("step skipped") == 1
    assert send(plan, "reminder-1").letters == 36


def test_a_step_to_come_is_left_out(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    skip(plan, "reminder-1")
    assert plan.at(day(3)) == Scheduled()
    assert plan.at(day(7)) == Scheduled(queued=36)


def test_what_waits_of_a_skipped_step_is_dropped(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    plan.at(day(3))
    assert skip(plan, "reminder-1").letters == 36
    assert plan.letters("reminder-1") == {"dropped": 36}


def test_a_step_before_its_day_is_not_sent(plan: Plan) -> None:
    plan.open()
    with pytest.raises(ProblemsError, match="06/03/2025"):
        send(plan, "reminder-1")
    with pytest.raises(ProblemsError, match="chỉ gửi được khi đợt đã công bố"):
        send(plan, "results")


def test_a_step_that_the_next_has_overtaken_is_neither_sent_nor_skipped(plan: Plan) -> None:
    plan.open()
    plan.stage.clock.move_to(day(7))
    for decide in (send, skip):
        with pytest.raises(ProblemsError, match="đã quá lúc của bước reminder-1"):
            decide(plan, "reminder-1")
    plan.stage.clock.move_to(AFTER)
    with pytest.raises(ProblemsError, match="the time of the step closing-notice is over"):
        send(plan, "closing-notice")


def test_a_paused_wave_sends_no_step(plan: Plan) -> None:
    plan.open()
    plan.deliver("invitation")
    plan.at(day(6))
    pause_wave(plan.stage.database, plan.stage.clock, code=CODE, actor=ACTOR)
    with pytest.raises(ProblemsError, match="only while the wave is open"):
        send(plan, "reminder-1")


def test_a_step_of_no_plan_is_refused_by_the_names_of_those_there_are(plan: Plan) -> None:
    plan.open(WHOLE)
    with pytest.raises(ProblemsError, match="reminder-1, reminder-2, closing-notice, thank-you"):
        skip(plan, "reminder-3")
    with pytest.raises(ProblemsError, match="wave pause"):
        skip(plan, "invitation")


def test_steps_of_a_draft_and_of_an_unknown_wave_are_refused(plan: Plan) -> None:
    plan.stage.create()
    with pytest.raises(WaveStateError):
        skip(plan, "reminder-1")
    with pytest.raises(WaveUnknownError):
        send(plan, "reminder-1", code="không-có")
