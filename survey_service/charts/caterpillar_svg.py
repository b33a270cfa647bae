"""A caterpillar plot drawn as SVG by Matplotlib, the same bytes for the same sheet."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from questionnaires.text import Text
from survey_service.charts.caterpillar import Caterpillar, Place
from survey_service.charts.caterpillar_shapes import FOOT, HEAD, Row, Shape

# The style sheet's colours; an image does not see its tokens.
_INK, _SOFT, _DEEP, _BRAND, _ACCENT = "#14202b", "#45525e", "#0d2745", "#14375e", "#b3221d"
_PAPER, _HAIR, _LINE = "#ffffff", "#e3e8ec", "#c3ccd4"
_DPI = 72
"""So that a pixel of the layout is a point of Matplotlib."""
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_POINTS = Text(vi="Điểm trên thang 0–{whole}", en="Points out of {whole}")
_PERCENT = Text(vi="Phần trăm điểm tối đa", en="Percent of the maximum")
_CUT = Text(vi="trục cắt: {low}–{high}", en="axis cut to {low}–{high}")


def caterpillar_svg(plot: Caterpillar, shape: Shape) -> bytes:
    """Draw a plot; the bytes also depend on the release of Matplotlib.

    Letters are outlines: a reader needs no font. Matplotlib's settings belong to the process,
    so that two threads must not draw at the same time.
    """
    import matplotlib as mpl  # noqa: PLC0415 - not at the start of every process
    from matplotlib.figure import Figure  # noqa: PLC0415

    content = io.BytesIO()
    height = shape.height(plot)
    with mpl.rc_context():  # pyright: ignore[reportUnknownMemberType] - a bare PathLike in it
        # What a machine's own settings file says must not change the drawing.
        mpl.rcdefaults()
        mpl.rcParams["svg.fonttype"] = "path"
        mpl.rcParams["svg.hashsalt"] = "survey-service"
        figure: Any = Figure(figsize=(shape.width / _DPI, height / _DPI), dpi=_DPI)
        figure.set_facecolor(_PAPER)
        pen = _Pen(
            figure=figure,
            axes=_axes(figure, plot, shape, height),
            shape=shape,
            height=height,
            fonts=Path(mpl.get_data_path()) / "fonts" / "ttf",
        )
        _draw_axis(pen, plot)
        for row in shape.rows(plot):
            _draw_row(pen, row)
        figure.savefig(content, format="svg", metadata=_NO_METADATA)
    return content.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pen:
    """Writes and rules in pixels from the upper left corner."""

    figure: Any
    axes: Any
    shape: Shape
    height: int
    fonts: Path

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        colour: str = _INK,
        style: Literal["", "-Bold", "-Oblique"] = "",
        smaller: int = 0,
        side: Literal["left", "center", "right"] = "left",
    ) -> None:
        """Write one line of text, `y` being its baseline."""
        self.figure.text(
            x / self.shape.width,
            1 - y / self.height,
            text,
            color=colour,
            horizontalalignment=side,
            verticalalignment="baseline",
            # The font that comes with Matplotlib has every Vietnamese letter.
            font=self.fonts / f"DejaVuSans{style}.ttf",
            fontsize=self.shape.size - smaller,
            # A dollar sign in a name is no formula.
            parse_math=False,
        )


def _axes(figure: Any, plot: Caterpillar, shape: Shape, height: int) -> Any:
    """Lay the axes over the rows: figures to the right, pixels downwards."""
    wide, high = shape.right - shape.left, height - FOOT - HEAD
    axes = figure.add_axes(
        (shape.left / shape.width, FOOT / height, wide / shape.width, high / height)
    )
    axes.set(xlim=(plot.low, plot.high), ylim=(height - FOOT, HEAD), facecolor="none")
    axes.set_axis_off()
    return axes


def _draw_axis(pen: _Pen, plot: Caterpillar) -> None:
    """Rule a line down for each round figure, named above and below."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - as above

    shape, foot = pen.shape, pen.height - FOOT
    for tick in MaxNLocator(shape.ticks, integer=True).tick_values(plot.low, plot.high):
        if plot.low <= tick <= plot.high:
            pen.axes.axvline(tick, color=_HAIR, linewidth=1, zorder=0, clip_on=False)
            share = (tick - plot.low) / (plot.high - plot.low)
            x = shape.left + share * (shape.right - shape.left)
            for y in (HEAD - 10, foot + 20):
                pen.write(x, y, f"{tick:.0f}", colour=_SOFT, smaller=2, side="center")
    pen.axes.hlines([HEAD, foot], plot.low, plot.high, color=_LINE, linewidth=1, clip_on=False)
    named = (_PERCENT if plot.in_percent else _POINTS).in_(plot.language)
    said = [named.format(whole=plot.whole)]
    if plot.low:
        said.append(_CUT.in_(plot.language).format(low=plot.low, high=plot.high))
    middle = (shape.left + shape.right) / 2
    pen.write(middle, foot + 44, "; ".join(said), colour=_SOFT, smaller=2, side="center")


def _draw_row(pen: _Pen, row: Row) -> None:
    shape, mark = pen.shape, row.mark
    first = row.baselines[0][0]
    pen.write(shape.name_at - 9, first, mark.rank, colour=_DEEP, style="-Bold", side="right")
    for y, line in row.baselines:
        pen.write(shape.name_at, y, line)
    if mark.place is None:
        middle = (shape.left + shape.right) / 2
        y = row.level + shape.size / 3
        pen.write(middle, y, mark.said, colour=_SOFT, style="-Oblique", smaller=1, side="center")
        return
    y = first if shape.below else row.level + shape.size / 3
    pen.write(shape.figure_at, y, mark.said, colour=_DEEP, style="-Bold", side="right")
    # A faint track leads the eye from the name to the mark.
    pen.axes.axhline(row.level, color=_HAIR, linewidth=1, zorder=0, clip_on=False)
    _draw_place(pen.axes, mark.place, row.level)


def _draw_place(axes: Any, place: Place, level: float) -> None:
    """Draw the interval as a bar and the point on it; a point without one is hollow."""
    if place.interval is not None:
        low, high = place.interval
        axes.hlines(
            level, low, high, color=_BRAND, linewidth=4, capstyle="round", zorder=2, clip_on=False
        )
    axes.plot(
        place.at,
        level,
        marker="o",
        markersize=9,
        markerfacecolor=_PAPER if place.interval is None else _ACCENT,
        markeredgecolor=_ACCENT if place.interval is None else _PAPER,
        markeredgewidth=1.5,
        zorder=3,
        clip_on=False,
    )
