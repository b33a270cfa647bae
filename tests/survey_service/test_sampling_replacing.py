from datetime import timedelta
from pathlib import Path

import pytest
from kinds import SQLITE_ALONE
from made_transactions import MadeCase, made_cases, person_of
from sample_stage import SAMPLE, SampleStage
from sqlalchemy import delete, select, update
from staged import AFTER, CODE, FIRST_DAY

from questionnaires.problems import ProblemsError
from survey_service.mailing.returning.suppressing import suppress_by_hand
from survey_service.sampling.checking import check_sample
from survey_service.sampling.tracing import changes
from survey_service.store.answers import Draft
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import Suppression
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import AskedPerson, SampledPerson


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> SampleStage:
    return SampleStage(database, tmp_path)


@pytest.fixture
def opened(stage: SampleStage) -> SampleStage:
    stage.opened_sample()
    return stage


def reserves(stage: SampleStage, stratum: str) -> list[int]:
    return sorted(
        place for _, own, place, state, _ in stage.sampled() if (own, state) == (stratum, "reserve")
    )


def stratum_of(stage: SampleStage, address: str) -> str:
    person = person_of(address)
    return next(stratum for one, stratum, *_ in stage.sampled() if one == person)


def state_at(stage: SampleStage, stratum: str, place: int) -> str:
    return next(row[3] for row in stage.sampled() if row[1:3] == (stratum, place))


def test_reserves_are_called_in_order_and_the_change_is_counted(opened: SampleStage) -> None:
    address = opened.addresses("invited")[0]
    stratum = stratum_of(opened, address)
    waiting = reserves(opened, stratum)
    done = opened.replace(address, "deceased")
    assert done.called
    assert (state_at(opened, stratum, waiting[0]), reserves(opened, stratum)) == (
        "called",
        waiting[1:],
    )
    opened.replace(opened.addresses("called")[0], "not-eligible")
    assert reserves(opened, stratum) == waiting[2:]
    assert opened.intact()
    with opened.database.reading() as session:
        found = changes(session, opened.wave())
    assert {(one.change, one.reason): one.count for one in found} == {
        ("called", "deceased"): 1,
        ("replaced", "deceased"): 1,
        ("called", "not-eligible"): 1,
        ("replaced", "not-eligible"): 1,
    }
    # A change that was traced does not make the lot look different.
    assert check_sample(opened.database, code=CODE).holds


@SQLITE_ALONE
def test_where_lot_went_over_all_the_next_reserve_of_all_is_called(stage: SampleStage) -> None:
    whole = SAMPLE.replace('total = 12, each = ["unit"]', "total = 12")
    paper = [MadeCase(number=f"P{one}", telephone=f"09120000{one:02d}") for one in range(10)]
    stage.staged([*made_cases(60), *paper], whole + 'design = "simple"\nletters = true\n')
    stage.draw()
    waiting = sorted(
        (place, stratum)
        for _, stratum, place, state, _ in stage.sampled()
        if state == "reserve" and not stratum.startswith("letter:")
    )
    own = {stratum_of(stage, one): one for one in stage.addresses("invited") if "@" in one}
    (place, called), address = (
        waiting[0],
        next(one for stratum, one in own.items() if stratum != waiting[0][1]),
    )
    assert stage.replace(address, "deceased").called
    assert state_at(stage, called, place) == "called"
    assert stage.intact()
    assert check_sample(stage.database, code=CODE).holds


def test_in_an_open_wave_one_invitation_is_revoked_and_another_letter_queued(
    opened: SampleStage,
) -> None:
    address = opened.addresses("invited")[0]
    opened.replace(address)
    called = opened.addresses("called")[0]
    with opened.database.reading() as session:
        rows = {
            row.email_key: row
            for row in session.execute(
                select(Contact.email_key, Invitation.revoked, Invitation.units, Letter.state)
                .join(Invitation, Invitation.contact_id == Contact.id)
                .join(Letter, Letter.invitation_id == Invitation.id)
                .where(Letter.step == "invitation")
            )
        }
        asked = set(session.scalars(select(AskedPerson.person)))
    assert rows[address].revoked
    assert not rows[called].revoked
    assert (rows[called].units, rows[called].state) == ([stratum_of(opened, called)[:3]], "queued")
    assert {person_of(address), person_of(called)} <= asked


@SQLITE_ALONE
def test_before_the_opening_the_person_is_forgotten(stage: SampleStage) -> None:
    stage.staged()
    drawn = stage.draw()
    address = stage.addresses()[0]
    assert stage.replace(address).called
    with stage.database.reading() as session:
        keys = session.scalars(select(Contact.email_key)).all()
        asked = set(session.scalars(select(AskedPerson.person)))
    assert address not in keys
    assert len(keys) == len(asked) == drawn.invited
    assert person_of(address) not in asked
    assert stage.intact()


@SQLITE_ALONE
def test_a_reserve_who_may_not_be_asked_any_more_is_passed_over(opened: SampleStage) -> None:
    address = opened.addresses("invited")[0]
    stratum = stratum_of(opened, address)
    waiting = reserves(opened, stratum)
    persons = {row[0] for row in opened.sampled() if row[1:3] == (stratum, waiting[0])}
    (next_one,) = [
        f"dan{number}@hop-thu.example"
        for number in range(80)
        if person_of(f"dan{number}@hop-thu.example") in persons
    ]
    suppress_it(opened, next_one, "opt-out")
    done = opened.replace(address)
    assert (done.called, done.passed) == (True, 1)
    assert state_at(opened, stratum, waiting[0]) == "passed"
    assert state_at(opened, stratum, waiting[1]) == "called"
    assert opened.intact()
    with opened.database.reading() as session:
        counted = {(one.change, one.reason, one.count) for one in changes(session, opened.wave())}
    assert ("passed", "opted-out", 1) in counted


@SQLITE_ALONE
def test_where_no_reserve_is_left_the_person_is_only_taken_out(stage: SampleStage) -> None:
    stage.staged(sample=SAMPLE.replace('reserve = "0.5"', "reserve = 0"))
    stage.draw()
    done = stage.replace(stage.addresses()[0])
    assert not done.called
    with stage.database.reading() as session:
        (found,) = changes(session, stage.wave())
    assert (found.change, found.count) == ("replaced", 1)
    assert stage.intact()


def suppress_it(stage: SampleStage, address: str, reason: str) -> None:
    with stage.database.writing() as session:
        session.add(
            Suppression(
                email_key=address, wave=None, reason=reason, source="bounce", at=stage.clock.now()
            )
        )


def test_a_returned_letter_takes_evidence_that_staff_cannot_make(opened: SampleStage) -> None:
    address = opened.addresses("invited")[0]
    with pytest.raises(ProblemsError, match="came back for good"):
        opened.replace(address, "returned")
    suppress_by_hand(
        *(opened.database, opened.clock),
        address=address,
        reason="nói là thư trả về",
        actor="Phòng Nội vụ",
        wave=None,
    )
    with pytest.raises(ProblemsError, match="came back for good"):
        opened.replace(address, "returned")
    assert opened.events().count("replacement refused") == 2
    suppress_it(opened, address, "hard-address")
    assert opened.replace(address, "returned").reason == "returned"


@SQLITE_ALONE
def test_a_letter_that_the_server_refused_is_evidence(opened: SampleStage) -> None:
    address = opened.addresses("invited")[0]
    with opened.database.writing() as session:
        invitation = session.scalars(
            select(Invitation.id)
            .join(Contact, Contact.id == Invitation.contact_id)
            .where(Contact.email_key == address)
        ).one()
        session.execute(
            update(Letter)
            .where(Letter.invitation_id == invitation)
            .values(state="failed", reason="hard-address")
        )
    assert opened.replace(address, "returned").called


@SQLITE_ALONE
@pytest.mark.parametrize("begun", ["draft", "answered", "withdrawn"])
def test_whoever_began_to_answer_is_not_replaced(opened: SampleStage, begun: str) -> None:
    address = opened.addresses("invited")[0]
    with opened.database.writing() as session:
        invitation = session.scalars(
            select(Invitation)
            .join(Contact, Contact.id == Invitation.contact_id)
            .where(Contact.email_key == address)
        ).one()
        if begun == "draft":
            session.add(
                Draft(
                    invitation_id=invitation.id,
                    key_id=0,
                    sealed=b"",
                    page=1,
                    answered=1,
                    day=FIRST_DAY.date(),
                )
            )
        else:
            setattr(invitation, begun, True)
    with pytest.raises(ProblemsError, match="the invitation is in use"):
        opened.replace(address)
    # Whoever asks by a made-up bounce learns nothing about answering.
    with pytest.raises(ProblemsError, match="came back for good"):
        opened.replace(address, "returned")
    assert opened.intact()
    assert address in opened.addresses("invited")
    assert opened.events()[-2:] == ["replacement refused"] * 2


@SQLITE_ALONE
def test_only_somebody_who_is_asked_is_found(opened: SampleStage) -> None:
    address = opened.addresses("invited")[0]
    opened.replace(address)
    for contact in (address, "cx.0@xa.example", "ai-do@hop-thu.example", "letter:1", "khong phai"):
        with pytest.raises(ProblemsError, match="nobody of the sample is asked"):
            opened.replace(contact)


@SQLITE_ALONE
def test_an_address_is_found_however_it_is_written(opened: SampleStage) -> None:
    address = opened.addresses("invited")[0]
    assert opened.replace(f" <{address.upper()}> ").called


@SQLITE_ALONE
def test_a_wave_that_is_over_replaces_nobody(opened: SampleStage) -> None:
    address = opened.addresses("invited")[0]
    opened.clock.move_to(AFTER + timedelta(hours=1))
    with pytest.raises(ProblemsError, match="last day is over"):
        opened.replace(address)


@SQLITE_ALONE
def test_a_wave_without_a_draw_replaces_nobody(stage: SampleStage) -> None:
    stage.staged()
    with pytest.raises(ProblemsError, match="not drawn yet"):
        stage.replace("dan1@hop-thu.example")


@SQLITE_ALONE
def test_a_paper_letter_that_came_back_is_counted_apart(stage: SampleStage) -> None:
    paper = [MadeCase(number=f"P{one}", telephone=f"09120000{one:02d}") for one in range(20)]
    stage.staged([*made_cases(40), *paper], SAMPLE + "letters = true\n")
    stage.draw()
    key = next(one for one in stage.addresses() if one.startswith("letter:"))
    assert stage.replace(key, "returned").reason == "returned-by-post"
    assert stage.intact()


@SQLITE_ALONE
def test_a_reserve_whose_row_was_taken_away_is_missed(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    with stage.database.writing() as session:
        session.execute(delete(SampledPerson).where(SampledPerson.state == "reserve"))
    with pytest.raises(ProblemsError, match="not as it was drawn"):
        stage.replace(stage.addresses()[0])
