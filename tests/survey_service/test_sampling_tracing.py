from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kinds import SQLITE_ALONE
from made_transactions import KEYS, MadeCase, write_cases
from sample_stage import SampleStage, officials
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from staged import ACTOR, CODE, FIRST_DAY

from questionnaires.problems import ProblemsError
from survey_service.purging import purge_wave
from survey_service.sampling.discarding import discard_sample
from survey_service.sampling.drawing import draw_sample
from survey_service.sampling.tracing import (
    changes,
    draws,
    note_altered,
    record_change,
    sample_fingerprint,
)
from survey_service.store.database import Database
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import AskedPerson, Sample, SampledPerson
from survey_service.waves.lifecycle import cancel_wave, pause_wave


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> SampleStage:
    return SampleStage(database, tmp_path)


def _one(session: Session, *where: Any) -> int:
    return (
        session.scalars(
            select(Contact.id).where(Contact.group == "ND", *where).order_by(Contact.id)
        ).first()
        or 0
    )


def another_address(session: Session) -> None:
    session.execute(
        update(Contact)
        .where(Contact.id == _one(session))
        .values(email="nguoi.quen@xa.example", email_key="nguoi.quen@xa.example")
    )


def another_weight(session: Session) -> None:
    session.execute(update(Contact).where(Contact.id == _one(session)).values(weight="9"))


def another_unit(session: Session) -> None:
    contact = session.get_one(Contact, _one(session))
    contact.transactions = [{**contact.transactions[0], "unit": "XA9"}]


def somebody_more(session: Session) -> None:
    session.execute(
        insert(Contact),
        {
            "wave_id": 1,
            "email": "them@xa.example",
            "email_key": "them@xa.example",
            "name": "Người quen",
            "group": "ND",
            "language": "vi",
            "transactions": [{"unit": "XA1", "service": "KS", "month": "02/2025"}],
            "sectors": [],
            "weight": "1",
            "mode": "web",
        },
    )


def somebody_less(session: Session) -> None:
    contact = _one(session)
    session.execute(delete(SampledPerson).where(SampledPerson.contact_id == contact))
    session.execute(delete(Contact).where(Contact.id == contact))


def a_quiet_replacement(session: Session) -> None:
    contact = _one(session)
    session.execute(
        update(SampledPerson)
        .where(SampledPerson.contact_id == contact)
        .values(state="replaced", reason="deceased")
    )


def the_fingerprint_too(session: Session) -> None:
    another_address(session)
    session.flush()
    session.execute(update(Sample).values(sample_hash=sample_fingerprint(session, 1)))


@SQLITE_ALONE
def another_count_of_people(session: Session) -> None:
    sample = session.scalars(select(Sample)).one()
    first, *others = sample.summary["strata"]
    sample.summary = {**sample.summary, "strata": [{**first, "people": 9_000}, *others]}


def no_counts(session: Session) -> None:
    session.execute(update(Sample).values(summary={}))


@pytest.mark.parametrize(
    "change",
    [
        *(another_count_of_people, no_counts),
        *(another_address, another_weight, another_unit, somebody_more),
        *(somebody_less, a_quiet_replacement, the_fingerprint_too),
    ],
)
def test_a_change_in_the_database_itself_is_found(
    stage: SampleStage, change: Callable[[Session], None]
) -> None:
    stage.staged()
    stage.draw()
    assert stage.intact()
    with stage.database.writing() as session:
        change(session)
    assert not stage.intact()
    with pytest.raises(ProblemsError, match="not as it was drawn"):
        stage.replace(stage.addresses()[-1])


def test_a_sample_found_altered_is_never_intact_again(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    with stage.database.writing() as session:
        assert not note_altered(session, stage.clock, stage.wave(), actor=ACTOR)
        another_weight(session)
        session.flush()
        assert note_altered(session, stage.clock, stage.wave(), actor=ACTOR)
        record_change(session, stage.clock, stage.wave(), actor=ACTOR, event="rolled", details={})
        assert note_altered(session, stage.clock, stage.wave(), actor=ACTOR)
    assert not stage.intact()
    assert stage.events().count("sample found altered") == 1


def revoke(session: Session) -> None:
    of_one = Invitation.contact_id == _one(session)
    session.execute(update(Invitation).where(of_one).values(revoked=True))


def another_form(session: Session) -> None:
    of_one = Invitation.contact_id == _one(session)
    session.execute(update(Invitation).where(of_one).values(units=["XA1", "XA2"]))


def code_of_paper(session: Session) -> None:
    of_one = Invitation.contact_id == _one(session)
    session.execute(update(Invitation).where(of_one).values(short_code=b"7" * 16))


@SQLITE_ALONE
@pytest.mark.parametrize("change", [revoke, another_form, code_of_paper])
def test_an_invitation_changed_in_the_database_is_found(
    stage: SampleStage, change: Callable[[Session], None]
) -> None:
    stage.opened_sample()
    assert stage.intact()
    with stage.database.writing() as session:
        change(session)
    assert not stage.intact()


def test_volunteers_by_a_receipt_are_no_part_of_the_sample(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    with stage.database.writing() as session:
        somebody_more(session)
        session.execute(
            update(Contact).where(Contact.email_key == "them@xa.example").values(mode="receipt")
        )
    assert stage.intact()


@SQLITE_ALONE
def test_a_wave_without_a_sample_is_not_intact(stage: SampleStage) -> None:
    stage.staged()
    assert not stage.intact()


def test_a_discarded_sample_goes_whole_and_is_counted(stage: SampleStage) -> None:
    stage.staged()
    stage.invite(officials())
    drawn = stage.draw()
    gone = discard_sample(stage.database, stage.clock, code=CODE, reason=" sai nguồn ", actor=ACTOR)
    assert gone == drawn.invited
    with stage.database.reading() as session:
        assert not session.scalars(select(SampledPerson)).all()
        assert not session.scalars(select(AskedPerson)).all()
        groups = set(session.scalars(select(Contact.group)))
    assert groups == {"CX", "CB"}
    again = stage.draw()
    assert (again.number, again.seed != drawn.seed) == (2, True)
    with stage.database.reading() as session:
        assert draws(session, stage.wave()) == 2
    assert stage.intact()
    assert stage.events().count("sample discarded") == 1


@SQLITE_ALONE
@pytest.mark.parametrize("reason", ["", "  ", "theo yêu cầu của a@b.example", "x" * 501])
def test_discarding_takes_a_reason_without_an_address(stage: SampleStage, reason: str) -> None:
    stage.staged()
    stage.draw()
    with pytest.raises(ProblemsError, match="a reason"):
        discard_sample(stage.database, stage.clock, code=CODE, reason=reason, actor=ACTOR)


@SQLITE_ALONE
def test_discarding_needs_a_sample_and_a_draft(stage: SampleStage) -> None:
    stage.staged()
    with pytest.raises(ProblemsError, match="not drawn yet"):
        discard_sample(stage.database, stage.clock, code=CODE, reason="x", actor=ACTOR)
    stage.invite(officials())
    stage.draw()
    stage.clock.move_to(FIRST_DAY)
    stage.open()
    with pytest.raises(ProblemsError, match="taken its sample"):
        discard_sample(stage.database, stage.clock, code=CODE, reason="x", actor=ACTOR)


@SQLITE_ALONE
def test_changes_are_counted_since_the_last_draw(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    stage.replace(stage.addresses()[0])
    discard_sample(stage.database, stage.clock, code=CODE, reason="sai", actor=ACTOR)
    stage.draw()
    with stage.database.reading() as session:
        assert changes(session, stage.wave()) == ()
    stage.replace(stage.addresses()[0], "deceased")
    with stage.database.reading() as session:
        found = changes(session, stage.wave())
    assert [(one.unit, one.change, one.reason, one.count) for one in found] == [
        ("XA1", "called", "deceased", 1),
        ("XA1", "replaced", "deceased", 1),
    ]


def test_the_purge_forgets_who_was_drawn_and_keeps_when_somebody_was_asked(
    stage: SampleStage,
) -> None:
    stage.opened_sample()
    pause_wave(stage.database, stage.clock, code=CODE, actor=ACTOR)
    cancel_wave(stage.database, stage.clock, code=CODE, reason="dừng", actor=ACTOR)
    stage.clock.move_to(FIRST_DAY + timedelta(days=400))
    purge_wave(stage.database, stage.clock, code=CODE, actor=ACTOR)
    with stage.database.reading() as session:
        assert not session.scalars(select(SampledPerson)).all()
        assert len(session.scalars(select(AskedPerson)).all()) == 24
        assert session.scalars(select(Sample)).one().summary["strata"]


@SQLITE_ALONE
def test_the_opening_is_the_day_on_which_people_count_as_asked(stage: SampleStage) -> None:
    stage.opened_sample()
    with stage.database.reading() as session:
        days = set(session.scalars(select(AskedPerson.asked_on)))
    assert {f"{day}" for day in days} == {"2025-03-03"}


@SQLITE_ALONE
def test_a_new_delivery_after_the_draw_changes_nothing(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    before = stage.sampled()
    write_cases(stage.database, [MadeCase(number="Z", email="z@hop-thu.example")])
    assert stage.intact()
    assert stage.sampled() == before


@SQLITE_ALONE
def test_a_draw_is_for_a_draft_alone(stage: SampleStage) -> None:
    stage.opened_sample()
    with pytest.raises(ProblemsError, match="given a sample"):
        draw_sample(stage.database, stage.clock, stage.entropy, KEYS, code=CODE, actor=ACTOR)
