from pathlib import Path

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
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(ProblemsError) as refused:
        read_settings({name: value})
    assert [problem.where for problem in refused.value.problems] == [name]


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ProblemsError) as refused:
        read_settings({"SURVEY_PORT": "x", "SURVEY_UNCERTAIN": "y", "SURVEY_PUBLIC_URL": "z"})
    assert len(refused.value.problems) == 3


def test_every_setting_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in DEFAULTS if f"`{name}`" not in text] == []
