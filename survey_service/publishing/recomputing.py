"""A publication against the dataset that it was made from."""

from collections.abc import Iterator, Mapping

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.dataset.content import Dataset
from survey_service.publishing.checking import read_manifest
from survey_service.publishing.manifest import MANIFEST, installed_software
from survey_service.publishing.package import publication_files
from survey_service.results.computing import compute

SAME_IN_EVERY_RELEASE = ("scores.json", "framework.json", "questionnaires.json")


def recomputation_problems(files: Mapping[str, bytes], dataset: Dataset) -> Iterator[Problem]:
    """Compute the publication anew and find every file that is not the same, byte for byte.

    Files whose bytes depend on the release (the manifest names it, the workbook, the CSV table)
    are compared where the same release is at work; the manifest vouches for them otherwise.
    """
    manifest = read_manifest(files)
    if manifest is None or manifest.dataset != dataset.hash:
        yield problem(
            MANIFEST,
            f"gói công bố được làm từ bộ dữ liệu khác, không phải {dataset.hash}.",
            f"the publication was made from another dataset, not {dataset.hash}.",
        )
        return
    try:
        anew = publication_files(dataset, compute(dataset))
    except ProblemsError as error:
        yield from error.problems
        return
    same_release = manifest.software == installed_software()
    compared = tuple(anew) if same_release else SAME_IN_EVERY_RELEASE
    for name in compared:
        if files[name] != anew[name]:
            yield problem(
                name,
                "tính lại từ bộ dữ liệu cho kết quả khác.",
                "computed anew from the dataset it comes out different.",
            )
