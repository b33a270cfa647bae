"""Settings: read once from the environment, refused loudly where they make no sense."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from questionnaires.problems import Problem, ProblemsError, problem

UncertainPolicy = Literal["resend", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a process needs to know from outside.

    `data` holds the embedded database, the key ring, frozen datasets and caught mail.
    `public_url` is the only source of links. Times are in seconds.
    """

    data: Path
    database_url: str
    public_url: str
    smtp_url: str
    mail_from: str
    mail_connections: int
    uncertain: UncertainPolicy
    settle_seconds: int
    lease_seconds: int
    host: str
    port: int

    @property
    def keys(self) -> Path:
        """Where the key ring lies, outside the database and its backups."""
        return self.data / "keys.json"

    @property
    def caught_mail(self) -> Path:
        """Where the built-in mail catcher keeps letters."""
        return self.data / "caught-mail"

    @property
    def catches_mail(self) -> bool:
        """Whether letters go to the built-in mail catcher, since no relay was named."""
        return self.smtp_url == DEFAULTS["SURVEY_SMTP_URL"]

    def wave_folder(self, code: str) -> Path:
        """Where a wave's dataset and publication lie."""
        return self.data / "waves" / code


DEFAULTS: dict[str, str] = {
    "SURVEY_DATA": "survey-data",
    "DATABASE_URL": "",
    "SURVEY_PUBLIC_URL": "http://127.0.0.1:8000",
    "SURVEY_SMTP_URL": "smtp://127.0.0.1:8025",
    "SURVEY_MAIL_FROM": "khaosat@khaosat.example",
    "SURVEY_MAIL_CONNECTIONS": "4",
    "SURVEY_UNCERTAIN": "resend",
    "SURVEY_SETTLE_SECONDS": "600",
    "SURVEY_LEASE_SECONDS": "300",
    "SURVEY_HOST": "127.0.0.1",
    "SURVEY_PORT": "8000",
}
"""Every setting by its environment variable, with the value it has when nothing is set."""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises ProblemsError naming every one that cannot be used."""
    given = os.environ if environment is None else environment
    values = {name: given.get(name) or default for name, default in DEFAULTS.items()}
    problems: list[Problem] = []

    def number(name: str, low: int, high: int) -> int:
        text = values[name]
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            return int(text)
        problems.append(
            problem(
                name,
                f"“{text}” phải là số nguyên từ {low} đến {high}.",
                f"“{text}” must be a whole number from {low} to {high}.",
            )
        )
        return low

    public = urlsplit(values["SURVEY_PUBLIC_URL"])
    loopback = public.hostname in {"127.0.0.1", "localhost", "::1"}
    safe = public.scheme == "https" or (public.scheme == "http" and loopback)
    if not public.hostname or public.query or public.fragment or not safe:
        problems.append(
            problem(
                "SURVEY_PUBLIC_URL",
                "phải là địa chỉ https:// công khai (http:// chỉ dùng cho máy này).",
                "must be the public https:// address (http:// only for this machine).",
            )
        )
    uncertain: UncertainPolicy = "hold" if values["SURVEY_UNCERTAIN"] == "hold" else "resend"
    if values["SURVEY_UNCERTAIN"] not in {"resend", "hold"}:
        problems.append(
            problem("SURVEY_UNCERTAIN", "phải là “resend” hoặc “hold”.", "is “resend” or “hold”.")
        )
    data = Path(values["SURVEY_DATA"])
    settings = Settings(
        data=data,
        database_url=values["DATABASE_URL"] or f"sqlite:///{data / 'survey.sqlite3'}",
        public_url=values["SURVEY_PUBLIC_URL"].rstrip("/"),
        smtp_url=values["SURVEY_SMTP_URL"],
        mail_from=values["SURVEY_MAIL_FROM"],
        mail_connections=number("SURVEY_MAIL_CONNECTIONS", 1, 64),
        uncertain=uncertain,
        settle_seconds=number("SURVEY_SETTLE_SECONDS", 0, 86_400),
        lease_seconds=number("SURVEY_LEASE_SECONDS", 1, 86_400),
        host=values["SURVEY_HOST"],
        port=number("SURVEY_PORT", 0, 65_535),
    )
    if problems:
        raise ProblemsError(*problems)
    return settings
