from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from sqlalchemy import select, update

from survey_service.clock import SteppedClock
from survey_service.entropy import SeededEntropy
from survey_service.freezing.cut_off import freeze_wave
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import LetterEvent, ReturnedMail, Suppression, WaveStep
from survey_service.store.people import Invitation
from survey_service.waves.status import wave_status

PEOPLE = [
    MadePerson(name=f"Người dân {n}", group="ND", units=("XA1" if n % 2 else "XA2",))
    for n in range(12)
]
CLOSES = PLAN.closes_at()


@pytest.fixture
def made(database: Database) -> MadeWave:
    made = make_wave(database, PEOPLE, state="closed")
    with database.writing() as session:
        session.execute(update(Letter).values(state="sent", settled_at=NOW))
    return made


def freeze(database: Database, folder: Path) -> None:
    clock = SteppedClock(NOW + timedelta(days=20))
    freeze_wave(database, clock, SeededEntropy(1), code=PLAN.code, folder=folder, actor="test")


def add_letter(database: Database, made: MadeWave, person: int, step: str, **facts: object) -> int:
    with database.writing() as session:
        letter = Letter(
            wave_id=made.wave,
            invitation_id=made.invitations[person],
            step=step,
            not_before=NOW,
            state="sent",
            settled_at=NOW,
        )
        for name, value in facts.items():
            setattr(letter, name, value)
        session.add(letter)
        session.flush()
        session.add_all(
            LetterEvent(letter_id=letter.id, at=NOW, event=event) for event in ("queued", "sent")
        )
        return letter.id


def test_letters_that_depend_on_answering_leave_with_their_history(
    database: Database, made: MadeWave, tmp_path: Path
) -> None:
    for person, step in enumerate(("reminder-1", "closing-notice", "thank-you", "link-1")):
        add_letter(database, made, person, step)
    kept = add_letter(database, made, 5, "pre-notice")
    with database.writing() as session:
        session.add(
            WaveStep(
                wave_id=made.wave,
                step="reminder-1",
                state="queued",
                due_at=NOW,
                decided_at=NOW,
                decided_by="plan",
            )
        )
    freeze(database, tmp_path / "dataset")
    with database.reading() as session:
        assert set(session.scalars(select(Letter.step))) == {"invitation", "pre-notice"}
        assert set(session.scalars(select(LetterEvent.letter_id))) == {kept}
        assert session.scalars(select(WaveStep.step)).all() == ["reminder-1"]
        counted = {step.step: step.states for step in wave_status(session, PLAN.code).letters}
    assert counted["reminder-1"] == {"sent": 1}
    assert counted["thank-you"] == {"sent": 1}


def test_why_an_invitation_was_needless_is_told_alike_for_everybody(
    database: Database, made: MadeWave, tmp_path: Path
) -> None:
    reasons = ("answered", "withdrawn", "wave-over", "suppressed")
    with database.writing() as session:
        for place, reason in enumerate(reasons):
            at = NOW + timedelta(days=place)
            letter = made.letters[place]
            session.execute(
                update(Letter)
                .where(Letter.id == letter)
                .values(state="dropped", reason=reason, settled_at=at)
            )
            session.add(LetterEvent(letter_id=letter, at=at, event="dropped", detail=reason))
    freeze(database, tmp_path / "dataset")
    with database.reading() as session:
        letters = session.execute(
            select(Letter.reason, Letter.settled_at)
            .where(Letter.state == "dropped")
            .order_by(Letter.id)
        ).all()
        events = session.execute(
            select(LetterEvent.letter_id, LetterEvent.at, LetterEvent.detail).order_by(
                LetterEvent.letter_id
            )
        ).all()
    alike = [("wave-over", CLOSES)] * 3
    # That an address is not written to says nothing about answering.
    apart = ("suppressed", NOW + timedelta(days=3))
    assert [tuple(row) for row in letters] == [*alike, apart]
    assert [(row.detail, row.at) for row in events] == [*alike, apart]


def test_how_and_when_a_doubt_ended_is_forgotten(
    database: Database, made: MadeWave, tmp_path: Path
) -> None:
    # An answer that came in proves that the letter did.
    letter, begun, ended = made.letters[0], NOW, NOW + timedelta(days=2)
    with database.writing() as session:
        session.execute(
            update(Letter)
            .where(Letter.id == letter)
            .values(state="sent", begun_at=begun, settled_at=ended, reply="it was answered")
        )
        for at, event in ((begun, "uncertain"), (ended, "resolved"), (ended, "sent")):
            session.add(LetterEvent(letter_id=letter, at=at, event=event, detail=None))
            session.flush()
    freeze(database, tmp_path / "dataset")
    with database.reading() as session:
        row = session.get_one(Letter, letter)
        assert (row.settled_at, row.reply) == (begun, None)
        events = session.execute(select(LetterEvent.event, LetterEvent.at).order_by(LetterEvent.id))
        assert [tuple(event) for event in events] == [("uncertain", begun), ("sent", begun)]


def test_what_came_back_about_reminders_names_nobody(
    database: Database, made: MadeWave, tmp_path: Path
) -> None:
    reminder = add_letter(database, made, 0, "reminder-1")
    returned = {
        "bounce of a reminder": ("bounce", reminder),
        "bounce of an invitation": ("bounce", made.letters[1]),
        "reply to an invitation": ("reply", made.letters[2]),
        "reply to nothing": ("reply", None),
    }
    with database.writing() as session:
        for place, (kind, letter) in enumerate(returned.values()):
            session.add(
                ReturnedMail(
                    digest=bytes([place]) * 32,
                    at=NOW,
                    source="imap",
                    kind=kind,
                    letter_id=letter,
                    email_key=f"p{place}@hop-thu.example",
                    wave=PLAN.code,
                    failure="soft-mailbox" if kind == "bounce" else None,
                    diagnostic="quota",
                    raw=b"raw",
                )
            )
        session.add(
            Suppression(
                email_key="p9@hop-thu.example",
                wave=None,
                reason="opt-out",
                source="page",
                at=NOW,
            )
        )
    freeze(database, tmp_path / "dataset")
    with database.reading() as session:
        rows = session.scalars(select(ReturnedMail).order_by(ReturnedMail.id)).all()
        assert [(row.letter_id, row.email_key, row.raw, row.diagnostic) for row in rows] == [
            (None, None, None, None),
            (made.letters[1], "p1@hop-thu.example", b"raw", "quota"),
            (made.letters[2], "p2@hop-thu.example", None, None),
            (None, None, None, None),
        ]
        assert [row.failure for row in rows] == ["soft-mailbox"] * 2 + [None] * 2
        assert session.scalars(select(Suppression.email_key)).all() == ["p9@hop-thu.example"]
        assert not any(session.scalars(select(Invitation.answered)))


def test_other_waves_keep_what_mail_knows(database: Database, tmp_path: Path) -> None:
    other = make_wave(database, PEOPLE[:2], plan=msgspec.structs.replace(PLAN, code="khac"))
    reminder = add_letter(database, other, 0, "reminder-1")
    with database.writing() as session:
        for one in other.invitations:
            public_id = (1_000 + one).to_bytes(8)
            session.execute(
                update(Invitation).where(Invitation.id == one).values(public_id=public_id)
            )
    make_wave(database, PEOPLE, state="closed")
    freeze(database, tmp_path / "dataset")
    with database.reading() as session:
        assert session.get_one(Letter, reminder).state == "sent"
        kept = select(LetterEvent.id).join(Letter).where(Letter.wave_id == other.wave)
        assert len(session.scalars(kept).all()) == 2


def test_no_letter_gets_the_number_of_one_that_left(
    database: Database, made: MadeWave, tmp_path: Path
) -> None:
    # Its Message-ID follows from it: the relay's log would say that it had been accepted.
    left = add_letter(database, made, 0, "reminder-1")
    freeze(database, tmp_path / "dataset")
    assert add_letter(database, made, 0, "results") > left


def test_what_still_waits_at_the_cut_off_is_dropped_so_that_the_counts_add_up(
    database: Database, made: MadeWave, tmp_path: Path
) -> None:
    add_letter(database, made, 0, "reminder-1", state="deferred", settled_at=None)
    with database.writing() as session:
        session.execute(update(Letter).where(Letter.step == "invitation").values(state="queued"))
    freeze(database, tmp_path / "dataset")
    with database.reading() as session:
        status = wave_status(session, PLAN.code)
    assert {step.step: step.states for step in status.letters} == {
        "invitation": {"dropped": len(PEOPLE)},
        "reminder-1": {"dropped": 1},
    }
    assert status.finished
