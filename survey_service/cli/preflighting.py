"""A preflight on paper: problems, the load of each group, ballots expected per unit and group."""

from decimal import Decimal

import click

from questionnaires.load import render
from questionnaires.text import Language, Text
from survey_service.cli.speaking import Voice, show_problems, word
from survey_service.waves.forecasts import tenths
from survey_service.waves.preflight import Preflight


def show_preflight(found: Preflight, voice: Voice) -> None:
    """Print a preflight: the tables on stdout, the problems on stderr, the verdict last."""
    language: Language = "en" if voice == "en" else "vi"
    if found.load.groups:
        click.echo(render(found.load, language))
        title = Text(
            vi="Số phiếu hợp lệ dự kiến theo đơn vị và nhóm",
            en="Valid ballots expected by unit and group",
        )
        click.echo(word(title, voice))
        for line in _expected(found, language):
            click.echo(line)
        click.echo()
    show_problems(found.problems, voice)
    verdict = (
        Text(vi="Có thể mở đợt điều tra.", en="The wave can be opened.")
        if found.ready
        else Text(vi="Chưa thể mở đợt điều tra.", en="The wave cannot be opened yet.")
    )
    click.echo(word(verdict, voice))


def _expected(found: Preflight, language: Language) -> list[str]:
    groups = [row.group for row in found.load.groups]
    counts: dict[str, dict[str, Decimal]] = {}
    for row in found.expected:
        counts.setdefault(row.unit, {})[row.group] = row.expected
    rows = [["", *groups]] + [
        [unit, *(tenths(by[group], language) if group in by else "–" for group in groups)]
        for unit, by in counts.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
