"""`wave roll`, `wave next`: a wave that asks day by day, and the one of the month after."""

from pathlib import Path

import click

from questionnaires.problems import ProblemsError, problem
from survey_service.cli.options import actor_option, json_option, wave_argument
from survey_service.cli.speaking import Voice, say, show_json, speaks
from survey_service.cli.wiring import Wiring, pass_wiring


@click.command()
@wave_argument
@actor_option
@json_option
@speaks
@pass_wiring
def roll(wiring: Wiring, code: str, actor: str, voice: Voice, *, as_json: bool) -> None:
    """Mời người đã đến lượt, như tiến trình gửi thư tự làm · Ask those whose turn has come.

    The worker does the same every few minutes; running it again asks nobody twice.
    """
    from survey_service.rolling.rolls import roll_wave  # noqa: PLC0415 - it needs numpy

    done = roll_wave(
        *(wiring.database, wiring.clock, wiring.entropy, wiring.keys), code=code, actor=actor
    )
    if as_json:
        show_json(done)
        return
    say(
        voice,
        f"Đợt {code}: mời {done.invited} người, {done.passed} người không trúng, "
        f"{done.reminded} thư nhắc chờ gửi.",
        f"Wave {code}: {done.invited} people are invited, lot passed over {done.passed}, "
        f"{done.reminded} reminders are queued.",
    )


@click.command("next")
@wave_argument
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Tệp sẽ ghi; mặc định: in ra màn hình · The file to write; default: print it.",
)
@speaks
@pass_wiring
def next_(wiring: Wiring, code: str, out: Path | None, voice: Voice) -> None:
    """Soạn tệp đợt của tháng sau trong cùng chuỗi · Write the file of the series' next wave.

    Check it, then hand it in with: wave create FILE.
    """
    from survey_service.rolling.next_wave import next_wave  # noqa: PLC0415

    found = next_wave(wiring.database, code)
    if out is None:
        click.echo(found.file, nl=False)
        return
    if out.exists():
        raise ProblemsError(
            problem(
                out.name,
                "tệp đã có nên được giữ nguyên; hãy chọn tên khác.",
                "is there already and was kept; choose another name.",
            )
        )
    out.write_text(found.file, encoding="utf-8")
    say(
        voice,
        f"Đã soạn đợt {found.code} sau đợt {found.after} vào {out}; kiểm tra rồi chạy: wave "
        f"create {out}.",
        f"Wave {found.code}, after {found.after}, is in {out}; check it, then run: wave create "
        f"{out}.",
    )
