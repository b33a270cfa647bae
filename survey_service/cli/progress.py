"""`wave status`: how a wave goes."""

import time
from collections.abc import Iterator
from contextlib import suppress
from zoneinfo import ZoneInfo

import click
import msgspec

from questionnaires.problems import ProblemsError
from questionnaires.text import Text
from survey_service.cli.options import json_option, wave_argument
from survey_service.cli.speaking import Voice, say, show_json, speaks, word
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.mailing.relays.setup import read_mail_setup
from survey_service.mailing.sending.forecast import Forecast, forecast
from survey_service.mailing.wishes.floods import floods
from survey_service.waves.mail_plan.letter_names import STATES, event_name, step_name
from survey_service.waves.status import GroupStatus, StepStatus, WaveStatus, wave_status
from survey_service.waves.transitions import STATE_NAMES

_ALWAYS = frozenset({"uncertain"})
"""Shown at zero too: nobody should have to wonder."""


@click.command()
@wave_argument
@click.option("--watch", is_flag=True, help="Xem trực tiếp đến khi xong · Go on until all is sent.")
@click.option(
    "--every",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="Số giây giữa hai lần xem · Seconds between two looks.",
)
@json_option
@speaks
@pass_wiring
def status(
    wiring: Wiring, code: str, every: float, voice: Voice, *, watch: bool, as_json: bool
) -> None:
    """Tiến độ thư và phiếu, không có câu trả lời nào · Progress; never an answer."""
    if watch and as_json:
        raise click.UsageError("--watch hoặc --json, không cả hai · either --watch or --json.")
    if as_json:
        _print_json(*_read(wiring, code))
        return
    with suppress(KeyboardInterrupt):
        for found, ahead in _followed(wiring, code, every) if watch else [_read(wiring, code)]:
            if watch:
                click.clear()
            _show(found, voice)
            _show_floods(wiring, code, voice)
            _show_forecast(found, ahead, voice)


def _followed(wiring: Wiring, code: str, every: float) -> Iterator[tuple[WaveStatus, Forecast]]:
    """Give a wave's status again and again, until its letters are through."""
    yield (seen := _read(wiring, code))
    while not seen[0].finished:
        time.sleep(every)
        yield (seen := _read(wiring, code))


def _read(wiring: Wiring, code: str) -> tuple[WaveStatus, Forecast]:
    try:
        lanes = [relay.lane for relay in read_mail_setup(wiring.settings).relays]
    except ProblemsError:
        # How far a wave is can be told without a mail file that reads; `mail doctor` says why.
        lanes = []
    with wiring.database.reading() as session:
        found = wave_status(session, code)
        return found, forecast(session, code, lanes, wiring.clock.now())


def _print_json(found: WaveStatus, ahead: Forecast) -> None:
    letters = [{**msgspec.to_builtins(step), "finished": step.finished} for step in found.letters]
    show_json(
        {
            **msgspec.to_builtins(found),
            "letters": letters,
            "finished": found.finished,
            "forecast": ahead,
        }
    )


def _show_forecast(found: WaveStatus, ahead: Forecast, voice: Voice) -> None:
    if not ahead.letters:
        return
    if ahead.through_at is None:
        say(
            voice,
            f"{ahead.letters} thư đang chờ; chưa ước được lúc gửi xong.",
            f"{ahead.letters} letters are waiting; when they will be through is not known yet.",
        )
        return
    moment = ahead.through_at.astimezone(ZoneInfo(found.zone))
    by = {
        "pace": Text(vi="theo hạn mức của máy chủ gửi", en="by the relays' limits"),
        "rate": Text(vi="theo tốc độ vừa qua", en="by the rate of late"),
    }[ahead.by]
    say(
        voice,
        f"{ahead.letters} thư đang chờ; dự kiến gửi xong {moment:%H:%M %d/%m/%Y} ({by.vi}).",
        f"{ahead.letters} letters are waiting; through by {moment:%H:%M %d/%m/%Y} ({by.en}).",
    )


def _show(found: WaveStatus, voice: Voice) -> None:
    name = STATE_NAMES[found.state]
    say(
        voice,
        f"Đợt {found.code}: {name.vi}; {found.contacts} người trong danh sách.",
        f"Wave {found.code}: {name.en}; {found.contacts} people listed.",
    )
    if found.purged:
        say(
            voice,
            "Danh sách và thư đã xóa (purge); chỉ còn số đếm.",
            "The list and its letters are purged; only counts are left.",
        )
    if found.groups:
        _show_groups(found, voice)
    if found.codes:
        say(
            voice,
            f"Mã trên giấy hẹn: {found.codes}, đã trả lời {found.volunteers} (tự nguyện).",
            f"Codes on receipts: {found.codes}, answered {found.volunteers} (volunteers).",
        )
    if found.withdrawn:
        say(voice, f"Đã rút phiếu: {found.withdrawn}.", f"Withdrawn: {found.withdrawn}.")
    if found.opted_out or found.suppressed:
        say(
            voice,
            f"Không gửi thư: {found.opted_out} người từ chối nhận, {found.suppressed} địa chỉ "
            "ngừng gửi.",
            f"Not written to: {found.opted_out} opted out, {found.suppressed} suppressed.",
        )
    for step in found.letters:
        click.echo(_step_line(step, voice))
    _show_trouble(found, voice)


def _show_floods(wiring: Wiring, code: str, voice: Voice) -> None:
    with wiring.database.reading() as session:
        found = floods(session, code)
    for flood in found:
        say(
            voice,
            f"NGỪNG THƯ BẤT THƯỜNG: {flood.people} người ở {flood.domain} cùng lúc; xem: mail "
            f"floods {code}",
            f"A FLOOD OF OPT-OUTS: {flood.people} people at {flood.domain} at once; see: mail "
            f"floods {code}",
        )


def _show_groups(found: WaveStatus, voice: Voice) -> None:
    head = [
        Text(vi="Nhóm", en="Group"),
        Text(vi="Mời", en="Invited"),
        Text(vi="Đang làm dở", en="Begun"),
        Text(vi="Đã trả lời", en="Answered"),
    ]
    total = word(Text(vi="Tổng", en="Total"), voice)
    rows = [[word(text, voice) for text in head]]
    rows += [_cells(row.group, row) for row in found.groups]
    rows += [_cells(total, found.total)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join([first.strip().ljust(widths[0]), *rest]))


def _step_line(step: StepStatus, voice: Voice) -> str:
    counts = {
        **{state: step.states.get(state, 0) for state in STATES},
        **{state: count for state, count in step.states.items() if state not in STATES},
    }
    shown = [
        f"{word(event_name(state), voice)} {count}"
        for state, count in counts.items()
        if count or state in _ALWAYS
    ]
    learnt = (
        (Text(vi="gửi lại", en="resent"), step.resent, True),
        (Text(vi="trả về", en="bounced"), step.bounced, True),
        (Text(vi="chậm", en="delayed"), step.delayed, False),
        (Text(vi="báo đã phát", en="reported delivered"), step.delivered, False),
        (Text(vi="khiếu nại", en="complained"), step.complained, False),
    )
    shown += [f"{word(name, voice)} {count}" for name, count, always in learnt if count or always]
    missing = step.expected - sum(step.states.values())
    if step.finished:
        end = Text(vi="XONG", en="FINISHED")
    elif missing > 0:
        end = Text(
            vi=f"chưa xong: thiếu {missing} thư", en=f"not finished: {missing} letters are missing"
        )
    else:
        end = Text(vi=f"chưa xong: còn {step.open}", en=f"not finished: {step.open} to go")
    return f"{word(step_name(step.step), voice)}: {', '.join(shown)} – {word(end, voice)}"


def _show_trouble(found: WaveStatus, voice: Voice) -> None:
    zone = ZoneInfo(found.zone)
    for late in found.late:
        name, due = step_name(late.step), late.due_at.astimezone(zone)
        say(
            voice,
            f"CHỜ QUYẾT ĐỊNH: {name.vi} đã quá hạn từ {due:%H:%M %d/%m/%Y}; gửi hoặc bỏ qua bằng: "
            f"wave step {found.code} {late.step} --send | --skip",
            f"ASKS: {name.en} was due at {due:%H:%M %d/%m/%Y}; send or skip it with: wave step "
            f"{found.code} {late.step} --send | --skip",
        )
    for relay in found.stopped:
        at = relay.at.astimezone(zone)
        say(
            voice,
            f"MÁY CHỦ GỬI “{relay.name}” ĐANG DỪNG từ {at:%H:%M %d/%m/%Y}: {relay.reason}; cho "
            f"chạy lại bằng: mail resume {relay.name}",
            f"THE RELAY “{relay.name}” IS STOPPED since {at:%H:%M %d/%m/%Y}: {relay.reason}; let "
            f"it go on with: mail resume {relay.name}",
        )
    doubtful = sum(step.states.get("uncertain", 0) for step in found.letters)
    if doubtful:
        say(
            voice,
            f"{doubtful} thư chưa rõ đã được nhận hay chưa; xem: mail uncertain {found.code}",
            f"{doubtful} letters are in doubt; see: mail uncertain {found.code}",
        )


def _cells(name: str, row: GroupStatus) -> list[str]:
    return [name, str(row.invited), str(row.begun), str(row.answered)]
