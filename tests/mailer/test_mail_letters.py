"""Staff look at a wave's letters, and send themselves one, before anybody gets one."""

import asyncio
import email
import email.policy
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread

import click
import msgspec
import pytest
from click.testing import CliRunner, Result
from scripted_server import ScriptedServer
from sqlalchemy import func, select
from staged import CODE, Stage, contacts

from questionnaires.problems import ProblemsError
from survey_service.cli.mail.letters import preview, send_test
from survey_service.cli.wiring import Wiring
from survey_service.links import Links
from survey_service.mailing.writing.preview import INVENTED, step_named
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.letters import Letter
from survey_service.store.people import Invitation
from survey_service.waves.mail_plan.steps import STEPS

Run = Callable[..., Result]
TO = "can-bo@coquan.example"


@click.group()
def cli() -> None:
    pass


cli.add_command(preview)
cli.add_command(send_test)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    made = Stage(database, tmp_path)
    made.create()
    return made


@pytest.fixture
def run(stage: Stage) -> Run:
    def invoke(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, arguments, obj=wiring(stage), catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return invoke


def wiring(stage: Stage) -> Wiring:
    return Wiring(
        settings=stage.settings, database=stage.database, clock=stage.clock, entropy=stage.entropy
    )


@contextmanager
def relay(stage: Stage, **scripts: str) -> Generator[ScriptedServer]:
    """Run a scripted server beside, and make it the relay of the settings."""
    ready, done = Event(), Event()
    server = ScriptedServer()
    for verb, reply in scripts.items():
        server.script(verb, reply)

    async def serve() -> None:
        async with server:
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(5)
    stage.settings = replace(stage.settings, smtp_url=f"smtp://127.0.0.1:{server.port}")
    yield server
    done.set()
    thread.join()


def read(octets: bytes) -> tuple[EmailMessage, str, str]:
    message = email.message_from_bytes(octets, _class=EmailMessage, policy=email.policy.SMTP)
    assert not message.defects
    text, html = (part.get_content() for part in message.iter_parts())
    return message, text, html


def journaled(stage: Stage) -> list[JournalEntry]:
    with stage.database.reading() as session:
        found = select(JournalEntry).where(JournalEntry.event == "mail-tested")
        return list(session.scalars(found))


def links(stage: Stage) -> Links:
    return Links(wiring(stage).keys, "https://khaosat.example")


def trial_link(stage: Stage) -> str:
    return links(stage).trial_url(CODE, "vi", "CX")


def test_a_draft_waves_letter_is_shown_with_its_headers(stage: Stage, run: Run) -> None:
    shown = run("preview", CODE).output
    assert "Subject: Mời Ông/Bà trả lời phiếu: Đánh giá hai xã" in shown
    assert f"To: Nguyễn Thị Ví Dụ <{INVENTED}>" in shown
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in shown
    assert trial_link(stage) in shown
    assert "12/UBND" in shown


@pytest.mark.parametrize("step", ["pre-notice", "reminder", "reminder-2", "link", "results"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_group_gets_its_three_files(
    run: Run, tmp_path: Path, step: str, language: str
) -> None:
    out = tmp_path / "thu"
    run("preview", CODE, "--step", step, "--language", language, "--out", str(out))
    name = step_named(step)
    files = {path.name: path for path in out.iterdir()}
    assert set(files) == {
        f"{name}.{group}.{language}.{ending}"
        for group in ("CX", "CB", "ND")
        for ending in ("eml", "txt", "html")
    }
    for group in ("CX", "CB", "ND"):
        _, text, html = read(files[f"{name}.{group}.{language}.eml"].read_bytes())
        stem = f"{name}.{group}.{language}"
        assert files[f"{stem}.txt"].read_text(encoding="utf-8") == text.replace("\r\n", "\n")
        assert files[f"{stem}.html"].read_text(encoding="utf-8") == html.replace("\r\n", "\n")
    assert "“" in files[f"{name}.ND.{language}.txt"].read_text(encoding="utf-8")


def test_a_preview_is_never_about_a_listed_person(stage: Stage, run: Run, tmp_path: Path) -> None:
    stage.opened()
    out = tmp_path / "thu"
    shown = run("preview", CODE, "--out", str(out)).output
    written = shown + "".join(path.read_text() for path in out.iterdir() if path.suffix != ".eml")
    assert "@xa.example" not in written
    assert "@dan.example" not in written
    assert "/p/" not in written
    with stage.database.reading() as session:
        for public_id in session.scalars(select(Invitation.public_id)):
            assert links(stage).opt_out_url(public_id, 0) not in written
            assert links(stage).one_click_url(public_id, 0) not in written


def test_a_preview_can_be_read_by_a_program(run: Run) -> None:
    shown = msgspec.json.decode(run("preview", CODE, "--group", "ND", "--json").output)
    assert shown["group"] == "ND"
    assert shown["step"] == "invitation"
    assert "Thủ tục ví dụ" in shown["text"]
    assert ["Content-Language", "vi"] in shown["headers"]


def test_a_test_letter_goes_through_the_relay_marked_and_with_a_trial_link(
    stage: Stage, run: Run
) -> None:
    with relay(stage) as server:
        said = run("test", CODE, "--to", TO, "--actor", "Phòng Nội vụ").output
    assert "250 2.0.0 taken" in said
    (taken,) = server.taken
    assert taken.recipient == TO
    message, text, html = read(taken.octets)
    assert str(message["Subject"]).startswith("[THỬ] Mời Ông/Bà")
    assert message["To"].addresses[0].addr_spec == TO
    for body in (text, html):
        assert trial_link(stage) in body
        assert "không phải thư mời thật" in body
        assert "/p/" not in body
    (entry,) = journaled(stage)
    assert entry.actor == "Phòng Nội vụ"
    assert entry.details == {"step": "invitation", "language": "vi", "relay": "relay"}
    with stage.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 0


@pytest.mark.parametrize("step", sorted({step.template for step in STEPS.values()}))
def test_every_step_can_be_tested_in_english(stage: Stage, run: Run, step: str) -> None:
    with relay(stage) as server:
        run("test", CODE, "--to", TO, "--step", step, "--language", "en", "--group", "ND")
    message, text, _ = read(server.taken[0].octets)
    assert str(message["Subject"]).startswith("[TEST] ")
    assert text.startswith("[TEST LETTER] ")


def test_two_test_letters_are_two_and_no_letter_of_the_outbox(stage: Stage, run: Run) -> None:
    stage.invite(contacts())
    with relay(stage) as server:
        run("test", CODE, "--to", TO)
        run("test", CODE, "--to", TO)
    first, second = (taken.message_id for taken in server.taken)
    assert first != second
    assert first.startswith("<thu.")


@pytest.mark.parametrize(
    ("verb", "reply"),
    [
        ("RCPT", "550 5.1.1 no such user"),
        ("MAIL", "451 4.7.1 try later"),
        ("DOT", "554 5.7.1 looks like spam"),
        ("GREETING", "554 5.3.2 go away"),
    ],
)
def test_what_the_relay_refuses_is_said_in_its_own_words(
    stage: Stage, run: Run, verb: str, reply: str
) -> None:
    with relay(stage, **{verb: reply}):
        said = run("test", CODE, "--to", TO, code=1).stderr
    assert reply in said
    assert "mail doctor" in said
    assert "không nhận thư thử" in said
    assert [entry.details["relay"] for entry in journaled(stage)] == ["relay"]


def test_a_relay_that_is_not_there_is_said(stage: Stage, run: Run) -> None:
    stage.settings = replace(stage.settings, smtp_url="smtp://127.0.0.1:9")
    assert "mail doctor" in run("test", CODE, "--to", TO, code=1).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("test", CODE, "--to", "khong-phai"), "--to"),
        (("test", CODE, "--to", "a@b.example, c@d.example"), "nhiều địa chỉ"),
        (("test", CODE, "--to", TO, "--step", "invite"), "các bước: pre-notice"),
        (("test", CODE, "--to", TO, "--group", "XX"), "các nhóm: CX, CB, ND"),
        (("test", CODE, "--to", TO, "--relay", "khac"), "các máy chủ: relay"),
        (("test", "khong-co", "--to", TO), "không có đợt điều tra nào"),
        (("preview", "khong-co"), "không có đợt điều tra nào"),
        (("preview", CODE, "--step", "x"), "các bước"),
        (("preview", CODE, "--group", "x"), "các nhóm"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_goes(
    stage: Stage, run: Run, words: tuple[str, ...], said: str
) -> None:
    with relay(stage) as server:
        assert said in run(*words, code=1).stderr
    assert server.taken == []
    assert journaled(stage) == []


def test_a_step_goes_by_its_name_or_its_kind() -> None:
    assert step_named("reminder") == "reminder-1"
    assert step_named("reminder-9") == "reminder-9"
    with pytest.raises(ProblemsError):
        step_named("reminder-10")


def test_a_register_without_units_lends_an_example(database: Database, tmp_path: Path) -> None:
    stage = Stage(database, tmp_path)
    stage.create(units="Mã đơn vị;Tên đơn vị;Tên tiếng Anh;Loại đơn vị\nS1;Sở Một;Dept;SO\n")
    result = CliRunner().invoke(
        cli, ["preview", CODE, "--group", "ND"], obj=wiring(stage), catch_exceptions=False
    )
    assert result.exit_code == 0
    assert "Đơn vị ví dụ" in result.output
