"""Folders that one-stop software fills every day: files taken once, whole, and moved away.

A file is whole when its checksum lies beside it (NAME.sha256, as `sha256sum` writes it) and
matches; until then it waits.
"""

import contextlib
import io
import logging
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import msgspec

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.config import Settings
from survey_service.keys import KeyRing
from survey_service.pseudonyms import Pseudonyms
from survey_service.store.database import Database
from survey_service.system_errors import explain
from survey_service.transactions.deliveries import Delivered
from survey_service.transactions.importing import (
    TransactionsImported,
    digest_of,
    import_delivery,
    whole_rows,
)
from survey_service.transactions.mapping import Mapping
from survey_service.transactions.sources import SourceFolder, source_folders

logger = logging.getLogger(__name__)

PATIENCE: Final = timedelta(hours=6)
"""How long a file may wait for its checksum before it is told as a trouble."""
KEPT: Final = timedelta(days=7)
"""How long a file that was taken is kept: it holds telephone numbers in clear."""
CHECKSUM: Final = ".sha256"
_HASH = re.compile(r"[0-9a-f]{64}")
_LONGEST_CHECKSUM: Final = 1_000

FileState = Literal["taken", "ready", "waiting", "stuck", "refused"]


class FeedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a feed, and what became of it.

    States: "taken" (in the database, moved away), "ready" (whole, to be taken), "waiting" (not
    whole yet), "stuck" (not whole for long), "refused" (cannot be used; it stays where it is).
    """

    source: str
    name: str
    state: FileState
    imported: TransactionsImported | None = None
    problems: tuple[Problem, ...] = ()


def take_feeds(
    database: Database,
    clock: Clock,
    keys: KeyRing,
    settings: Settings,
    *,
    only: str | None = None,
) -> tuple[FeedFile, ...]:
    """Import what lies whole in the folders of every source, or of one, in the order of names.

    Rows that cannot be used are left out and listed beside the file that was moved to `done`,
    where it is kept for a week. Running it again, after a crash too, takes nothing twice; one
    file or source that cannot be used keeps no other waiting.
    """
    pseudonyms = Pseudonyms(keys)
    files: list[FeedFile] = []
    for folder in source_folders(settings):
        if only in {None, folder.source}:
            files += _take_source(database, clock, pseudonyms, folder)
            _clear_done(folder, clock.now())
    for file in files:
        if file.state in {"stuck", "refused"}:
            logger.warning("feed %s: %s is %s", file.source, file.name, file.state)
    return tuple(files)


def look_at_feeds(clock: Clock, settings: Settings) -> tuple[FeedFile, ...]:
    """Say what lies in the folders, taking nothing."""
    return tuple(
        FeedFile(source=folder.source, name=_name(path), state=_look(path, clock.now())[0])
        for folder in source_folders(settings)
        for path in _files(folder)
    )


def _take_source(
    database: Database, clock: Clock, pseudonyms: Pseudonyms, folder: SourceFolder
) -> Iterator[FeedFile]:
    paths = list(_files(folder))
    if not paths:
        return
    try:
        mapping = folder.read_mapping()
    except ProblemsError as error:
        yield FeedFile(
            source=folder.source,
            name=folder.mapping.name,
            state="refused",
            problems=error.problems,
        )
        return
    for path in paths:
        if path.name.isprintable():
            yield _take(database, clock, pseudonyms, folder, mapping, path)
        else:
            yield _misnamed(folder, path)


def _take(
    database: Database,
    clock: Clock,
    pseudonyms: Pseudonyms,
    folder: SourceFolder,
    mapping: Mapping,
    path: Path,
) -> FeedFile:
    state, sha256 = _look(path, clock.now())
    if state != "ready":
        return FeedFile(source=folder.source, name=_name(path), state=state)
    try:
        imported = import_delivery(
            database,
            clock,
            pseudonyms,
            Delivered(place=path, sha256=sha256, rows=whole_rows(path, sha256)),
            mapping,
            actor="feed",
            skip_errors=True,
        )
        _move_away(folder, path, imported, clock.now())
    except ProblemsError as error:
        problems = error.problems
    except OSError as error:
        vi, en = explain(error)
        problems = (problem(path.name, f"{vi}.", f"{en}."),)
    else:
        return FeedFile(source=folder.source, name=path.name, state="taken", imported=imported)
    # Another worker that took the very same file has moved it away by now.
    state = "refused" if path.exists() else "taken"
    return FeedFile(
        source=folder.source,
        name=path.name,
        state=state,
        problems=problems if state == "refused" else (),
    )


def _misnamed(folder: SourceFolder, path: Path) -> FeedFile:
    """Refuse a name that neither a database nor a line of the log can hold."""
    return FeedFile(
        source=folder.source,
        name=_name(path),
        state="refused",
        problems=(
            problem(
                _name(path),
                "tên tệp có ký tự điều khiển hoặc không phải UTF-8; hãy đổi tên tệp (và tệp "
                f"{CHECKSUM} đi kèm).",
                "the file's name has control characters or is not UTF-8; rename the file (and "
                f"its {CHECKSUM}).",
            ),
        ),
    )


def _name(path: Path) -> str:
    return path.name if path.name.isprintable() else ascii(path.name)


def _files(folder: SourceFolder) -> Iterator[Path]:
    if folder.incoming.is_dir():
        for path in sorted(folder.incoming.iterdir()):
            hidden = path.name.startswith(".") or path.name.endswith(CHECKSUM)
            if not hidden and path.is_file() and not path.is_symlink():
                yield path


def _look(path: Path, now: datetime) -> tuple[FileState, str]:
    """Tell whether a file is whole, and its SHA-256 as its checksum states it."""
    with contextlib.suppress(OSError, UnicodeDecodeError, ProblemsError):
        beside = path.with_name(path.name + CHECKSUM)
        # A named pipe would keep the worker waiting for good.
        with beside.open(encoding="utf-8-sig") if beside.is_file() else io.StringIO() as file:
            stated = file.read(_LONGEST_CHECKSUM).split(maxsplit=1)[:1]
        sha256 = stated[0].lower() if stated else ""
        if _HASH.fullmatch(sha256) and digest_of(path) == sha256:
            return "ready", sha256
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return "waiting", ""
    return ("stuck" if now - written > PATIENCE else "waiting"), ""


def _move_away(
    folder: SourceFolder, path: Path, imported: TransactionsImported, now: datetime
) -> None:
    folder.done.mkdir(mode=0o700, exist_ok=True)
    done = folder.done / f"{imported.sha256[:12]}-{path.name}"
    if imported.problems:
        said = "\n".join(found.line() for found in imported.problems)
        done.with_name(f"{done.name}.problems.txt").write_text(f"{said}\n", encoding="utf-8")
    # Another worker may have taken and moved the very same file.
    with contextlib.suppress(FileNotFoundError):
        path.replace(done)
        os.utime(done, (now.timestamp(), now.timestamp()))
        path.with_name(path.name + CHECKSUM).unlink()


def _clear_done(folder: SourceFolder, now: datetime) -> None:
    if not folder.done.is_dir():
        return
    for path in folder.done.iterdir():
        # A folder that somebody made there is not ours, and must not keep other sources waiting.
        with contextlib.suppress(OSError):
            if path.is_dir():
                continue
            if now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > KEPT:
                path.unlink()
