"""`score`: from a frozen dataset to points, and to the files that are published."""

from pathlib import Path

import click

from survey_service.cli.options import json_option
from survey_service.cli.speaking import Voice, say, speaks


@click.command()
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Ghi gói công bố vào đây · Write the publication here.",
)
@json_option
@speaks
def score(dataset: Path, out: Path | None, voice: Voice, *, as_json: bool) -> None:
    """Tính bảng điểm từ bộ dữ liệu · Compute the score sheet of a dataset folder.

    With --out the files are the same, byte for byte, as those of `wave publish`.

    Exit codes: 0 done, 1 the dataset cannot be used, 2 wrong usage.
    """
    # numpy is slow to import, and most other commands do without it.
    from survey_service.dataset.reading import read_dataset  # noqa: PLC0415
    from survey_service.publishing.package import write_publication  # noqa: PLC0415
    from survey_service.results.computing import compute  # noqa: PLC0415
    from survey_service.sheet.documents import sheet_json  # noqa: PLC0415
    from survey_service.sheet.ranked import ranked_text  # noqa: PLC0415

    frozen = read_dataset(dataset)
    sheet = compute(frozen)
    fingerprint = None if out is None else write_publication(out, frozen)
    if as_json:
        click.echo(sheet_json(sheet))
        return
    click.echo(ranked_text(sheet))
    if fingerprint is not None:
        say(
            voice,
            f"Mã băm của gói công bố: {fingerprint}",
            f"Fingerprint of the publication: {fingerprint}",
        )
