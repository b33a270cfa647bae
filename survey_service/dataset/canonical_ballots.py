"""`ballots.csv` read many rows at a time, where it is spelt and filled in exactly as written.

Nothing is reported here: whatever is unusual gives None, and reading row by row tells what it is.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from questionnaires.definition import Questionnaires
from questionnaires.index import Framework
from questionnaires.packing import NOT_ASKED
from survey_service.dataset.answer_fields import AnswerFields
from survey_service.dataset.asking import not_asked
from survey_service.dataset.ballot_columns import (
    AnswerArray,
    BallotColumns,
    IntArray,
    KeyArray,
    from_rows,
)
from survey_service.dataset.byte_fields import Bytes, distinct, keys, words
from survey_service.dataset.cells import CellTranslator, is_weight
from survey_service.dataset.codebook import FIXED_COLUMNS
from survey_service.dataset.design import Design

CHUNK = 1 << 20
"""Bytes read at a time: what is found in them stays in the processor's cache."""
MOST_THREADS = 4
_FIXED = len(FIXED_COLUMNS)
_KEY = 16
_COMMA, _LINE_END = b",\n"
_Number = TypeVar("_Number", bound=np.generic)
_STRANGE = (b'"', b"\r", b"\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What stands between the keys and the answers of a row; few rows differ in it.

    `asking` is the row of the table of columns that are not asked.
    """

    stratum: int
    unit: int
    weight: str
    familiar: bool
    asking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Some rows: their keys and which of `heads` each has."""

    ballot: KeyArray
    respondent: KeyArray
    heads: Sequence[_Head]
    head: IntArray


class CanonicalReader:
    """Reads the table of one design and its questionnaires."""

    def __init__(
        self, framework: Framework, questionnaires: Questionnaires, design: Design
    ) -> None:
        translator = CellTranslator(questionnaires)
        self._header = ",".join(
            [*FIXED_COLUMNS, *(column.item for column in translator.columns)]
        ).encode()
        self._answers = AnswerFields(translator)
        self._design = design
        groups = {group.code: place for place, group in enumerate(framework.groups)}
        classes = [unit_class.code for unit_class in framework.unit_classes]
        self._groups = len(groups)
        self._stratum = {one.code: (one.group, at) for at, one in enumerate(design.strata)}
        self._unit = {unit.code: place for place, unit in enumerate(design.units)}
        self._heads: dict[bytes, _Head | None] = {}
        self._group = np.array([groups[one.group] for one in design.strata], dtype=np.int64)
        modes = framework.rules.modes
        self._issues = np.array([one.mode in modes for one in design.strata], dtype=np.bool_)
        self._class = [classes.index(unit.unit_class) for unit in design.units]
        # A last class stands for units that the person does not know.
        self._unknown = len(classes)
        self._unasked = np.zeros(
            (len(groups) * (len(classes) + 1), len(translator.columns)), dtype=np.bool_
        )
        asking = ((group, about) for group in groups for about in [*classes, None])
        for row, (group, about) in enumerate(asking):
            columns = not_asked(framework, questionnaires, translator.columns, group, about)
            self._unasked[row, columns] = True

    def read(self, content: bytes) -> BallotColumns | None:
        """Read the whole table; None where anything in it is unusual or wrong."""
        body = len(self._header) + 1
        if content[:body] != self._header + b"\n" or not content.endswith(b"\n"):
            return None
        if any(byte in content for byte in _STRANGE):
            return None
        cuts = [body]
        while cuts[-1] < len(content):
            cut = content.rfind(b"\n", cuts[-1], cuts[-1] + CHUNK) + 1
            cuts.append(cut or content.index(b"\n", cuts[-1]) + 1)
        if len(cuts) == 1:
            return from_rows((), self._design, self._answers.width)
        text = np.frombuffer(content, dtype=np.uint8)
        counts = [np.count_nonzero(text[start:end] == _LINE_END) for start, end in pairwise(cuts)]
        rows = [0, *accumulate(counts)]
        answers = np.empty((rows[-1], self._answers.width), dtype=np.int16)
        texts = [text[start:end] for start, end in pairwise(cuts)]
        places = [answers[start:end] for start, end in pairwise(rows)]
        with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as threads:
            parts = list(threads.map(self._part, texts, places))
        whole = [part for part in parts if part is not None]
        return self._joined(whole, answers) if len(whole) == len(parts) else None

    def _part(self, text: Bytes, answers: AnswerArray) -> _Part | None:
        """Read whole lines, with their answers into `answers`; None where one is unusual."""
        ends = np.flatnonzero((text == _COMMA) | (text == _LINE_END))
        width = _FIXED + self._answers.width
        if len(ends) != len(answers) * width:
            return None
        ends = ends.reshape(-1, width)
        first = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1, -1] + 1])
        second, third = ends[:, 0] + 1, ends[:, 1] + 1
        widths = np.concatenate([second - first, third - second])
        if (text[ends[:, -1]] != _LINE_END).any() or (widths != _KEY + 1).any():
            return None
        ballot, respondent = keys(text, first), keys(text, second)
        fields = words(text, third, ends[:, _FIXED - 1])
        if ballot is None or respondent is None or fields is None:
            return None
        written, head = distinct(fields)
        heads = [one for one in map(self._head, written) if one is not None]
        if len(heads) < len(written):
            return None
        known = self._answers.read(text, ends[:, _FIXED - 1 :], answers)
        unasked = self._unasked[[one.asking for one in heads]]
        if not known or (unasked.any() and (unasked[head] & (answers != NOT_ASKED)).any()):
            return None
        return _Part(ballot=ballot, respondent=respondent, heads=heads, head=head)

    def _head(self, written: bytes) -> _Head | None:
        if written not in self._heads:
            self._heads[written] = self._read_head(written)
        return self._heads[written]

    def _read_head(self, written: bytes) -> _Head | None:
        # What is not UTF-8 has no place in the design.
        group, stratum, unit, weight, familiar = written.decode(errors="replace").split(",")
        of_group, place = self._stratum.get(stratum, ("", -1))
        if group != of_group or unit not in self._unit or familiar not in {"0", "1"}:
            return None
        if not is_weight(weight):
            return None
        about = self._class[self._unit[unit]] if familiar == "1" else self._unknown
        return _Head(
            stratum=place,
            unit=self._unit[unit],
            weight=weight,
            familiar=familiar == "1",
            asking=int(self._group[place]) * (self._unknown + 1) + about,
        )

    def _joined(self, parts: Sequence[_Part], answers: AnswerArray) -> BallotColumns | None:
        heads = [head for part in parts for head in part.heads]
        shifts = np.cumsum([0, *(len(part.heads) for part in parts)]).tolist()
        weights = tuple(sorted({head.weight for head in heads}))
        place = {weight: at for at, weight in enumerate(weights)}
        head = _joined([part.head + shift for part, shift in zip(parts, shifts, strict=False)])
        people, respondent = np.unique(
            _joined([part.respondent for part in parts]), return_inverse=True
        )
        found = BallotColumns(
            ballot=_joined([part.ballot for part in parts]),
            people=people,
            strata=tuple(stratum.code for stratum in self._design.strata),
            units=tuple(unit.code for unit in self._design.units),
            weights=weights,
            respondent=respondent,
            stratum=np.array([one.stratum for one in heads])[head],
            unit=np.array([one.unit for one in heads])[head],
            weight=np.array([place[one.weight] for one in heads])[head],
            familiar=np.array([one.familiar for one in heads])[head],
            answers=answers,
        )
        return found if self._agrees(found) else None

    def _agrees(self, found: BallotColumns) -> bool:
        """Tell whether the rows agree with each other and with the design."""
        if not (found.ballot[1:] > found.ballot[:-1]).all():
            return False
        person = np.zeros(len(found.people), dtype=np.int64)
        about = found.stratum * len(found.weights) + found.weight
        person[found.respondent] = about
        if (person[found.respondent] != about).any():
            return False
        units = len(found.units)
        pairs = np.sort(found.respondent * units + found.unit)
        if (pairs[1:] == pairs[:-1]).any():
            return False
        return self._within_design(found, person // max(len(found.weights), 1))

    def _within_design(self, found: BallotColumns, stratum_of: IntArray) -> bool:
        units = {unit: place for place, unit in enumerate(found.units)}
        groups = {stratum.group: self._group[at] for at, stratum in enumerate(self._design.strata)}
        issued = np.zeros((len(units), self._groups), dtype=np.int64)
        for one in self._design.issued:
            if one.group in groups:
                issued[units[one.unit], groups[one.group]] = one.ballots
        # Ballots are issued in the modes that make the points.
        of_mode = self._issues[found.stratum]
        cells = (found.unit * self._groups + self._group[found.stratum])[of_mode]
        returned = np.bincount(cells, minlength=issued.size).reshape(issued.shape)
        most = np.array(
            [
                min(stratum.invited, stratum.population or stratum.invited)
                for stratum in self._design.strata
            ]
        )
        people = np.bincount(stratum_of, minlength=len(most))
        return bool((returned <= issued).all() and (people <= most).all())


def _joined(parts: Sequence[NDArray[_Number]]) -> NDArray[_Number]:
    return np.concatenate(parts)
