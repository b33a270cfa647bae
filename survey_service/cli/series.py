"""`series`: the published waves of a series side by side, with control limits."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_service.cli.options import json_option
from survey_service.cli.speaking import Voice, say, show_json, speaks
from survey_service.cli.wiring import Wiring, pass_wiring

if TYPE_CHECKING:
    from survey_service.trends.document import Trend, TrendLine, TrendPoint

series_argument = click.argument("code", metavar="SERIES")


@click.group()
def series() -> None:
    """Chuỗi kết quả theo tháng và giới hạn kiểm soát · Monthly results with control limits."""


@series.command()
@series_argument
@json_option
@speaks
@pass_wiring
def show(wiring: Wiring, code: str, voice: Voice, *, as_json: bool) -> None:
    """In tháng gần nhất của từng đơn vị và dấu hiệu · Print each unit's latest month."""
    trend = _trend(wiring, code)
    if as_json:
        show_json(trend)
        return
    months = [wave.month for wave in trend.waves]
    say(
        voice,
        f"Chuỗi {code}: {len(months)} đợt, từ {months[0]} đến {months[-1]}.",
        f"Series {code}: {len(months)} waves, from {months[0]} to {months[-1]}.",
    )
    width = max(len(line.name.vi) for line in trend.lines)
    for line in trend.lines:
        if line.measure == "points":
            click.echo(_row(line, line.points[-1], width))


@series.command()
@series_argument
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Ghi các tệp vào thư mục này · Write the files into this folder.",
)
@click.option("--charts", is_flag=True, help="Kèm biểu đồ SVG · Charts as SVG too.")
@speaks
@pass_wiring
def export(wiring: Wiring, code: str, out: Path, voice: Voice, *, charts: bool) -> None:
    """Ghi chuỗi kết quả thành JSON, CSV và biểu đồ · Write the trend as files."""
    from survey_service.trends.document import trend_json  # noqa: PLC0415
    from survey_service.trends.spreadsheet_csv import trend_csv  # noqa: PLC0415

    trend = _trend(wiring, code)
    files = {"trend.json": trend_json(trend), "trend.csv": trend_csv(trend)}
    if charts:
        from survey_service.trends.charting import chart_files, draw_trend  # noqa: PLC0415

        files |= {file.file: draw_trend(trend, file) for file in chart_files(trend)}
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    say(voice, f"Đã ghi {len(files)} tệp vào {out}.", f"{len(files)} files are in {out}.")


def _trend(wiring: Wiring, code: str) -> "Trend":
    from survey_service.trends.computing import compute_trend  # noqa: PLC0415 - it needs scipy
    from survey_service.trends.reading import read_series  # noqa: PLC0415

    with wiring.database.reading() as session:
        return compute_trend(code, read_series(session, code))


def _row(line: "TrendLine", point: "TrendPoint", width: int) -> str:
    figure = point.percent or {"suppressed": "ẩn", "absent": "–"}.get(point.state, "–")
    limits = "" if point.limits is None else f"[{point.limits.low}–{point.limits.high}]"
    cells = (
        f"{line.name.vi:<{width}}",
        f"{figure:>6}",
        f"{point.centre or '':>6}",
        f"{limits:<14}",
        ", ".join(point.signals),
    )
    return "  ".join(cells).rstrip()
