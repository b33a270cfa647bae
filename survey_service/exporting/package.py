"""The files of an export, from a dataset alone, and where they may be written."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from questionnaires.problems import ProblemsError, problem
from questionnaires.text import Language
from survey_service.dataset.content import Dataset
from survey_service.dataset.files import CHECKSUMS
from survey_service.exporting.ballot_cells import ballot_cells
from survey_service.exporting.codebook import codebook_csv, codebook_html, labelled_csv
from survey_service.exporting.index_tables import index_tables
from survey_service.exporting.notebook import notebook
from survey_service.exporting.parquet import parquet
from survey_service.exporting.spss import sav
from survey_service.exporting.variables import variables
from survey_service.folders import write_folder
from survey_service.publishing.manifest import MANIFEST
from survey_service.results.computing import compute
from survey_service.results.modes import counted
from survey_service.results.scored import score_dataset
from survey_service.sheet.documents import sheet_json
from survey_service.sheet.spreadsheet_csv import sheet_csv

SCRIPT: Final = "reproduce.R"


def export_files(dataset: Dataset, language: Language) -> dict[str, bytes]:
    """Give the files of an export by name; the same dataset always gives the same bytes.

    They hold the ballots that make the points. `language` is that of the labels in `ballots.sav`
    and `ballots_labels.csv`; the codebook has both. Raises ProblemsError where the extra
    `statistics` is not installed.
    """
    content = counted(dataset.content)
    of, cells = variables(content), ballot_cells(content)
    sheet = compute(dataset)
    return {
        "ballots.sav": sav(content, of, cells, language),
        "ballots.parquet": parquet(dataset, of, cells),
        "ballots_labels.csv": labelled_csv(of, cells, language),
        "codebook.csv": codebook_csv(of),
        "codebook.html": codebook_html(dataset, of),
        **index_tables(score_dataset(content)),
        "scores.json": sheet_json(sheet),
        "scores.csv": sheet_csv(sheet),
        SCRIPT: files("templates").joinpath("exporting", SCRIPT).read_bytes(),
        "reproduce.ipynb": notebook(),
    }


def write_export(folder: Path, dataset: Dataset, language: Language) -> tuple[str, ...]:
    """Write an export whole or not at all, readable by its owner only; give the files' names.

    Raises ProblemsError where the folder, or one above it, is a publication, which goes out to
    everybody, or a dataset, which holds nothing but its own files; and where the folder exists
    with another content.
    """
    for place in (folder.resolve(), *folder.resolve().parents):
        if (place / MANIFEST).exists():
            raise ProblemsError(
                problem(
                    str(folder),
                    f"thư mục “{place.name}” là gói công bố, còn bản xuất chứa từng phiếu trả lời; "
                    "hãy chọn thư mục khác.",
                    f"the folder “{place.name}” is a publication, and an export holds single "
                    "ballots; choose another one.",
                )
            )
        if (place / CHECKSUMS).exists():
            raise ProblemsError(
                problem(
                    str(folder),
                    f"thư mục “{place.name}” là bộ dữ liệu, chỉ được chứa các tệp của chính nó; "
                    "hãy chọn thư mục khác.",
                    f"the folder “{place.name}” is a dataset and may hold its own files only; "
                    "choose another one.",
                )
            )
    written = export_files(dataset, language)
    write_folder(folder, written, private=True)
    return tuple(written)
