"""Dates as one-stop software writes them, often with a time of day that is not kept."""

import re
from datetime import date
from typing import Final

_DIRECTIVES: Final = {
    "%d": r"(?P<day>\d{1,2})",
    "%m": r"(?P<month>\d{1,2})",
    "%Y": r"(?P<year>\d{4})",
    "%y": r"(?P<short>\d{2})",
    "%H": r"\d{1,2}",
    "%M": r"\d{1,2}",
    "%S": r"\d{1,2}(?:[.,]\d{1,9})?",
    "%%": "%",
}
_CLOCK = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp][Mm]|Z|[+-]\d{2}:?\d{2})?)?"
_PLAIN = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})" + _CLOCK)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})" + _CLOCK)
_AFTER_DAY = re.compile(_CLOCK)
_CACHED: Final = 20_000


class DateReader:
    """Reads dates in a source's format, and ISO dates, as which a workbook's cells come.

    Dates repeat over and over; what was read once is looked up.
    """

    def __init__(self, date_format: str = "") -> None:
        self._patterns = (_compiled(date_format) if date_format else _PLAIN, _ISO)
        self._any_clock = not date_format
        self._seen: dict[str, date] = {}

    def __call__(self, raw: str) -> date | None:
        """Give the day, or None where there is no such day."""
        if self._any_clock and len(raw) > 10 and _AFTER_DAY.fullmatch(raw, 10):
            raw = raw[:10]
        found = self._seen.get(raw)
        if found is None:
            found = self._read(raw)
            if found is not None:
                if len(self._seen) >= _CACHED:
                    self._seen.clear()
                self._seen[raw] = found
        return found

    def _read(self, raw: str) -> date | None:
        for pattern in self._patterns:
            if (match := pattern.fullmatch(raw)) is not None:
                parts = match.groupdict()
                year = int(parts["year"]) if "year" in parts else 2000 + int(parts["short"])
                try:
                    return date(year, int(parts["month"]), int(parts["day"]))
                except ValueError:
                    return None
        return None


def unreadable_directives(date_format: str) -> str | None:
    """Name what a date format has that cannot be read; "" where a part of the day is missing.

    None where the format can be used.
    """
    if not date_format:
        return None
    parts = re.findall(r"%.?", date_format)
    for part in parts:
        if part not in _DIRECTIVES or (part != "%%" and parts.count(part) > 1):
            return part
    years = sum(part in {"%Y", "%y"} for part in parts)
    return None if years == 1 and {"%d", "%m"} <= set(parts) else ""


def _compiled(date_format: str) -> re.Pattern[str]:
    return re.compile(
        "".join(_DIRECTIVES.get(part) or re.escape(part) for part in re.split(r"(%.)", date_format))
    )
