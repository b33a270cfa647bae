"""`sample allocate`: a sample shared out over the strata of a table."""

from fractions import Fraction
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
    from analysis.planning.allocation import PlannedStratum


@click.command()
@file_argument
@click.option(
    "--total", type=click.IntRange(min=1), required=True, help="Tổng cỡ mẫu · The whole sample."
)
@click.option("--method", type=click.Choice(["proportional", "neyman", "fixed"]),
              default="proportional", show_default=True)  # fmt: skip
@click.option("--floor", type=click.IntRange(min=0), default=0, show_default=True,
              help="Ít nhất mỗi lớp · At least so many per stratum.")  # fmt: skip
@json_option
@speaks
def allocate(
    file: Path, total: int, method: str, floor: int, voice: Voice, *, as_json: bool
) -> None:
    """Chia mẫu cho các lớp trong tệp CSV · Share a sample out over the strata of a CSV.

    Columns: stratum, population; sigma (needed for neyman), floor, cap where wanted.
    """
    from analysis.planning import allocation  # noqa: PLC0415 - quicker help

    neyman = method == "neyman"
    rows = read_figures(
        file,
        ("stratum",),
        {
            "population": FigureColumn(whole=True),
            "sigma": FigureColumn(whole=False, required=neyman),
            "floor": FigureColumn(whole=True, required=False),
            "cap": FigureColumn(whole=True, required=False),
        },
    )
    strata = [_stratum(row, floor) for row in rows]
    way: allocation.Method = (
        "neyman" if neyman else "fixed" if method == "fixed" else "proportional"
    )
    given = worded(file.name, lambda: allocation.allocate(strata, total, way))
    table = [
        {"stratum": row.names["stratum"], "population": one.population, "sample": n}
        for row, one, n in zip(rows, strata, given, strict=True)
    ]
    if as_json:
        show_json({"method": method, "total": total, "strata": table})
        return
    head = (
        Text(vi="Lớp", en="Stratum"),
        Text(vi="Số người", en="People"),
        Text(vi="Mẫu", en="Sample"),
    )
    show_table(head, [[str(cell) for cell in line.values()] for line in table], voice)


def _stratum(row: FigureRow, floor: int) -> "PlannedStratum":
    from analysis.planning.allocation import PlannedStratum  # noqa: PLC0415 - as above

    figures = row.figures
    cap = figures["cap"]
    own_floor = figures["floor"]
    population = int(figures["population"] or 0)
    return PlannedStratum(
        population=population,
        sigma=Fraction(figures["sigma"] if figures["sigma"] is not None else 1),
        # A stratum of fewer people than the common floor is taken whole.
        floor=min(floor, population) if own_floor is None else int(own_floor),
        cap=None if cap is None else int(cap),
    )
