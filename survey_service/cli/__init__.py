"""The command line: `survey-service`."""

import click

from survey_service.cli.checking import check
from survey_service.cli.database import db
from survey_service.cli.demo import demo
from survey_service.cli.freezing import freeze, publish
from survey_service.cli.importing import importing
from survey_service.cli.journal import journal
from survey_service.cli.mail import mail
from survey_service.cli.score import score
from survey_service.cli.serving import serve, worker
from survey_service.cli.verify import verify
from survey_service.cli.waves import wave


@click.group()
@click.version_option(package_name="survey-service")
def main() -> None:
    """Điều tra xã hội học: từ danh sách đến bảng điểm · A social survey, from lists to points.

    Exit codes: 0 done, 1 refused (the problems stand on stderr), 2 wrong usage.
    """


wave.add_command(freeze)
wave.add_command(publish)
for command in (check, db, demo, importing, journal, mail, score, serve, verify, wave, worker):
    main.add_command(command)
