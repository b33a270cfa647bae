"""`demo`: a programme, played whole."""

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from questionnaires.problems import ProblemsError, problem
from survey_service.cli.speaking import Voice, say, speaks, word
from survey_service.waves.mail_plan.letter_names import event_name, step_name

if TYPE_CHECKING:
    from survey_service.demo.input_files import PlayedRound
    from survey_service.demo.playing import Played
    from survey_service.demo.stage import Stage

MARK = ".survey-demo"
"""Lies in every folder that a demo made; a folder without it is never emptied."""


@click.command()
@click.option(
    "--programme",
    "name",
    default="par-index-2022",
    show_default=True,
    help="Chương trình · The programme; `--programme list` names them.",
)
@click.option(
    "--by-pages",
    type=click.IntRange(0, 100),
    help="Phần trăm trả lời qua trang thật · Percent who answer over HTTP (default: its own).",
)
@click.option(
    "--verify/--no-verify",
    "checks",
    default=True,
    show_default=True,
    help="Tính lại gói công bố · Recompute what the last round published.",
)
@click.option("--seed", type=int, default=2022, show_default=True, help="Số gieo · The seed.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-out"),
    show_default=True,
    help="Thư mục kết quả · Where everything goes.",
)
@click.option("--serve", is_flag=True, help="Rồi phục vụ tiếp · Go on serving afterwards.")
@click.option("--port", type=int, default=8000, show_default=True, help="Cổng · With --serve.")
@speaks
def demo(
    name: str,
    by_pages: int | None,
    seed: int,
    out: Path,
    port: int,
    voice: Voice,
    *,
    checks: bool,
    serve: bool,
) -> None:
    """Chạy trọn một chương trình với người trả lời mô phỏng · Play a programme whole.

    The round of 2022 where no other is named. Leaves OUT/input, OUT/dataset and OUT/publication,
    and those of earlier waves in folders by their codes; the same seed gives the same
    publication, byte for byte, whether people answer over HTTP or behind the pages. An earlier
    demo in OUT is replaced.
    """
    # The whole service is imported here, which other commands need not wait for.
    from survey_service.demo.input_files import lay_out  # noqa: PLC0415
    from survey_service.demo.playing import play  # noqa: PLC0415
    from survey_service.demo.programme import folder, read_programme  # noqa: PLC0415
    from survey_service.demo.stage import set_stage  # noqa: PLC0415
    from survey_service.demo.timetable import timetable  # noqa: PLC0415

    if name == "list":
        _list(voice)
        return
    programme = read_programme(name)
    if by_pages is not None:
        programme = msgspec.structs.replace(programme, by_pages=by_pages)
    _clear(out)
    began = time.monotonic()
    rounds = lay_out(programme, folder(name), out, seed=seed)
    stage = set_stage(
        out,
        seed=seed,
        begins=timetable(rounds[0].plan, rounds[0].round.feed_days).prepared,
        port=port if serve else 0,
        environment=os.environ,
        tell=click.echo,
    )
    say(voice, f"{programme.title.vi}: {programme.shows.vi}", programme.title.en)
    for played in play(stage, programme, rounds, checks=checks):
        _show(played, voice)
    seconds = time.monotonic() - began
    say(voice, f"Xong sau {seconds:.0f} giây.", f"Done in {seconds:.0f} seconds.")
    if serve:
        _go_on_serving(stage, rounds[-1], voice)
    stage.database.close()


def _list(voice: Voice) -> None:
    from survey_service.demo.programme import programmes, read_programme  # noqa: PLC0415

    for name in programmes():
        one = read_programme(name)
        say(
            voice,
            f"{name}: {one.title.vi} – {one.shows.vi}",
            f"{name}: {one.title.en} – {one.shows.en}",
        )


def _show(played: "Played", voice: Voice) -> None:
    from survey_service.sheet.ranked import ranked_text  # noqa: PLC0415

    click.echo("")
    click.echo(ranked_text(played.sheet))
    click.echo("")
    total = played.status.total
    say(
        voice,
        f"Phiếu phát ra {total.invited}, thu về {total.answered}, bỏ dở {total.begun}.",
        f"Invitations {total.invited}, responses {total.answered}, broken off {total.begun}.",
    )
    for step in played.status.letters:
        states = [f"{word(event_name(state), voice)} {n}" for state, n in step.states.items()]
        click.echo(f"{word(step_name(step.step), voice)}: {', '.join(states)}.")
    say(
        voice,
        f"Mã băm của gói công bố: {played.published.fingerprint}",
        f"Fingerprint of the publication: {played.published.fingerprint}",
    )
    if played.verified is None:
        say(voice, f"Các tệp: {played.folder}", f"Files: {played.folder}")
        return
    if not played.verified.verified:
        raise ProblemsError(*played.verified.problems)
    say(
        voice,
        f"Đã kiểm tra: tính lại ra đúng từng byte. Các tệp: {played.folder}",
        f"Verified: recomputed to the same bytes. Files: {played.folder}",
    )


def _clear(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise ProblemsError(
                problem(
                    str(out),
                    "thư mục không trống và không phải do demo tạo; hãy chọn thư mục khác.",
                    "the folder is not empty and no demo made it; choose another one.",
                )
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).touch()


def _go_on_serving(stage: "Stage", last: "PlayedRound", voice: Voice) -> None:
    from survey_service.background import catching  # noqa: PLC0415
    from survey_service.demo.trying import open_trial  # noqa: PLC0415
    from survey_service.web.app import create_app  # noqa: PLC0415
    from survey_service.web.serving import listen, serve  # noqa: PLC0415

    with catching(stage.settings, 0) as relay:
        open_trial(stage, last, relay)
    app = create_app(
        database=stage.database,
        settings=stage.settings,
        keys=stage.keys,
        clock=stage.clock,
        caught=stage.settings.caught_mail,
    )
    site, code = stage.settings.public_url, last.plan.code
    with listen(stage.settings) as listener:
        click.echo("")
        say(voice, f"Khảo sát này có thật không?  {site}/", f"Is this survey real?  {site}/")
        say(voice, f"Bảng điểm  {site}/results/{code}", f"The score sheet  {site}/results/{code}")
        say(voice, f"Thư đã bắt, mở và trả lời  {site}/mail", f"Caught mail to answer  {site}/mail")
        say(voice, "Dừng bằng Ctrl+C.", "Stop with Ctrl+C.")
        serve(app, stage.settings, listener)
