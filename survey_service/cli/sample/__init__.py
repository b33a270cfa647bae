"""`sample`: plan how many to invite; draw people from transactions, show, replace and check."""

import click

from survey_service.cli.sample.changing import discard, replace
from survey_service.cli.sample.drawing import draw
from survey_service.cli.sample.showing import check, show
from survey_service.cli.sample.sizes import power, size
from survey_service.cli.sample.strata import allocate
from survey_service.cli.sample.waves import width


@click.group()
def sample() -> None:
    """Lập kế hoạch mẫu, rút mẫu từ giao dịch · Plan samples; draw people from transactions."""


for command in (size, allocate, power, width, draw, show, replace, discard, check):
    sample.add_command(command)
