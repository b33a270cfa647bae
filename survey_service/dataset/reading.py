"""From the files of a dataset to typed values, or to everything that is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from questionnaires.checking import check
from questionnaires.definition import Questionnaires
from questionnaires.index import Framework
from questionnaires.loading import framework_from_json, questionnaires_from_json
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.dataset.ballots import read_ballots
from survey_service.dataset.checking import design_problems
from survey_service.dataset.content import Dataset, DatasetContent, FreeText
from survey_service.dataset.design import Design
from survey_service.dataset.files import CHECKSUMS, FREE_TEXT_COLUMNS, checksums
from survey_service.dataset.tables import at_most, read_csv, unguard
from survey_service.folders import digest, read_folder

FREE_TEXT = "free_text.csv"
FILES = (
    "ballots.csv",
    FREE_TEXT,
    "codebook.json",
    "framework.json",
    "questionnaires.json",
    "design.json",
    CHECKSUMS,
)


def read_dataset(folder: Path) -> Dataset:
    """Read and check a dataset; raises ProblemsError with every mistake found."""
    return dataset_from_files(read_folder(folder))


def dataset_from_files(files: Mapping[str, bytes]) -> Dataset:
    """Read a dataset from its files by name; raises ProblemsError."""
    _require(*file_problems(files))
    framework = framework_from_json(files["framework.json"])
    questionnaires = questionnaires_from_json(files["questionnaires.json"])
    design = _design(files["design.json"])
    _require(*_definition_problems(framework, questionnaires))
    _require(*design_problems(design, framework))
    ballots, problems = read_ballots(files["ballots.csv"], framework, questionnaires, design)
    texts = tuple(
        FreeText(item=item, unit=unit, text=unguard(text))
        for item, unit, text in read_csv(files[FREE_TEXT], FREE_TEXT, FREE_TEXT_COLUMNS)
    )
    _require(*problems, *_free_text_problems(texts, questionnaires, design))
    return Dataset(
        content=DatasetContent(
            framework=framework,
            questionnaires=questionnaires,
            design=design,
            ballots=ballots,
            free_text=texts,
        ),
        hash=digest(files[CHECKSUMS]),
        framework_json=files["framework.json"],
        questionnaires_json=files["questionnaires.json"],
    )


def file_problems(files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Find files that are missing, not listed, or not what `checksums.json` says.

    The list must be, byte for byte, the one that the files give: so no byte of any file, and
    none of the list itself, can change without notice.
    """
    problems = [
        problem(
            name,
            "thiếu tệp này trong bộ dữ liệu; hãy lấy lại bản sao đầy đủ.",
            "is missing from the dataset; fetch a whole copy again.",
        )
        for name in FILES
        if name not in files
    ]
    problems += [
        problem(
            name,
            "tệp này không thuộc bộ dữ liệu; hãy chuyển nó đi nơi khác.",
            "does not belong to the dataset; move it elsewhere.",
        )
        for name in sorted(files)
        if name not in FILES
    ]
    if problems or checksums(files) == files[CHECKSUMS]:
        return tuple(problems)
    listed = _listed(files[CHECKSUMS])
    changed = [
        problem(
            name,
            "nội dung khác với lúc đóng băng (mã SHA-256 không khớp checksums.json).",
            "is not what was frozen (its SHA-256 differs from checksums.json).",
        )
        for name in FILES
        if name != CHECKSUMS and listed.get(name) != digest(files[name])
    ]
    return tuple(changed) or (
        problem(
            CHECKSUMS,
            "danh sách đã bị sửa: không còn đúng từng byte như khi đóng băng.",
            "the list was altered: it is no longer the one that was frozen, byte for byte.",
        ),
    )


def _listed(content: bytes) -> Mapping[str, object]:
    try:
        return msgspec.json.decode(content, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def _design(content: bytes) -> Design:
    try:
        return msgspec.json.decode(content, type=Design)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProblemsError(
            problem(
                "design.json",
                f"không đúng định dạng thiết kế: {error}",
                f"is not a design of the known format: {error}",
            )
        ) from error


def _definition_problems(framework: Framework, questionnaires: Questionnaires) -> Iterator[Problem]:
    places = ("framework.json", "questionnaires.json")
    for one in check(framework, questionnaires, places=places):
        if one.severity == "error":
            yield one


def _free_text_problems(
    texts: Sequence[FreeText], questionnaires: Questionnaires, design: Design
) -> tuple[Problem, ...]:
    items = {item.code: item.about for item in questionnaires.items if item.kind == "text"}
    units = {"unit": {unit.code for unit in design.units}, "respondent": {""}}
    problems = [
        problem(
            f"{FREE_TEXT}, dòng/row {number}",
            f"không có câu hỏi mở “{text.item}” về “{text.unit}”",
            f"there is no open question “{text.item}” about “{text.unit}”",
        )
        for number, text in enumerate(texts, 2)
        if text.item not in items or text.unit not in units[items[text.item]]
    ]
    if not problems and list(texts) != sorted(texts):
        problems.append(
            problem(
                FREE_TEXT,
                "các dòng phải xếp theo nội dung, để thứ tự không nói lên điều gì",
                "rows are sorted by what they say, so that their order says nothing",
            )
        )
    return at_most(problems, FREE_TEXT)


def _require(*problems: Problem) -> None:
    if problems:
        raise ProblemsError(*problems)
