"""The definitions that a wave file names: an entry of the catalogue or a folder."""

from pathlib import Path

from questionnaires import catalogue
from questionnaires.checking import check
from questionnaires.loading import FRAMEWORK_FILE, Definitions, load_definitions
from questionnaires.problems import Problem, ProblemsError, problem


def find_definitions(name: str, beside: Path) -> Definitions:
    """Load a catalogue entry by its name, or a folder, relative to `beside` where it is not whole.

    Raises ProblemsError, also where there is neither.
    """
    if name in catalogue.names():
        return load_definitions(catalogue.folder(name))
    folder = beside / name
    if (folder / FRAMEWORK_FILE).is_file():
        return load_definitions(folder)
    known = ", ".join(catalogue.names())
    raise ProblemsError(
        problem(
            name,
            f"không có trong danh mục ({known}) và cũng không phải thư mục có {FRAMEWORK_FILE}.",
            f"is neither in the catalogue ({known}) nor a folder with {FRAMEWORK_FILE}.",
        )
    )


def sound_definitions(name: str, beside: Path) -> tuple[Definitions, tuple[Problem, ...]]:
    """Load definitions and check them; gives them with the checker's warnings.

    Raises ProblemsError with everything found where there is an error.
    """
    definitions = find_definitions(name, beside)
    problems = check(definitions.framework, definitions.questionnaires)
    if any(found.severity == "error" for found in problems):
        raise ProblemsError(*problems)
    return definitions, problems
