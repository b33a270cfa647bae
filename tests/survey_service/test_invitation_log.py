"""The invitation log: every letter on a line, its counts right, and nobody's answering told."""

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, func, insert, select, update

from survey_service.cli.mail import mail
from survey_service.cli.wiring import Wiring
from survey_service.clock import SteppedClock
from survey_service.config import Settings, read_settings
from survey_service.entropy import SeededEntropy
from survey_service.mailing.records.invitation_log import LogLine, LogTotals, log_lines
from survey_service.mailing.records.log_files import CsvTable
from survey_service.mailing.sending.history import Event, record_events
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation

AT = NOW
PEOPLE = [MadePerson(name=f"Người {place}") for place in range(6)]


@pytest.fixture
def made(database: Database) -> MadeWave:
    return make_wave(database, PEOPLE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"SURVEY_DATA": str(tmp_path)})


@pytest.fixture
def run(database: Database, settings: Settings) -> Callable[..., Result]:
    wiring = Wiring(
        settings=settings, database=database, clock=SteppedClock(NOW), entropy=SeededEntropy(3)
    )

    def invoke(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(mail, words, obj=wiring, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return invoke


def log(database: Database, seed: int = 1) -> tuple[list[LogLine], LogTotals]:
    totals = LogTotals()
    with database.reading() as session:
        return list(log_lines(session, PLAN.code, SeededEntropy(seed), totals)), totals


def tell(database: Database, *events: Event) -> None:
    with database.writing() as session:
        record_events(session, events)


def end(database: Database, letter: int, state: str, **values: object) -> None:
    with database.writing() as session:
        session.execute(
            update(Letter)
            .where(Letter.id == letter)
            .values(state=state, settled_at=AT, attempt=1, **values)
        )


def add_step(database: Database, made: MadeWave, step: str) -> list[int]:
    with database.writing() as session:
        letters = [
            Letter(wave_id=made.wave, invitation_id=invitation, step=step, not_before=NOW)
            for invitation in made.invitations
        ]
        session.add_all(letters)
        session.flush()
        return [letter.id for letter in letters]


def test_an_invitation_is_on_a_line_with_its_address_and_history(
    database: Database, made: MadeWave
) -> None:
    first = made.letters[0]
    end(database, first, "sent", transport="main", reply="250 2.0.0 queued as A1", resent=1)
    tell(
        database,
        Event(letter=first, at=AT, event="intent", detail="main"),
        Event(letter=first, at=AT, event="sent", detail="250 2.0.0 queued as A1"),
        Event(
            letter=first,
            at=AT + timedelta(minutes=5),
            event="bounced",
            detail="5.1.1 <p0@hop-thu.example> unknown, see https://x.example/1",
        ),
    )
    lines, totals = log(database)
    line = lines[0]
    assert (line.step, line.state, line.address, line.group) == (
        *("invitation", "sent", "p0@hop-thu.example", "ND"),
    )
    assert (line.relay, line.code, line.attempts, line.resent) == ("main", "250 2.0.0", 1, 1)
    # The wave's own zone, seven hours ahead.
    assert line.since == "2025-03-03 09:00"
    assert [happened.event for happened in line.history] == ["intent", "sent", "bounced"]
    assert line.history[-1].at == "2025-03-03 09:05"
    assert "@" not in line.history[-1].detail
    assert "://" not in line.history[-1].detail
    assert (len(lines), totals.letters, totals.resent) == (6, 6, 1)
    assert totals.states == {"invitation": {"sent": 1, "queued": 5}}


@pytest.mark.parametrize("step", ["reminder-1", "closing-notice", "thank-you", "link-2", "later"])
def test_a_letter_that_depends_on_answering_names_nobody(
    database: Database, made: MadeWave, step: str
) -> None:
    for letter in add_step(database, made, step):
        end(database, letter, "failed", transport="main", reply="550 5.1.1 p0 at hop-thu.example")
        tell(database, Event(letter=letter, at=AT, event="failed", detail="550 5.1.1 p0"))
    lines = [line for line in log(database)[0] if line.step == step]
    assert len(lines) == len(PEOPLE)
    for line in lines:
        assert (line.address, line.group, line.relay) == ("", "", "")
        assert (line.code, line.since) == ("550 5.1.1", "2025-03-03")
        assert [(one.at, one.detail) for one in line.history] == [("2025-03-03", "")]


def test_the_order_of_such_letters_is_drawn_anew_each_time(
    database: Database, made: MadeWave
) -> None:
    letters = add_step(database, made, "reminder-1")
    for attempt, letter in enumerate(letters, 1):
        with database.writing() as session:
            session.execute(update(Letter).where(Letter.id == letter).values(attempt=attempt))

    def order(seed: int) -> list[int]:
        return [line.attempts for line in log(database, seed)[0] if line.step == "reminder-1"]

    orders = {tuple(order(seed)) for seed in range(8)}
    assert len(orders) > 4
    assert {frozenset(one) for one in orders} == {frozenset(range(1, 7))}


def test_answered_withdrawn_and_opted_out_read_alike(database: Database, made: MadeWave) -> None:
    reasons = ("answered", "withdrawn", "opt-out", "wave-over")
    for letter, reason in zip(made.letters, reasons, strict=False):
        end(database, letter, "dropped", reason=reason)
        tell(database, Event(letter=letter, at=AT, event="dropped", detail=reason))
    lines, _ = log(database)
    told = [(line.reason, line.history[0].detail) for line in lines[:4]]
    assert told == [("no-longer-needed",) * 2] * 3 + [("wave-over",) * 2]


def test_how_a_doubt_was_cleared_and_when_is_not_told(database: Database, made: MadeWave) -> None:
    first = made.letters[0]
    end(database, first, "sent", reply="answers, Postfix log: accepted")
    tell(
        database,
        Event(letter=first, at=AT, event="uncertain", detail="timed out"),
        Event(letter=first, at=AT, event="resolved", detail="answers: accepted"),
        Event(letter=first, at=AT, event="sent"),
    )
    line = log(database)[0][0]
    assert (line.code, line.since) == ("", "2025-03-03")
    assert {one.at for one in line.history} == {"2025-03-03"}
    assert all("answer" not in one.detail for one in line.history)


def test_no_output_holds_who_answered_or_a_link(
    database: Database, made: MadeWave, run: Callable[..., Result]
) -> None:
    """Two people swap whether they answered; the log of either world reads the same."""

    def play(answered: int, reminded: int) -> str:
        with database.writing() as session:
            session.execute(update(Invitation).values(answered=False))
            session.execute(
                update(Invitation)
                .where(Invitation.id == made.invitations[answered])
                .values(answered=True)
            )
            session.execute(delete(Letter).where(Letter.step == "reminder-1"))
            session.add(
                Letter(
                    wave_id=made.wave,
                    invitation_id=made.invitations[reminded],
                    step="reminder-1",
                    not_before=NOW,
                    state="sent",
                    settled_at=AT + timedelta(minutes=reminded),
                )
            )
        return run("log", PLAN.code).output

    assert play(0, 1) == play(1, 0)


def test_the_table_ends_in_its_counts_and_no_cell_is_a_formula(
    database: Database, made: MadeWave, run: Callable[..., Result], tmp_path: Path
) -> None:
    with database.writing() as session:
        session.execute(
            update(Contact)
            .where(Contact.email == "p0@hop-thu.example")
            .values(email="=cmd|x@hop-thu.example", group="+1")
        )
    add_step(database, made, "reminder-1")
    out = tmp_path / "log.csv"
    assert "12 thư" in run("log", PLAN.code, "--out", str(out)).output
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert out.stat().st_mode & 0o077 == 0
    rows = list(csv.reader(io.StringIO(out.read_text("utf-8-sig"))))
    assert rows[1][3:5] == ["'=cmd|x@hop-thu.example", "'+1"]
    assert rows[-1][1] == "12"
    assert [row[1] for row in rows[-3:-1]] == ["chờ gửi / queued 6"] * 2
    assert list(tmp_path.glob(".log*")) == []


def test_the_workbook_holds_text_only(
    database: Database, made: MadeWave, run: Callable[..., Result], tmp_path: Path
) -> None:
    with database.writing() as session:
        session.execute(
            update(Contact).where(Contact.email.like("p0@%")).values(email="=1+1@x.example")
        )
    out = tmp_path / "log.xlsx"
    run("log", PLAN.code, "--out", str(out), "--lang", "vi")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(out.read_bytes()))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert rows[0][:3] == ["Bước gửi", "Tình trạng", "Lý do"]
    assert rows[1][3] == "=1+1@x.example"
    assert rows[-1][:2] == ["TỔNG CỘNG", str(len(made.letters))]
    assert out.stat().st_mode & 0o077 == 0


def test_json_is_one_object_per_line(
    database: Database, made: MadeWave, run: Callable[..., Result]
) -> None:
    assert database
    lines = [json.loads(line) for line in run("log", PLAN.code, "--json").output.splitlines()]
    assert len(lines) == len(made.letters) + 1
    assert lines[-1]["totals"]["letters"] == len(made.letters)


@pytest.mark.parametrize(
    ("words", "said"),
    [((PLAN.code, "--out", "log.pdf"), ".xlsx"), (("khong-co",), "khong-co"),
     ((PLAN.code, "--out", "/nowhere/log.csv"), "/nowhere")],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(
    database: Database,
    made: MadeWave,
    run: Callable[..., Result],
    words: tuple[str, ...],
    said: str,
) -> None:
    assert database
    assert made
    assert said in run("log", *words, code=1).output


def test_a_long_log_takes_no_more_memory_than_a_short_one(database: Database) -> None:
    made = make_wave(database, [MadePerson(name="x")])
    grow(database, made, 1_000)
    short = peak(database)
    grow(database, made, 5_000)
    assert peak(database) < short + 500_000


def grow(database: Database, made: MadeWave, count: int) -> None:
    with database.writing() as session:
        first = (session.scalar(select(func.max(Contact.id))) or 0) + 10
        numbers = range(first, first + count)
        session.execute(
            insert(Contact),
            [
                {"id": n, "wave_id": made.wave, "email": f"q{n}@x.example", "name": "x",
                 "email_key": f"q{n}@x.example", "group": "ND",
                    "transactions": [],
                    "sectors": []}
                for n in numbers
            ],
        )  # fmt: skip
        session.execute(
            insert(Invitation),
            [
                {"id": n, "wave_id": made.wave, "contact_id": n, "units": [],
                 "public_id": n.to_bytes(8, "little")}
                for n in numbers
            ],
        )  # fmt: skip
        session.execute(
            insert(Letter),
            [
                {"wave_id": made.wave, "invitation_id": n, "step": "invitation",
                 "not_before": NOW, "domain": "x.example"}
                for n in numbers
            ],
        )  # fmt: skip


def peak(database: Database) -> int:
    class Nowhere(io.StringIO):
        def write(self, text: str) -> int:
            return len(text)

    table = CsvTable(Nowhere())
    tracemalloc.start()
    try:
        with database.reading() as session:
            totals = LogTotals()
            for line in log_lines(session, PLAN.code, SeededEntropy(1), totals):
                table.row([line.address])
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
