"""Rows of a list as transactions: codes, days and digests instead of words and numbers."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from questionnaires.problems import problem
from questionnaires.text import Text
from survey_service.frame.findings import Findings
from survey_service.frame.headings import Layout
from survey_service.frame.sheets import Row, at_line
from survey_service.frame.values import shown, text
from survey_service.pseudonyms import DIGEST_BYTES, Pseudonyms
from survey_service.transactions.addresses import AddressReader, read_telephone
from survey_service.transactions.codes import Codes, Refused
from survey_service.transactions.dates import DateReader
from survey_service.transactions.headings import FIELDS
from survey_service.transactions.mapping import CODED, Mapping

LONGEST_NUMBER: Final = 80
_EARLIEST: Final = date(1990, 1, 1)
_STRAY: Final = Text(
    vi="có ô nằm ngoài các cột có tiêu đề; hãy kiểm tra dấu phân cách và dấu ngoặc.",
    en="a cell stands outside the headed columns; check separators and quotes.",
)


class Read(NamedTuple):
    """A transaction as its row tells it; the digests as `store.transactions.Transaction` has them.

    `line` is the row's number in its file.
    """

    line: int
    number: str
    service: str
    unit: str
    channel: str
    received: str | None
    due: str | None
    returned: str | None
    name: str
    email: str
    person: bytes | None
    telephone: bytes | None
    content: bytes


@dataclass(slots=True)
class Tally:
    """What a walk over the rows counted."""

    rows: int = 0
    refused: int = 0


class TransactionReader:
    """Reads the rows of one file; every mistake goes to `findings`, by line and column.

    `width` is how many headings there are: a row with more cells may have been cut in the wrong
    places, and none of them can be trusted.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        mapping: Mapping,
        *,
        width: int,
        units: Collection[str],
        today: date,
        pseudonyms: Pseudonyms,
        findings: Findings,
    ) -> None:
        self._path = path
        self._layout = layout
        self._findings = findings
        self._today = today
        self._digest = pseudonyms.person
        self._day = DateReader(mapping.date_format)
        self._address = AddressReader()
        self._codes = {field: Codes(mapping, field, units) for field in CODED}
        # A field without a column is read from one cell more than the row has, which is empty.
        self._headed = width
        self._width = max(column.place for column in layout.values()) + 1
        self._places = [layout[field].place if field in layout else self._width for field in FIELDS]
        self.tally = Tally()

    def walk(self, rows: Iterator[Row]) -> Iterator[Read]:
        """Give the rows that can be used; the others are counted and reported."""
        for row in rows:
            self.tally.rows += 1
            if any(row.cells[self._headed :]):
                self.tally.refused += 1
                self.refuse("", row.line, _STRAY)
                continue
            try:
                read = self._read(row.line, self._cells(row))
            except Refused:
                self.tally.refused += 1
                self._refuse_cells(row.line, self._cells(row))
            else:
                yield read

    def refuse(self, field: str, line: int, message: Text, *, warning: bool = False) -> None:
        """Gather a problem about a cell."""
        column = self._layout.get(field)
        where = at_line(self._path, line) if column is None else column.where(self._path, line)
        self._findings.add(problem(where, message.vi, message.en, warning=warning))

    def _cells(self, row: Row) -> list[str]:
        cells = row.cells
        if len(cells) != self._width:
            cells = (*cells[: self._width], *("",) * (self._width - len(cells)))
        cells = (*cells, "")
        return [cells[place] for place in self._places]

    def _read(self, line: int, cells: list[str]) -> Read:
        number, service, unit, channel, received, due, returned, name, email, telephone = cells
        _check_number(number)
        codes = self._codes
        service = codes["service"].find(service)
        unit = codes["unit"].find(unit)
        channel = codes["channel"].find(channel)
        first = self._past("received", received)
        last = self._past("returned", returned)
        promised = self._date("due", due)
        _check_order(first, last)
        address = self._address(email) if email else None
        wire, key = address or ("", "")
        normal = read_telephone(telephone) if telephone else None
        digest = None if normal is None else self._digest(normal)
        person = self._digest(key) if key else digest
        if name:
            name = self._name(line, name)
        received = "" if first is None else first.isoformat()
        due = "" if promised is None else promised.isoformat()
        returned = "" if last is None else last.isoformat()
        said = (service, unit, channel, received, due, returned, name, wire)
        content = hashlib.blake2b("\x1f".join(said).encode(), digest_size=DIGEST_BYTES)
        # The telephone goes in as a keyed digest: a number has too few digits to hide in a hash.
        content.update(digest or b"")
        return Read(
            line,
            number,
            service,
            unit,
            channel,
            received or None,
            due or None,
            returned or None,
            name,
            wire,
            person,
            digest,
            content.digest(),
        )

    def _refuse_cells(self, line: int, cells: list[str]) -> None:
        """Gather everything that is wrong with a row that was refused."""
        of = dict(zip(FIELDS, cells, strict=True))
        days: list[date | None] = []

        def attempt(check: Callable[[], object]) -> object:
            try:
                return check()
            except Refused as refused:
                self.refuse(refused.field, line, refused.message)
                return None

        attempt(lambda: _check_number(of["number"]))
        for field in CODED:
            attempt(partial(self._codes[field].find, of[field]))
        attempt(lambda: days.append(self._past("received", of["received"])))
        attempt(lambda: days.append(self._past("returned", of["returned"])))
        attempt(lambda: self._date("due", of["due"]))
        if len(days) == 2:
            attempt(lambda: _check_order(*days))

    def _date(self, field: str, raw: str) -> date | None:
        if not raw:
            return None
        found = self._day(raw)
        if found is None or found < _EARLIEST:
            raise Refused(
                field,
                Text(
                    vi=f"{shown(raw)} không phải ngày có thật theo date_format của tệp quy ước.",
                    en=f"{shown(raw)} is no real date by the date_format of the mapping.",
                ),
            )
        return found

    def _past(self, field: str, raw: str) -> date | None:
        found = self._date(field, raw)
        if found is not None and found > self._today:
            raise Refused(
                field,
                Text(
                    vi=f"ngày {found:%d/%m/%Y} chưa đến; kiểm tra thứ tự ngày, tháng.",
                    en=f"the day {found:%d/%m/%Y} has not come yet; check the order of day and "
                    "month.",
                ),
            )
        return found

    def _name(self, line: int, raw: str) -> str:
        # For a name that cannot be written in a letter nobody is left out of a survey.
        tidy = text(raw)
        if isinstance(tidy, str):
            return tidy
        self.refuse("name", line, tidy, warning=True)
        return ""


def _check_number(number: str) -> None:
    if not number:
        raise Refused("number", Text(vi="thiếu số hồ sơ.", en="the file number is missing."))
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise Refused(
            "number",
            Text(
                vi=f"{shown(number)} không phải số hồ sơ: tối đa {LONGEST_NUMBER} ký tự, không có "
                "ký tự điều khiển.",
                en=f"{shown(number)} is no file number: at most {LONGEST_NUMBER} characters, no "
                "control characters.",
            ),
        )


def _check_order(received: date | None, returned: date | None) -> None:
    if received is not None and returned is not None and returned < received:
        raise Refused(
            "returned",
            Text(
                vi=f"ngày trả {returned:%d/%m/%Y} trước ngày nhận {received:%d/%m/%Y}.",
                en=f"the result was returned on {returned:%d/%m/%Y}, before the file was received "
                f"on {received:%d/%m/%Y}.",
            ),
        )
