"""One row of a caterpillar plot: rank, name and figure, the interval and the rank set."""

from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.text import Text
from survey_service.charts.axis import Axis, ticks
from survey_service.charts.caterpillar import Caterpillar, Mark
from survey_service.charts.palette import ACCENT, BRAND, DEEP, HAIR, LINE, PAPER, SOFT
from survey_service.charts.picture import NARROW, WIDE, Disc, Words, paragraph
from survey_service.charts.picture import Line as Stroke
from survey_service.charts.picture import Mark as Painted

_RANK_SET = Text(vi="hạng có thể: {best}–{worst}", en="ranks left open: {best}–{worst}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Lengths of a layout in pixels; `below` is the room for marks under the name."""

    width: int
    size: int
    leading: int
    gap: int
    below: int
    name_at: int
    name_room: int
    left: int
    right: int
    figure_at: int
    ticks: int
    ranks: tuple[int, int] | None


BESIDE = Shape(
    width=WIDE,
    size=15,
    leading=20,
    gap=14,
    below=0,
    name_at=46,
    name_room=270,
    left=340,
    right=650,
    figure_at=718,
    ticks=10,
    ranks=(752, 940),
)
WITHOUT_RANKS = Shape(
    width=WIDE,
    size=15,
    leading=20,
    gap=14,
    below=0,
    name_at=46,
    name_room=360,
    left=440,
    right=880,
    figure_at=950,
    ticks=12,
    ranks=None,
)
BELOW = Shape(
    width=NARROW,
    size=14,
    leading=18,
    gap=16,
    below=38,
    name_at=40,
    name_room=204,
    left=14,
    right=306,
    figure_at=306,
    ticks=6,
    ranks=None,
)


def place_row(
    plot: Caterpillar,
    mark: Mark,
    name: tuple[str, ...],
    shape: Shape,
    axis: Axis,
    ranks: Axis | None,
    top: float,
) -> Iterator[Painted]:
    """Draw one unit from `top` downwards: rank, name, figure, interval and rank set."""
    first = top + shape.gap / 2
    size, leading = shape.size, shape.leading
    yield from paragraph(
        (mark.rank,),
        shape.name_at - 9,
        first,
        leading,
        size=size,
        colour=DEEP,
        weight="bold",
        side="right",
    )
    yield from paragraph(name, shape.name_at, first, leading, size=size)
    text = len(name) * leading
    level = first + text + 10 if shape.below else first + text / 2
    if mark.place is None:
        yield from _withheld(mark, shape, level)
        return
    yield from paragraph(
        (mark.said,),
        shape.figure_at,
        first if shape.below else level - leading / 2,
        leading,
        size=size,
        colour=DEEP,
        weight="bold",
        side="right",
    )
    # A faint track leads the eye from the name to the mark.
    yield Stroke(points=((axis.start, level), (axis.end, level)), colour=HAIR)
    if shape.below:
        for tick in ticks(plot.low, plot.high, shape.ticks):
            x = axis.at(tick)
            yield Stroke(points=((x, level - 4), (x, level + 4)), colour=LINE)
    yield from _dot(mark, axis, level)
    if mark.ranks and ranks:
        best, worst = (ranks.at(rank) for rank in mark.ranks)
        yield Stroke(points=((ranks.start, level), (ranks.end, level)), colour=HAIR)
        yield Stroke(points=((best - 3, level), (worst + 3, level)), colour=LINE, thickness=12)
        if mark.rank.isdigit():
            yield Disc(x=ranks.at(int(mark.rank)), y=level, radius=4.5, fill=DEEP, edge=PAPER)
    elif mark.ranks and shape.below:
        yield from paragraph(
            (_RANK_SET.in_(plot.language).format(best=mark.ranks[0], worst=mark.ranks[1]),),
            axis.end,
            level + 8,
            leading,
            size=size - 2,
            colour=SOFT,
            side="right",
        )


def _withheld(mark: Mark, shape: Shape, level: float) -> tuple[Words, ...]:
    middle, leading = (shape.left + shape.right) / 2, shape.leading
    return paragraph(
        (mark.said,),
        shape.name_at if shape.below else middle,
        level - leading / 2,
        leading,
        size=shape.size - 1,
        colour=SOFT,
        weight="oblique",
        side="left" if shape.below else "center",
    )


def _dot(mark: Mark, axis: Axis, level: float) -> Iterator[Painted]:
    """Draw the interval as a bar and the point on it; a point without one is hollow."""
    if mark.place is None:
        return
    x, interval = axis.at(mark.place.at), mark.place.interval
    if interval is None:
        yield Disc(x=x, y=level, radius=4.5, fill=PAPER, edge=ACCENT)
        return
    low, high = (axis.at(end) for end in interval)
    yield Stroke(points=((low, level), (high, level)), colour=BRAND, thickness=4, rounded=True)
    yield Disc(x=x, y=level, radius=4.5, fill=ACCENT, edge=PAPER)
