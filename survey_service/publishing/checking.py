"""A publication's files against its manifest and against each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from questionnaires.fingerprint import canonical_json
from questionnaires.problems import Problem, problem
from questionnaires.text import Text
from survey_service.findings.document import FINDINGS, Findings, read_findings
from survey_service.folders import digest
from survey_service.publishing.agreeing import table_findings
from survey_service.publishing.manifest import MANIFEST, MANIFEST_DIGEST, Manifest, digest_line
from survey_service.sheet.documents import SCORES, read_sheet
from survey_service.sheet.score_sheet import ScoreSheet

FILES = (
    SCORES,
    FINDINGS,
    "scores.csv",
    "scores.xlsx",
    "framework.json",
    "questionnaires.json",
    MANIFEST,
    MANIFEST_DIGEST,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is wrong with a publication, and what in it could not be held against anything."""

    problems: tuple[Problem, ...]
    unproven: tuple[Text, ...] = ()


def check_publication(files: Mapping[str, bytes]) -> Checked:
    """Find what is missing, not listed, changed, or at odds with the rest."""
    problems = _wrong_names(files)
    if problems:
        return Checked(problems=tuple(problems))
    if files[MANIFEST_DIGEST] != digest_line(digest(files[MANIFEST])):
        return _only(
            f"{MANIFEST}, {MANIFEST_DIGEST}",
            "một trong hai tệp đã bị sửa: mã SHA-256 không khớp.",
            "one of the two was altered: the SHA-256 differs.",
        )
    manifest = read_manifest(files)
    if manifest is None:
        return _only(
            MANIFEST,
            "không đúng định dạng bản kê của gói công bố.",
            "is not a manifest of the known format.",
        )
    changed = tuple(_changed(files, manifest))
    if changed:
        return Checked(problems=changed)
    sheet, findings = read_sheet(files[SCORES]), read_findings(files[FINDINGS])
    if sheet is None or findings is None:
        return _only(
            SCORES if sheet is None else FINDINGS,
            "không đúng định dạng mà gói công bố dùng.",
            "is not of the format that publications use.",
        )
    in_tables, unproven = table_findings(files, sheet, manifest.software)
    return Checked(
        problems=(*_at_odds(files, manifest, sheet, findings), *in_tables),
        unproven=tuple(unproven),
    )


def _only(where: str, vi: str, en: str) -> Checked:
    return Checked(problems=(problem(where, vi, en),))


def _wrong_names(files: Mapping[str, bytes]) -> list[Problem]:
    missing = [
        problem(
            name,
            "thiếu tệp này trong gói công bố; hãy tải lại đầy đủ.",
            "is missing from the publication; fetch it again whole.",
        )
        for name in FILES
        if name not in files
    ]
    unlisted = [
        problem(
            name,
            "tệp này không thuộc gói công bố.",
            "does not belong to the publication.",
        )
        for name in sorted(files)
        if name not in FILES
    ]
    return missing + unlisted


def read_manifest(files: Mapping[str, bytes]) -> Manifest | None:
    """Read the manifest; None where it is not one, byte for byte, of exactly the files."""
    try:
        manifest = msgspec.json.decode(files[MANIFEST], type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    listed = {name for name in FILES if name not in {MANIFEST, MANIFEST_DIGEST}}
    exact = set(manifest.files) == listed and canonical_json(manifest) == files[MANIFEST]
    return manifest if exact else None


def _changed(files: Mapping[str, bytes], manifest: Manifest) -> Iterator[Problem]:
    for name, listed in manifest.files.items():
        if digest(files[name]) != listed:
            yield problem(
                name,
                "nội dung khác với lúc công bố (mã SHA-256 không khớp manifest.json).",
                "is not what was published (its SHA-256 differs from manifest.json).",
            )


def _at_odds(
    files: Mapping[str, bytes], manifest: Manifest, sheet: ScoreSheet, findings: Findings
) -> Iterator[Problem]:
    """Find files that agree with the manifest but not with `scores.json`."""
    stated = {
        "framework.json": digest(files["framework.json"]) == sheet.framework.sha256,
        "questionnaires.json": digest(files["questionnaires.json"]) == sheet.questionnaires.sha256,
        FINDINGS: (findings.wave, findings.dataset) == (sheet.wave, sheet.dataset),
        MANIFEST: (manifest.dataset, manifest.seed, manifest.method)
        == (sheet.dataset, sheet.method.seed, sheet.method),
    }
    for name, agrees in stated.items():
        if not agrees:
            yield problem(name, "không khớp với scores.json.", "does not agree with scores.json.")
