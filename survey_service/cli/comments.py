"""`comments`: free answers to a moderator and back."""

from pathlib import Path

import click

from survey_service.cli.options import json_option
from survey_service.cli.speaking import Voice, say, show_json, speaks

_dataset = click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.group()
def comments() -> None:
    """Duyệt ý kiến góp ý trước khi công bố · Moderate free answers before they are published."""


@comments.command("list")
@_dataset
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("comments.xlsx"),
    show_default=True,
    help="Tệp duyệt · The moderation workbook.",
)
@speaks
def list_comments(dataset: Path, out: Path, voice: Voice) -> None:
    """Ghi tệp Excel để duyệt từng ý kiến · Write the workbook with a decision per comment.

    It holds free answers word for word: keep it where the dataset is kept. A file that exists is
    never written over.
    """
    from survey_service.dataset.reading import read_dataset  # noqa: PLC0415
    from survey_service.moderating.decisions import keys  # noqa: PLC0415
    from survey_service.moderating.workbook import moderation_xlsx, write_workbook  # noqa: PLC0415

    frozen = read_dataset(dataset)
    write_workbook(out, moderation_xlsx(frozen))
    count, wordings = len(frozen.content.free_text), len(keys(frozen.content.free_text))
    say(
        voice,
        f"{out}: {count} ý kiến, {wordings} dòng cần quyết định.",
        f"{out}: {count} comments, {wordings} rows to decide on.",
    )


@comments.command()
@_dataset
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@speaks
def check(dataset: Path, file: Path, voice: Voice, *, as_json: bool) -> None:
    """Kiểm tra tệp đã duyệt · Check a moderated workbook against its dataset.

    Every comment needs one decision, and no comment may be added or altered.
    """
    from survey_service.dataset.reading import read_dataset  # noqa: PLC0415
    from survey_service.moderating.reading import read_moderation  # noqa: PLC0415

    frozen = read_dataset(dataset)
    moderation = read_moderation(file, frozen)
    passed = len(moderation.passed(frozen.content.free_text))
    received = len(frozen.content.free_text)
    if as_json:
        show_json({"received": received, "published": passed, "moderation": moderation.hash})
        return
    say(
        voice,
        f"Đã duyệt đủ: công bố {passed} trong {received} ý kiến. Mã băm: {moderation.hash}",
        f"All decided: {passed} of {received} comments are published. Hash: {moderation.hash}",
    )
