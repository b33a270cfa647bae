"""`sample`: how many to invite, from where, and what the wave will be able to tell."""

import click

from survey_service.cli.sample.sizes import power, size
from survey_service.cli.sample.strata import allocate
from survey_service.cli.sample.waves import width


@click.group()
def sample() -> None:
    """Lập kế hoạch mẫu trước khi mở đợt · Plan the sample before a wave."""


for command in (size, allocate, power, width):
    sample.add_command(command)
