"""The mail file is refused as a whole, by place, in two languages, and shows no secret."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailer.pacing.limits import Limits
from mailer.pacing.presets import PRESETS
from mailer.smtp.endpoint import Security
from questionnaires.problems import Problem, ProblemsError
from survey_service.config import Settings, read_settings
from survey_service.mailing.relays.setup import MailSetup, read_mail_setup

DOCS = Path(__file__).parents[2] / "docs" / "operating.md"
SECRET = "mật-khẩu-không-được-lộ"
WEBHOOK = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
PRIVATE_KEY = Ed25519PrivateKey.generate().private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
LOGIN = f"""
user = "khaosat@coquan.example"
token_url = "https://login.example/token"
client_id = "app"
client_secret = "{SECRET}"
"""
RELAY = """
[[relays]]
name = "chinh"
url = "smtps://u:p@relay.example"
"""
WHOLE = f"""
[[relays]]
name = "o365"
url = "smtp+starttls://relay.example:587"
preset = "microsoft365"
connections = 2
sent_folder = "imaps://outlook.example/Sent%20Items"
success_reports = true
[relays.rate]
per_minute = 20
per_day = 900
[relays.login]
{LOGIN}

[[relays]]
name = "trong-tinh"
url = "smtp://127.0.0.1:25"
preset = "postfix-local"
domains = ["Tinh.example", "so.tinh.example"]
postfix_log = "mail.log"

[[domain_rates]]
domain = "gmail.com"
rate = {{ per_hour = 300 }}

[returns]
address = "thu-ve@khaosat.example"
mailbox = "imaps://thu-ve:{SECRET}@imap.example/INBOX"

[dkim]
domain = "khaosat.example"
selector = "s2025"
key_file = "dkim.pem"

[webhook]
secret = "{WEBHOOK}"
"""


def settings_with(folder: Path, text: str | bytes, *, relay: str = "") -> Settings:
    file = folder / "mail.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    file.chmod(0o600)
    return read_settings({"SURVEY_DATA": str(folder), "SURVEY_SMTP_URL": relay})


def setup(folder: Path, text: str | bytes) -> MailSetup:
    key = folder / "dkim.pem"
    key.write_bytes(PRIVATE_KEY)
    key.chmod(0o600)
    return read_mail_setup(settings_with(folder, text))


def refused(folder: Path, text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as raised:
        setup(folder, text)
    told = str(raised.value) + repr(raised.value) + repr(raised.value.__cause__)
    assert SECRET not in told
    for problem in raised.value.problems:
        assert problem.where.startswith("mail.toml")
        assert problem.message.vi
        assert problem.message.en
    return raised.value.problems


def places(folder: Path, text: str) -> list[str]:
    return [problem.where.removeprefix("mail.toml: ") for problem in refused(folder, text)]


def test_without_a_file_there_is_the_relay_of_the_settings_without_pace(tmp_path: Path) -> None:
    environment = {"SURVEY_DATA": str(tmp_path), "SURVEY_SMTP_URL": "smtps://u:p@relay.example"}
    found = read_mail_setup(read_settings({**environment, "SURVEY_MAIL_CONNECTIONS": "7"}))
    (relay,) = found.relays
    assert (relay.name, relay.endpoint.host, relay.transport.connections) == (
        "relay",
        "relay.example",
        7,
    )
    assert relay.lane.limits == Limits()
    assert relay.settle == timedelta(seconds=600)
    assert (found.returns, found.dkim, found.webhook) == (None, None, None)


def test_a_whole_file_is_read_and_presets_fill_what_it_leaves_out(tmp_path: Path) -> None:
    found = setup(tmp_path, WHOLE)
    first, second = found.relays
    assert first.endpoint.security is Security.STARTTLS
    assert first.transport.connections == 2
    assert first.transport.messages_per_connection == (
        PRESETS["microsoft365"].messages_per_connection
    )
    assert first.transport.tokens is not None
    assert first.transport.success_reports
    assert first.sent_folder == "imaps://khaosat%40coquan.example@outlook.example/Sent%20Items"
    assert first.lane.limits == Limits(per_minute=20, per_day=900)
    assert first.settle == timedelta(seconds=600)
    assert second.lane.domains == ("tinh.example", "so.tinh.example")
    assert second.postfix_log == tmp_path / "mail.log"
    assert second.settle == timedelta(seconds=60)
    assert first.lane.domain_limits == second.lane.domain_limits
    assert dict(first.lane.domain_limits) == {"gmail.com": Limits(per_hour=300)}
    assert found.returns is not None
    assert found.returns.address == "thu-ve@khaosat.example"
    assert found.dkim is not None
    assert found.dkim.key_file == str(tmp_path / "dkim.pem")
    assert found.webhook is not None


def test_the_documented_file_is_accepted(tmp_path: Path) -> None:
    (_, shown) = DOCS.read_text(encoding="utf-8").split("```toml\n", 1)
    text = shown.partition("```")[0].replace("whsec_…", WEBHOOK).replace('"…"', f'"{"x" * 8}"')
    assert [relay.preset for relay in setup(tmp_path, text).relays] == [
        "microsoft365",
        "postfix-local",
    ]


def test_what_is_read_does_not_show_its_secrets(tmp_path: Path) -> None:
    shown = repr(setup(tmp_path, WHOLE))
    assert SECRET not in shown
    assert WEBHOOK not in shown
    assert "khaosat@coquan.example" in shown


def test_a_preset_s_limits_hold_where_the_file_states_none(tmp_path: Path) -> None:
    (relay,) = setup(tmp_path, RELAY + 'preset = "ses"').relays
    assert relay.lane.limits == PRESETS["ses"].limits


def test_the_file_of_the_settings_comes_before_that_of_the_folder(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(RELAY)
    elsewhere.chmod(0o600)
    settings_with(tmp_path, "[")
    environment = {"SURVEY_DATA": str(tmp_path), "SURVEY_MAIL_FILE": str(elsewhere)}
    assert read_mail_setup(read_settings(environment)).relays[0].name == "chinh"


def test_a_file_of_the_settings_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        read_settings({"SURVEY_MAIL_FILE": str(tmp_path / "none.toml")})
    assert [problem.where for problem in raised.value.problems] == ["SURVEY_MAIL_FILE"]


def test_letters_are_not_caught_where_there_is_a_mail_file(tmp_path: Path) -> None:
    assert not settings_with(tmp_path, RELAY).catches_mail


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_may_open_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    settings = settings_with(tmp_path, RELAY)
    (tmp_path / "mail.toml").chmod(mode)
    with pytest.raises(ProblemsError) as raised:
        read_mail_setup(settings)
    (problem,) = raised.value.problems
    assert f"chmod 600 {tmp_path / 'mail.toml'}" in problem.message.vi
    assert f"chmod 600 {tmp_path / 'mail.toml'}" in problem.message.en


def test_a_file_gone_since_the_start_is_said(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, RELAY)
    (tmp_path / "mail.toml").unlink()
    with pytest.raises(ProblemsError, match="cannot be opened"):
        read_mail_setup(settings)


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        (f'[webhook]\nsecret = "{SECRET}'.encode(), "mail.toml", "not valid TOML"),
        (f"[webhook]\nsecret = {SECRET}".encode(), "mail.toml, dòng/line 2", "not valid TOML"),
        (b'a = "' + b'\n\xff"', "mail.toml, dòng/line 2", "UTF-8"),
    ],
)
def test_what_is_no_toml_is_named_by_its_line(
    tmp_path: Path, text: bytes, where: str, words: str
) -> None:
    (problem,) = refused(tmp_path, text)
    assert problem.where == where
    assert words in problem.message.en


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ["relays"]),
        ("relay = 1", ["relay"]),
        ("[[relays]]\nurl = 1", ["relays[1].url", "relays[1].name"]),
        (RELAY + "rate = { per_minute = 1.5 }", ["relays[1].rate.per_minute"]),
        (RELAY + "rate = { per_minute = 0 }", ["relays[1].rate.per_minute"]),
        (RELAY + "rate = { per_week = 9 }", ["relays[1].rate.per_week"]),
        (RELAY + 'preset = "sendgrid"', ["relays[1].preset"]),
        (RELAY + "connections = 0", ["relays[1].connections"]),
        (RELAY + "connections = 65", ["relays[1].connections"]),
        (RELAY + "messages_per_connection = 0", ["relays[1].messages_per_connection"]),
        (RELAY + "settle_seconds = -1", ["relays[1].settle_seconds"]),
        (RELAY + 'domains = ["tinh.example"]', ["relays"]),
        (RELAY + RELAY + 'domains = ["tỉnh.example"]', ["relays[2].name", "relays[2].domains[1]"]),
        (RELAY + RELAY, ["relays[2].name"]),
        (RELAY.replace("chinh", "Chính"), ["relays[1].name"]),
        (RELAY.replace("chinh", "a" * 41), ["relays[1].name"]),
        (RELAY.replace("smtps", "ftp"), ["relays[1].url"]),
        (RELAY.replace("smtps", "smtp+plain"), ["relays[1].url"]),
        (RELAY + 'postfix_log = "none/mail.log"', ["relays[1].postfix_log"]),
        (RELAY + 'ca_file = "none.pem"', ["relays[1].ca_file"]),
        (RELAY + 'ca_file = "mail.toml"', ["relays[1].ca_file"]),
        (RELAY + 'sent_folder = "Sent"', ["relays[1].sent_folder"]),
        (
            RELAY + 'preset = "ses"\nsent_folder = "imaps://u:p@imap.example/Sent"',
            ["relays[1].sent_folder"],
        ),
        (RELAY + 'sent_folder = "imap://u@imap.example/Sent"', ["relays[1].sent_folder"]),
        (RELAY + 'sent_folder = "imaps://imap.example/Sent"', ["relays[1].sent_folder"]),
        (RELAY + 'sent_folder = "imaps://u:p@imap.example"', ["relays[1].sent_folder"]),
        (RELAY + 'sent_folder = "imaps://u:p@imap.example:x/Sent"', ["relays[1].sent_folder"]),
        (RELAY + f"[relays.login]{LOGIN}", ["relays[1].url"]),
        (
            RELAY.replace("smtps://u:p@", "smtp+plain://") + f"[relays.login]{LOGIN}",
            ["relays[1].url"],
        ),
        (
            RELAY.replace("u:p@", "")
            + '[relays.login]\nuser = "á"\ntoken_url = "http://login.example"\nclient_id = ""',
            [
                "relays[1].login.user",
                "relays[1].login.client_id",
                "relays[1].login",
                "relays[1].login.token_url",
            ],
        ),
        (
            RELAY + '[[domain_rates]]\ndomain = "-"\nrate = { per_day = 0 }',
            ["domain_rates[1].domain", "domain_rates[1].rate.per_day"],
        ),
        (
            RELAY
            + '[[domain_rates]]\ndomain = "a.example"\nrate = {}\n'
            + '[[domain_rates]]\ndomain = "A.example"\nrate = {}',
            ["domain_rates[2].domain"],
        ),
        (RELAY + '[returns]\naddress = "thu-ve"', ["returns.address"]),
        (RELAY + '[returns]\naddress = "thư@a.example"', ["returns.address"]),
        (RELAY + f'[returns]\naddress = "{"a" * 33}@a.example"', ["returns.address"]),
        (RELAY + '[returns]\naddress = "o\'ra@a.example"', ["returns.address"]),
        (RELAY + '[returns]\naddress = "a@localhost"', ["returns.address"]),
        (RELAY + '[dkim]\ndomain = "a.example"\nselector = "s"\nkey_file = ""', ["dkim.key_file"]),
        (RELAY + '[returns]\naddress = "a@b.example"\ndelimiter = "@"', ["returns.delimiter"]),
        (RELAY + '[returns]\naddress = "a@b.example"\ndelimiter = "++"', ["returns.delimiter"]),
        (RELAY + '[returns]\naddress = "a@b.example"\nmailbox = "x"', ["returns.mailbox"]),
        (
            RELAY
            + '[returns]\naddress = "a@b.example"\nmailbox = "imaps://u:p@h.example"'
            + f"\n[returns.login]{LOGIN}",
            ["returns.mailbox"],
        ),
        (
            RELAY
            + '[returns]\naddress = "a@b.example"\nmailbox = "imaps://u:p@h.example/Processed"',
            ["returns.processed"],
        ),
        (
            RELAY + '[returns]\naddress = "a@b.example"\nunrecognised = "Processed"',
            ["returns.processed"],
        ),
        (RELAY + '[returns]\naddress = "a@b.example"\nprocessed = ""', ["returns.processed"]),
        (
            RELAY + '[returns]\naddress = "a@b.example"\nevery_seconds = 1',
            ["returns.every_seconds"],
        ),
        (
            RELAY
            + '[returns]\naddress = "a@b.example"\n[returns.login]'
            + LOGIN.replace("https", "http"),
            ["returns.login.token_url"],
        ),
        (
            RELAY + '[dkim]\ndomain = "á b"\nselector = "-"\nkey_file = "none.pem"',
            ["dkim", "dkim", "dkim.key_file"],
        ),
        (RELAY + f'[webhook]\nsecret = "{SECRET}"', ["webhook.secret"]),
        (RELAY + '[webhook]\nsecret = "whsec_a"', ["webhook.secret"]),
        (RELAY + '[webhook]\nsecret = "whsec_a2V5"', ["webhook.secret"]),
        (RELAY + "[webhook]\nsecret = 12.5", ["webhook.secret"]),
    ],
)
def test_a_mistake_is_named_by_its_place(tmp_path: Path, text: str, where: list[str]) -> None:
    assert places(tmp_path, text) == where


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    wrong = WHOLE.replace("smtp+starttls", "ftp").replace("per_day = 900", "per_day = -1")
    wrong = wrong.replace("gmail.com", "gmail com").replace(WEBHOOK, SECRET)
    assert places(tmp_path, wrong) == [
        "relays[1].url",
        "relays[1].rate.per_day",
        "domain_rates[1].domain",
        "webhook.secret",
    ]


def test_a_private_key_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    settings = settings_with(
        tmp_path, RELAY + '[dkim]\ndomain = "a.example"\nselector = "s"\nkey_file = "dkim.pem"'
    )
    (tmp_path / "dkim.pem").write_bytes(PRIVATE_KEY)
    (tmp_path / "dkim.pem").chmod(0o644)
    with pytest.raises(ProblemsError) as raised:
        read_mail_setup(settings)
    assert "chmod 600 dkim.pem" in raised.value.problems[0].message.en


def test_a_file_without_relays_leaves_the_relay_of_the_settings(tmp_path: Path) -> None:
    text = '[[domain_rates]]\ndomain = "gmail.com"\nrate = { per_hour = 9 }'
    found = read_mail_setup(settings_with(tmp_path, text, relay="smtps://u:p@relay.example"))
    (relay,) = found.relays
    assert relay.endpoint.host == "relay.example"
    assert dict(relay.lane.domain_limits) == {"gmail.com": Limits(per_hour=9)}


def test_a_file_as_an_editor_of_windows_saves_it_is_read(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + RELAY.replace("\n", "\r\n").encode()
    assert setup(tmp_path, text).relays[0].name == "chinh"
