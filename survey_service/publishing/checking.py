"""A publication's files against its manifest and against each other."""

from collections.abc import Iterator, Mapping

import msgspec

from questionnaires.problems import Problem, problem
from survey_service.folders import digest
from survey_service.publishing.manifest import (
    MANIFEST,
    MANIFEST_DIGEST,
    Manifest,
    digest_line,
    installed_software,
)
from survey_service.sheet.documents import read_sheet
from survey_service.sheet.spreadsheet_csv import sheet_csv
from survey_service.sheet.workbook import sheet_xlsx

FILES = (
    "scores.json",
    "scores.csv",
    "scores.xlsx",
    "framework.json",
    "questionnaires.json",
    MANIFEST,
    MANIFEST_DIGEST,
)


def publication_problems(files: Mapping[str, bytes]) -> list[Problem]:
    """Find what is missing, not listed, changed, or at odds with the rest."""
    problems = [
        problem(
            name,
            "thiếu tệp này trong gói công bố; hãy tải lại đầy đủ.",
            "is missing from the publication; fetch it again whole.",
        )
        for name in FILES
        if name not in files
    ]
    problems += [
        problem(
            name,
            "tệp này không thuộc gói công bố.",
            "does not belong to the publication.",
        )
        for name in sorted(files)
        if name not in FILES
    ]
    if problems:
        return problems
    if files[MANIFEST_DIGEST] != digest_line(digest(files[MANIFEST])):
        return [
            problem(
                f"{MANIFEST}, {MANIFEST_DIGEST}",
                "một trong hai tệp đã bị sửa: mã SHA-256 không khớp.",
                "one of the two was altered: the SHA-256 differs.",
            )
        ]
    manifest = read_manifest(files)
    if manifest is None:
        return [
            problem(
                MANIFEST,
                "không đúng định dạng bản kê của gói công bố.",
                "is not a manifest of the known format.",
            )
        ]
    return list(_changed(files, manifest)) or list(_at_odds(files, manifest))


def read_manifest(files: Mapping[str, bytes]) -> Manifest | None:
    """Read the manifest; None where it is not one, or does not list exactly the files."""
    try:
        manifest = msgspec.json.decode(files[MANIFEST], type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    listed = {name for name in FILES if name not in {MANIFEST, MANIFEST_DIGEST}}
    return manifest if set(manifest.files) == listed else None


def _changed(files: Mapping[str, bytes], manifest: Manifest) -> Iterator[Problem]:
    for name, listed in manifest.files.items():
        if digest(files[name]) != listed:
            yield problem(
                name,
                "nội dung khác với lúc công bố (mã SHA-256 không khớp manifest.json).",
                "is not what was published (its SHA-256 differs from manifest.json).",
            )


def _at_odds(files: Mapping[str, bytes], manifest: Manifest) -> Iterator[Problem]:
    """Find files that agree with the manifest but not with `scores.json`."""
    sheet = read_sheet(files["scores.json"])
    if sheet is None:
        yield problem(
            "scores.json",
            "không đúng định dạng bảng điểm.",
            "is not a score sheet of the known format.",
        )
        return
    stated = {
        "framework.json": digest(files["framework.json"]) == sheet.framework.sha256,
        "questionnaires.json": digest(files["questionnaires.json"]) == sheet.questionnaires.sha256,
        MANIFEST: (manifest.dataset, manifest.seed, manifest.method)
        == (sheet.dataset, sheet.method.seed, sheet.method),
    }
    # Another release may write the same figures in other bytes; the manifest still vouches.
    if manifest.software == installed_software():
        stated["scores.csv"] = files["scores.csv"] == sheet_csv(sheet)
        stated["scores.xlsx"] = files["scores.xlsx"] == sheet_xlsx(sheet)
    for name, agrees in stated.items():
        if not agrees:
            yield problem(name, "không khớp với scores.json.", "does not agree with scores.json.")
