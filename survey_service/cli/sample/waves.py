"""`sample width`: the intervals to expect of a planned wave."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from questionnaires.text import Text
from survey_service.cli.options import json_option
from survey_service.cli.sample.refusing import worded
from survey_service.cli.sample.tables import (
    FigureColumn,
    FigureRow,
    file_argument,
    read_figures,
    show_table,
)
from survey_service.cli.speaking import Voice, show_json, speaks

if TYPE_CHECKING:
    from analysis.planning.widths import PlannedGroup


@click.command()
@file_argument
@click.option(
    "--maximum", type=click.FloatRange(min=0, min_open=True), default=30.0, show_default=True
)
@json_option
@speaks
def width(file: Path, maximum: float, voice: Voice, *, as_json: bool) -> None:
    """Độ rộng khoảng tin cậy dự kiến của từng đơn vị · Expected intervals of a planned wave.

    Columns: unit, group, invited, response_rate, mean, sigma, weight (shares from 0 to 1; the
    weights of a unit sum to 1), population where there is a list.
    """
    from analysis.planning.widths import PlannedScore, planned_score  # noqa: PLC0415 - as above

    shares = ("response_rate", "mean", "sigma", "weight")
    rows = read_figures(
        file,
        ("unit", "group"),
        {"invited": FigureColumn(whole=True)}
        | dict.fromkeys(shares, FigureColumn(whole=False))
        | {"population": FigureColumn(whole=True, required=False)},
    )
    units: dict[str, list[FigureRow]] = {}
    for row in rows:
        units.setdefault(row.names["unit"], []).append(row)

    def planned(own: Sequence[FigureRow]) -> PlannedScore:
        return planned_score([_group(row) for row in own], maximum=maximum)

    found = {
        unit: worded(f"{file.name}: {unit}", lambda own=own: planned(own))
        for unit, own in units.items()
    }
    if as_json:
        show_json(
            [
                {
                    "unit": unit,
                    "answers": one.answers,
                    "score": one.score,
                    "standard_error": one.standard_error,
                    "degrees_of_freedom": one.degrees_of_freedom,
                    "interval": one.interval,
                    "width": one.width,
                }
                for unit, one in found.items()
            ]
        )
        return
    head = (
        Text(vi="Đơn vị", en="Unit"),
        Text(vi="Trả lời", en="Answers"),
        Text(vi="Điểm", en="Score"),
        Text(vi="Sai số", en="SE"),
        Text(vi="Khoảng 95 %", en="95 % interval"),
        Text(vi="Độ rộng", en="Width"),
    )
    cells = [
        [
            unit,
            f"{one.answers:.0f}",
            f"{one.score:.2f}",
            f"{one.standard_error:.3f}",
            f"{one.interval[0]:.2f}–{one.interval[1]:.2f}",
            f"{one.width:.2f}",
        ]
        for unit, one in found.items()
    ]
    show_table(head, cells, voice)


def _group(row: FigureRow) -> "PlannedGroup":
    from analysis.planning.widths import PlannedGroup  # noqa: PLC0415 - as above

    figures = {name: float(figure) for name, figure in row.figures.items() if figure is not None}
    population = figures.get("population")
    return PlannedGroup(
        invited=int(figures["invited"]),
        response_rate=figures["response_rate"],
        mean=figures["mean"],
        sigma=figures["sigma"],
        weight=figures["weight"],
        population=None if population is None else int(population),
    )
