import hashlib
import json
import shutil
from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from rolled import Desks, people_of, person, rolling_file
from scheduled import day
from sqlalchemy import func, select, update
from staged import ACTOR, CODE, FIRST_DAY

from questionnaires.problems import ProblemsError
from survey_service.cli import main
from survey_service.cli.wiring import Wiring
from survey_service.keys import new_key_ring, open_key_ring
from survey_service.pseudonyms import Pseudonyms
from survey_service.rolling.rolls import roll_all
from survey_service.sampling.tracing import is_intact
from survey_service.store.database import Database
from survey_service.store.mail import Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import AskedPerson, Sample, SampledPerson, Transaction
from survey_service.store.waves import Wave
from survey_service.waves.lifecycle import close_wave, pause_wave
from survey_service.waves.transitions import WaveStateError

MARCH = {number: date(2025, 3, number) for number in range(1, 32)}


@pytest.fixture
def both(database: Database, tmp_path: Path) -> Desks:
    return Desks(database, tmp_path)


@pytest.fixture
def desks(migrated_sqlite: Path, tmp_path: Path) -> Generator[Desks]:
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield Desks(database, tmp_path)
    database.close()


def intact(desks: Desks) -> bool:
    with desks.database.reading() as session:
        return is_intact(session, session.scalars(select(Wave.id)).one())


def test_a_rolling_wave_opens_with_nobody_and_commits_to_its_seed(desks: Desks) -> None:
    opened = desks.open()
    assert opened.invitations == 0
    with desks.database.reading() as session:
        sample = session.scalars(select(Sample)).one()
    assert sample.seed is None
    assert sample.nonce is not None
    seed = Pseudonyms(desks.keys).sampling_seed(sample.nonce)
    assert sample.commitment == hashlib.sha256(seed).hexdigest()
    (committed,) = desks.events("sample committed")
    assert committed["commitment"] == sample.commitment
    assert seed.hex() not in str(committed)
    assert intact(desks)


def test_without_a_key_ring_a_rolling_wave_stays_a_draft(desks: Desks) -> None:
    stage = desks.stage
    stage.create(wave=rolling_file())
    stage.clock.move_to(FIRST_DAY)
    with pytest.raises(ProblemsError, match="key ring"):
        stage.open()
    with desks.database.reading() as session:
        assert session.scalars(select(Wave.state)).one() == "draft"


def test_people_are_asked_three_days_after_their_result(both: Desks) -> None:
    both.open()
    both.deliver(person(1, MARCH[1]), person(2, MARCH[2]), person(3, MARCH[3]))
    assert both.roll(0).invited == 0
    assert both.excluded() == {"not-due": 3}
    assert both.roll(1).invited == 1
    assert both.addresses() == ["nd1@dan.example"]
    assert both.roll(3).invited == 2
    assert both.letters() == {(f"nd{n}@dan.example", "invitation"): 1 for n in (1, 2, 3)}
    both.require_nobody_lost()
    assert intact(both)


def test_the_day_is_that_of_the_waves_zone(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1]))
    assert desks.roll(0, hours=23.9).invited == 0
    assert desks.roll(1, hours=0.1).invited == 1


def test_who_joins_rates_the_desk_of_the_transaction_and_counts_as_asked(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(2, MARCH[1]), person(3, MARCH[1]))
    desks.roll(2)
    with desks.database.reading() as session:
        rows = session.execute(
            select(Contact.email, Contact.group, Invitation.units).join(
                Invitation, Invitation.contact_id == Contact.id
            )
        ).all()
        asked = session.scalars(select(AskedPerson.asked_on)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("nd2@dan.example", "ND", ["XA1"]),
        ("nd3@dan.example", "ND", ["XA2"]),
    ]
    assert asked == [MARCH[5]] * 2


def test_lot_takes_about_the_stated_rate_and_never_thinks_again(both: Desks) -> None:
    both.open(rate="0.25")
    both.deliver(*people_of(range(200), MARCH[1]))
    first = both.roll(2)
    assert first.invited + first.passed == 200
    assert 30 <= first.invited <= 70
    assert both.roll(3).invited == 0
    assert {one.probability for one in both.summary().strata} == {"1/4"}
    both.require_nobody_lost()
    assert intact(both)


def test_a_person_with_several_transactions_is_asked_once_about_one(both: Desks) -> None:
    both.open()
    same = {"email": "mot.nguoi@dan.example"}
    both.deliver(*(person(number, MARCH[1], **same) for number in range(4)))
    both.roll(2)
    both.deliver(person(9, MARCH[3], **same))
    both.roll(5)
    assert both.addresses() == ["mot.nguoi@dan.example"]
    with both.database.reading() as session:
        assert session.scalars(select(SampledPerson.transactions)).all() == [5]
    both.require_nobody_lost()
    assert intact(both)


def test_two_rolls_of_the_same_day_do_nothing_more_and_journal_nothing_more(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1]))
    desks.roll(2)
    before = len(desks.events("rolled"))
    done = desks.roll()
    assert (done.invited, done.passed, done.reminded) == (0, 0, 0)
    assert len(desks.events("rolled")) == before == 1


def test_a_paused_wave_waits_and_loses_nobody(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1]))
    pause_wave(desks.database, desks.clock, code=CODE, actor=ACTOR)
    with pytest.raises(WaveStateError):
        desks.roll(3)
    done = roll_all(desks.database, desks.clock, desks.stage.entropy, desks.keys)
    assert done.invited == 0


def test_nobody_joins_after_the_last_day(desks: Desks) -> None:
    desks.open()
    desks.clock.move_to(day(30))
    desks.deliver(person(1, MARCH[25]))
    assert desks.roll(60).invited == 0
    close_wave(desks.database, desks.clock, code=CODE, actor=ACTOR)
    with pytest.raises(WaveStateError, match="rolled on"):
        desks.roll()


def test_a_wave_that_does_not_roll_is_refused(desks: Desks) -> None:
    desks.stage.opened()
    with pytest.raises(ProblemsError, match="does not roll"):
        desks.roll()


def test_another_key_ring_is_refused_and_asks_nobody(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1]))
    desks.keys = new_key_ring(desks.stage.entropy)
    with pytest.raises(ProblemsError, match="does not match the commitment"):
        desks.roll(3)
    assert desks.addresses() == []


def test_an_address_altered_in_the_database_is_not_asked_and_stops_nobody(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1]), person(2, MARCH[1]))
    with desks.database.writing() as session:
        session.execute(
            update(Transaction)
            .where(Transaction.number == "HS0001")
            .values(email="ban.cua.toi@dan.example")
        )
    with pytest.raises(ProblemsError, match="altered outside the service"):
        desks.roll(3)
    assert desks.addresses() == ["nd2@dan.example"]


def test_somebody_put_into_the_sample_by_hand_is_found(desks: Desks) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1]))
    desks.roll(2)
    assert intact(desks)
    with desks.database.writing() as session:
        session.execute(update(SampledPerson).values(state="passed"))
    assert not intact(desks)


def test_every_row_considered_is_in_the_journals_counts(desks: Desks) -> None:
    desks.open(rate="0.5")
    for number in range(1, 4):
        desks.deliver(*people_of(range(number * 20, number * 20 + 20), MARCH[number]))
        desks.roll(number + 2)
    rolled = desks.events("rolled")
    assert [details["day"] for details in rolled] == [f"2025-03-{5 + n:02d}" for n in range(1, 4)]
    with desks.database.reading() as session:
        people = session.scalar(select(func.count()).select_from(SampledPerson))
    assert people == sum(int(str(one["invited"])) + int(str(one["passed"])) for one in rolled)
    assert people == 60


def test_people_without_an_address_get_an_invitation_and_no_mail(desks: Desks) -> None:
    desks.open(sample="letters = true")
    desks.deliver(person(1, MARCH[1], email="", telephone="0912345678"), person(2, MARCH[1]))
    assert desks.roll(2).invited == 2
    with desks.database.reading() as session:
        rows = session.execute(
            select(Contact.mode, Contact.email, Invitation.units).join(
                Invitation, Invitation.contact_id == Contact.id
            )
        ).all()
    assert sorted(tuple(row) for row in rows) == [
        ("letter", "", ["XA2"]),
        ("web", "nd2@dan.example", ["XA1"]),
    ]
    assert desks.letters() == {("nd2@dan.example", "invitation"): 1}
    strata = {one.stratum: (one.mode, one.people) for one in desks.summary().strata}
    assert strata == {"XA1": ("web", 1), "letter:XA2": ("letter", 1)}
    assert intact(desks)


def test_whoever_opted_out_is_left_out_and_who_was_asked_before_stays_counted(
    desks: Desks,
) -> None:
    desks.open()
    desks.deliver(person(1, MARCH[1]), person(2, MARCH[3]))
    desks.roll(1)
    with desks.database.writing() as session:
        for number in (1, 2):
            session.add(
                Suppression(
                    email_key=f"nd{number}@dan.example",
                    reason="opt-out",
                    at=desks.clock.now(),
                    source="page",
                    wave=None,
                )
            )
    assert desks.roll(4).invited == 0
    assert desks.excluded() == {"opted-out": 1}
    desks.require_nobody_lost()


def test_the_command_rolls_and_says_what_it_did(desks: Desks) -> None:
    stage = desks.stage
    desks.keys = open_key_ring(stage.settings.keys, stage.entropy)
    desks.open()
    desks.deliver(person(1, MARCH[1]), person(2, MARCH[1]))
    desks.clock.move_to(day(2))
    wiring = Wiring(
        settings=stage.settings,
        database=desks.database,
        clock=stage.clock,
        entropy=stage.entropy,
    )
    done = CliRunner().invoke(main, ["wave", "roll", CODE, "--lang", "en"], obj=wiring)
    assert done.output == (
        "Wave hai-xa: 2 people are invited, lot passed over 0, 0 reminders are queued.\n"
    )
    again = CliRunner().invoke(main, ["wave", "roll", CODE, "--json"], obj=wiring)
    assert json.loads(again.output) == {"invited": 0, "passed": 0, "reminded": 0}
    refused = CliRunner().invoke(main, ["wave", "roll", "khong-co"], obj=wiring)
    assert refused.exit_code == 1
