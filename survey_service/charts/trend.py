"""What a control chart shows: one unit's figure month by month, with what was to be expected."""

from dataclasses import dataclass
from typing import Final, Literal

from questionnaires.text import Language

Notice = Literal["", "above", "below"]
_ROOM: Final = 3
"""Percent under the lowest figure, where its label stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendMark:
    """One month: a figure in percent with its interval, or `why` there is none; "" for no wave's.

    `centre` and `limits` are those of the earlier months; `beyond` is the side on which the
    figure lies outside them, `run` that of the centre line on which it and those before it lie.
    `anew` tells that the criteria are others than before.
    """

    year: int
    month: int
    figure: float | None = None
    said: str = ""
    why: str = ""
    interval: tuple[float, float] | None = None
    centre: float | None = None
    limits: tuple[float, float] | None = None
    beyond: Notice = ""
    run: Notice = ""
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """A unit's months on an axis from `low` to `high` percent; `measure` is what is measured."""

    name: str
    measure: str
    language: Language
    marks: tuple[TrendMark, ...]
    low: int
    high: int


def axis_ends(marks: tuple[TrendMark, ...]) -> tuple[int, int]:
    """Give the tens between which everything lies with room for a label, at least twenty apart."""
    seen = [
        end
        for mark in marks
        for end in (mark.figure, mark.centre, *(mark.interval or ()), *(mark.limits or ()))
        if end is not None
    ]
    low = max(0, 10 * int((min(seen, default=0) - _ROOM) // 10))
    high = min(100, 10 * -int(-max(seen, default=100) // 10))
    if high - low < 20:
        low, high = (low, low + 20) if low + 20 <= 100 else (80, 100)
    return low, high
