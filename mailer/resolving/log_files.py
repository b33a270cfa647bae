"""A log file read as it grows, each line once, through its rotations."""

import gzip
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 16
"""Octets; a longer line is garbage and is passed over."""
_HEAD = 1 << 16
"""Octets in which the first time of a file is looked for."""
_MARK = 256
"""Octets at its begin by which a file is known again after it was cut or its place was taken."""
_TAIL_LINES = 100
"""How many lines from the end may be without a time before the log counts as undated."""
_ISO = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)")
_TRADITIONAL = re.compile(rb"([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) ")
_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ROTATED = re.compile(r"\.(\d{1,4})(\.gz)?")
_DATED = re.compile(r"-(\d{8}(?:-?\d{2,6})?)(\.gz)?")


class RotatedLog:
    """Follows a log file and, as far back as is asked for, `.1`, `.2.gz`, … or `-20260301.gz`.

    `starts` is the time of the oldest line of an unbroken row of files that was read; `newest`
    that of the last line. Both are None where no line has a time that can be read.
    """

    def __init__(self, path: Path) -> None:
        self.starts: datetime | None = None
        self.newest: datetime | None = None
        self._path = path
        self._inode = -1
        self._head = b""
        self._offset = 0
        self._exhausted = False
        self._plan: list[tuple[Path, int]] = []

    def prepare(self, back_to: datetime, *, anew: bool = False) -> bool:
        """Plan the next reading; True where it begins anew, and all former lines come again.

        It begins anew where older files are needed, where the file was cut or replaced unseen,
        and where `anew` asks for it. Raises OSError.
        """
        deeper = not self._exhausted and (self.starts is None or self.starts > back_to)
        if self._inode != -1 and not anew and not deeper:
            if self._is_current(self._path):
                self._plan = [(self._path, self._offset)]
                return False
            if (plan := self._after_rotation()) is not None:
                self._plan = plan
                return False
        self._plan_anew(back_to)
        return True

    def lines(self) -> Iterator[bytes]:
        """Give the lines planned, without their ends; a last line still being written waits.

        Raises OSError, or EOFError or zlib.error for a compressed file that is damaged.
        """
        for path, start in self._plan:
            # Until the end is reached nothing counts as read: a failure begins anew.
            self._inode = -1
            offset = start
            with _opened(path) as file:
                status = os.fstat(file.fileno())
                head = file.read(_MARK)
                file.seek(offset)
                limit = datetime.fromtimestamp(status.st_mtime, UTC)
                for lines, end in _whole_lines(file, offset):
                    self._date(lines, limit)
                    yield from lines
                    offset = end
            self._inode, self._head, self._offset = status.st_ino, head[:offset], offset

    def _is_current(self, path: Path) -> bool:
        """Tell whether a file is the one that was read last, with nothing taken from it."""
        status = path.stat()
        if status.st_ino != self._inode or status.st_size < self._offset:
            return False
        with path.open("rb") as file:
            return file.read(len(self._head)) == self._head

    def _plan_anew(self, back_to: datetime) -> None:
        self._inode, self.starts, self.newest = -1, None, None
        self._plan = []
        self._exhausted = True
        for path in (self._path, *_siblings(self._path)):
            try:
                first = _first_time(path)
            except (OSError, EOFError):
                if path == self._path:
                    raise
                return
            self._plan.insert(0, (path, 0))
            self.starts = first or self.starts
            if self.starts is not None and self.starts <= back_to:
                self._exhausted = False
                return

    def _after_rotation(self) -> list[tuple[Path, int]] | None:
        """Find the file that was being read under its new name, and what came after it."""
        newer: list[tuple[Path, int]] = [(self._path, 0)]
        for path in _siblings(self._path):
            if self._is_current(path):
                return [(path, self._offset), *newer]
            newer.insert(0, (path, 0))
        return None

    def _date(self, lines: list[bytes], limit: datetime) -> None:
        if self.starts is None:
            times = (time_of(line, limit) for line in lines[:_TAIL_LINES])
            self.starts = next(filter(None, times), None)
        for line in lines[: -_TAIL_LINES - 1 : -1]:
            if (found := time_of(line, limit)) is not None:
                self.newest = found
                return


def time_of(line: bytes, limit: datetime) -> datetime | None:
    """Read the time that a line begins with: ISO 8601, or `Mar  3 08:00:00` in local time.

    The latter has no year: it is the latest that is not past `limit`, give or take a day.
    """
    if found := _ISO.match(line):
        try:
            return datetime.fromisoformat(found[0].decode())
        except ValueError:
            return None
    found = _TRADITIONAL.match(line)
    if found is None or found[1] not in _MONTHS:
        return None
    month = _MONTHS.index(found[1]) + 1
    day, hour, minute, second = (int(part) for part in found.groups()[1:])
    for year in range(limit.year + 1, limit.year - 9, -1):
        try:
            moment = datetime(year, month, day, hour, minute, second).astimezone()
        except ValueError:
            continue  # 29 February
        if moment <= limit + timedelta(days=1):
            return moment
    return None


def _siblings(path: Path) -> list[Path]:
    """List rotated files from the newest to the oldest, as far as none is missing between."""
    numbered: dict[int, Path] = {}
    dated: list[Path] = []
    for sibling in path.parent.iterdir():
        if not sibling.name.startswith(path.name):
            continue
        suffix = sibling.name.removeprefix(path.name)
        if found := _ROTATED.fullmatch(suffix):
            numbered[int(found[1])] = sibling
        elif _DATED.fullmatch(suffix):
            dated.append(sibling)
    # logrotate counts from 1; some count from 0.
    number = 0 if 0 in numbered else 1
    row: list[Path] = []
    while number in numbered:
        row.append(numbered[number])
        number += 1
    return row or sorted(dated, key=lambda file: file.name.removesuffix(".gz"), reverse=True)


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(path)  # pyright: ignore[reportReturnType] - it reads and seeks alike
    return path.open("rb")


def _first_time(path: Path) -> datetime | None:
    with _opened(path) as file:
        limit = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for line in file.read(_HEAD).split(b"\n"):
            if (found := time_of(line, limit)) is not None:
                return found
    return None


def _whole_lines(file: IO[bytes], offset: int) -> Iterator[tuple[list[bytes], int]]:
    """Give lists of lines that have ended, each with the offset after them."""
    rest, passing_over = b"", False
    while chunk := file.read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if lines:
            offset += sum(map(len, lines)) + len(lines)
            yield (lines[1:] if passing_over else lines), offset
            passing_over = False
        if len(rest) > _LONGEST_LINE:
            offset += len(rest)
            rest, passing_over = b"", True
