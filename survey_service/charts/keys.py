"""The keys of charts: what a colour means, and which name a code stands for."""

from collections.abc import Sequence
from typing import Final

from survey_service.charts.lettering import width, wrapped
from survey_service.charts.palette import DEEP, GROUND, MIDDLE, SOFT
from survey_service.charts.picture import Box, Mark, Words, paragraph

_SIZE: Final = 13
_LEADING: Final = 18
_SWATCH: Final = 14
_MARGIN: Final = 8
_TWO_COLUMNS_FROM: Final = 600


def swatch(text: str, left: float, top: float, colour: str | None) -> list[Mark]:
    """Draw a small box of a colour, hatched where it is None, and say what it means."""
    return [
        Box(
            left=left,
            top=top,
            right=left + _SWATCH,
            bottom=top + _SWATCH,
            fill=colour or GROUND,
            edge=None if colour else MIDDLE,
            hatched=colour is None,
        ),
        Words(x=left + _SWATCH + 6, y=top + 12, text=text, size=_SIZE, colour=SOFT),
    ]


def swatches(
    entries: Sequence[tuple[str, str | None]], left: float, right: float, top: float
) -> tuple[list[Mark], float]:
    """Draw swatches side by side, in as many lines as they need; give their bottom too."""
    marks: list[Mark] = []
    x = left
    for text, colour in entries:
        wide = _SWATCH + 6 + width(text, _SIZE)
        if x > left and x + wide > right:
            x, top = left, top + 22
        marks += swatch(text, x, top, colour)
        x += wide + 18
    return marks, top + 22


def numbered_names(
    names: Sequence[tuple[str, str]], wide: int, top: float
) -> tuple[list[Mark], float]:
    """List codes with their names, in two columns where there is room; give the bottom too."""
    columns = 2 if wide >= _TWO_COLUMNS_FROM else 1
    room = (wide - 2 * _MARGIN) / columns
    indent = 10 + max((width(code, _SIZE, "bold") for code, _ in names), default=0)
    marks: list[Mark] = []
    rows = -(-len(names) // columns)
    bottom = top
    for column in range(columns):
        y, x = top, _MARGIN + column * room
        for code, name in names[column * rows : (column + 1) * rows]:
            lines = wrapped(name, _SIZE, room - indent - 12)
            marks += paragraph((code,), x, y, _LEADING, size=_SIZE, colour=DEEP, weight="bold")
            marks += paragraph(lines, x + indent, y, _LEADING, size=_SIZE, colour=SOFT)
            y += len(lines) * _LEADING + 3
        bottom = max(bottom, y)
    return marks, bottom
