from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from kinds import SQLITE_ALONE
from made_transactions import KEYS, MadeCase, person_of, shuffled_cases, write_cases
from sample_stage import SAMPLE, SampleStage, listed
from sqlalchemy import select, update
from staged import CODE, HEADING, WAVE

from survey_service.sampling.drawing import draw_sample
from survey_service.sampling.exclusions import months_before
from survey_service.sampling.frame import Exclusions, FramePerson, walk_frame
from survey_service.store.database import Database
from survey_service.store.mail import Suppression
from survey_service.store.people import Contact
from survey_service.store.transactions import AskedPerson, Transaction
from survey_service.store.waves import Wave
from survey_service.waves.lifecycle import cancel_wave
from survey_service.waves.reading import load_wave

TODAY = date(2025, 3, 1)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> SampleStage:
    return SampleStage(database, tmp_path)


def walked(
    stage: SampleStage, cases: Iterable[MadeCase], sample: str = ""
) -> tuple[list[FramePerson], dict[str, int]]:
    write_cases(stage.database, cases)
    return walked_again(stage, sample)


def walked_again(stage: SampleStage, sample: str = "") -> tuple[list[FramePerson], dict[str, int]]:
    stage.create(WAVE + SAMPLE + sample)
    excluded = Exclusions()
    with stage.database.reading() as session:
        people = list(
            walk_frame(
                session,
                load_wave(session, CODE),
                today=TODAY,
                units={"XA1", "XA2"},
                excluded=excluded,
            )
        )
    return people, excluded.by_rule()


def suppress(stage: SampleStage, email: str, reason: str, wave: str | None = None) -> None:
    with stage.database.writing() as session:
        session.add(
            Suppression(
                email_key=email,
                wave=wave,
                reason=reason,
                source="page",
                at=datetime(2025, 1, 1, tzinfo=UTC),
            )
        )


def ask(
    stage: SampleStage, email: str, day: date, *, opened: bool = True, state: str = "cancelled"
) -> None:
    with stage.database.writing() as session:
        former = Wave(
            code=f"former-{email[0]}",
            plan=b"",
            framework=b"",
            questionnaires=b"",
            framework_hash="",
            questionnaires_hash="",
            opens_at=datetime(2024, 1, 1, tzinfo=UTC),
            closes_at=datetime(2024, 2, 1, tzinfo=UTC),
            state="published" if opened else state,
            units=[{"code": "XA1"}] if opened else [],
        )
        session.add(former)
        session.flush()
        session.add(AskedPerson(person=person_of(email), wave_id=former.id, asked_on=day))


def test_people_come_in_the_order_of_their_digests_with_their_cases_by_number(
    stage: SampleStage,
) -> None:
    cases = [
        MadeCase(number=f"N{one}", email=f"p{one % 7}@hop-thu.example", source=f"s{one % 2}")
        for one in range(30)
    ]
    people, excluded = walked(stage, shuffled_cases(cases))
    assert [one.person for one in people] == sorted(
        person_of(f"p{one}@hop-thu.example") for one in range(7)
    )
    assert sum(len(one.cases) for one in people) == 30
    for person in people:
        called = [(case.source, case.number) for case in person.cases]
        assert called == sorted(called)
    assert excluded == {}


def test_each_rule_leaves_out_what_it_says_and_counts_it_by_unit(stage: SampleStage) -> None:
    suppress(stage, "khong@hop-thu.example", "opt-out")
    suppress(stage, "khong@hop-thu.example", "manual")
    suppress(stage, "dot@hop-thu.example", "complaint", CODE)
    suppress(stage, "dotkhac@hop-thu.example", "complaint", "dot-khac")
    suppress(stage, "chet@hop-thu.example", "hard-address")
    suppress(stage, "gac@hop-thu.example", "manual")
    ask(stage, "vua@hop-thu.example", date(2024, 9, 2))
    ask(stage, "xua@hop-thu.example", date(2024, 9, 1))
    ask(stage, "huy@hop-thu.example", date(2025, 2, 1), opened=False)
    ask(stage, "nhap@hop-thu.example", date(2025, 2, 1), opened=False, state="draft")
    shared = [MadeCase(number=f"S{one}", email="quay@hop-thu.example") for one in range(4)]
    alone = {
        "tot@hop-thu.example": "",
        "dotkhac@hop-thu.example": "",
        "xua@hop-thu.example": "",
        "huy@hop-thu.example": "",
        "khong@hop-thu.example": "opted-out",
        "dot@hop-thu.example": "opted-out",
        "chet@hop-thu.example": "unreachable",
        "gac@hop-thu.example": "set-aside",
        "vua@hop-thu.example": "asked-lately",
        "nhap@hop-thu.example": "drawn-elsewhere",
        "cb@so.coquan.gov.vn": "domain",
        "CB2@coquan.gov.vn": "domain",
    }
    people, excluded = walked(
        stage,
        [
            *(MadeCase(number=email, email=email, unit="XA2") for email in alone),
            *shared,
            MadeCase(number="U", email="xa@hop-thu.example", unit="XA9"),
            MadeCase(number="T", telephone="0912345678"),
            MadeCase(number="K"),
            MadeCase(number="L", returned=date(2025, 3, 1), email="muon@hop-thu.example"),
        ],
        'exclude_domains = ["coquan.gov.vn"]\nmost_per_person = 3\n',
    )
    kept = {case.email for one in people for case in one.cases}
    assert kept == {email for email, rule in alone.items() if not rule}
    assert excluded == {
        "asked-lately": 1,
        "domain": 2,
        "drawn-elsewhere": 1,
        "no-contact": 1,
        "no-email": 1,
        "opted-out": 2,
        "set-aside": 1,
        "shared-address": 4,
        "unit-not-rated": 1,
        "unreachable": 1,
    }


@SQLITE_ALONE
def test_an_address_of_another_group_of_the_wave_is_left_out(stage: SampleStage) -> None:
    stage.create(WAVE + SAMPLE)
    stage.invite(HEADING + listed())
    people, excluded = walked(stage, [MadeCase(number="1", email="cx.0@xa.example")])
    assert people == []
    assert excluded == {"in-another-group": 1}


@SQLITE_ALONE
def test_a_source_that_the_plan_does_not_name_is_not_in_the_frame(stage: SampleStage) -> None:
    cases = [
        MadeCase(number="1", email="a@hop-thu.example", source="mot-cua"),
        MadeCase(number="1", email="b@hop-thu.example", source="khac"),
    ]
    people, excluded = walked(stage, cases, 'sources = ["mot-cua"]\n')
    assert [case.email for one in people for case in one.cases] == ["a@hop-thu.example"]
    assert excluded == {}


@SQLITE_ALONE
def test_a_person_without_an_address_is_in_the_frame_where_letters_are_printed(
    stage: SampleStage,
) -> None:
    cases = [MadeCase(number="1", telephone="0912345678"), MadeCase(number="2")]
    people, excluded = walked(stage, cases, "letters = true\n")
    assert [case.number for one in people for case in one.cases] == ["1"]
    assert excluded == {"no-contact": 1}


def test_a_row_without_an_address_takes_that_of_its_person(stage: SampleStage) -> None:
    write_cases(stage.database, [MadeCase(number="1", email="a@hop-thu.example")])
    write_cases(stage.database, [MadeCase(number="0", email="b@hop-thu.example")])
    with stage.database.writing() as session:
        session.execute(
            update(Transaction)
            .where(Transaction.number == "0")
            .values(email="", person=person_of("a@hop-thu.example"))
        )
    people, _ = walked_again(stage)
    assert [[case.email for case in one.cases] for one in people] == [["a@hop-thu.example"] * 2]


def test_a_day_some_months_before_is_never_skipped() -> None:
    assert months_before(date(2025, 3, 31), 1) == date(2025, 2, 28)
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert months_before(date(2025, 1, 15), 13) == date(2023, 12, 15)


def test_nobody_is_drawn_for_two_waves_within_the_months(
    stage: SampleStage, tmp_path: Path
) -> None:
    stage.staged()
    first = stage.draw()
    other = SampleStage(stage.database, tmp_path)
    other.create((WAVE + SAMPLE).replace('code = "hai-xa"', 'code = "hai-xa-2"'))
    second = draw_sample(
        *(other.database, other.clock, other.entropy, KEYS), code="hai-xa-2", actor="x"
    )
    assert second.people == first.people - first.invited
    with stage.database.reading() as session:
        keys = session.scalars(select(Contact.email_key)).all()
        assert len(keys) == len(set(keys)) == first.invited + second.invited
    # Given up, and never opened: those people were not asked after all.
    cancel_wave(stage.database, stage.clock, code=CODE, reason="trùng đợt", actor="x")
    with stage.database.reading() as session:
        excluded = Exclusions()
        for _ in walk_frame(
            session,
            load_wave(session, "hai-xa-2"),
            today=TODAY,
            units={"XA1", "XA2"},
            excluded=excluded,
        ):
            pass
        assert excluded.by_rule() == {}
