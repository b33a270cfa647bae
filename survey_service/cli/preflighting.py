"""A preflight on paper: problems, the load of each group, ballots and risks per unit and group."""

import click

from questionnaires.load import render
from questionnaires.text import Language, Text
from survey_service.cli.speaking import Voice, show_problems, word
from survey_service.waves.preflighting.expectation import ExpectedBallots
from survey_service.waves.preflighting.forecasts import percent, tenths
from survey_service.waves.preflighting.preflight import Preflight


def show_preflight(found: Preflight, voice: Voice) -> None:
    """Print a preflight: the tables on stdout, the problems on stderr, the verdict last."""
    language: Language = "en" if voice == "en" else "vi"
    if found.load.groups:
        click.echo(render(found.load, language))
        title = Text(
            vi="Số phiếu dự kiến thu về theo đơn vị và nhóm (xác suất dưới mức tối thiểu phiếu "
            "hợp lệ)",
            en="Ballots expected back by unit and group (chance of too few valid ones)",
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
    worst: dict[str, dict[str, ExpectedBallots]] = {}
    for row in found.expected:
        by = worst.setdefault(row.unit, {})
        former = by.get(row.group, row)
        by[row.group] = max(row, former, key=lambda one: one.under_minimum)
    rows = [["", *groups]] + [
        [unit, *(_cell(by.get(group), language) for group in groups)] for unit, by in worst.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _cell(row: ExpectedBallots | None, language: Language) -> str:
    if row is None:
        return "–"
    expected = tenths(row.expected, language)
    return f"{expected} ({percent(row.under_minimum)})" if row.under_minimum else expected
