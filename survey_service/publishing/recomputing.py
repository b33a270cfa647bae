"""A publication against the sources that it was made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from questionnaires.problems import Problem, ProblemsError, problem
from questionnaires.text import Text
from survey_service.analysing.computing import Sources, compute_results
from survey_service.findings.document import FINDINGS, Findings, findings_json, read_findings
from survey_service.publishing.checking import read_manifest
from survey_service.publishing.manifest import MANIFEST
from survey_service.results.computing import compute
from survey_service.sheet.documents import SCORES, sheet_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputation:
    """What came out different, and what could not be computed anew for want of a source."""

    problems: tuple[Problem, ...] = ()
    unproven: tuple[Text, ...] = ()


def recompute(files: Mapping[str, bytes], sources: Sources) -> Recomputation:
    """Compute a checked publication anew and find what is not the same.

    Sheet, findings and definitions must come out the same byte for byte, whatever release the
    manifest names. That the tables are what `scores.json` gives is for `check_publication` to
    find: together they are what the sources give.
    """
    manifest, findings = read_manifest(files), read_findings(files[FINDINGS])
    dataset = sources.dataset
    if manifest is None or findings is None or manifest.dataset != dataset.hash:
        return Recomputation(
            problems=(
                problem(
                    MANIFEST,
                    f"gói công bố được làm từ bộ dữ liệu khác, không phải {dataset.hash}.",
                    f"the publication was made from another dataset, not {dataset.hash}.",
                ),
            )
        )
    missing = tuple(_missing(findings, sources))
    anew = {
        "framework.json": dataset.framework_json,
        "questionnaires.json": dataset.questionnaires_json,
    }
    try:
        if missing:
            anew[SCORES] = sheet_json(compute(dataset))
        else:
            results = compute_results(_used(findings, sources))
            anew |= {SCORES: sheet_json(results.sheet), FINDINGS: findings_json(results.findings)}
    except ProblemsError as error:
        return Recomputation(problems=error.problems)
    return Recomputation(
        problems=tuple(
            problem(
                name,
                "tính lại từ bộ dữ liệu cho kết quả khác.",
                "computed anew from the dataset it comes out different.",
            )
            for name, content in sorted(anew.items())
            if files[name] != content
        ),
        unproven=missing,
    )


def _used(findings: Findings, sources: Sources) -> Sources:
    """Leave out what the publication does not rest on."""
    return Sources(
        dataset=sources.dataset,
        former=sources.former if findings.former else None,
        moderation=sources.moderation if findings.comments else None,
    )


def _missing(findings: Findings, sources: Sources) -> Iterator[Text]:
    former = None if sources.former is None else sources.former.hash
    comments = None if sources.moderation is None else sources.moderation.hash
    if findings.former not in {None, former}:
        yield Text(
            vi=f"Chưa tính lại {FINDINGS}: cần bộ dữ liệu của đợt trước {findings.former} "
            "(--former).",
            en=f"{FINDINGS} was not computed anew: it needs the former dataset {findings.former} "
            "(--former).",
        )
    if findings.comments not in {None, comments}:
        yield Text(
            vi=f"Chưa tính lại {FINDINGS}: cần tệp duyệt góp ý có mã băm {findings.comments} "
            "(--comments).",
            en=f"{FINDINGS} was not computed anew: it needs the moderated comments of hash "
            f"{findings.comments} (--comments).",
        )
