"""A picture drawn by Matplotlib, as SVG or PNG: the same bytes for the same picture."""

import io
import re
from pathlib import Path
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

from survey_service.charts.lettering import Weight
from survey_service.charts.palette import PAPER
from survey_service.charts.picture import Box, Disc, Line, Mark, Picture, Words

Format = Literal["svg", "png"]

_DPI: Final = 72
"""So that a pixel of the picture is a point of Matplotlib."""
PRINT_SCALE: Final = 3
"""Pixels of a PNG per pixel of the picture: 960 of them printed 16 cm wide make 457 dpi."""
_STYLES: Final[dict[Weight, str]] = {"regular": "", "bold": "-Bold", "oblique": "-Oblique"}
_NO_METADATA: Final = {
    "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
    "png": {"Software": None},
}


def draw(picture: Picture, form: Format) -> bytes:
    """Draw a picture; the bytes also depend on the release of Matplotlib.

    Letters are outlines: a reader needs no font. An SVG says its language, title and
    description to who cannot see it. Matplotlib's settings belong to the process, so that two
    threads must not draw at the same time.
    """
    import matplotlib as mpl  # noqa: PLC0415 - not at the start of every process
    from matplotlib.figure import Figure  # noqa: PLC0415

    content = io.BytesIO()
    with mpl.rc_context():  # pyright: ignore[reportUnknownMemberType] - a bare PathLike in it
        # What a machine's own settings file says must not change the drawing.
        mpl.rcdefaults()
        mpl.rcParams["svg.fonttype"] = "path"
        mpl.rcParams["svg.hashsalt"] = "survey-service"
        mpl.rcParams["hatch.linewidth"] = 0.8
        figure: Any = Figure(figsize=(picture.width / _DPI, picture.height / _DPI), dpi=_DPI)
        figure.set_facecolor(PAPER)
        axes: Any = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, picture.width), ylim=(picture.height, 0))
        axes.set_axis_off()
        fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
        for order, mark in enumerate(picture.marks):
            _paint(axes, mark, fonts, order)
        dpi = _DPI if form == "svg" else _DPI * PRINT_SCALE
        figure.savefig(content, format=form, dpi=dpi, metadata=_NO_METADATA[form])
    return _spoken(content.getvalue(), picture) if form == "svg" else content.getvalue()


def _paint(axes: Any, mark: Mark, fonts: Path, order: int) -> None:
    match mark:
        case Words():
            _write(axes, mark, fonts, order)
        case Line():
            axes.plot(
                [x for x, _ in mark.points],
                [y for _, y in mark.points],
                color=mark.colour,
                linewidth=mark.thickness,
                linestyle=(0, (3, 3)) if mark.dashed else "solid",
                solid_capstyle="round" if mark.rounded else "butt",
                clip_on=False,
                zorder=order,
            )
        case Disc():
            axes.plot(
                mark.x,
                mark.y,
                marker="o",
                markersize=2 * mark.radius,
                markerfacecolor=mark.fill,
                markeredgecolor=mark.edge,
                markeredgewidth=mark.thickness,
                clip_on=False,
                zorder=order,
            )
        case Box():
            _fill(axes, mark, order)


def _write(axes: Any, words: Words, fonts: Path, order: int) -> None:
    axes.text(
        words.x,
        words.y,
        words.text,
        color=words.colour,
        horizontalalignment=words.side,
        verticalalignment="baseline",
        # The font that comes with Matplotlib has every Vietnamese letter.
        font=fonts / f"DejaVuSans{_STYLES[words.weight]}.ttf",
        fontsize=words.size,
        # A dollar sign in a name is no formula.
        parse_math=False,
        zorder=order,
    )


def _fill(axes: Any, box: Box, order: int) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - not at the start of every process

    axes.add_patch(
        Rectangle(
            (box.left, box.top),
            box.right - box.left,
            box.bottom - box.top,
            facecolor=box.fill or "none",
            edgecolor=box.edge or "none",
            linewidth=1 if box.edge else 0,
            hatch="////" if box.hatched else None,
            clip_on=False,
            zorder=order,
        )
    )


def _spoken(svg: bytes, picture: Picture) -> bytes:
    """Put language, title and description into an SVG (SVG 2, sec. 5.7 and 5.8)."""
    opened = re.search(r"<svg [^>]*>", text := svg.decode())
    if opened is None:
        raise ValueError("Matplotlib wrote no SVG")
    start = opened[0].replace("<svg ", f'<svg xml:lang="{picture.language}" role="img" ', 1)
    said = f"<title>{escape(picture.title)}</title><desc>{escape(picture.alt)}</desc>"
    return f"{text[: opened.start()]}{start}\n {said}{text[opened.end() :]}".encode()
