import sys
from pathlib import Path

import idna
import pytest

from questionnaires.problems import ProblemsError
from survey_service.config import DEFAULTS, read_settings

DOCS = Path(__file__).parents[2] / "docs" / "operating.md"


def test_nothing_set_is_the_embedded_service() -> None:
    settings = read_settings({})
    assert settings.database_url == "sqlite:///survey-data/survey.sqlite3"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.keys == Path("survey-data/keys.json")
    assert settings.wave_folder("w") == Path("survey-data/waves/w")


def test_the_public_address_loses_its_trailing_slash() -> None:
    assert read_settings({"SURVEY_PUBLIC_URL": "https://a.example/"}).public_url == (
        "https://a.example"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SURVEY_PUBLIC_URL", "http://khaosat.example"),
        ("SURVEY_PUBLIC_URL", "khaosat.example"),
        ("SURVEY_PUBLIC_URL", "https://khaosat.example/?a=1"),
        ("SURVEY_PORT", "eighty"),
        ("SURVEY_PORT", "70000"),
        ("SURVEY_PORT", "٣"),
        ("SURVEY_MAIL_CONNECTIONS", "0"),
        ("SURVEY_UNCERTAIN", "maybe"),
        ("SURVEY_LEASE_SECONDS", "-1"),
        ("SURVEY_LEASE_SECONDS", "9" * 400),
        ("SURVEY_PUBLIC_URL", "https://[khaosat"),
        ("SURVEY_PUBLIC_URL", "https://khaosat.example:cổng"),
        ("DATABASE_URL", "garbage"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "postgres://x/y"),
        ("DATABASE_URL", "postgresql+asyncpg://x/y"),
        ("DATABASE_URL", "postgresql://h:cổng/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("SURVEY_SMTP_URL", "ftp://x"),
        ("SURVEY_SMTP_URL", "smtp+plain://a:b@relay.example"),
        ("SURVEY_MAIL_FROM", "khaosat"),
        ("SURVEY_MAIL_FROM", "a@b.example c@d.example"),
        ("SURVEY_MAIL_FROM", "khảosát@coquan.gov.vn"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(ProblemsError) as refused:
        read_settings({name: value})
    assert [problem.where for problem in refused.value.problems] == [name]


def test_every_mistake_is_named_at_once_and_no_password() -> None:
    wrong = {
        "SURVEY_PORT": "x",
        "SURVEY_UNCERTAIN": "y",
        "SURVEY_PUBLIC_URL": "z",
        "DATABASE_URL": "mysql://a:BÍ-MẬT@h/d",
        "SURVEY_SMTP_URL": "ftp://a:BÍ-MẬT@h",
        "SURVEY_MAIL_FROM": "a",
    }
    with pytest.raises(ProblemsError) as refused:
        read_settings(wrong)
    assert {problem.where for problem in refused.value.problems} == set(wrong)
    assert "BÍ-MẬT" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://survey:p%40ss@db.example/survey",
        "postgresql+psycopg://survey@/survey?host=/run/postgresql",
        "sqlite:////var/lib/survey/survey.sqlite3",
    ],
)
def test_a_database_of_either_kind_is_taken(url: str) -> None:
    assert read_settings({"DATABASE_URL": url}).database_url == url


def test_postgresql_without_its_driver_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ProblemsError, match=r"survey-service\[postgres\]"):
        read_settings({"DATABASE_URL": "postgresql://db.example/survey"})


def test_the_sender_is_kept_as_it_goes_over_the_wire() -> None:
    settings = read_settings({"SURVEY_MAIL_FROM": " KhaoSat@Cơquan.VN "})
    assert settings.mail_from == f"KhaoSat@{idna.encode('cơquan').decode()}.vn"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("https://[::1]", False),
        ("https://khaosat.example", True),
    ],
)
def test_this_machine_is_no_public_address(url: str, *, public: bool) -> None:
    assert read_settings({"SURVEY_PUBLIC_URL": url}).is_public is public


def test_every_setting_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in DEFAULTS if f"`{name}`" not in text] == []
