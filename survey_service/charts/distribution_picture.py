"""Distribution bars laid out: bad to the left of a middle line, good to the right of it."""

from questionnaires.text import Text
from survey_service.charts.axis import Axis
from survey_service.charts.distribution import Bar, Distributions, Scale, extents
from survey_service.charts.distribution_rows import BELOW, BESIDE, WITHOUT_UNKNOWN, Shape, place_bar
from survey_service.charts.keys import swatches
from survey_service.charts.lettering import wrapped
from survey_service.charts.palette import (
    INK,
    SOFT,
    diverging,
)
from survey_service.charts.picture import (
    Line,
    Mark,
    Picture,
    paragraph,
)

_TITLE = Text(vi="Phân bố câu trả lời: {name}", en="How the answers are spread: {name}")
_ALT = Text(
    vi="{count} câu hỏi; mỗi thanh chia theo phương án, tốt ở bên phải, chưa tốt ở bên trái. "
    "{best}",
    en="{count} items; each bar is divided by option, good to the right, bad to the left. {best}",
)
_BEST = Text(
    vi="Hai mức tốt nhất cao nhất: {high} ({most} %); thấp nhất: {low} ({least} %).",
    en="Top two options highest: {high} ({most} %); lowest: {low} ({least} %).",
)
_TOP_TWO = Text(vi="Hai mức tốt nhất", en="Top two")
_DONT_KNOW = Text(vi="Không biết", en="Don't know")


def distribution_picture(shown: Distributions, *, narrow: bool) -> Picture:
    """Place scale below scale, each with its key, and the bars of all on one middle line."""
    known = any(bar.dont_know for scale in shown.scales for bar in scale.bars)
    shape = BELOW if narrow else BESIDE if known else WITHOUT_UNKNOWN
    bars = [bar for scale in shown.scales for bar in scale.bars if bar.percents]
    reach = [extents(bar) for bar in bars]
    axis = Axis(
        low=-max(float(bad) for bad, _ in reach) - 1,
        high=max(float(good) for _, good in reach) + 1,
        start=shape.left,
        end=shape.right,
    )
    marks: list[Mark] = []
    top = 8.0
    for scale in shown.scales:
        placed, top = _scale(shown, scale, shape, axis, top)
        marks += placed
        top += 12
    return Picture(
        width=shape.width,
        height=round(top),
        language=shown.language,
        title=_TITLE.in_(shown.language).format(name=shown.name),
        alt=_alt(shown, bars),
        marks=tuple(marks),
    )


def _alt(shown: Distributions, bars: list[Bar]) -> str:
    by_share = sorted((bar for bar in bars if bar.top_two), key=lambda bar: -sum(bar.percents[:2]))
    best = (
        _BEST.in_(shown.language).format(
            high=by_share[0].text,
            most=by_share[0].top_two,
            low=by_share[-1].text,
            least=by_share[-1].top_two,
        )
        if by_share
        else ""
    )
    return _ALT.in_(shown.language).format(count=len(bars), best=best).strip()


def _scale(
    shown: Distributions, scale: Scale, shape: Shape, axis: Axis, top: float
) -> tuple[list[Mark], float]:
    colours = diverging(len(scale.labels))
    # The key has the order of the bar: bad to the left.
    entries = list(zip(reversed(scale.labels), reversed(colours), strict=True))
    marks, bottom = swatches(entries, 8, shape.top_two or shape.width - 8, top)
    if shape.top_two:
        heads, lowest = _heads(shown, shape, top)
        marks, bottom = marks + heads, max(bottom, lowest)
    bars: list[Mark] = []
    top = bottom + 4
    for bar in scale.bars:
        placed, bottom = place_bar(
            shown.language, bar, colours, shape, axis, bottom + (0 if bars else 4)
        )
        bars += placed
    # Under the bars, so that it crosses no figure.
    if shape.top_two:
        middle = axis.at(0)
        marks.append(Line(points=((middle, top), (middle, bottom)), colour=INK))
    return marks + bars, bottom


def _heads(shown: Distributions, shape: Shape, top: float) -> tuple[list[Mark], float]:
    marks: list[Mark] = []
    bottom = top
    for text, at in ((_TOP_TWO, shape.top_two), (_DONT_KNOW, shape.dont_know)):
        if at:
            lines = wrapped(text.in_(shown.language), 13, 82, "bold")
            marks += paragraph(
                lines, at, top, 17, size=13, colour=SOFT, weight="bold", side="right"
            )
            bottom = max(bottom, top + 17 * len(lines))
    return marks, bottom
