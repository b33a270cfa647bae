"""A caterpillar plot laid out: marks beside the names, or below them on a phone."""

from collections.abc import Iterator

from questionnaires.text import Text
from survey_service.charts.axis import Axis, ticks
from survey_service.charts.caterpillar import Caterpillar, Mark
from survey_service.charts.caterpillar_rows import BELOW, BESIDE, WITHOUT_RANKS, Shape, place_row
from survey_service.charts.lettering import wrapped
from survey_service.charts.palette import HAIR, LINE, SOFT
from survey_service.charts.picture import Line as Stroke
from survey_service.charts.picture import Mark as Painted
from survey_service.charts.picture import Picture, Words

_POINTS = Text(vi="Điểm trên thang 0–{whole}", en="Points out of {whole}")
_PERCENT = Text(vi="Phần trăm điểm tối đa", en="Percent of the maximum")
_CUT = Text(vi="trục cắt: {low}–{high}", en="axis cut to {low}–{high}")
_RANKS = Text(vi="Các thứ hạng có thể", en="Ranks left open")
_TITLE = Text(
    vi="Điểm, khoảng tin cậy 95 % và thứ hạng có thể: {name}",
    en="Points, 95 % intervals and ranks left open: {name}",
)
_ALT = Text(
    vi="{count} đơn vị xếp theo thứ hạng. Cao nhất: {first} ({best}); thấp nhất: {final} "
    "({worst}). Chấm là điểm, vạch là khoảng tin cậy 95 %.",
    en="{count} units by rank. Highest: {first} ({best}); lowest: {final} ({worst}). "
    "The dot is the score, the bar its 95 % interval.",
)
_HEAD, _FOOT = 56, 34


def caterpillar_picture(plot: Caterpillar, *, narrow: bool) -> Picture:
    """Place the units of a plot below each other in rank order."""
    ranked = any(mark.ranks for mark in plot.marks)
    shape = BELOW if narrow else BESIDE if ranked else WITHOUT_RANKS
    axis = Axis(low=plot.low, high=plot.high, start=shape.left, end=shape.right)
    ranks = shape.ranks and Axis(
        low=1, high=max(plot.last, 2), start=shape.ranks[0], end=shape.ranks[1]
    )
    marks: list[Painted] = []
    top = float(_HEAD)
    for mark in plot.marks:
        name = wrapped(mark.name, shape.size, shape.name_room)
        high = (
            shape.gap
            + len(name) * shape.leading
            + (shape.below if mark.place else shape.below and 20)
        )
        marks += place_row(plot, mark, name, shape, axis, ranks, top)
        top += high
    under = [*_score_axis(plot, shape, axis, top)]
    if ranks:
        under += _rank_axis(plot, shape, ranks, top)
    return Picture(
        width=shape.width,
        height=round(top) + _FOOT,
        language=plot.language,
        title=_TITLE.in_(plot.language).format(name=plot.name),
        alt=_alt(plot),
        marks=(*under, *marks),
    )


def _alt(plot: Caterpillar) -> str:
    shown = sorted((mark for mark in plot.marks if mark.place), key=lambda mark: -_at(mark))
    return _ALT.in_(plot.language).format(
        count=len(plot.marks),
        first=shown[0].name,
        best=shown[0].said,
        final=shown[-1].name,
        worst=shown[-1].said,
    )


def _at(mark: Mark) -> float:
    return mark.place.at if mark.place else 0.0


def _score_axis(plot: Caterpillar, shape: Shape, axis: Axis, foot: float) -> Iterator[Painted]:
    """Rule a line down for each round figure, named above and below."""
    yield from _rules(shape, axis, ticks(plot.low, plot.high, shape.ticks), foot)
    named = (_PERCENT if plot.in_percent else _POINTS).in_(plot.language).format(whole=plot.whole)
    cut = _CUT.in_(plot.language).format(low=plot.low, high=plot.high)
    said = f"{named} ({cut})" if plot.low else named
    yield Words(
        x=(axis.start + axis.end) / 2,
        y=20,
        text=said,
        size=shape.size - 2,
        colour=SOFT,
        side="center",
    )


def _rank_axis(plot: Caterpillar, shape: Shape, axis: Axis, foot: float) -> Iterator[Painted]:
    marked = sorted({1, plot.last, *(tick for tick in ticks(1, max(plot.last, 2), 6) if tick > 2)})
    room = (axis.end - axis.start) / max(plot.last, 2)
    apart = [rank for rank in marked if rank == plot.last or (plot.last - rank) * room > 22]
    yield from _rules(shape, axis, tuple(apart), foot)
    yield Words(
        x=(axis.start + axis.end) / 2,
        y=20,
        text=_RANKS.in_(plot.language),
        size=shape.size - 2,
        colour=SOFT,
        side="center",
    )


def _rules(shape: Shape, axis: Axis, figures: tuple[int, ...], foot: float) -> Iterator[Painted]:
    for figure in figures:
        x = axis.at(figure)
        # On a phone the names lie across the axis.
        if not shape.below:
            yield Stroke(points=((x, _HEAD), (x, foot)), colour=HAIR)
        for y in (_HEAD - 10, foot + 18):
            yield Words(x=x, y=y, text=str(figure), size=shape.size - 2, colour=SOFT, side="center")
    for y in (_HEAD, foot):
        yield Stroke(points=((axis.start, y), (axis.end, y)), colour=LINE)
