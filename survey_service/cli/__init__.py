"""The command line: `survey-service`."""

import click

from survey_service.cli.checking import check
from survey_service.cli.comments import comments
from survey_service.cli.database import db
from survey_service.cli.demo import demo
from survey_service.cli.doors import doors
from survey_service.cli.export import export
from survey_service.cli.freezing import freeze, publish
from survey_service.cli.importing import importing
from survey_service.cli.journal import journal
from survey_service.cli.mail import mail
from survey_service.cli.report import report
from survey_service.cli.sample import sample
from survey_service.cli.score import score
from survey_service.cli.series import series
from survey_service.cli.serving import serve, worker
from survey_service.cli.study import study
from survey_service.cli.transactions import transactions
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
for command in (
    check,
    comments,
    db,
    demo,
    doors,
    export,
    importing,
    journal,
    mail,
    report,
    sample,
    score,
    series,
    serve,
    study,
    transactions,
    verify,
    wave,
    worker,
):
    main.add_command(command)
