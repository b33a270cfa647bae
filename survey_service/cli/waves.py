"""`wave`: a wave's life from its file to its close."""

from datetime import datetime
from pathlib import Path

import click

from survey_service.cli.freezing import purge
from survey_service.cli.options import actor_option, day, json_option, wave_argument
from survey_service.cli.planning import list_, plan, step
from survey_service.cli.preflighting import show_preflight
from survey_service.cli.progress import status
from survey_service.cli.rolling import next_, roll
from survey_service.cli.speaking import REFUSED, Voice, say, show_json, show_problems, speaks
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.sampling.tracing import require_intact
from survey_service.waves.drafting import create_wave
from survey_service.waves.lifecycle import (
    cancel_wave,
    close_wave,
    extend_wave,
    pause_wave,
    resume_wave,
)
from survey_service.waves.mail_plan.reminding import remind_wave
from survey_service.waves.opening import open_wave
from survey_service.waves.preflighting.preflight import preflight as run_preflight
from survey_service.waves.reading import load_wave
from survey_service.waves.sample_keeping import is_drawn


@click.group()
def wave() -> None:
    """Tạo, kiểm tra, mở, theo dõi và đóng một đợt điều tra · A wave from its file to its close."""


@wave.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@actor_option
@json_option
@speaks
@pass_wiring
def create(wiring: Wiring, file: Path, actor: str, voice: Voice, *, as_json: bool) -> None:
    """Tạo hoặc sửa đợt đang soạn từ tệp TOML · Create a draft wave from a TOML file."""
    drafted = create_wave(wiring.database, wiring.clock, file, actor=actor)
    if as_json:
        show_json(drafted)
        return
    show_problems(drafted.warnings, voice)
    if drafted.new:
        say(voice, f"Đã tạo đợt {drafted.code}.", f"Created wave {drafted.code}.")
    else:
        say(voice, f"Đã cập nhật đợt {drafted.code}.", f"Updated wave {drafted.code}.")


@wave.command()
@wave_argument
@json_option
@speaks
@pass_wiring
@click.pass_context
def preflight(
    context: click.Context, wiring: Wiring, code: str, voice: Voice, *, as_json: bool
) -> None:
    """Kiểm tra trước khi mở, không thay đổi gì · Check a draft wave; changes nothing."""
    found = run_preflight(wiring.database, wiring.clock, wiring.settings, code=code)
    if as_json:
        show_json(
            {
                "ready": found.ready,
                "problems": found.problems,
                "expected": found.expected,
                "units": found.units,
            }
        )
    else:
        show_preflight(found, voice)
    if not found.ready:
        context.exit(REFUSED)


@wave.command("open")
@wave_argument
@actor_option
@speaks
@pass_wiring
def open_(wiring: Wiring, code: str, actor: str, voice: Voice) -> None:
    """Mở đợt và xếp hàng thư mời · Open a wave and queue its letters."""
    _require_sample(wiring, code)
    opened = open_wave(
        wiring.database,
        wiring.clock,
        wiring.entropy,
        wiring.settings,
        code=code,
        actor=actor,
        keys=wiring.keys,
    )
    if opened.preflight is None:
        say(voice, f"Đợt {code} đang mở từ trước.", f"Wave {code} was open already.")
        return
    show_problems(opened.preflight.problems, voice)
    if opened.pre_notices:
        say(
            voice,
            f"{opened.pre_notices} thư báo trước chờ gửi; thư mời chờ đến ngày mở.",
            f"{opened.pre_notices} pre-notices are queued; invitations wait for the first day.",
        )
    say(
        voice,
        f"Đã mở đợt {code}: {opened.invitations} thư mời chờ gửi.",
        f"Opened wave {code}: {opened.invitations} letters are queued.",
    )


def _require_sample(wiring: Wiring, code: str) -> None:
    """Refuse to open a draft whose sample is not the one that was drawn."""
    with wiring.database.reading() as session:
        draft = load_wave(session, code)
        if draft.state == "draft" and is_drawn(session, draft.id):
            require_intact(session, draft)


@wave.command()
@wave_argument
@click.option("--number", type=int, help="Lần nhắc thứ mấy · Which reminder.")
@click.option(
    "--even-so",
    is_flag=True,
    help="Nhắc cả người vừa nhận thư, ghi nhật ký · Also those asked lately; the journal keeps it.",
)
@actor_option
@speaks
@pass_wiring
def remind(
    wiring: Wiring, code: str, number: int | None, actor: str, voice: Voice, *, even_so: bool
) -> None:
    """Nhắc người đã nhận thư mà chưa trả lời · Remind those who have not answered."""
    done = remind_wave(
        wiring.database, wiring.clock, code=code, actor=actor, number=number, even_so=even_so
    )
    if done.too_early:
        say(
            voice,
            f"{done.too_early} người vừa nhận thư nên chưa nhắc.",
            f"{done.too_early} people were asked too lately and are left out.",
        )
    say(
        voice,
        f"Nhắc lần {done.number}: {done.queued} thư chờ gửi.",
        f"Reminder {done.number}: {done.queued} letters are queued.",
    )


@wave.command()
@wave_argument
@actor_option
@speaks
@pass_wiring
def pause(wiring: Wiring, code: str, actor: str, voice: Voice) -> None:
    """Tạm dừng gửi thư, vẫn nhận phiếu · Stop the mail; answering goes on."""
    pause_wave(wiring.database, wiring.clock, code=code, actor=actor)
    say(voice, f"Đợt {code} tạm dừng gửi thư.", f"The mail of wave {code} is paused.")


@wave.command()
@wave_argument
@actor_option
@speaks
@pass_wiring
def resume(wiring: Wiring, code: str, actor: str, voice: Voice) -> None:
    """Gửi thư tiếp · Let the mail go on."""
    resume_wave(wiring.database, wiring.clock, code=code, actor=actor)
    say(voice, f"Đợt {code} gửi thư tiếp.", f"The mail of wave {code} goes on.")


@wave.command()
@wave_argument
@click.option("--closes", type=day, required=True, help="Ngày kết thúc mới · The new last day.")
@actor_option
@speaks
@pass_wiring
def extend(wiring: Wiring, code: str, closes: datetime, actor: str, voice: Voice) -> None:
    """Gia hạn; liên kết đã gửi vẫn dùng được · Move the last day; links stay as they are."""
    extend_wave(wiring.database, wiring.clock, code=code, closes=closes.date(), actor=actor)
    say(
        voice,
        f"Đợt {code} nhận phiếu đến hết ngày {closes:%d/%m/%Y}.",
        f"Wave {code} takes answers until the end of {closes:%d/%m/%Y}.",
    )


@wave.command()
@wave_argument
@click.option("--early", is_flag=True, help="Đóng trước hạn · Close before the last day's end.")
@actor_option
@speaks
@pass_wiring
def close(wiring: Wiring, code: str, actor: str, voice: Voice, *, early: bool) -> None:
    """Ngừng nhận phiếu · End the answering."""
    close_wave(wiring.database, wiring.clock, code=code, actor=actor, early=early)
    say(voice, f"Đợt {code} đã đóng.", f"Wave {code} is closed.")


@wave.command()
@wave_argument
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký · Why, for the journal.")
@actor_option
@speaks
@pass_wiring
def cancel(wiring: Wiring, code: str, reason: str, actor: str, voice: Voice) -> None:
    """Hủy đợt; thư còn chờ không gửi nữa · Give a wave up; waiting letters stay unsent."""
    cancel_wave(wiring.database, wiring.clock, code=code, reason=reason, actor=actor)
    say(voice, f"Đợt {code} đã hủy.", f"Wave {code} is cancelled.")


for command in (status, list_, plan, step, roll, next_, purge):
    wave.add_command(command)
