from datetime import timedelta
from pathlib import Path

import pytest
from scheduled import MIDNIGHT, Plan, day, with_mail
from sqlalchemy import select, update
from staged import FIRST_DAY, WAVE, Stage, contacts

from questionnaires.problems import ProblemsError
from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form, open_form
from survey_service.clock import SteppedClock
from survey_service.keys import open_key_ring
from survey_service.links import Links
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Invitation
from survey_service.waves.mail_plan.scheduling import Scheduled
from survey_service.waves.opening import PreflightError
from survey_service.writer import AnswerWriter

AHEAD = "pre_notice = 3"


@pytest.fixture
def plan(database: Database, tmp_path: Path) -> Plan:
    stage = Stage(database, tmp_path)
    stage.clock = SteppedClock(day(-10))
    return Plan(stage)


def not_before(plan: Plan, step: str) -> list[object]:
    with plan.stage.database.reading() as session:
        return list(
            session.scalars(select(Letter.not_before).where(Letter.step == step).distinct())
        )


def test_a_wave_opens_on_the_day_of_its_pre_notice(plan: Plan) -> None:
    with pytest.raises(ProblemsError, match="chưa đến ngày báo trước 28/02/2025"):
        plan.open(AHEAD, at=MIDNIGHT - timedelta(days=3, seconds=1))
    plan.stage.clock.move_to(MIDNIGHT - timedelta(days=3) + timedelta(hours=26))
    opened = plan.stage.open()
    assert (opened.invitations, opened.pre_notices) == (36, 36)
    assert not_before(plan, "pre-notice") == [plan.stage.clock.now()]
    assert not_before(plan, "invitation") == [MIDNIGHT]
    assert plan.steps() == {"pre-notice": "queued", "invitation": "queued"}


def test_letters_of_an_opening_ahead_keep_to_the_window(plan: Plan) -> None:
    # A Friday night; invitations go on the Monday morning.
    plan.open(f"{AHEAD}\nwindow = {{ days = ['mon', 'fri', 'sat'] }}", at=day(-3, 20))
    assert not_before(plan, "pre-notice") == [day(-2, 8)]
    assert not_before(plan, "invitation") == [day(0, 8)]


def test_a_pre_notice_that_would_come_with_the_invitation_is_left_out(plan: Plan) -> None:
    # A Sunday: the next letter goes on the Monday, as the invitation does.
    plan.open(f"{AHEAD}\nwindow = {{}}", at=day(-1, 12))
    assert plan.letters("pre-notice") == {}
    assert plan.steps() == {"pre-notice": "skipped", "invitation": "queued"}


def test_a_wave_that_opens_on_its_first_day_needs_no_pre_notice(plan: Plan) -> None:
    plan.open(AHEAD)
    assert plan.letters("pre-notice") == {}
    assert plan.letters("invitation") == {"queued": 36}


def test_a_pre_notice_still_waiting_gives_way_to_the_invitation(plan: Plan) -> None:
    plan.open(AHEAD, at=day(-3))
    assert plan.at(MIDNIGHT - timedelta(seconds=1)) == Scheduled()
    assert plan.letters("pre-notice") == {"queued": 36}
    plan.at(MIDNIGHT)
    assert plan.letters("pre-notice") == {"dropped": 36}
    assert plan.letters("invitation") == {"queued": 36}


def test_a_link_answers_not_open_yet_before_the_first_day(plan: Plan) -> None:
    plan.open(AHEAD, at=day(-3))
    stage = plan.stage
    keys = open_key_ring(stage.settings.keys, stage.entropy)
    with stage.database.reading() as session:
        public_id = session.scalars(select(Invitation.public_id)).first()
    assert public_id is not None
    token = Links(keys, stage.settings.public_url).token(public_id, 0)
    with AnswerWriter(stage.database) as writer:
        desk = Desk.build(
            database=stage.database,
            writer=writer,
            settings=stage.settings,
            keys=keys,
            clock=stage.clock,
        )

        def standing() -> str:
            form = open_form(desk, token)
            assert isinstance(form, Form)
            return form.standing

        assert standing() == "not_open"
        stage.clock.move_to(MIDNIGHT - timedelta(seconds=1))
        assert standing() == "not_open"
        stage.clock.move_to(MIDNIGHT)
        assert standing() == "open"


def test_a_window_without_an_hour_left_bars_the_opening(plan: Plan) -> None:
    stage = plan.stage
    stage.create(wave=with_mail("window = {}", WAVE))
    stage.invite(contacts())
    stage.clock.move_to(FIRST_DAY + timedelta(days=11, hours=10))
    with pytest.raises(PreflightError, match="khung giờ gửi không còn lúc nào"):
        stage.open()


def test_a_pre_notice_counts_as_no_letter_that_asks(plan: Plan) -> None:
    plan.open(f"{AHEAD}\ndays_between = 3", at=day(-3))
    plan.deliver("pre-notice")
    with plan.stage.database.writing() as session:
        sent = update(Letter).where(Letter.step == "invitation")
        session.execute(sent.values(state="sent", settled_at=day(0)))
        late = update(Letter).where(Letter.step == "pre-notice")
        session.execute(late.values(settled_at=day(1)))
    assert plan.at(day(3)).queued == 36
