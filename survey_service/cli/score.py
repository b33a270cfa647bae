"""`score`: from a frozen dataset to points, and to the files that are published."""

from pathlib import Path

import click

from survey_service.cli.options import comments_option, former_option, json_option
from survey_service.cli.speaking import Voice, say, speaks


@click.command()
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Ghi gói công bố vào đây · Write the publication here.",
)
@former_option
@comments_option
@json_option
@speaks
def score(
    dataset: Path,
    out: Path | None,
    former: Path | None,
    comments: Path | None,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Tính bảng điểm từ bộ dữ liệu · Compute the score sheet of a dataset folder.

    With --out the files are the same, byte for byte, as those of `wave publish` with the same
    --former and --comments.

    Exit codes: 0 done, 1 the dataset cannot be used, 2 wrong usage.
    """
    # numpy is slow to import, and most other commands do without it.
    from survey_service.analysing.computing import compute_results  # noqa: PLC0415
    from survey_service.publishing.package import write_publication  # noqa: PLC0415
    from survey_service.publishing.sources import read_sources  # noqa: PLC0415
    from survey_service.results.computing import compute  # noqa: PLC0415
    from survey_service.sheet.documents import sheet_json  # noqa: PLC0415
    from survey_service.sheet.ranked import ranked_text  # noqa: PLC0415

    sources = read_sources(dataset, former, comments)
    if out is None:
        fingerprint, sheet = None, compute(sources.dataset)
    else:
        results = compute_results(sources)
        fingerprint, sheet = write_publication(out, sources.dataset, results), results.sheet
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
