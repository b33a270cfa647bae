"""The two layouts of a caterpillar plot: marks beside the names, or below them on a phone."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from survey_service.charts.caterpillar import Caterpillar, Mark

HEAD = 34
"""Pixels above the rows, for the upper figures of the axis."""
FOOT = 62
"""Pixels below the rows, for the lower figures and the name of the axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One unit's place in the drawing, in pixels from its top.

    `baselines` has a line of the name each; the mark lies at `level`.
    """

    mark: Mark
    top: int
    bottom: int
    baselines: tuple[tuple[float, str], ...]
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Lengths of a layout, in pixels.

    Names begin at `name_at` and break after `letters`, in lines `line` high. The axis runs from
    `left` to `right`; figures end at `figure_at`. Marks lie `below` the names, or beside them
    where that is 0.
    """

    width: int
    size: int
    letters: int
    line: int
    gap: int
    below: int
    name_at: int
    left: int
    right: int
    figure_at: int
    ticks: int

    def rows(self, plot: Caterpillar) -> Iterator[Row]:
        """Place the units below each other."""
        top = HEAD
        for mark in plot.marks:
            lines = textwrap.wrap(mark.name, self.letters) or [""]
            text = len(lines) * self.line
            bottom = top + self.gap + text + self.below
            first = top + self.gap / 2 + self.line * 0.75
            yield Row(
                mark=mark,
                top=top,
                bottom=bottom,
                baselines=tuple((first + n * self.line, line) for n, line in enumerate(lines)),
                level=bottom - self.gap / 2 - (self.below or text) / 2,
            )
            top = bottom

    def height(self, plot: Caterpillar) -> int:
        """Give the height of the whole drawing, before anything is drawn."""
        return max(row.bottom for row in self.rows(plot)) + FOOT


WIDE = Shape(
    width=960,
    size=15,
    letters=40,
    line=20,
    gap=14,
    below=0,
    name_at=46,
    left=440,
    right=880,
    figure_at=950,
    ticks=12,
)
NARROW = Shape(
    width=320,
    size=14,
    letters=27,
    line=18,
    gap=14,
    below=20,
    name_at=42,
    left=14,
    right=306,
    figure_at=314,
    ticks=6,
)
