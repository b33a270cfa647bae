import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from free_ports import free_port
from made_returns import dsn
from made_waves import NOW, PLAN, MadePerson, MadeWave, make_wave
from sqlalchemy import select, update

from mailer.writing.return_path import return_path
from survey_service.cli import main
from survey_service.cli.wiring import Wiring
from survey_service.clock import SteppedClock
from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.journal import entries
from survey_service.store.database import Database
from survey_service.store.letters import Letter
from survey_service.store.mail import ReturnedMail, Suppression

BASE = "thu-ve@khaosat.example"
ACTOR = "Phòng Nội vụ"
ADDRESS = "p0@hop-thu.example"


@pytest.fixture
def made(database: Database) -> MadeWave:
    made = make_wave(database, [MadePerson(name="Anh"), MadePerson(name="Bình")])
    with database.writing() as session:
        session.execute(update(Letter).values(state="sent", settled_at=NOW, transport="r"))
    return made


@pytest.fixture
def wiring(database: Database, tmp_path: Path, made: MadeWave) -> Wiring:
    assert made.letters
    file = tmp_path / "mail.toml"
    file.touch(mode=0o600)
    relay = '[[relays]]\nname = "r"\nurl = "smtps://thu.example"\n'
    file.write_text(f'{relay}[returns]\naddress = "{BASE}"\n')
    return Wiring(
        settings=read_settings({"SURVEY_DATA": str(tmp_path)}),
        database=database,
        clock=SteppedClock(NOW),
        entropy=SystemEntropy(),
    )


def _run(wiring: Wiring, *words: str, octets: bytes = b"", fails: int = 0) -> Result:
    done = CliRunner().invoke(main, ["mail", *words], obj=wiring, input=octets)
    assert done.exit_code == fails, done.output
    return done


def _bounce(wiring: Wiring, letter: int) -> bytes:
    key = wiring.keys.secrets("letter")[0]
    return dsn(to=return_path(str(letter), key=key, address=BASE), final=ADDRESS)


def test_a_mail_on_the_pipe_is_taken(wiring: Wiring, made: MadeWave) -> None:
    _run(wiring, "intake", octets=_bounce(wiring, made.letters[0]))
    rows = json.loads(_run(wiring, "suppressions", "--json").stdout)
    assert [(row["address"], row["wave"], row["reason"]) for row in rows] == [
        (ADDRESS, None, "hard-address")
    ]
    counts = json.loads(_run(wiring, "returns", "--json").stdout)
    assert counts == [
        {
            "wave": PLAN.code,
            "relay": "r",
            "kind": "bounce",
            "failure": "hard-address",
            "source": "pipe",
            "count": 1,
        }
    ]
    heading, row, _ = _run(wiring, "returns", "--lang", "vi").stdout.splitlines()
    assert heading == "Số thư  Đợt  Máy chủ gửi  Loại  Lý do  Đến qua"
    assert row == f"     1  {PLAN.code}  r  trả về  địa chỉ không có thật  pipe"
    assert ADDRESS in _run(wiring, "suppressions").stdout


def test_a_mailbox_that_does_not_answer_is_named(wiring: Wiring, tmp_path: Path) -> None:
    with (tmp_path / "mail.toml").open("a") as file:
        file.write(f'mailbox = "imap://u:p@127.0.0.1:{free_port()}/INBOX"\n')
    said = _run(wiring, "poll", fails=1).output
    assert "returns.mailbox: không lấy được thư" in said
    assert "try again later" in said


def test_the_pipes_envelope_says_from_whom_and_to_whom(wiring: Wiring, made: MadeWave) -> None:
    mail = _bounce(wiring, made.letters[0])
    key = wiring.keys.secrets("letter")[0]
    to = return_path(str(made.letters[1]), key=key, address=BASE)
    _run(wiring, "intake", "--sender", "MAILER-DAEMON", "--recipient", to, octets=mail)
    with wiring.database.reading() as session:
        assert session.scalar(select(ReturnedMail.letter_id)) == made.letters[1]


def test_what_nobody_understands_is_kept_and_no_error(wiring: Wiring) -> None:
    _run(wiring, "intake", octets=b"\0\xff")
    with wiring.database.reading() as session:
        assert session.scalar(select(ReturnedMail.kind)) == "unrecognised"


def test_whatever_goes_wrong_the_mail_server_is_to_try_again(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'empty.sqlite3'}", "nonsense"):
        done = subprocess.run(
            [sys.executable, "-c", "from survey_service.cli import main; main()", "mail", "intake"],
            env={"SURVEY_DATA": str(tmp_path), "DATABASE_URL": url},
            input=dsn(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 75
        assert b"the mail was not taken" in done.stderr


def test_an_address_is_suppressed_and_released_by_hand(wiring: Wiring) -> None:
    _run(wiring, "suppress", f" {ADDRESS.upper()} ", "--reason", "yêu cầu qua điện thoại")
    with wiring.database.reading() as session:
        row = session.scalars(select(Suppression)).one()
    assert (row.email_key, row.reason, row.source, row.wave) == (ADDRESS, "manual", "cli", None)
    released = _run(wiring, "release", ADDRESS, "--reason", "đã xin lại", "--actor", ACTOR)
    assert "manual" in released.stdout
    with wiring.database.reading() as session:
        row = session.scalars(select(Suppression)).one()
        said = [(entry.event, entry.actor, entry.details) for entry in entries(session)]
    assert row.released_by == ACTOR
    assert said == [
        ("address-suppressed", "cli", {"reason": "yêu cầu qua điện thoại"}),
        (
            "address-released",
            "Phòng Nội vụ",
            {"suppressed_for": ["manual"], "reason": "đã xin lại"},
        ),
    ]


def test_an_opt_out_is_released_only_where_the_person_asked(wiring: Wiring) -> None:
    with wiring.database.writing() as session:
        for reason in ("opt-out", "hard-address"):
            session.add(
                Suppression(email_key=ADDRESS, wave=None, reason=reason, source="page", at=NOW)
            )
    released = _run(wiring, "release", ADDRESS, "--reason", "hộp thư đã mở lại")
    assert "hard-address" in released.stdout
    assert "opt-out" not in released.stdout
    refused = _run(wiring, "release", ADDRESS, "--reason", "hộp thư đã mở lại", fails=1)
    assert "opted out themselves" in refused.stderr
    _run(wiring, "release", ADDRESS, "--reason", "gọi điện xin nhận lại", "--asked")
    with wiring.database.reading() as session:
        assert None not in set(session.scalars(select(Suppression.released_at)))


def test_an_address_is_suppressed_in_one_wave_only(wiring: Wiring) -> None:
    _run(wiring, "suppress", ADDRESS, "--reason", "nghỉ hưu", "--wave", PLAN.code)
    with wiring.database.reading() as session:
        assert session.scalar(select(Suppression.wave)) == PLAN.code


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("release", ADDRESS, "--reason", "x"), "not on the list"),
        (("suppress", "khong-phai", "--reason", "x"), "@"),
        (("suppress", ADDRESS, "--reason", " "), "reason must not be empty"),
        (("suppress", ADDRESS, "--reason", f"do {ADDRESS}"), "nor hold an address"),
        (("suppress", ADDRESS, "--reason", "x", "--wave", "khong-co"), "no wave of that code"),
        (("poll",), "names no mailbox"),
    ],
)
def test_what_cannot_be_done_is_refused_in_both_languages(
    wiring: Wiring, words: tuple[str, ...], said: str
) -> None:
    refused = _run(wiring, *words, fails=1)
    assert said in refused.stderr
    assert " / " in refused.stderr
    with wiring.database.reading() as session:
        assert session.scalar(select(Suppression.id)) is None
