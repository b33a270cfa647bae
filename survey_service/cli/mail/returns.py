"""`mail`: what came back, the intake of more, and the addresses that are not written to."""

import os
import sys
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import click

from mailer.returns.mailbox import MailboxError
from mailer.returns.taking_apart import LARGEST
from mailer.smtp.oauth import TokenError
from questionnaires.problems import ProblemsError, problem
from questionnaires.text import Text
from survey_service.cli.options import actor_option, json_option
from survey_service.cli.speaking import Voice, say, show_json, speaks, word
from survey_service.cli.wiring import Wiring, open_wiring, pass_wiring
from survey_service.mailing.records.invitation_log import REASONS
from survey_service.mailing.relays.setup import read_mail_setup
from survey_service.mailing.returning.counting_returns import count_returns
from survey_service.mailing.returning.polling import poll_returns
from survey_service.mailing.returning.returns import letter_names, note_refusals, take_mail
from survey_service.mailing.returning.suppressing import release as release_address
from survey_service.mailing.returning.suppressing import suppress_by_hand
from survey_service.mailing.returning.suppressing import suppressions as list_suppressions

_COUNTED = (
    Text(vi="Số thư", en="Mails"),
    Text(vi="Đợt", en="Wave"),
    Text(vi="Máy chủ gửi", en="Relay"),
    Text(vi="Loại", en="Kind"),
    Text(vi="Lý do", en="Reason"),
    Text(vi="Đến qua", en="Came by"),
)
_KINDS = {
    "bounce": Text(vi="trả về", en="bounce"),
    "delay": Text(vi="báo chậm", en="delay"),
    "delivery": Text(vi="báo đã phát", en="delivery"),
    "complaint": Text(vi="khiếu nại", en="complaint"),
    "auto-reply": Text(vi="trả lời tự động", en="auto-reply"),
    "reply": Text(vi="trả lời", en="reply"),
    "unrecognised": Text(vi="không nhận ra", en="unrecognised"),
}
reason_option = click.option(
    "--reason", required=True, help="Lý do, ghi vào nhật ký · Why, for the journal."
)
address_argument = click.argument("address", metavar="ĐỊA-CHỈ")


@click.command()
@json_option
@speaks
@pass_wiring
def poll(wiring: Wiring, voice: Voice, *, as_json: bool) -> None:
    """Lấy thư trả về từ hộp thư ngay bây giờ · Fetch what came back from its mailbox now."""
    setup = read_mail_setup(wiring.settings)
    try:
        polled = poll_returns(wiring.database, wiring.clock, wiring.keys, setup)
    except (MailboxError, TokenError, ConnectionError, TimeoutError) as error:
        raise ProblemsError(
            problem(
                "returns.mailbox",
                f"không lấy được thư ({error}); thư vẫn nằm nguyên trong hộp, thử lại sau.",
                f"the mail cannot be fetched ({error}); it lies where it was, try again later.",
            )
        ) from None
    if polled is None:
        raise ProblemsError(
            problem(
                "returns.mailbox",
                "tệp thư chưa khai báo hộp thư nhận thư trả về.",
                "the mail file names no mailbox for returned mail.",
            )
        )
    refused = note_refusals(wiring.database, wiring.clock)
    suppressed = polled.suppressed + sum(taken.suppressed for taken in refused)
    if as_json:
        show_json({"new": polled.new, "repeated": polled.repeated, "suppressed": suppressed})
        return
    for kind, count in sorted(polled.new.items()):
        click.echo(f"{count:>6}  {kind}")
    total = polled.new.total()
    say(
        voice,
        f"{total} thư mới; ngừng gửi tới {suppressed} địa chỉ.",
        f"{total} new mails; {suppressed} addresses suppressed.",
    )


def tries_again(command: Callable[..., Any]) -> Callable[..., Any]:
    """Have the mail server keep the mail and try again, whatever went wrong (EX_TEMPFAIL)."""

    @click.pass_context
    def invoke(context: click.Context, *arguments: Any, **options: Any) -> Any:
        try:
            return context.invoke(command, *arguments, **options)
        except Exception as error:  # noqa: BLE001 - any other exit code would bounce the mail
            # The server logs this line; an error's own words may hold what is in the mail.
            words = str(error) if isinstance(error, ProblemsError) else type(error).__name__
            click.echo(f"chưa nhận được thư / the mail was not taken: {words}", err=True)
            context.exit(os.EX_TEMPFAIL)

    return update_wrapper(invoke, command)


@click.command()
@click.option("--sender", help="Người gửi trên phong bì · The envelope's sender.")
@click.option("--recipient", help="Người nhận trên phong bì · The envelope's recipient.")
@tries_again
@click.pass_context
def intake(context: click.Context, sender: str | None, recipient: str | None) -> None:
    """Nhận một thư trả về từ đầu vào chuẩn (ống dẫn Postfix) · Take one mail on stdin."""
    octets = sys.stdin.buffer.read(LARGEST)
    # A server that cannot write the whole mail takes the pipe for broken.
    while sys.stdin.buffer.read(LARGEST):
        pass
    wiring = context.find_object(Wiring) or context.with_resource(open_wiring())
    setup = read_mail_setup(wiring.settings)
    take_mail(
        wiring.database,
        wiring.clock,
        letter_names(wiring.keys, setup.returns),
        octets,
        source="pipe",
        sender=sender,
        recipient=recipient,
    )


@click.command()
@json_option
@speaks
@pass_wiring
def returns(wiring: Wiring, voice: Voice, *, as_json: bool) -> None:
    """Đếm thư trả về theo đợt, máy chủ, loại · Count what came back by wave, relay and kind."""
    counts = count_returns(wiring.database)
    if as_json:
        show_json(counts)
        return
    if counts:
        click.echo("  ".join(word(column, voice) for column in _COUNTED))
    for row in counts:
        failure = word(REASONS[row.failure], voice) if row.failure in REASONS else row.failure
        parts = (row.wave, row.relay, word(_KINDS[row.kind], voice), failure)
        cells = (part or "–" for part in (*parts, row.source))
        click.echo(f"{row.count:>6}  {'  '.join(cells)}")
    total = sum(row.count for row in counts)
    say(voice, f"{total} thư và báo cáo trả về.", f"{total} mails and reports came back.")


@click.command()
@json_option
@speaks
@pass_wiring
def suppressions(wiring: Wiring, voice: Voice, *, as_json: bool) -> None:
    """Liệt kê địa chỉ ngừng gửi, kèm lý do · List the addresses that are not written to."""
    rows = list_suppressions(wiring.database)
    if as_json:
        show_json(rows)
        return
    for row in rows:
        where = row.wave or "*"
        click.echo(f"{row.since:%Y-%m-%d}  {row.address}  {where}  {row.reason}  {row.source}")
        if row.evidence:
            click.echo(f"            {row.evidence}")
    say(voice, f"Đang ngừng gửi: {len(rows)} mục.", f"In force: {len(rows)}.")


@click.command()
@address_argument
@reason_option
@click.option(
    "--asked",
    is_flag=True,
    help="Người đã từ chối yêu cầu nhận lại · Who had opted out asked for mail again.",
)
@actor_option
@speaks
@pass_wiring
def release(
    wiring: Wiring, address: str, reason: str, actor: str, voice: Voice, *, asked: bool
) -> None:
    """Cho phép gửi lại tới một địa chỉ · Let an address be written to again."""
    former = release_address(
        wiring.database, wiring.clock, address=address, reason=reason, actor=actor, asked=asked
    )
    why = ", ".join(former)
    say(voice, f"Đã bỏ ngừng gửi (trước đó: {why}).", f"Released (it was: {why}).")


@click.command()
@address_argument
@reason_option
@click.option("--wave", "code", metavar="CODE", help="Chỉ trong đợt này · In this wave only.")
@actor_option
@speaks
@pass_wiring
def suppress(
    wiring: Wiring, address: str, reason: str, code: str | None, actor: str, voice: Voice
) -> None:
    """Ngừng gửi tới một địa chỉ · Write to an address no more."""
    suppress_by_hand(
        wiring.database, wiring.clock, address=address, reason=reason, actor=actor, wave=code
    )
    say(voice, "Đã ngừng gửi tới địa chỉ này.", "The address is suppressed.")


RETURNS = (poll, intake, returns, suppressions, release, suppress)
"""The commands, for the group."""
