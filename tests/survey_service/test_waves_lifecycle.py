from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update
from staged import ACTOR, AFTER, CODE, FIRST_DAY, WAVE, Stage, contacts

from questionnaires import catalogue
from questionnaires.problems import ProblemsError
from survey_service.entropy import SeededEntropy
from survey_service.journal import verify_chain
from survey_service.store.answers import Draft
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation
from survey_service.store.waves import Wave
from survey_service.waves.drafting import create_wave
from survey_service.waves.lifecycle import (
    cancel_wave,
    close_wave,
    extend_wave,
    pause_wave,
    resume_wave,
)
from survey_service.waves.mail_plan.reminding import Reminded, remind_wave
from survey_service.waves.opening import PreflightError, open_wave
from survey_service.waves.reading import LoadedWave, WaveUnknownError, load_wave
from survey_service.waves.status import GroupStatus, wave_status
from survey_service.waves.transitions import ACTIONS, STATE_NAMES, WaveStateError

Step = Callable[[Stage, str], object]

STEPS: dict[str, Step] = {
    "edit": lambda stage, _: create_wave(
        stage.database, stage.clock, stage.file("wave.toml", WAVE), actor=ACTOR
    ),
    "open": lambda stage, code: open_wave(
        stage.database, stage.clock, stage.entropy, stage.settings, code=code, actor=ACTOR
    ),
    "remind": lambda stage, code: remind_wave(
        stage.database, stage.clock, code=code, actor=ACTOR, number=1
    ),
    "pause": lambda stage, code: pause_wave(stage.database, stage.clock, code=code, actor=ACTOR),
    "resume": lambda stage, code: resume_wave(stage.database, stage.clock, code=code, actor=ACTOR),
    "extend": lambda stage, code: extend_wave(
        stage.database, stage.clock, code=code, closes=date(2025, 3, 20), actor=ACTOR
    ),
    "close": lambda stage, code: close_wave(
        stage.database, stage.clock, code=code, actor=ACTOR, early=True
    ),
    "cancel": lambda stage, code: cancel_wave(
        stage.database, stage.clock, code=code, reason="hoãn", actor=ACTOR
    ),
}


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    return Stage(database, tmp_path)


def set_state(stage: Stage, state: str) -> None:
    with stage.database.writing() as session:
        session.execute(update(Wave).values(state=state))


def loaded(stage: Stage) -> LoadedWave:
    with stage.database.reading() as session:
        return load_wave(session, CODE)


def events(stage: Stage) -> list[str]:
    with stage.database.reading() as session:
        assert verify_chain(session) is None
        return list(
            session.scalars(
                select(JournalEntry.event)
                .where(JournalEntry.wave == CODE)
                .order_by(JournalEntry.sequence)
            )
        )


def send_invitations(stage: Stage) -> None:
    with stage.database.writing() as session:
        session.execute(update(Letter).values(state="sent", settled_at=stage.clock.now()))


def test_opening_freezes_invites_and_queues_in_one_step(stage: Stage) -> None:
    opened = stage.opened()
    assert opened.invitations == 36
    wave = loaded(stage)
    assert wave.state == "open"
    assert list(wave.units) == ["XA1", "XA2"]
    with stage.database.reading() as session:
        rows = session.execute(
            select(Contact, Invitation, Letter)
            .join(Invitation, Invitation.contact_id == Contact.id)
            .join(Letter, Letter.invitation_id == Invitation.id)
        ).all()
        assert len(rows) == 36
        for contact, invitation, letter in rows:
            other = "XA2" if contact.own_unit == "XA1" else "XA1"
            expected = {
                "CX": [other],
                "CB": [contact.own_unit],
                "ND": [done["unit"] for done in contact.transactions],
            }
            assert invitation.units == expected[contact.group]
            assert len(invitation.public_id) == 8
            assert (letter.step, letter.state) == ("invitation", "queued")
            assert letter.not_before == stage.clock.now()
        entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "opened")).one()
        assert entry.details["framework"] == wave.framework_hash
        assert entry.details["groups"] == {"CB": 12, "CX": 12, "ND": 12}
    assert events(stage) == ["created", "contacts imported", "opened"]


def test_opening_again_changes_nothing(stage: Stage) -> None:
    stage.opened()
    again = stage.open()
    assert (again.invitations, again.preflight) == (36, None)
    assert events(stage).count("opened") == 1


def test_openings_at_once_open_the_wave_once(stage: Stage) -> None:
    stage.create()
    stage.invite(contacts())
    stage.clock.move_to(FIRST_DAY)
    with ThreadPoolExecutor(4) as pool:
        opened = [pool.submit(stage.open) for _ in range(4)]
        results = [future.result() for future in opened]
    assert [result.invitations for result in results] == [36] * 4
    assert sum(result.preflight is not None for result in results) == 1
    assert events(stage).count("opened") == 1


def test_the_same_seed_gives_the_same_units(stage: Stage) -> None:
    drawn = select(Invitation.contact_id, Invitation.units).order_by(Invitation.contact_id)
    stage.opened()
    with stage.database.writing() as session:
        first = session.execute(drawn).all()
        session.execute(delete(Letter))
        session.execute(delete(Invitation))
    set_state(stage, "draft")
    stage.entropy = SeededEntropy(99)
    stage.open()
    with stage.database.reading() as session:
        assert session.execute(drawn).all() == first


def test_a_wave_does_not_open_before_its_first_day(stage: Stage) -> None:
    stage.create()
    stage.invite(contacts())
    stage.clock.move_to(FIRST_DAY - timedelta(hours=9))
    with pytest.raises(ProblemsError, match="chưa đến ngày mở 03/03/2025"):
        stage.open()
    assert loaded(stage).state == "draft"


def test_what_the_preflight_bars_leaves_no_trace(stage: Stage) -> None:
    stage.create()
    stage.clock.move_to(FIRST_DAY)
    with pytest.raises(PreflightError, match="chưa có người nào"):
        stage.open()
    wave = loaded(stage)
    assert (wave.state, wave.units) == ("draft", {})
    assert "opened" not in events(stage)


def test_a_draft_is_brought_up_to_date_by_its_file(stage: Stage) -> None:
    stage.create()
    stage.create(wave=WAVE.replace("2025-03-14", "2025-03-16"))
    wave = loaded(stage)
    assert wave.plan.closes == date(2025, 3, 16)
    assert wave.closes_at == wave.plan.closes_at()
    assert events(stage) == ["created", "edited"]


def test_unknown_definitions_are_refused(stage: Stage) -> None:
    with pytest.raises(ProblemsError, match="two-units"):
        stage.create(wave=WAVE.replace('"two-units"', '"ba-xa"'))


def test_unsound_definitions_are_refused(stage: Stage) -> None:
    folder = stage.folder / "rieng"
    folder.mkdir()
    for file in catalogue.folder("two-units").iterdir():
        spoiled = file.read_text(encoding="utf-8").replace("CX = 60", "CX = 50")
        (folder / file.name).write_text(spoiled, encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"framework\.toml"):
        stage.create(wave=WAVE.replace('"two-units"', '"rieng"'))
    with stage.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Wave)) == 0


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (action, state)
        for action in STEPS
        for state in STATE_NAMES
        if state not in ACTIONS[action].starts and state != ACTIONS[action].leads
    ],
)
def test_every_other_transition_is_refused(stage: Stage, action: str, state: str) -> None:
    stage.create()
    set_state(stage, state)
    before = events(stage)
    with pytest.raises(WaveStateError) as caught:
        STEPS[action](stage, CODE)
    assert (caught.value.state, caught.value.action) == (state, action)
    (found,) = caught.value.problems
    name = STATE_NAMES[caught.value.state]
    assert name.vi in found.message.vi
    assert name.en in found.message.en
    assert loaded(stage).state == state
    assert events(stage) == before


@pytest.mark.parametrize("action", [action for action in STEPS if action != "edit"])
def test_an_unknown_wave_is_refused(stage: Stage, action: str) -> None:
    with pytest.raises(WaveUnknownError):
        STEPS[action](stage, "không-có")


def test_each_step_is_journaled_once_however_often_it_is_repeated(stage: Stage) -> None:
    stage.opened()
    for action in ("pause", "resume", "extend", "close", "cancel"):
        assert STEPS[action](stage, CODE) is True
        if action != "cancel":
            assert STEPS[action](stage, CODE) is False or action == "extend"
    assert STEPS["cancel"](stage, CODE) is False
    assert events(stage)[3:] == ["paused", "resumed", "extended", "closed", "cancelled"]
    assert loaded(stage).state == "cancelled"


def test_an_extension_moves_the_close_and_not_the_links(stage: Stage) -> None:
    stage.opened()
    assert extend_wave(
        stage.database, stage.clock, code=CODE, closes=date(2025, 3, 20), actor=ACTOR
    )
    wave = loaded(stage)
    assert wave.plan.closes == date(2025, 3, 20)
    assert wave.closes_at.isoformat() == "2025-03-20T17:00:00+00:00"
    assert not extend_wave(
        stage.database, stage.clock, code=CODE, closes=date(2025, 3, 20), actor=ACTOR
    )
    assert events(stage).count("extended") == 1


@pytest.mark.parametrize("closes", [date(2025, 3, 13), date(2025, 2, 1)])
def test_an_extension_backwards_is_refused(stage: Stage, closes: date) -> None:
    stage.opened()
    with pytest.raises(ProblemsError, match="phải sau ngày 14/03/2025"):
        extend_wave(stage.database, stage.clock, code=CODE, closes=closes, actor=ACTOR)


def test_an_extension_past_the_day_that_lists_are_kept_until_is_refused(stage: Stage) -> None:
    stage.opened()
    with pytest.raises(ProblemsError, match="chỉ lưu đến 31/12/2025"):
        extend_wave(stage.database, stage.clock, code=CODE, closes=date(2025, 12, 31), actor=ACTOR)
    assert extend_wave(
        stage.database, stage.clock, code=CODE, closes=date(2025, 12, 30), actor=ACTOR
    )


def test_an_extension_to_a_day_gone_by_is_refused(stage: Stage) -> None:
    stage.opened()
    stage.clock.move_to(AFTER + timedelta(days=5))
    with pytest.raises(ProblemsError, match="chưa qua"):
        extend_wave(stage.database, stage.clock, code=CODE, closes=date(2025, 3, 16), actor=ACTOR)


def test_closing_early_takes_a_word_and_is_kept(stage: Stage) -> None:
    stage.opened()
    stage.clock.move_to(AFTER - timedelta(seconds=1))
    with pytest.raises(ProblemsError, match="--early"):
        close_wave(stage.database, stage.clock, code=CODE, actor=ACTOR)
    assert loaded(stage).state == "open"
    assert close_wave(stage.database, stage.clock, code=CODE, actor=ACTOR, early=True)
    with stage.database.reading() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "closed")).one()
        assert entry.details == {"early": True}


def test_closing_in_time_takes_none(stage: Stage) -> None:
    stage.opened()
    stage.clock.move_to(AFTER)
    assert close_wave(stage.database, stage.clock, code=CODE, actor=ACTOR)
    assert not close_wave(stage.database, stage.clock, code=CODE, actor=ACTOR)


@pytest.mark.parametrize("reason", ["", "  ", "theo yêu cầu của a@xa.example"])
def test_cancelling_takes_a_reason_without_an_address(stage: Stage, reason: str) -> None:
    stage.create()
    with pytest.raises(ProblemsError, match="lý do"):
        cancel_wave(stage.database, stage.clock, code=CODE, reason=reason, actor=ACTOR)


def remind(stage: Stage, number: int | None = None, *, even_so: bool = False) -> Reminded:
    return remind_wave(
        stage.database, stage.clock, code=CODE, actor=ACTOR, number=number, even_so=even_so
    )


def test_reminders_go_to_those_who_got_a_letter_and_have_not_answered(stage: Stage) -> None:
    stage.opened()
    send_invitations(stage)
    with stage.database.writing() as session:
        ids = session.scalars(select(Invitation.id).order_by(Invitation.id)).all()
        session.execute(update(Invitation).where(Invitation.id == ids[0]).values(answered=True))
        session.execute(update(Invitation).where(Invitation.id == ids[1]).values(revoked=True))
        session.execute(update(Letter).where(Letter.invitation_id == ids[2]).values(state="failed"))
        session.execute(update(Letter).where(Letter.invitation_id == ids[3]).values(state="queued"))
        session.execute(update(Invitation).where(Invitation.id == ids[4]).values(withdrawn=True))
    stage.clock.move_to(FIRST_DAY + timedelta(days=3))
    assert remind(stage) == Reminded(number=1, queued=31)
    assert remind(stage) == Reminded(number=1, queued=0)
    with stage.database.reading() as session:
        reminded = set(
            session.scalars(select(Letter.invitation_id).where(Letter.step == "reminder-1"))
        )
    assert reminded == set(ids[5:])
    assert events(stage).count("reminded") == 1


def test_reminders_follow_the_plan_s_civil_days(stage: Stage) -> None:
    stage.opened()
    send_invitations(stage)
    with pytest.raises(ProblemsError, match="06/03/2025"):
        remind(stage)
    # Midnight in Viet Nam, still the day before in UTC.
    stage.clock.move_to(FIRST_DAY + timedelta(days=2, hours=16))
    assert remind(stage).number == 1
    send_invitations(stage)
    stage.clock.move_to(FIRST_DAY + timedelta(days=8))
    assert remind(stage) == Reminded(number=2, queued=36)


def test_a_stated_reminder_needs_no_plan(stage: Stage) -> None:
    stage.opened()
    send_invitations(stage)
    stage.clock.move_to(FIRST_DAY + timedelta(days=2))
    assert remind(stage, 1) == Reminded(number=1, queued=36)
    for number in (0, 10):
        with pytest.raises(ProblemsError, match="từ 1 đến 9"):
            remind(stage, number)


def test_reminders_by_hand_keep_the_days_between_letters(stage: Stage) -> None:
    stage.opened()
    send_invitations(stage)
    with pytest.raises(ProblemsError, match="sớm nhất là ngày 05/03/2025") as caught:
        remind(stage, 1)
    assert "--even-so" in caught.value.problems[0].message.en
    # The last minute of the day before, in Viet Nam.
    stage.clock.move_to(FIRST_DAY + timedelta(days=1, hours=15, minutes=59))
    with pytest.raises(ProblemsError, match="at least 2 days apart"):
        remind(stage, 1)
    stage.clock.move_to(FIRST_DAY + timedelta(days=1, hours=16))
    assert remind(stage, 1) == Reminded(number=1, queued=36)
    with pytest.raises(ProblemsError, match="còn chờ gửi"):
        remind(stage, 2)


def test_whoever_was_asked_lately_is_left_out_and_counted(stage: Stage) -> None:
    stage.opened()
    send_invitations(stage)
    stage.clock.move_to(FIRST_DAY + timedelta(days=3))
    with stage.database.writing() as session:
        ids = session.scalars(select(Invitation.id).order_by(Invitation.id)).all()
        lately = update(Letter).where(Letter.invitation_id.in_(ids[:4]))
        session.execute(lately.values(settled_at=stage.clock.now() - timedelta(hours=30)))
    assert remind(stage) == Reminded(number=1, queued=32, too_early=4)
    stage.clock.move_to(FIRST_DAY + timedelta(days=4))
    assert remind(stage) == Reminded(number=1, queued=4)


def test_reminding_even_so_is_kept_in_the_journal(stage: Stage) -> None:
    stage.opened()
    send_invitations(stage)
    assert remind(stage, 1, even_so=True) == Reminded(number=1, queued=36)
    with stage.database.reading() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "reminded")).one()
        assert entry.details == {"number": 1, "queued": 36, "even_so": True}


def test_a_reminder_waits_for_the_send_window(stage: Stage) -> None:
    stage.create(wave=WAVE.replace("[privacy]", "[mail]\nwindow = {}\n\n[privacy]"))
    stage.invite(contacts())
    stage.clock.move_to(FIRST_DAY)
    stage.open()
    send_invitations(stage)
    # A Saturday; the Monday after it is the day of the second reminder.
    stage.clock.move_to(FIRST_DAY + timedelta(days=5))
    assert remind(stage).queued == 36
    with stage.database.reading() as session:
        reminders = select(Letter.not_before).where(Letter.step == "reminder-1").distinct()
        assert session.scalars(reminders).all() == [FIRST_DAY + timedelta(days=7)]


def test_a_plan_without_reminders_says_how_to_send_one(stage: Stage) -> None:
    stage.create(wave=WAVE.replace("[3, 7]", "[]"))
    stage.invite(contacts())
    stage.clock.move_to(FIRST_DAY)
    stage.open()
    with pytest.raises(ProblemsError, match="--number 1"):
        remind(stage)


def test_nobody_is_reminded_when_time_is_over(stage: Stage) -> None:
    stage.opened()
    stage.clock.move_to(AFTER)
    with pytest.raises(ProblemsError, match="wave extend"):
        remind(stage)


def test_the_status_counts_people_and_letters(stage: Stage) -> None:
    stage.opened()
    with stage.database.writing() as session:
        rows = session.execute(
            select(Invitation.id)
            .join(Contact, Contact.id == Invitation.contact_id)
            .where(Contact.group == "ND")
            .order_by(Invitation.id)
        )
        ids = [row.id for row in rows]
        session.execute(update(Invitation).where(Invitation.id == ids[0]).values(answered=True))
        for place, (invitation, answered) in enumerate(zip(ids[:4], (9, 3, 0, 1), strict=True)):
            session.add(
                Draft(
                    invitation_id=invitation,
                    key_id=0,
                    sealed=b"x",
                    page=place,
                    answered=answered,
                    day=date(2025, 3, 3),
                )
            )
        session.execute(
            update(Letter).where(Letter.invitation_id.in_(ids[:5])).values(state="sent")
        )
    with stage.database.reading() as session:
        found = wave_status(session, CODE)
    assert found.groups == (
        GroupStatus(group="CX", invited=12, begun=0, answered=0),
        GroupStatus(group="CB", invited=12, begun=0, answered=0),
        GroupStatus(group="ND", invited=12, begun=2, answered=1),
    )
    assert found.total == GroupStatus(group="", invited=36, begun=2, answered=1)
    assert [(step.step, step.states) for step in found.letters] == [
        ("invitation", {"queued": 31, "sent": 5})
    ]
    assert (found.state, found.contacts) == ("open", 36)
