"""What became of everybody invited: the rules one by one, and counted at a real cut-off."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hand_made import hand_made
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.fingerprint import canonical_json
from questionnaires.packing import pack
from survey_service.clock import SteppedClock
from survey_service.dataset.checking import design_problems
from survey_service.dataset.design import StratumDispositions
from survey_service.dataset.files import checksums, dataset_files
from survey_service.dataset.reading import dataset_from_files, read_dataset
from survey_service.entropy import SeededEntropy
from survey_service.freezing.cut_off import freeze_wave
from survey_service.freezing.dispositions import Course, Disposition, disposition, dispositions
from survey_service.store.answers import Ballot, Draft, Response
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, Suppression
from survey_service.store.people import Invitation
from survey_service.waves.reading import load_wave

RULES: list[tuple[Course, Disposition]] = [
    (Course(), "unknown_other"),
    (Course(reached=True), "unknown"),
    (Course(returned=True), "non_contact"),
    (Course(returned=True, reached=True), "unknown"),
    (Course(reached=True, refused=True), "refusal"),
    (Course(withdrawn=True, reached=True), "refusal"),
    (Course(reached=True, kept=0, put=6), "refusal"),
    (Course(reached=True, kept=2, put=6), "refusal"),
    (Course(reached=True, kept=3, put=6), "partial"),
    (Course(reached=True, kept=3, put=6, refused=True), "partial"),
    (Course(reached=True, kept=0, put=0), "refusal"),
    (Course(reached=True, set_aside=True), "other"),
    (Course(returned=True, set_aside=True, refused=True), "refusal"),
    (Course(responded=True, kept=3, put=6, refused=True, reached=True), "complete"),
    (Course(responded=True), "complete"),
    (Course(revoked=True, reached=True), "not_eligible"),
]


@pytest.mark.parametrize(("course", "expected"), RULES)
def test_what_says_more_about_a_person_goes_first(course: Course, expected: str) -> None:
    assert disposition(course) == expected


PEOPLE = [
    *(MadePerson(name=f"Người dân {n}", group="ND", units=("XA1",)) for n in range(9)),
    *(MadePerson(name=f"Người dân {n}", group="ND", units=("XA2",)) for n in range(3)),
    *(MadePerson(name=f"Công chức {n}", group="CB", units=("XA1",)) for n in range(3)),
]
HALF = 3
"""Half of the six questions that a citizen is asked about a unit, free text left out."""


@pytest.fixture
def made(database: Database) -> MadeWave:
    """Make a closed wave in which each citizen of the first unit ends in another way."""
    made = make_wave(database, PEOPLE, state="closed")
    who = made.invitations
    with database.writing() as session:
        sent = {"state": "sent", "settled_at": NOW}
        session.execute(update(Letter).values(sent))
        _answer(session, who[0])
        for number, kept in ((1, HALF), (2, HALF - 1), (3, 0)):
            session.add(
                Draft(
                    invitation_id=who[number],
                    key_id=0,
                    sealed=b"",
                    page=1,
                    answered=kept,
                    day=NOW.date(),
                )
            )
        session.execute(update(Invitation).where(Invitation.id == who[4]).values(withdrawn=True))
        for number, reason, wave in (
            (5, "opt-out", None),
            (6, "manual", PLAN.code),
            (8, "opt-out", "another-wave"),
        ):
            session.add(
                Suppression(
                    email_key=f"p{number}@hop-thu.example",
                    wave=wave,
                    reason=reason,
                    source="page",
                    at=NOW,
                )
            )
        session.add(LetterEvent(letter_id=made.letters[7], at=NOW, event="bounced"))
        # The second unit's three: refused by the server, put off to the end, and never sent.
        for number, values in (
            (9, {"state": "failed", "reason": "hard-address"}),
            (10, {"state": "deferred"}),
            (11, {"state": "failed", "reason": "letter"}),
        ):
            session.execute(update(Letter).where(Letter.id == made.letters[number]).values(values))
        session.add(LetterEvent(letter_id=made.letters[10], at=NOW, event="deferred"))
        session.execute(update(Invitation).where(Invitation.id == who[14]).values(revoked=True))
    return made


def _answer(session: Session, invitation: int) -> None:
    session.add(Response(invitation_id=invitation, submitted_at=NOW, texts=[]))
    session.flush()
    packed = pack(load_wave(session, PLAN.code).questionnaires, {"S3": "4", "S4": "5"})
    session.add(Ballot(invitation_id=invitation, unit="XA1", familiar=True, answers=packed))


def test_every_end_that_the_tables_tell_of_is_read_from_them(
    database: Database, made: MadeWave
) -> None:
    with database.reading() as session:
        given = dispositions(session, load_wave(session, PLAN.code))
    assert [given[invitation] for invitation in made.invitations] == [
        "complete",
        "partial",
        *["refusal"] * 4,
        "other",
        "non_contact",
        "unknown",
        "non_contact",
        "non_contact",
        "unknown_other",
        "unknown",
        "unknown",
        "not_eligible",
    ]


def test_a_suppression_that_was_released_refuses_nothing(
    database: Database, made: MadeWave
) -> None:
    with database.writing() as session:
        session.execute(update(Suppression).values(released_at=NOW))
        given = dispositions(session, load_wave(session, PLAN.code))
    assert given[made.invitations[5]] == given[made.invitations[6]] == "unknown"


def _frozen(database: Database, folder: Path) -> None:
    clock = SteppedClock(NOW + timedelta(days=20))
    freeze_wave(database, clock, SeededEntropy(1), code=PLAN.code, folder=folder, actor="test")


def test_the_dataset_counts_them_by_stratum_and_they_add_up_to_the_people_invited(
    database: Database, made: MadeWave, tmp_path: Path
) -> None:
    _frozen(database, tmp_path / "dataset")
    design = read_dataset(tmp_path / "dataset").content.design
    invited = {stratum.code: stratum.invited for stratum in design.strata}
    assert {row.stratum: row.invited for row in design.dispositions} == invited
    assert sum(invited.values()) == len(made.invitations) - 1
    names = [name for name in StratumDispositions.__struct_fields__ if name != "stratum"]
    together = {name: sum(getattr(row, name) for row in design.dispositions) for name in names}
    assert together == {
        "complete": 1,
        "partial": 1,
        "refusal": 4,
        "non_contact": 3,
        "other": 1,
        "unknown": 3,
        "unknown_other": 1,
        "not_eligible": 1,
    }


def test_the_cut_off_still_destroys_what_the_counts_were_made_from(
    database: Database, made: MadeWave, tmp_path: Path
) -> None:
    _frozen(database, tmp_path / "dataset")
    with database.reading() as session:
        for table in (Response, Ballot, Draft):
            assert session.scalars(select(table)).all() == []
        people = session.scalars(select(Invitation)).all()
        assert {(one.answered, one.withdrawn, tuple(one.units)) for one in people} == {
            (False, False, ())
        }
        again = dispositions(session, load_wave(session, PLAN.code))
    assert {again[invitation] for invitation in made.invitations[:5]} == {"unknown"}


def test_a_dataset_frozen_before_dispositions_were_kept_still_reads() -> None:
    files = dataset_files(hand_made([("ND", "XA1", 3, {"S3": "4", "S4": "5"})]))
    design = msgspec.json.decode(files["design.json"])
    assert design.pop("dispositions") == []
    files["design.json"] = canonical_json(design)
    files["checksums.json"] = checksums(files)
    assert dataset_from_files(files).content.design.dispositions == ()


TWO_STRATA = hand_made([("ND", "XA1", 3, {}), ("CB", "XA1", 2, {})])
KEPT = (
    StratumDispositions(stratum="CB", complete=2, unknown=1),
    StratumDispositions(stratum="ND", complete=3, refusal=1, not_eligible=5),
)


def _problems(*kept: StratumDispositions) -> list[str]:
    design = msgspec.structs.replace(TWO_STRATA.design, dispositions=kept)
    return [found.message.en for found in design_problems(design, TWO_STRATA.framework)]


def test_dispositions_that_add_up_are_taken_and_so_are_none() -> None:
    assert _problems(*KEPT) == _problems() == []


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (KEPT[:1], "the dispositions of the stratum “ND” are missing"),
        ((*KEPT, KEPT[0]), "the code is given twice"),
        ((KEPT[0], StratumDispositions(stratum="ND", complete=9)), "9 people, but 4 were invited"),
        (
            (KEPT[0], StratumDispositions(stratum="ND", complete=5, refusal=-1)),
            "a count is below zero",
        ),
        ((*KEPT, StratumDispositions(stratum="ZZ")), "there is no code “ZZ”"),
    ],
)
def test_dispositions_that_contradict_the_design_are_refused(
    kept: tuple[StratumDispositions, ...], expected: str
) -> None:
    assert any(expected in found for found in _problems(*kept))
