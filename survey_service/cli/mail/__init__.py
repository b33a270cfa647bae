"""`mail`: relays, letters, what came back, and the doctor."""

import click

from survey_service.cli.mail.doctor import doctor
from survey_service.cli.mail.floods import floods, release_flood
from survey_service.cli.mail.letters import preview, send_test
from survey_service.cli.mail.log import decide_letter, mail_log, uncertain
from survey_service.cli.mail.relays import pause, relays, resume
from survey_service.cli.mail.returns import RETURNS


@click.group()
def mail() -> None:
    """Thư: máy chủ gửi, thư mẫu, thư trả về, kiểm tra · Relays, letters, returns, the doctor."""


for command in (
    relays,
    pause,
    resume,
    preview,
    send_test,
    *RETURNS,
    doctor,
    mail_log,
    uncertain,
    decide_letter,
    floods,
    release_flood,
):
    mail.add_command(command)
