"""`mail doctor`: from the settings to plain advice, with a test letter followed to its bounce."""

import asyncio
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from dns_server import Zone, serving_names
from postal import NO_SUCH_MAILBOX, Dovecot, Postfix
from scripted_server import ScriptedServer

from mailer.writing.dkim import DkimSigner
from mailer.writing.signing_key import public_record
from survey_service.cli.mail import mail
from survey_service.cli.wiring import Wiring
from survey_service.clock import SystemClock
from survey_service.config import read_settings
from survey_service.entropy import SeededEntropy
from survey_service.store.database import Database

ADDRESS = "8.8.4.4"
ZONE: Zone = {
    "khaosat.example TXT": [f'"v=spf1 ip4:{ADDRESS} -all"'],
    "khaosat.example MX": ["10 mx.khaosat.example."],
    "mx.khaosat.example A": [ADDRESS],
    "_dmarc.khaosat.example TXT": ['"v=DMARC1; p=reject; rua=mailto:dmarc@khaosat.example"'],
    "4.4.8.8.in-addr.arpa PTR": ["mx.khaosat.example."],
}
PASSWORD = "mat-khau-rat-bi-mat"


class Doctor:
    """Runs the command with a mail file and a zone of its own."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.file = ""
        self.settings = {
            "SURVEY_DATA": str(folder),
            "SURVEY_MAIL_FROM": "moi@khaosat.example",
            "SURVEY_PUBLIC_URL": "https://khaosat.example",
        }
        self.zone: dict[str, list[str]] = {name: list(texts) for name, texts in ZONE.items()}

    def run(self, *words: str, code: int = 0) -> Result:
        if self.file:
            path = self.folder / "mail.toml"
            path.touch(mode=0o600)
            path.write_text(self.file)
        wiring = Wiring(
            settings=read_settings(self.settings),
            database=self.database,
            clock=SystemClock(),
            entropy=SeededEntropy(5),
        )
        with serving_names(self.zone) as (_, _, port):
            result = CliRunner().invoke(
                mail,
                ["doctor", "--dns", f"127.0.0.1#{port}", *words],
                obj=wiring,
                catch_exceptions=False,
            )
        assert result.exit_code == code, result.output
        return result

    def marks(self, *words: str, code: int = 0) -> dict[str, list[str]]:
        found = json.loads(self.run("--json", *words, code=code).output)
        marks: dict[str, list[str]] = {}
        for finding in found["findings"]:
            assert finding["vi"]
            assert finding["en"]
            marks.setdefault(finding["check"], []).append(finding["mark"])
        assert sum(found["counts"].values()) == len(found["findings"])
        return marks


@pytest.fixture
def doctor(tmp_path: Path, migrated_sqlite: Path) -> Generator[Doctor]:
    database = Database(f"sqlite:///{migrated_sqlite}")
    yield Doctor(database, tmp_path)
    database.close()


@contextmanager
def serving(server: ScriptedServer) -> Generator[int]:
    """Run a scripted server beside the command, which has a loop of its own."""
    ready, over = threading.Event(), threading.Event()

    async def play() -> None:
        async with server:
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(play(),))
    thread.start()
    assert ready.wait(10)
    port = server.port
    try:
        yield port
    finally:
        over.set()
        thread.join()


def test_without_a_relay_it_says_that_nothing_leaves(doctor: Doctor) -> None:
    assert doctor.marks() == {"connect": ["warning"]}
    assert "SURVEY_SMTP_URL" in doctor.run("--lang", "vi").output


def test_a_sound_set_up_has_no_error(doctor: Doctor) -> None:
    with serving(ScriptedServer(offers=("DSN", "SMTPUTF8", "AUTH PLAIN"))) as port:
        doctor.settings["SURVEY_SMTP_URL"] = f"smtp://khaosat:{PASSWORD}@127.0.0.1:{port}"
        marks = doctor.marks("--from-ip", ADDRESS)
        output = doctor.run("--from-ip", ADDRESS).output
    assert marks == {
        "connect": ["ok"],
        "offers": ["ok"],
        "login": ["ok"],
        "sender": ["ok"],
        "spf": ["ok", "ok"],
        "dkim": ["not checked"],
        "dmarc": ["ok", "ok"],
        "mx": ["ok"],
        "ptr": ["ok"],
    }
    assert "[ĐẠT / OK] SPF – khaosat.example" in output
    assert "10 đạt, 0 cảnh báo, 0 lỗi, 1 chưa kiểm được." in output
    assert PASSWORD not in output


def test_an_error_gives_the_record_to_paste_and_exit_code_1(doctor: Doctor) -> None:
    del doctor.zone["khaosat.example TXT"]
    with serving(
        ScriptedServer(offers=("AUTH PLAIN",)).script("AUTH", f"535 no {PASSWORD}")
    ) as port:
        doctor.settings["SURVEY_SMTP_URL"] = f"smtp://khaosat:{PASSWORD}@127.0.0.1:{port}"
        output = doctor.run("--from-ip", ADDRESS, "--lang", "vi", code=1).output
    assert f'> khaosat.example. IN TXT "v=spf1 ip4:{ADDRESS} -all"' in output
    assert "[LỖI] đăng nhập – relay" in output
    assert PASSWORD not in output


def test_a_relay_of_ours_is_known_by_the_name_it_says(doctor: Doctor) -> None:
    doctor.zone["relay.khaosat.example A"] = [ADDRESS]
    hello = "250-relay.khaosat.example\r\n250 DSN"
    with serving(ScriptedServer().script("EHLO", hello, hello)) as port:
        doctor.settings["SURVEY_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        marks = doctor.marks()
    assert (marks["spf"], marks["ptr"]) == (["ok", "ok"], ["ok"])


def test_an_address_that_is_not_known_is_not_guessed(doctor: Doctor) -> None:
    with serving(ScriptedServer()) as port:
        doctor.settings["SURVEY_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        marks = doctor.marks()
    assert (marks["spf"], marks["ptr"]) == (["ok", "not checked"], ["not checked"])


def test_an_operators_relay_is_looked_for_by_its_own_record(doctor: Doctor) -> None:
    doctor.zone["khaosat.example TXT"] = ['"v=spf1 include:_spf.google.com -all"']
    doctor.zone["_spf.google.com TXT"] = ['"v=spf1 ip4:192.0.2.0/24 ~all"']
    with serving(ScriptedServer()) as port:
        doctor.file = (
            f'[[relays]]\nname = "google"\npreset = "gmail-relay"\n'
            f'url = "smtp://127.0.0.1:{port}"\n'
        )
        marks = doctor.marks()
    assert marks["spf"] == ["ok", "ok"]
    assert "ptr" not in marks


def test_the_signature_is_checked_against_our_own_key(doctor: Doctor) -> None:
    key = generate_private_key(65537, 2048)
    path = doctor.folder / "dkim.pem"
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    doctor.file = '[dkim]\ndomain = "khaosat.example"\nselector = "s1"\nkey_file = "dkim.pem"\n'
    signer = DkimSigner("khaosat.example", "s1", key)
    record = public_record(signer.key)
    strings = " ".join(f'"{record[at : at + 200]}"' for at in range(0, len(record), 200))
    server = ScriptedServer()
    with serving(server) as port:
        doctor.settings["SURVEY_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        missing = doctor.run("--from-ip", ADDRESS, code=1).output
        assert "> s1._domainkey.khaosat.example. IN TXT" in missing
        doctor.zone["s1._domainkey.khaosat.example TXT"] = [strings]
        marks = doctor.marks("--from-ip", ADDRESS, "--to", "an@hop-thu.example", "--wait", "0")
    assert (marks["dkim"], marks["test letter"]) == (["ok"], ["ok", "not checked"])
    assert b"DKIM-Signature:" in server.taken[0].octets
    path.chmod(0o644)
    assert "chmod 600" in doctor.run("--from-ip", ADDRESS, code=1).output


def test_a_test_letter_says_what_the_relay_answered(doctor: Doctor) -> None:
    server = ScriptedServer().script("RCPT", "550 5.1.1 no such user")
    with serving(server) as port:
        doctor.settings["SURVEY_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        refused = doctor.run("--from-ip", ADDRESS, "--to", "an@hop-thu.example", code=1).output
        sent = doctor.run("--from-ip", ADDRESS, "--to", "an@hop-thu.example", "--lang", "en").output
    assert "550 5.1.1 no such user" in refused
    assert "The relay took the test letter: 250 2.0.0 taken." in sent
    assert "moi@khaosat.example" in sent
    (letter,) = server.taken
    assert letter.recipient == "an@hop-thu.example"
    assert b"Auto-Submitted: auto-generated" in letter.octets
    assert letter.message_id.startswith("<doctor-")


@pytest.mark.parametrize(
    "words",
    [
        ("--to", "nobody"),
        ("--to", "nguyễn@x.example"),
        ("--from-ip", "here"),
        ("--dns", "name.server"),
        ("--dns", "127.0.0.1#x"),
    ],
)
def test_what_cannot_be_read_is_a_wrong_usage(doctor: Doctor, words: tuple[str, ...]) -> None:
    doctor.run(*words, code=2)


def test_a_bad_mail_file_is_refused(doctor: Doctor) -> None:
    doctor.file = '[[relays]]\nname = "x"\nurl = "nonsense"\n'
    assert "mail.toml" in doctor.run(code=1).output


def returns_to(dovecot: Dovecot, postfix: Postfix, user: str) -> str:
    return (
        f'[[relays]]\nname = "ours"\npreset = "postfix-local"\nurl = "{postfix.url}"\n'
        f"success_reports = true\n"
        f'[returns]\naddress = "{user}@khaosat.example"\nmailbox = "{dovecot.url(user)}"\n'
    )


@pytest.mark.parametrize(
    ("recipient", "mark", "said"),
    [
        (NO_SUCH_MAILBOX, "error", "5.1.1"),
        ("nguoi-nhan-thu@khaosat.example", "ok", "Saved."),
    ],
)
def test_a_test_letter_is_followed_to_its_report(
    doctor: Doctor, dovecot: Dovecot, postfix: Postfix, recipient: str, mark: str, said: str
) -> None:
    user = f"tra-kham-{mark}"
    doctor.file = returns_to(dovecot, postfix, user)
    result = doctor.run(
        *("--from-ip", ADDRESS, "--to", recipient, "--wait", "30", "--json"),
        code=1 if mark == "error" else 0,
    )
    sent, report = [
        finding
        for finding in json.loads(result.output)["findings"]
        if finding["check"] == "test letter"
    ]
    assert (sent["mark"], report["mark"]) == ("ok", mark)
    assert said in report["vi"]
    # The mail stays where it is, for whoever collects what comes back.
    assert dovecot.count(user) == 1


def test_a_report_that_was_moved_away_is_found_all_the_same(
    doctor: Doctor, dovecot: Dovecot, postfix: Postfix
) -> None:
    user = "tra-kham-da-chuyen"
    doctor.file = returns_to(dovecot, postfix, user)
    over = threading.Event()

    def collect() -> None:
        while not over.wait(0.02):
            with dovecot.session(user) as session:
                session.select("INBOX")
                _, found = session.uid("SEARCH", "ALL")
                if found[0]:
                    session.uid("MOVE", found[0].split()[0].decode(), "Processed")
                    return

    collector = threading.Thread(target=collect)
    collector.start()
    try:
        words = ("--from-ip", ADDRESS, "--to", NO_SUCH_MAILBOX, "--wait", "30", "--lang", "en")
        output = doctor.run(*words, code=1).output
    finally:
        over.set()
        collector.join()
    assert "The test letter came back: failed 5.1.1" in output


def test_a_mailbox_that_cannot_be_opened_is_an_error_without_its_password(
    doctor: Doctor, dovecot: Dovecot, postfix: Postfix
) -> None:
    doctor.file = returns_to(dovecot, postfix, "tra-kham-sai").replace("mat-khau@", f"{PASSWORD}@")
    output = doctor.run("--from-ip", ADDRESS, "--to", "an@x.example", code=1).output
    assert "[returns]" in output
    assert PASSWORD not in output
