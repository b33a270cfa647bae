"""A drawing as a value: what is painted where, in pixels from the upper left corner."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from questionnaires.text import Language
from survey_service.charts.lettering import Weight, width
from survey_service.charts.palette import INK

WIDE: Final = 960
NARROW: Final = 320
"""Widths of a drawing for a page and for a phone."""

Side = Literal["left", "center", "right"]
_ASCENT, _DESCENT = 0.76, 0.24
"""How far letters reach over and under their baseline, in parts of their size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text; `y` is its baseline, `x` its left end, middle or right end."""

    x: float
    y: float
    text: str
    size: float
    colour: str = INK
    weight: Weight = "regular"
    side: Side = "left"

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Give left, top, right and bottom of the letters."""
        wide = width(self.text, self.size, self.weight)
        left = self.x - {"left": 0.0, "center": wide / 2, "right": wide}[self.side]
        return (left, self.y - _ASCENT * self.size, left + wide, self.y + _DESCENT * self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle; `hatched` with slanting lines of the edge's colour."""

    left: float
    top: float
    right: float
    bottom: float
    fill: str | None = None
    edge: str | None = None
    hatched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line through points; `rounded` at its ends, or `dashed`."""

    points: tuple[tuple[float, float], ...]
    colour: str
    thickness: float = 1
    rounded: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    """A filled circle."""

    x: float
    y: float
    radius: float
    fill: str
    edge: str
    thickness: float = 1.5


Mark = Words | Box | Line | Disc


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Marks in the order in which they are painted; `title` and `alt` say them in words."""

    width: int
    height: int
    language: Language
    title: str
    alt: str
    marks: tuple[Mark, ...]

    @property
    def words(self) -> tuple[Words, ...]:
        """Give what is written."""
        return tuple(mark for mark in self.marks if isinstance(mark, Words))


def paragraph(
    lines: Iterable[str],
    x: float,
    top: float,
    leading: float,
    *,
    size: float,
    colour: str = INK,
    weight: Weight = "regular",
    side: Side = "left",
) -> tuple[Words, ...]:
    """Write lines below each other, each `leading` high, the first from `top`."""
    return tuple(
        Words(
            x=x,
            y=top + place * leading + (leading + 0.7 * size) / 2,
            text=line,
            size=size,
            colour=colour,
            weight=weight,
            side=side,
        )
        for place, line in enumerate(lines)
    )
