"""Settings: read once from the environment, refused loudly where they make no sense."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from mailer.reason import Reason, RefusedError
from mailer.smtp.endpoint import Endpoint
from mailer.writing.address import Address, parse_address
from questionnaires.problems import Problem, ProblemsError, problem

UncertainPolicy = Literal["resend", "hold"]
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that lead to this machine alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a process needs to know from outside.

    `data` holds the embedded database, the key ring, frozen datasets and caught mail.
    `public_url` is the only source of links. `mail_file` names the relays and what comes back;
    None where there is no such file. Times are in seconds.
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
    mail_file: Path | None = None

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
        return self.mail_file is None and not self.names_relay

    @property
    def names_relay(self) -> bool:
        """Whether SURVEY_SMTP_URL was set to a relay."""
        return self.smtp_url != DEFAULTS["SURVEY_SMTP_URL"]

    @property
    def is_public(self) -> bool:
        """Whether the links lead to an address that other machines can reach."""
        return urlsplit(self.public_url).hostname not in LOOPBACK

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
    "SURVEY_MAIL_FILE": "",
    "SURVEY_UNCERTAIN": "resend",
    "SURVEY_SETTLE_SECONDS": "600",
    "SURVEY_LEASE_SECONDS": "300",
    "SURVEY_HOST": "127.0.0.1",
    "SURVEY_PORT": "8000",
}
"""Every setting by its environment variable, with the value it has when nothing is set."""


NUMBERS: dict[str, tuple[int, int]] = {
    "SURVEY_MAIL_CONNECTIONS": (1, 64),
    "SURVEY_SETTLE_SECONDS": (0, 86_400),
    "SURVEY_LEASE_SECONDS": (1, 86_400),
    "SURVEY_PORT": (0, 65_535),
}
"""The settings that are whole numbers, with the least and the greatest."""

MAIL_FILE: Final = "mail.toml"
"""The mail file in the data folder, where SURVEY_MAIL_FILE names no other."""

_DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"})


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises ProblemsError naming every one that cannot be used.

    No wording holds a password.
    """
    given = os.environ if environment is None else environment
    values = {name: given.get(name) or default for name, default in DEFAULTS.items()}
    data = Path(values["SURVEY_DATA"])
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{data / 'survey.sqlite3'}"
    sender = _read_sender(values["SURVEY_MAIL_FROM"])
    problems = [
        *_check_database(values["DATABASE_URL"]),
        *_check_public_url(values["SURVEY_PUBLIC_URL"]),
        *_check_relay(values["SURVEY_SMTP_URL"]),
        *_check_mail_file(values["SURVEY_MAIL_FILE"]),
        *_check_policy(values["SURVEY_UNCERTAIN"]),
        *_check_numbers(values),
    ]
    if isinstance(sender, Reason):
        problems.append(problem("SURVEY_MAIL_FROM", sender.vi, sender.en))
    if problems or isinstance(sender, Reason):
        raise ProblemsError(*problems)
    return Settings(
        data=data,
        database_url=values["DATABASE_URL"],
        public_url=values["SURVEY_PUBLIC_URL"].rstrip("/"),
        smtp_url=values["SURVEY_SMTP_URL"],
        mail_from=sender.wire,
        mail_connections=int(values["SURVEY_MAIL_CONNECTIONS"]),
        uncertain="hold" if values["SURVEY_UNCERTAIN"] == "hold" else "resend",
        settle_seconds=int(values["SURVEY_SETTLE_SECONDS"]),
        lease_seconds=int(values["SURVEY_LEASE_SECONDS"]),
        host=values["SURVEY_HOST"],
        port=int(values["SURVEY_PORT"]),
        mail_file=_find_mail_file(values["SURVEY_MAIL_FILE"], data),
    )


def _check_database(url: str) -> Iterator[Problem]:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    # A database in memory would be another one for each connection.
    if (
        parsed is None
        or parsed.drivername not in _DRIVERS
        or (parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"})
    ):
        yield problem(
            "DATABASE_URL",
            "phải là postgresql://tài-khoản:mật-khẩu@máy-chủ/tên hoặc sqlite:///đường-dẫn-tệp "
            "(ký tự đặc biệt trong mật khẩu viết kiểu %40); để trống thì dùng SQLite trong "
            "SURVEY_DATA.",
            "must be postgresql://user:password@host/name or sqlite:///path-of-a-file (special "
            "characters in the password as %40); left empty it is SQLite in SURVEY_DATA.",
        )
    elif parsed.get_backend_name() == "postgresql" and find_spec("psycopg") is None:
        yield problem(
            "DATABASE_URL",
            "PostgreSQL cần thêm trình điều khiển; cài: pip install 'survey-service[postgres]'.",
            "PostgreSQL needs its driver; install: pip install 'survey-service[postgres]'.",
        )


def _check_public_url(url: str) -> Iterator[Problem]:
    try:
        public = urlsplit(url)
        host, _ = public.hostname, public.port
    except ValueError:
        public, host = urlsplit(""), None
    safe = public.scheme == "https" or (public.scheme == "http" and host in LOOPBACK)
    if not host or public.query or public.fragment or not safe:
        yield problem(
            "SURVEY_PUBLIC_URL",
            "phải là địa chỉ https:// công khai (http:// chỉ dùng cho máy này).",
            "must be the public https:// address (http:// only for this machine).",
        )


def _check_relay(url: str) -> Iterator[Problem]:
    try:
        Endpoint.parse(url)
    except RefusedError as error:
        for reason in error.reasons:
            yield problem("SURVEY_SMTP_URL", reason.vi, reason.en)


def _check_mail_file(name: str) -> Iterator[Problem]:
    # Without the file that was named, letters would go by another way than was meant.
    if name and not Path(name).is_file():
        yield problem("SURVEY_MAIL_FILE", "không có tệp này.", "there is no such file.")


def _find_mail_file(name: str, data: Path) -> Path | None:
    file = Path(name) if name else data / MAIL_FILE
    return file if file.is_file() else None


def _check_policy(name: str) -> Iterator[Problem]:
    if name not in {"resend", "hold"}:
        yield problem("SURVEY_UNCERTAIN", "phải là “resend” hoặc “hold”.", "is “resend” or “hold”.")


def _check_numbers(values: Mapping[str, str]) -> Iterator[Problem]:
    for name, (low, high) in NUMBERS.items():
        text = values[name]
        plain = text.isascii() and text.isdigit() and len(text) <= len(str(high))
        if not (plain and low <= int(text) <= high):
            yield problem(
                name,
                f"“{text[:20]}” phải là số nguyên từ {low} đến {high}.",
                f"“{text[:20]}” must be a whole number from {low} to {high}.",
            )


def _read_sender(text: str) -> Address | Reason:
    # Letters from an accented address reach only servers that speak SMTPUTF8.
    found = parse_address(text)
    return found.remark or found if isinstance(found, Address) else found
