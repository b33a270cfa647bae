import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hand_made import with_rules
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from sqlalchemy import event, func, select, update

from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.packing import pack
from questionnaires.problems import ProblemsError
from survey_service.clock import SteppedClock
from survey_service.dataset.reading import read_dataset
from survey_service.entropy import SeededEntropy, SystemEntropy
from survey_service.findings.document import findings_json, read_findings
from survey_service.freezing.cut_off import freeze_wave
from survey_service.journal import verify_chain
from survey_service.publishing.verifying import verify
from survey_service.publishing.wave import publish_wave
from survey_service.store.answers import Ballot, Draft, Response
from survey_service.store.base import Base
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.letters import Letter
from survey_service.store.people import Invitation
from survey_service.store.waves import Publication, PublicationFile, Wave
from survey_service.waves.reading import WaveUnknownError, load_wave
from survey_service.waves.status import wave_status
from survey_service.waves.transitions import WaveStateError

PEOPLE = [
    *(MadePerson(name=f"Người dân {n}", group="ND", units=("XA1",)) for n in range(6)),
    *(MadePerson(name=f"Người dân {n}", group="ND", units=("XA2",)) for n in range(6)),
    *(MadePerson(name=f"Công chức {n}", group="CB", units=("XA1",)) for n in range(4)),
    *(MadePerson(name=f"Công chức {n}", group="CB", units=("XA2",)) for n in range(4)),
    *(MadePerson(name=f"Lãnh đạo {n}", group="CX", units=("XA1", "XA2")) for n in range(4)),
]

SHOWN = {
    "points": "1.00",
    "measured": "2.00",
    "percent": "50.00",
    "rescaled": False,
    "standard_error": None,
    "interval": None,
    "n": 6,
}


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW + timedelta(days=20))


@pytest.fixture
def answered(database: Database) -> MadeWave:
    """Make a closed wave in which everybody but the last has answered."""
    made = make_wave(database, PEOPLE, state="closed")
    with database.writing() as session:
        questionnaires = load_wave(session, PLAN.code).questionnaires
        for number, invitation in enumerate(made.invitations[:-1]):
            person = PEOPLE[number]
            session.add(
                Response(
                    invitation_id=invitation,
                    submitted_at=NOW,
                    texts=[{"item": "GOP-Y", "unit": "", "text": f"Góp ý {number}"}],
                )
            )
            session.flush()
            session.execute(
                update(Invitation).where(Invitation.id == invitation).values(answered=True)
            )
            asked = {
                item.code: str(5 - number % 3)
                for item in questionnaires.items
                if item.kind == "scale" and person.group in item.groups
            }
            session.add_all(
                Ballot(
                    invitation_id=invitation,
                    unit=unit,
                    familiar=True,
                    answers=pack(questionnaires, asked),
                )
                for unit in person.units
            )
        session.add(
            Draft(
                invitation_id=made.invitations[-1],
                key_id=0,
                sealed=b"sealed",
                page=1,
                answered=2,
                day=NOW.date(),
            )
        )
    return made


def _freeze(database: Database, clock: SteppedClock, folder: Path, seed: int = 1) -> str:
    return freeze_wave(
        database, clock, SeededEntropy(seed), code=PLAN.code, folder=folder, actor="test"
    )


def _count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_freezing_moves_the_answers_out_of_the_database(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    dataset_hash = _freeze(database, clock, tmp_path / "dataset")
    frozen = read_dataset(tmp_path / "dataset")
    assert frozen.hash == dataset_hash
    assert len(frozen.content.ballots) == len(PEOPLE) - 1 + 3
    assert {text.text for text in frozen.content.free_text} == {
        f"Góp ý {number}" for number in range(len(PEOPLE) - 1)
    }
    assert [_count(database, table) for table in (Ballot, Response, Draft)] == [0, 0, 0]
    with database.reading() as session:
        assert session.scalar(select(Wave.state)) == "frozen"
        assert session.scalar(select(Wave.dataset_hash)) == dataset_hash
        assert wave_status(session, PLAN.code).total.answered == len(answered.invitations) - 1
        assert verify_chain(session) is None
        entry = session.scalars(select(JournalEntry)).all()[-1]
        assert entry.event == "frozen"
        assert entry.details["dataset"] == dataset_hash


def test_nothing_in_the_dataset_names_or_numbers_a_person(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    _freeze(database, clock, tmp_path / "dataset")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "dataset").iterdir())
    for betraying in (b"@", b"Ng\xc6\xb0\xe1\xbb\x9di d\xc3\xa2n 1", b"2025-03"):
        assert betraying not in everything
    rows = (tmp_path / "dataset" / "ballots.csv").read_text(encoding="utf-8").splitlines()[1:]
    keys = [row.split(",")[0] for row in rows]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert answered.invitations


def test_after_the_cut_off_the_database_joins_nobody_to_a_ballot(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    with database.writing() as session:
        session.add(
            Letter(
                wave_id=answered.wave,
                invitation_id=answered.invitations[-1],
                step="reminder-1",
                not_before=NOW,
                state="sent",
            )
        )
    _freeze(database, clock, tmp_path / "dataset")
    with database.reading() as session:
        people = session.scalars(select(Invitation)).all()
        assert {tuple(person.units) for person in people} == {()}
        assert {person.answered for person in people} == {False}
        letters = session.execute(select(Letter.step, Letter.state, Letter.reason)).all()
        assert {tuple(letter) for letter in letters} == {("invitation", "dropped", "wave-over")}
        steps = {step.step for step in wave_status(session, PLAN.code).letters}
    assert steps == {"invitation", "reminder-1"}


def test_who_withdrew_is_counted_as_invited_and_told_from_nobody_after_the_cut_off(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    withdrawn = answered.invitations[-1]
    with database.writing() as session:
        session.execute(update(Invitation).where(Invitation.id == withdrawn).values(withdrawn=True))
        dropped = {"state": "dropped", "reason": "withdrawn"}
        session.execute(update(Letter).where(Letter.invitation_id == withdrawn).values(dropped))
    _freeze(database, clock, tmp_path / "dataset")
    issued = read_dataset(tmp_path / "dataset").content.design.issued
    assert sum(cell.ballots for cell in issued) == sum(len(person.units) for person in PEOPLE)
    with database.reading() as session:
        assert set(session.scalars(select(Invitation.withdrawn))) == {False}
        assert set(session.scalars(select(Letter.reason))) == {"wave-over"}
        status = wave_status(session, PLAN.code)
    assert (status.total.invited, status.withdrawn) == (len(PEOPLE), 1)


def test_the_ballots_of_one_person_share_a_respondent(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    _freeze(database, clock, tmp_path / "dataset")
    ballots = read_dataset(tmp_path / "dataset").content.ballots
    by_person: dict[str, set[str]] = {}
    for ballot in ballots:
        by_person.setdefault(ballot.respondent, set()).add(ballot.unit)
    assert len(by_person) == len(answered.invitations) - 1
    assert sum(units == {"XA1", "XA2"} for units in by_person.values()) == 3


def test_the_design_counts_what_was_issued(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    _freeze(database, clock, tmp_path / "dataset")
    design = read_dataset(tmp_path / "dataset").content.design
    issued = {(row.unit, row.group): row.ballots for row in design.issued}
    assert issued["XA1", "ND"] == 6
    assert issued["XA2", "CX"] == 4
    strata = {stratum.code: stratum.invited for stratum in design.strata}
    assert strata == {"CB/XA1": 4, "CB/XA2": 4, "CX": 4, "ND/XA1": 6, "ND/XA2": 6}
    assert sum(strata.values()) == len(answered.invitations)


def test_freezing_again_gives_the_same_hash_and_touches_nothing(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    first = _freeze(database, clock, tmp_path / "dataset")
    assert _freeze(database, clock, tmp_path / "other", seed=2) == first
    assert not (tmp_path / "other").exists()
    assert answered.wave


def test_a_folder_written_in_vain_is_replaced(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    folder = tmp_path / "dataset"
    folder.mkdir()
    (folder / "ballots.csv").write_text("of an attempt that never committed")
    dataset_hash = _freeze(database, clock, folder)
    assert read_dataset(folder).hash == dataset_hash
    assert answered.wave


@pytest.mark.parametrize("state", ["draft", "open", "paused", "cancelled"])
def test_only_a_closed_wave_is_frozen(
    database: Database, clock: SteppedClock, tmp_path: Path, state: str
) -> None:
    make_wave(database, PEOPLE[:1], state=state)
    with pytest.raises(WaveStateError):
        _freeze(database, clock, tmp_path / "dataset")
    assert not (tmp_path / "dataset").exists()


def test_a_wave_that_is_not_there_is_refused(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    with pytest.raises(WaveUnknownError):
        freeze_wave(database, clock, SystemEntropy(), code="x", folder=tmp_path / "d", actor="test")


def test_a_failure_while_writing_leaves_the_wave_closed_and_the_answers_in_place(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(OSError, match="file"):
        _freeze(database, clock, blocked / "dataset")
    with database.reading() as session:
        assert session.scalar(select(Wave.state)) == "closed"
    assert _count(database, Response) == len(answered.invitations) - 1
    assert _count(database, Draft) == 1


def _published(database: Database, clock: SteppedClock, folder: Path) -> Callable[[], str]:
    _freeze(database, clock, folder / "dataset")

    def publish() -> str:
        return publish_wave(
            database, clock, code=PLAN.code, wave_folder=folder, actor="test"
        ).fingerprint

    return publish


def test_a_frozen_wave_is_published_once_and_for_all(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    publish = _published(database, clock, tmp_path)
    fingerprint = publish()
    assert publish() == fingerprint
    found = verify(tmp_path / "publication", expect=fingerprint)
    assert found.verified
    with database.reading() as session:
        assert session.scalar(select(Wave.state)) == "published"
        assert session.scalar(select(func.count()).select_from(Publication)) == 1
        kept = {row.name: row.content for row in session.scalars(select(PublicationFile))}
        events = list(session.scalars(select(JournalEntry.event)))
    assert kept == {path.name: path.read_bytes() for path in (tmp_path / "publication").iterdir()}
    assert events.count("published") == 1
    assert json.loads(kept["manifest.json"])["dataset"] == read_dataset(tmp_path / "dataset").hash
    assert answered.wave


@pytest.mark.parametrize("state", ["draft", "open", "paused", "closed", "cancelled"])
def test_only_a_frozen_wave_is_published_and_that_is_asked_first(
    database: Database, clock: SteppedClock, tmp_path: Path, state: str
) -> None:
    make_wave(database, PEOPLE[:1], state=state)
    with pytest.raises(WaveStateError) as caught:
        publish_wave(
            database, clock, code=PLAN.code, wave_folder=tmp_path / "nowhere", actor="test"
        )
    assert caught.value.action == "publish"
    assert not (tmp_path / "nowhere").exists()


def test_a_wave_that_is_not_there_cannot_be_published(
    database: Database, clock: SteppedClock, tmp_path: Path
) -> None:
    with pytest.raises(WaveUnknownError):
        publish_wave(database, clock, code="x", wave_folder=tmp_path / "nowhere", actor="test")


def test_a_dataset_that_was_exchanged_is_not_published(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    publish = _published(database, clock, tmp_path)
    with database.writing() as session:
        session.execute(update(Wave).values(dataset_hash="0" * 64))
    with pytest.raises(ProblemsError, match="đã chốt"):
        publish()
    assert not (tmp_path / "publication").exists()
    assert answered.wave


def test_a_reader_that_keeps_old_pages_is_told_and_freezing_again_cleans(
    clock: SteppedClock, migrated_sqlite: Path, tmp_path: Path
) -> None:
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")

    # The wait for a reader is a setting of each connection; here nobody will go away.
    def hurry(connection: Any, _: object) -> None:
        connection.execute("PRAGMA busy_timeout = 200")

    event.listen(database.engine, "connect", hurry)
    make_wave(database, PEOPLE, state="closed")
    reader = sqlite3.connect(path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM invitations").fetchall()
    with pytest.raises(ProblemsError, match="wave freeze"):
        _freeze(database, clock, tmp_path / "dataset")
    reader.close()
    dataset_hash = _freeze(database, clock, tmp_path / "dataset")
    assert read_dataset(tmp_path / "dataset").hash == dataset_hash
    assert path.with_name("survey.sqlite3-wal").stat().st_size == 0
    database.close()


def test_publications_that_give_a_small_cell_away_together_are_refused(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    """An earlier release hid less of this dataset; what it showed is known for good."""
    with database.writing() as session:
        wave = session.scalars(select(Wave)).one()
        framework = with_rules(
            load_wave(session, PLAN.code).framework, minimum_count=1, disclosure_threshold=12
        )
        wave.framework, wave.framework_hash = canonical_json(framework), fingerprint(framework)
    publish = _published(database, clock, tmp_path)
    publish()
    with database.writing() as session:
        kept = session.scalars(
            select(PublicationFile).where(PublicationFile.name == "scores.json")
        ).one()
        less_hidden = json.loads(kept.content)
        unit = less_hidden["units"][0]
        thin = [
            leaf
            for component in unit["components"]
            for leaf in component["criteria"]
            if leaf["result"]["state"] == "suppressed"
        ]
        assert thin
        for leaf in thin:
            leaf["result"] |= {"state": "published", **SHOWN}
        kept.content = json.dumps(less_hidden).encode()
    with pytest.raises(ProblemsError, match="side by side"):
        publish()
    assert answered.wave


def test_a_version_that_tells_of_fewer_units_than_an_earlier_one_is_refused(
    database: Database, clock: SteppedClock, answered: MadeWave, tmp_path: Path
) -> None:
    publish = _published(database, clock, tmp_path)
    publish()
    with database.writing() as session:
        kept = session.scalars(
            select(PublicationFile).where(PublicationFile.name == "findings.json")
        ).one()
        findings = read_findings(kept.content)
        assert findings is not None
        rows = [
            msgspec.structs.replace(row, missing=None, units=9)
            for row in findings.answers.distributions
        ]
        assert rows
        answers = msgspec.structs.replace(findings.answers, distributions=tuple(rows))
        kept.content = findings_json(msgspec.structs.replace(findings, answers=answers))
    with pytest.raises(ProblemsError, match=r"answers\.distributions.*tells of more units"):
        publish()
    assert answered.wave
