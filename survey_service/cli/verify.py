"""`verify`: whether a dataset or a publication is whole and consistent."""

from pathlib import Path

import click

from survey_service.cli.options import comments_option, former_option, json_option
from survey_service.cli.speaking import (
    REFUSED,
    Voice,
    say,
    show_json,
    show_problems,
    speaks,
    word,
)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--expect",
    metavar="SHA256",
    help="Mã băm mà gói phải có · The hash that the package must have.",
)
@click.option(
    "--dataset",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Bộ dữ liệu để tính lại · The dataset to compute anew from (default: ../dataset).",
)
@former_option
@comments_option
@json_option
@click.pass_context
@speaks
def verify(
    context: click.Context,
    folder: Path,
    expect: str | None,
    dataset: Path | None,
    former: Path | None,
    comments: Path | None,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Kiểm tra bộ dữ liệu hoặc gói công bố · Check a dataset or publication folder.

    Its counterpart beside it is checked too, and the figures are computed anew.

    Exit codes: 0 verified, 1 not verified, 2 wrong usage.
    """
    # numpy is slow to import, and most other commands do without it.
    from survey_service.publishing import verifying  # noqa: PLC0415

    found = verifying.verify(
        folder, expect=expect, dataset=dataset, former=former, comments=comments
    )
    if as_json:
        show_json(found)
    else:
        click.echo(f"{found.kind} {found.hash}")
        show_problems(found.problems, voice)
        for text in found.proven:
            click.echo(f"✓ {word(text, voice)}")
        for text in found.not_proven:
            click.echo(f"? {word(text, voice)}")
        if found.verified:
            say(voice, "ĐẠT", "VERIFIED")
        else:
            say(voice, "KHÔNG ĐẠT", "NOT VERIFIED")
    if not found.verified:
        context.exit(REFUSED)
