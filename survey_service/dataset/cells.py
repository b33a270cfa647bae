"""Answers between their packed bytes and the readable cells of a row."""

import re
import struct
from collections.abc import Sequence
from decimal import Decimal

from questionnaires.definition import Questionnaires
from questionnaires.packing import NOT_ASKED, Column, columns, decode, encode

_WEIGHT = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,12})?")


def is_weight(cell: str) -> bool:
    """Tell whether a cell is a sampling weight: a plain decimal above 0."""
    return _WEIGHT.fullmatch(cell) is not None and Decimal(cell) > 0


class CellTranslator:
    """Translates between packed answers and cells, one per column of the questionnaires.

    It remembers what it has met: a ballot of fifty columns holds a handful of distinct codes.
    """

    def __init__(self, questionnaires: Questionnaires) -> None:
        self.columns: tuple[Column, ...] = columns(questionnaires)
        self._packing = struct.Struct(f"<{len(self.columns)}h")
        self._cells: list[dict[int, str]] = [{} for _ in self.columns]
        self._numbers: list[dict[str, int]] = [{} for _ in self.columns]

    def cells(self, packed: bytes) -> list[str]:
        """Give the readable cells; raises ValueError for bytes that mean nothing."""
        try:
            numbers: tuple[int, ...] = self._packing.unpack(packed)
        except struct.error as error:
            raise ValueError(f"a ballot has {self._packing.size} bytes") from error
        cells: list[str] = []
        for column, known, number in zip(self.columns, self._cells, numbers, strict=True):
            if number not in known:
                known[number] = decode(column, number)
            cells.append(known[number])
        return cells

    def numbers(self, cells: Sequence[str]) -> tuple[list[int], list[tuple[str, str]]]:
        """Give the packed numbers, and which columns hold a code that they do not know."""
        numbers: list[int] = []
        strange: list[tuple[str, str]] = []
        for place, (column, cell) in enumerate(zip(self.columns, cells, strict=True)):
            number = self.number(place, cell)
            if number is None:
                strange.append((column.item, cell))
                number = NOT_ASKED
            numbers.append(number)
        return numbers, strange

    def number(self, place: int, cell: str) -> int | None:
        """Give the packed number of a cell in the column at a place; None for a code unknown."""
        number = self._numbers[place].get(cell)
        if number is None:
            number = _number(self.columns[place], cell)
            if number is not None:
                self._numbers[place][cell] = number
        return number

    def pack(self, numbers: Sequence[int]) -> bytes:
        """Pack numbers, 2 bytes each."""
        return self._packing.pack(*numbers)


def _number(column: Column, cell: str) -> int | None:
    try:
        number = encode(column, cell)
    except ValueError:
        return None
    # Only the one spelling that is written counts: "a;c" and not "c;a", "3" and not "03".
    return number if decode(column, number) == cell else None
