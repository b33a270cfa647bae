"""The files of a publication, byte for byte, from a dataset alone."""

from pathlib import Path

from questionnaires.fingerprint import canonical_json
from survey_service.analysing.computing import Results
from survey_service.dataset.content import Dataset
from survey_service.findings.document import FINDINGS, findings_json
from survey_service.folders import digest, write_folder
from survey_service.publishing.manifest import (
    MANIFEST,
    MANIFEST_DIGEST,
    Manifest,
    digest_line,
    installed_software,
)
from survey_service.sheet.documents import SCORES, sheet_json
from survey_service.sheet.spreadsheet_csv import sheet_csv
from survey_service.sheet.workbook import sheet_xlsx


def write_publication(folder: Path, dataset: Dataset, results: Results) -> str:
    """Write the publication of a dataset whole or not at all; give its fingerprint.

    Raises ProblemsError where the folder exists with another content.
    """
    files = publication_files(dataset, results)
    write_folder(folder, files)
    return digest(files[MANIFEST])


def publication_files(dataset: Dataset, results: Results) -> dict[str, bytes]:
    """Give the files of a publication by name; nothing in them tells when they were made."""
    sheet = results.sheet
    files = {
        SCORES: sheet_json(sheet),
        FINDINGS: findings_json(results.findings),
        "scores.csv": sheet_csv(sheet),
        "scores.xlsx": sheet_xlsx(sheet),
        "framework.json": dataset.framework_json,
        "questionnaires.json": dataset.questionnaires_json,
    }
    manifest = canonical_json(
        Manifest(
            files={name: digest(content) for name, content in files.items()},
            dataset=dataset.hash,
            software=installed_software(),
            seed=sheet.method.seed,
            method=sheet.method,
        )
    )
    return {**files, MANIFEST: manifest, MANIFEST_DIGEST: digest_line(digest(manifest))}
