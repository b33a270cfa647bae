"""`mail log`, `mail uncertain` and `mail decide`: what became of letters, and of doubts."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.cli.options import actor_option, json_option, wave_argument
from survey_service.cli.speaking import Voice, say, show_json, speaks, word
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.mailing.records.invitation_log import LogTotals, log_lines
from survey_service.mailing.records.log_files import (
    CsvTable,
    TooLongError,
    csv_file,
    workbook,
    write_log,
)
from survey_service.mailing.records.uncertain import InDoubt, decide, in_doubt
from survey_service.waves.mail_plan.letter_names import step_name

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from survey_service.mailing.records.log_files import LogTable


@click.command("log")
@wave_argument
@click.option(
    "--out",
    default="-",
    show_default=True,
    metavar="FILE",
    help="Tệp .csv hoặc .xlsx, “-” là màn hình · A .csv or .xlsx file, “-” for the screen.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Mỗi dòng một JSON · One JSON object per line."
)
@speaks
@pass_wiring
def mail_log(wiring: Wiring, code: str, out: str, voice: Voice, *, as_json: bool) -> None:
    """Nhật ký thư, mỗi thư một dòng, không lộ ai đã trả lời · The invitation log.

    One line per letter with its history, and what they add up to. Whom reminders and other letters
    that depend on answering went to is not in it.
    """
    totals = LogTotals()
    with wiring.database.reading() as session:
        lines = log_lines(session, code, wiring.entropy, totals)
        if as_json:
            for line in lines:
                click.echo(msgspec.json.encode(line))
            click.echo(msgspec.json.encode({"totals": totals}))
            return
        try:
            with _table(out) as table:
                write_log(table, lines, totals, lambda text: word(text, voice))
        except TooLongError:
            raise ProblemsError(_too_long()) from None
    if out != "-":
        say(
            voice, f"Đã ghi {totals.letters} thư: {out}", f"{totals.letters} letters written: {out}"
        )


def _table(out: str) -> "AbstractContextManager[LogTable]":
    if out == "-":
        return nullcontext(CsvTable(sys.stdout))
    kinds = {".csv": csv_file, ".xlsx": workbook}
    path = Path(out)
    if path.suffix.lower() not in kinds:
        raise ProblemsError(
            problem(
                "--out",
                "tên tệp phải có đuôi .csv hoặc .xlsx.",
                "the file's name must end in .csv or .xlsx.",
            )
        )
    return kinds[path.suffix.lower()](path)


def _too_long() -> Problem:
    return problem(
        "--out",
        "nhật ký dài hơn một trang Excel; ghi ra tệp .csv.",
        "the log is longer than a sheet of Excel; write a .csv file.",
    )


@click.command("uncertain")
@click.argument("code", metavar="[CODE]", required=False)
@json_option
@speaks
@pass_wiring
def uncertain(wiring: Wiring, code: str | None, voice: Voice, *, as_json: bool) -> None:
    """Thư chưa rõ máy chủ đã nhận hay chưa · Letters in doubt, of a wave or of all."""
    from survey_service.mailing.writing.letters import Letters  # noqa: PLC0415 - quicker help

    with wiring.database.reading() as session:
        found = in_doubt(session, code)
    letters = Letters(wiring.settings, wiring.keys)
    ids = {doubt.letter: letters.message_id(doubt.letter) for doubt in found}
    if as_json:
        show_json(
            [{**msgspec.to_builtins(doubt), "message_id": ids[doubt.letter]} for doubt in found]
        )
        return
    for doubt in found:
        click.echo(_doubt_line(doubt, ids[doubt.letter], voice))
    if not found:
        say(voice, "Không có thư nào chưa rõ.", "No letter is in doubt.")
        return
    say(
        voice,
        f"{len(found)} thư chưa rõ. Trình gửi thư tự tra sau thời gian chờ; thư nào vẫn còn ở đây, "
        "hỏi nơi quản lý máy chủ gửi theo Message-ID, rồi: mail decide SỐ --sent hoặc --resend.",
        f"{len(found)} letters are in doubt. The worker looks them up after the settle time; for "
        "what stays here, ask whoever runs the relay by Message-ID, then: mail decide LETTER "
        "--sent or --resend.",
    )


def _doubt_line(doubt: InDoubt, message_id: str, voice: Voice) -> str:
    since = f"{doubt.since:%d/%m/%Y %H:%M} UTC"
    parts = [
        f"#{doubt.letter}",
        doubt.wave,
        word(step_name(doubt.step), voice),
        doubt.address,
        doubt.relay,
        since,
        message_id,
        doubt.said,
    ]
    return "  ".join(part for part in parts if part)


@click.command("decide")
@click.argument("letter", type=click.IntRange(min=1))
@click.option("--sent", "taken", flag_value="sent", help="Máy chủ đã nhận · The relay has it.")
@click.option(
    "--resend", "taken", flag_value="resend", help="Gửi lại · Send it again, same Message-ID."
)
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký · Why, for the journal.")
@actor_option
@speaks
@pass_wiring
def decide_letter(
    wiring: Wiring, letter: int, taken: str | None, reason: str, actor: str, voice: Voice
) -> None:
    """Kết thúc một thư chưa rõ bằng tay · End the doubt about a letter by hand."""
    if taken is None:
        raise click.UsageError("chọn --sent hoặc --resend · choose --sent or --resend.")
    resend = taken == "resend"
    decide(
        wiring.database,
        wiring.clock,
        letter=letter,
        decision="resend" if resend else "sent",
        reason=reason,
        actor=actor,
    )
    if resend:
        say(voice, f"Thư {letter} chờ gửi lại.", f"Letter {letter} is queued again.")
    else:
        say(voice, f"Thư {letter} được coi là đã gửi.", f"Letter {letter} counts as sent.")
