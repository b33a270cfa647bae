"""Definitions from files: TOML as people write it, canonical JSON as the service froze it."""

import json
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import TypeVar

import msgspec

from questionnaires.definition import Questionnaires
from questionnaires.index import Framework
from questionnaires.problems import Problem, ProblemsError, problem
from questionnaires.reading import BinaryFloat, read

FRAMEWORK_FILE = "framework.toml"
QUESTIONNAIRES_FILE = "questionnaires.toml"

_Loaded = TypeVar("_Loaded")


class Definitions(msgspec.Struct, frozen=True, kw_only=True):
    """An index and the questionnaires that measure it."""

    framework: Framework
    questionnaires: Questionnaires


# Taken in at the import: two threads in which msgspec meets a struct for the first time at once
# crash the process.
for _kind in (Framework, Questionnaires):
    msgspec.json.Decoder(_kind)


def load_definitions(folder: Path) -> Definitions:
    """Read `framework.toml` and `questionnaires.toml` of a folder; not yet checked.

    Raises ProblemsError with the problems of both files.
    """
    framework = _attempt(Framework, folder / FRAMEWORK_FILE)
    questionnaires = _attempt(Questionnaires, folder / QUESTIONNAIRES_FILE)
    if isinstance(framework, Framework) and isinstance(questionnaires, Questionnaires):
        return Definitions(framework=framework, questionnaires=questionnaires)
    raise ProblemsError(
        *(framework if isinstance(framework, tuple) else ()),
        *(questionnaires if isinstance(questionnaires, tuple) else ()),
    )


def load_framework(path: Path) -> Framework:
    """Read a framework from TOML; raises ProblemsError."""
    return load(Framework, path)


def load_questionnaires(path: Path) -> Questionnaires:
    """Read questionnaires from TOML; raises ProblemsError."""
    return load(Questionnaires, path)


def framework_from_json(document: bytes) -> Framework:
    """Read a frozen framework back from its JSON; raises ProblemsError."""
    return read(Framework, _json(document, "framework.json"), file="framework.json")


def questionnaires_from_json(document: bytes) -> Questionnaires:
    """Read frozen questionnaires back from their JSON; raises ProblemsError."""
    file = "questionnaires.json"
    return read(Questionnaires, _json(document, file), file=file)


def _attempt(kind: type[_Loaded], path: Path) -> _Loaded | tuple[Problem, ...]:
    try:
        return load(kind, path)
    except ProblemsError as error:
        return error.problems


def load(kind: type[_Loaded], path: Path) -> _Loaded:
    """Read a value of a Struct type from a TOML file; raises ProblemsError."""
    return read(kind, _toml(path), file=path.name)


def _toml(path: Path) -> dict[str, object]:
    written = _written(path)
    try:
        return tomllib.loads(written, parse_float=BinaryFloat)
    except ValueError as error:
        raise ProblemsError(_syntax_problem(path.name, written, str(error))) from error


def _written(path: Path) -> str:
    try:
        # Editors of some offices add a byte order mark, and some write letters decomposed.
        return unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ProblemsError(
            problem(
                path.name,
                "không mở được tệp; hãy kiểm tra tên tệp và quyền đọc",
                "the file cannot be opened; check its name and the right to read it",
            )
        ) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ProblemsError(
            problem(
                f"{path.name}, dòng/line {line}",
                "tệp phải lưu ở bảng mã UTF-8",
                "the file must be saved as UTF-8",
            )
        ) from error


def _syntax_problem(file: str, written: str, message: str) -> Problem:
    found = re.search(r"line (\d+)", message)
    line = found[1] if found else written.count("\n") + 1 if "end of document" in message else None
    return problem(
        f"{file}, dòng/line {line}" if line else file,
        f"sai cú pháp TOML (thiếu dấu ngoặc, dấu phẩy, dấu = hoặc khóa viết hai lần): {message}",
        f"not valid TOML (a missing bracket, comma or =, or a key given twice): {message}",
    )


def _json(document: bytes, file: str) -> object:
    try:
        return json.loads(document, parse_float=BinaryFloat, parse_constant=BinaryFloat)
    except (ValueError, RecursionError) as error:
        raise ProblemsError(
            problem(
                file,
                f"không phải JSON hợp lệ; bản đóng băng có thể đã bị sửa: {error}",
                f"not valid JSON; the frozen copy may have been altered: {error}",
            )
        ) from error
