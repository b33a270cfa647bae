"""A publication's folder, checked and read for its reports."""

from pathlib import Path

from questionnaires.problems import ProblemsError
from survey_service.findings.document import FINDINGS, read_findings
from survey_service.folders import digest, read_folder
from survey_service.publishing.checking import check_publication, read_manifest
from survey_service.publishing.manifest import MANIFEST
from survey_service.reports.published import PublishedWave
from survey_service.sheet.documents import SCORES, read_sheet


def read_published(folder: Path) -> PublishedWave:
    """Read a publication; raises ProblemsError where it is none, or was altered."""
    files = read_folder(folder.resolve())
    problems = check_publication(files).problems
    if problems:
        raise ProblemsError(*problems)
    sheet, manifest = read_sheet(files[SCORES]), read_manifest(files)
    if sheet is None or manifest is None:
        raise ValueError("a checked publication has a sheet and a manifest")
    return PublishedWave(
        sheet=sheet,
        findings=read_findings(files[FINDINGS]) if FINDINGS in files else None,
        fingerprint=digest(files[MANIFEST]),
        files=manifest.files,
    )
