"""`demo`: the round of 2022, played whole."""

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from questionnaires.problems import ProblemsError, problem
from survey_service.cli.speaking import Voice, say, speaks, word
from survey_service.waves.mail_plan.letter_names import event_name, step_name

if TYPE_CHECKING:
    from survey_service.demo.playing import Stage

MARK = ".survey-demo"
"""Lies in every folder that a demo made; a folder without it is never emptied."""


@click.command()
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
def demo(seed: int, out: Path, port: int, voice: Voice, *, serve: bool) -> None:
    """Chạy trọn đợt năm 2022 với người trả lời mô phỏng · Play the round of 2022 whole.

    Leaves OUT/dataset and OUT/publication; the same seed gives the same publication, byte for
    byte. An earlier demo in OUT is replaced.
    """
    # The whole service is imported here, which other commands need not wait for.
    from survey_service.dataset.reading import read_dataset  # noqa: PLC0415
    from survey_service.demo.playing import play, set_stage  # noqa: PLC0415
    from survey_service.results.computing import compute  # noqa: PLC0415
    from survey_service.sheet.ranked import ranked_text  # noqa: PLC0415

    _clear(out)
    began = time.monotonic()
    stage = set_stage(
        out, seed=seed, port=port if serve else 0, environment=os.environ, tell=click.echo
    )
    played = play(stage)
    click.echo("")
    click.echo(ranked_text(compute(read_dataset(out / "dataset"))))
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
    seconds = time.monotonic() - began
    say(voice, f"Xong sau {seconds:.0f} giây.", f"Done in {seconds:.0f} seconds.")
    if serve:
        _go_on_serving(stage, voice)
    stage.database.close()


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


def _go_on_serving(stage: "Stage", voice: Voice) -> None:
    from survey_service.background import catching  # noqa: PLC0415
    from survey_service.demo.playing import WAVE  # noqa: PLC0415
    from survey_service.demo.trying import open_trial  # noqa: PLC0415
    from survey_service.web.app import create_app  # noqa: PLC0415
    from survey_service.web.serving import listen, serve  # noqa: PLC0415

    with catching(stage.settings, 0) as relay:
        open_trial(stage, relay)
    app = create_app(
        database=stage.database,
        settings=stage.settings,
        keys=stage.keys,
        clock=stage.clock,
        caught=stage.settings.caught_mail,
    )
    site = stage.settings.public_url
    with listen(stage.settings) as listener:
        click.echo("")
        say(voice, f"Khảo sát này có thật không?  {site}/", f"Is this survey real?  {site}/")
        say(voice, f"Bảng điểm  {site}/results/{WAVE}", f"The score sheet  {site}/results/{WAVE}")
        say(voice, f"Thư đã bắt, mở và trả lời  {site}/mail", f"Caught mail to answer  {site}/mail")
        say(voice, "Dừng bằng Ctrl+C.", "Stop with Ctrl+C.")
        serve(app, stage.settings, listener)
