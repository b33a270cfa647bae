"""Answers read from the bytes of many rows at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from questionnaires.index import Code
from questionnaires.packing import SPECIAL
from survey_service.dataset.ballot_columns import AnswerArray
from survey_service.dataset.byte_fields import Bytes, Places, distinct, words
from survey_service.dataset.cells import CellTranslator

_SHORT = 2
_COMMA = ord(",")
_UNKNOWN = -32_768
"""No packed answer: they begin at -3."""


@dataclass(frozen=True, slots=True)
class _Short:
    """Columns that share their options, none longer than two bytes.

    `numbers` has the packed answer for the two bytes before the comma that ends it.
    """

    columns: slice | list[int]
    numbers: AnswerArray


class AnswerFields:
    """Reads the answer columns of rows; `width` is how many there are."""

    def __init__(self, translator: CellTranslator) -> None:
        self.width = len(translator.columns)
        self._translator = translator
        shared: dict[tuple[str, ...], list[int]] = {}
        self._long: list[int] = []
        for place, column in enumerate(translator.columns):
            if column.kind in {"number", "multiple"} or not all(map(_is_short, column.options)):
                self._long.append(place)
            else:
                shared.setdefault(column.options, []).append(place)
        self._short = tuple(
            _Short(_run(places), _numbers(options)) for options, places in shared.items()
        )

    def read(self, text: Bytes, ends: Places, answers: AnswerArray) -> bool:
        """Put packed answers into `answers`, shape (n, width); False where one is not known.

        `ends` has the places of the separators, shape (n, width + 1), the first of each row
        being the one before its answers.
        """
        before = np.zeros(len(text), dtype=np.uint16)
        np.left_shift(text[1:-1], 8, out=before[_SHORT:], dtype=np.uint16)
        before[_SHORT:] |= text[:-2]
        two = before.take(ends[:, 1:])
        distance = np.diff(ends, axis=1)
        for short in self._short:
            answers[:, short.columns] = short.numbers.take(two[:, short.columns])
            if distance[:, short.columns].max(initial=0) > _SHORT + 1:
                return False
        for column in self._long:
            fields = words(text, ends[:, column] + 1, ends[:, column + 1])
            if fields is None:
                return False
            written, which = distinct(fields)
            numbers = [self._number(column, one) for one in written]
            answers[:, column] = np.array(numbers, dtype=np.int16)[which]
        return bool((answers != _UNKNOWN).all())

    def _number(self, column: int, written: bytes) -> int:
        try:
            number = self._translator.number(column, written.decode())
        except UnicodeDecodeError:
            return _UNKNOWN
        return _UNKNOWN if number is None else number


def _is_short(code: str) -> bool:
    return 1 <= len(code.encode()) <= _SHORT


def _run(places: list[int]) -> slice | list[int]:
    """Give places that follow each other as a slice, which is quicker."""
    first, last = places[0], places[-1]
    return slice(first, last + 1) if last - first + 1 == len(places) else places


def _numbers(options: Sequence[Code]) -> NDArray[np.int16]:
    """Tabulate packed answers by two bytes, the first of them in the lower half."""
    numbers = np.full((256, 256), _UNKNOWN, dtype=np.int16)
    known = {code: place for place, code in enumerate(options, 1)} | SPECIAL
    for code, number in known.items():
        spelt = code.encode()
        if not spelt:
            numbers[_COMMA, :] = number
        elif len(spelt) == 1:
            numbers[spelt[0], _COMMA] = number
        else:
            numbers[spelt[1], spelt[0]] = number
    return numbers.reshape(-1)
