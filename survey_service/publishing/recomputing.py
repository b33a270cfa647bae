"""A publication against the dataset that it was made from."""

from collections.abc import Iterator, Mapping

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.dataset.content import Dataset
from survey_service.publishing.checking import read_manifest
from survey_service.publishing.manifest import MANIFEST
from survey_service.results.computing import compute
from survey_service.sheet.documents import sheet_json


def recomputation_problems(files: Mapping[str, bytes], dataset: Dataset) -> Iterator[Problem]:
    """Compute the sheet of a checked publication anew and find what is not the same.

    `scores.json` and the definitions must come out the same byte for byte, whatever release the
    manifest names. That the tables are what `scores.json` gives is for `check_publication` to
    find: together they are what the dataset gives.
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
        anew = {
            "scores.json": sheet_json(compute(dataset)),
            "framework.json": dataset.framework_json,
            "questionnaires.json": dataset.questionnaires_json,
        }
    except ProblemsError as error:
        yield from error.problems
        return
    for name, content in anew.items():
        if files[name] != content:
            yield problem(
                name,
                "tính lại từ bộ dữ liệu cho kết quả khác.",
                "computed anew from the dataset it comes out different.",
            )
