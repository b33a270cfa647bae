"""`mail preview` and `mail test`: a wave's letters before anybody gets one."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_service.cli.options import actor_option, json_option, wave_argument
from survey_service.cli.speaking import Voice, say, show_json, speaks
from survey_service.cli.wiring import Wiring, pass_wiring

if TYPE_CHECKING:
    from questionnaires.text import Language
    from survey_service.mailing.writing.preview import Preview

step_option = click.option(
    "--step",
    default="invitation",
    show_default=True,
    help="Bước: pre-notice, invitation, reminder, closing-notice, link, thank-you, results · "
    "The step.",
)
language_option = click.option(
    "--language",
    type=click.Choice(["vi", "en"]),
    default="vi",
    show_default=True,
    help="Ngôn ngữ của thư · Language of the letter.",
)
group_option = click.option(
    "--group",
    metavar="CODE",
    help="Nhóm được hỏi; bỏ trống là nhóm đầu · The group; else the first.",
)


@click.command()
@wave_argument
@step_option
@language_option
@group_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Ghi .eml, .txt, .html của mọi nhóm · Write .eml, .txt, .html of every group.",
)
@json_option
@speaks
@pass_wiring
def preview(
    wiring: Wiring,
    code: str,
    step: str,
    language: "Language",
    group: str | None,
    out: Path | None,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Xem trước thư gửi một người tưởng tượng, không gửi đi · Show a letter; sends nothing."""
    from survey_service.mailing.writing.letters import Letters  # noqa: PLC0415 - quicker help
    from survey_service.mailing.writing.preview import (  # noqa: PLC0415
        person_of,
        preview_letters,
        specimens,
    )

    # A preview is not signed: it goes nowhere.
    ready = specimens(
        wiring.database,
        wiring.clock,
        wiring.entropy,
        wiring.settings,
        wiring.keys,
        Letters(wiring.settings, wiring.keys),
        code=code,
    )
    shown_group = person_of(ready.wave, group).group
    letters = list(preview_letters(ready, step, language))
    shown = next(letter for letter in letters if letter.group == shown_group)
    files = [] if out is None else [path for letter in letters for path in _write(letter, out)]
    if as_json:
        show_json(
            {
                "step": shown.step,
                "group": shown.group,
                "language": shown.language,
                "headers": [list(pair) for pair in shown.headers],
                "text": shown.text,
                "files": [str(path) for path in files],
            }
        )
        return
    for name, value in shown.headers:
        click.echo(f"{name}: {value}")
    click.echo(f"\n{shown.text}")
    if out is not None:
        say(voice, f"Đã ghi {len(files)} tệp vào {out}.", f"Wrote {len(files)} files to {out}.")


@click.command("test")
@wave_argument
@click.option(
    "--to",
    required=True,
    metavar="ADDRESS",
    help="Địa chỉ nhận, của người trong cơ quan · Where to: one of your own.",
)
@step_option
@language_option
@group_option
@click.option(
    "--relay", metavar="NAME", help="Máy chủ gửi trong tệp thư · A relay of the mail file."
)
@actor_option
@speaks
@pass_wiring
def send_test(
    wiring: Wiring,
    code: str,
    to: str,
    step: str,
    language: "Language",
    group: str | None,
    relay: str | None,
    actor: str,
    voice: Voice,
) -> None:
    """Gửi một thư thử, đường dẫn mở phiếu thử · Send one test letter with a trial form's link."""
    from survey_service.mailing.relays.setup import read_mail_setup  # noqa: PLC0415
    from survey_service.mailing.writing.letters import Letters  # noqa: PLC0415 - quicker help
    from survey_service.mailing.writing.preview import specimens  # noqa: PLC0415
    from survey_service.mailing.writing.trial_sending import send_trial  # noqa: PLC0415

    mail = read_mail_setup(wiring.settings)
    ready = specimens(
        wiring.database,
        wiring.clock,
        wiring.entropy,
        wiring.settings,
        wiring.keys,
        Letters(wiring.settings, wiring.keys, returns=mail.returns, dkim=mail.dkim),
        code=code,
        trial=True,
    )
    sent = asyncio.run(
        send_trial(
            wiring.database,
            wiring.settings,
            mail,
            ready,
            to=to,
            step=step,
            language=language,
            group=group,
            relay=relay,
            actor=actor,
        )
    )
    said = f"{sent.code} {sent.words}"
    say(
        voice,
        f"Máy chủ gửi {sent.relay} đã nhận thư thử: {said}",
        f"The relay {sent.relay} accepted the test letter: {said}",
    )


def _write(letter: "Preview", folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "eml": letter.message,
        "txt": letter.text.encode(),
        "html": letter.html.encode(),
    }
    paths: list[Path] = []
    for ending, octets in contents.items():
        path = folder / f"{letter.step}.{letter.group}.{letter.language}.{ending}"
        path.write_bytes(octets)
        paths.append(path)
    return paths
