"""Ballots as columns, which are also a sequence of rows for whoever wants rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from questionnaires.index import Code
from questionnaires.packing import columns as packed_columns
from survey_service.dataset.content import BallotRow, DatasetContent
from survey_service.dataset.design import Design

IntArray = NDArray[np.int64]
AnswerArray = NDArray[np.int16]
KeyArray = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BallotColumns(Sequence[BallotRow]):
    """The ballots in the order of their keys, n of them.

    `ballot` has their keys and `people` those of the respondents, ascending; `respondent`,
    `stratum`, `unit` and `weight` index `people`, the design's strata and units (`strata`,
    `units`) and `weights`, which are decimals as text. `answers` has shape (n, q).
    """

    ballot: KeyArray
    people: KeyArray
    strata: tuple[Code, ...]
    units: tuple[Code, ...]
    weights: tuple[str, ...]
    respondent: IntArray
    stratum: IntArray
    unit: IntArray
    weight: IntArray
    familiar: NDArray[np.bool_]
    answers: AnswerArray

    def __len__(self) -> int:
        return len(self.ballot)

    @overload
    def __getitem__(self, place: int) -> BallotRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[BallotRow]: ...
    def __getitem__(self, place: int | slice) -> BallotRow | Sequence[BallotRow]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        return BallotRow(
            ballot=_written(self.ballot[place]),
            respondent=_written(self.people[self.respondent[place]]),
            stratum=self.strata[int(self.stratum[place])],
            unit=self.units[int(self.unit[place])],
            familiar=bool(self.familiar[place]),
            answers=self.answers[place].astype("<i2").tobytes(),
            weight=self.weights[int(self.weight[place])],
        )

    def __iter__(self) -> Iterator[BallotRow]:
        packed, width = self.answers.astype("<i2").tobytes(), 2 * self.answers.shape[1]
        fixed: IntArray = np.stack(
            [self.stratum, self.unit, self.weight, self.familiar.astype(np.int64)], axis=1
        )
        rows: list[list[int]] = fixed.tolist()
        ballots: list[int] = self.ballot.tolist()
        people: list[int] = self.people[self.respondent].tolist()
        for place, (stratum, unit, weight, familiar) in enumerate(rows):
            yield BallotRow(
                ballot=_written(ballots[place]),
                respondent=_written(people[place]),
                stratum=self.strata[stratum],
                unit=self.units[unit],
                familiar=bool(familiar),
                answers=packed[place * width : (place + 1) * width],
                weight=self.weights[weight],
            )


def ballot_columns(content: DatasetContent) -> BallotColumns:
    """Give the ballots of a dataset as columns; those that were read are columns already."""
    ballots = content.ballots
    if isinstance(ballots, BallotColumns):
        return ballots
    return from_rows(ballots, content.design, len(packed_columns(content.questionnaires)))


def from_rows(rows: Iterable[BallotRow], design: Design, width: int) -> BallotColumns:
    """Put rows with so many answers into columns, in the order of their keys.

    Raises KeyError where a row names a stratum or unit that the design has not, and ValueError
    where a key is not hexadecimal or answers are not so many.
    """
    ordered = sorted(rows, key=lambda row: row.ballot)
    strata = tuple(stratum.code for stratum in design.strata)
    units = tuple(unit.code for unit in design.units)
    weights = tuple(sorted({row.weight for row in ordered}))
    people, respondent = np.unique(
        np.array([int(row.respondent, 16) for row in ordered], dtype=np.uint64),
        return_inverse=True,
    )
    packed = np.frombuffer(b"".join(row.answers for row in ordered), dtype="<i2")
    return BallotColumns(
        ballot=np.array([int(row.ballot, 16) for row in ordered], dtype=np.uint64),
        people=people,
        strata=strata,
        units=units,
        weights=weights,
        respondent=respondent,
        stratum=_indices(strata, [row.stratum for row in ordered]),
        unit=_indices(units, [row.unit for row in ordered]),
        weight=_indices(weights, [row.weight for row in ordered]),
        familiar=np.array([row.familiar for row in ordered], dtype=np.bool_),
        answers=packed.astype(np.int16).reshape(len(ordered), width),
    )


def _indices(known: Sequence[str], codes: Sequence[str]) -> IntArray:
    place = {code: at for at, code in enumerate(known)}
    return np.array([place[code] for code in codes], dtype=np.int64)


def _written(key: Any) -> str:
    return f"{int(key):016x}"
