"""`export`: a dataset in the formats that statistics packages read."""

from pathlib import Path

import click

from survey_service.cli.options import json_option
from survey_service.cli.speaking import Voice, say, show_json, speaks


@click.command()
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Thư mục mới cho bản xuất · A new folder for the export.",
)
@click.option(
    "--language",
    type=click.Choice(["vi", "en"]),
    default="vi",
    help="Ngôn ngữ của nhãn · Language of the labels.",
)
@json_option
@speaks
def export(dataset: Path, out: Path, language: str, voice: Voice, *, as_json: bool) -> None:
    """Xuất bộ dữ liệu cho phần mềm thống kê · Export a dataset for analysts.

    Writes SPSS, Parquet, a codebook, and an R script and a notebook that reproduce the scores.
    The export is restricted as the dataset is.

    Exit codes: 0 done, 1 refused, 2 wrong usage.
    """
    # numpy is slow to import, and most other commands do without it.
    from survey_service.dataset.reading import read_dataset  # noqa: PLC0415
    from survey_service.exporting.package import write_export  # noqa: PLC0415

    names = write_export(out, read_dataset(dataset), "en" if language == "en" else "vi")
    if as_json:
        show_json({"files": names})
        return
    for name in names:
        click.echo(name)
    say(
        voice,
        f"Đã ghi {len(names)} tệp; dữ liệu hạn chế, chỉ chủ thư mục đọc được.",
        f"{len(names)} files written; restricted data, readable by the owner only.",
    )
