"""`wave list`, `wave plan` and `wave step`: the calendar of waves and of their letters."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select

from questionnaires.text import Text
from survey_service.cli.options import actor_option, json_option, wave_argument
from survey_service.cli.speaking import Voice, say, show_json, speaks, word
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.calendar_view import (
    CalendarStep,
    StepStanding,
    WaveCalendar,
    wave_calendar,
)
from survey_service.waves.mail_plan.deciding import send_step, skip_step
from survey_service.waves.mail_plan.letter_names import step_name
from survey_service.waves.plan import Weekday
from survey_service.waves.reading import decode_wave
from survey_service.waves.transitions import STATE_NAMES

_STANDINGS: dict[StepStanding, Text] = {
    "to-come": Text(vi="chưa đến", en="to come"),
    "due": Text(vi="đến hạn", en="due"),
    "queued": Text(vi="đã xếp hàng", en="queued"),
    "late": Text(vi="TRỄ, CHỜ QUYẾT ĐỊNH", en="LATE, ASKS"),
    "skipped": Text(vi="bỏ qua", en="skipped"),
    "passed": Text(vi="đã qua", en="passed"),
    "by-hand": Text(vi="gửi tay", en="by hand"),
}
_DAYS: dict[Weekday, Text] = {
    "mon": Text(vi="thứ hai", en="Mon"),
    "tue": Text(vi="thứ ba", en="Tue"),
    "wed": Text(vi="thứ tư", en="Wed"),
    "thu": Text(vi="thứ năm", en="Thu"),
    "fri": Text(vi="thứ sáu", en="Fri"),
    "sat": Text(vi="thứ bảy", en="Sat"),
    "sun": Text(vi="chủ nhật", en="Sun"),
}


@click.command("list")
@json_option
@speaks
@pass_wiring
def list_(wiring: Wiring, voice: Voice, *, as_json: bool) -> None:
    """Liệt kê các đợt: mã, trạng thái, ngày · List the waves: codes, states, dates."""
    with wiring.database.reading() as session:
        waves = [decode_wave(row) for row in session.scalars(select(Wave).order_by(Wave.opens_at))]
    if as_json:
        show_json(
            [
                {
                    "code": wave.code,
                    "state": wave.state,
                    "opens": wave.plan.opens,
                    "closes": wave.plan.closes,
                    "kept_until": wave.plan.privacy.kept_until,
                    "title": wave.plan.title,
                }
                for wave in waves
            ]
        )
        return
    if not waves:
        say(voice, "Chưa có đợt nào.", "There is no wave yet.")
        return
    head = (
        Text(vi="Mã", en="Code"),
        Text(vi="Trạng thái", en="State"),
        Text(vi="Mở", en="Opens"),
        Text(vi="Kết thúc", en="Closes"),
        Text(vi="Lưu danh sách đến", en="Lists kept until"),
    )
    rows = [
        [
            wave.code,
            word(STATE_NAMES[wave.state], voice),
            f"{wave.plan.opens:%d/%m/%Y}",
            f"{wave.plan.closes:%d/%m/%Y}",
            f"{wave.plan.privacy.kept_until:%d/%m/%Y}",
        ]
        for wave in waves
    ]
    _show_table([[word(text, voice) for text in head], *rows])


@click.command()
@wave_argument
@json_option
@speaks
@pass_wiring
def plan(wiring: Wiring, code: str, voice: Voice, *, as_json: bool) -> None:
    """Lịch gửi thư của đợt, trước và sau khi mở · The calendar of a wave's letters."""
    with wiring.database.reading() as session:
        found = wave_calendar(session, wiring.clock, code)
    if as_json:
        show_json(found)
        return
    _show_window(found, voice)
    head = (
        Text(vi="Bước", en="Step"),
        Text(vi="Thư", en="Letter"),
        Text(vi="Gửi từ", en="From"),
        Text(vi="Đến", en="Until"),
        Text(vi="Trạng thái", en="State"),
        Text(vi="Chờ", en="Waiting"),
        Text(vi="Đã gửi", en="Sent"),
        Text(vi="Bỏ, hỏng", en="Dropped, failed"),
    )
    rows = [[word(text, voice) for text in head]]
    rows += [_cells(step, found.zone, voice) for step in found.steps]
    _show_table(rows)
    for step in found.steps:
        if step.standing == "late":
            say(
                voice,
                f"Bước {step.step} trễ hạn nên không tự gửi; gửi hay bỏ: wave step {code} "
                f"{step.step} --send hoặc --skip.",
                f"The step {step.step} came too late to be sent unasked; decide with: wave step "
                f"{code} {step.step} --send or --skip.",
            )


@click.command()
@wave_argument
@click.argument("name", metavar="STEP")
@click.option("--send/--skip", "sends", required=True, help="Gửi hay bỏ bước này · Send or skip.")
@actor_option
@speaks
@pass_wiring
def step(wiring: Wiring, code: str, name: str, actor: str, voice: Voice, *, sends: bool) -> None:
    """Quyết định một bước thư: gửi hay bỏ · Decide about a step: send it or skip it."""
    decide = send_step if sends else skip_step
    done = decide(wiring.database, wiring.clock, code=code, step=name, actor=actor)
    if sends:
        say(
            voice,
            f"Bước {name} của đợt {code}: {done.letters} thư chờ gửi.",
            f"Step {name} of wave {code}: {done.letters} letters are queued.",
        )
    else:
        say(
            voice,
            f"Bỏ bước {name} của đợt {code}; {done.letters} thư đang chờ không gửi nữa.",
            f"Step {name} of wave {code} is skipped; {done.letters} waiting letters stay unsent.",
        )


def _show_window(found: WaveCalendar, voice: Voice) -> None:
    if found.window is None:
        say(voice, "Khung giờ gửi: mọi lúc.", "Letters go at any time.")
    else:
        hours = f"{found.window.opens}–{found.window.closes}"
        vi = ", ".join(_DAYS[day].vi for day in found.window.days)
        en = ", ".join(_DAYS[day].en for day in found.window.days)
        say(
            voice,
            f"Khung giờ gửi: {hours} {vi} ({found.zone}).",
            f"Letters go {hours} on {en} ({found.zone}).",
        )
    say(
        voice,
        f"Hai thư giục trả lời cách nhau ít nhất {found.days_between} ngày.",
        f"Letters that ask are at least {found.days_between} days apart.",
    )


def _cells(step: CalendarStep, zone: str, voice: Voice) -> list[str]:
    def civil(instant: datetime | None) -> str:
        return f"{instant.astimezone(ZoneInfo(zone)):%d/%m/%Y %H:%M}" if instant else "–"

    return [
        step.step,
        word(step_name(step.step), voice),
        civil(step.due_at),
        civil(step.ends_at),
        word(_STANDINGS[step.standing], voice),
        *(str(count) for count in (step.waiting, step.sent, step.ended)),
    ]


def _show_table(rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())
