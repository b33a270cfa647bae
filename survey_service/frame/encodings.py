"""How the bytes of a text file became letters, and the advice where it is no Unicode."""

import codecs
from pathlib import Path

from questionnaires.problems import Problem, problem

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def encoding_of(path: Path) -> str:
    """Tell a file's encoding by its byte order mark; UTF-8 where it has none."""
    with path.open("rb") as file:
        start = file.read(3)
    return next((name for mark, name in MARKS.items() if start.startswith(mark)), "utf-8")


def first_unreadable(path: Path) -> int:
    """Give the number, from 1, of the first line that is not in the file's encoding."""
    line = 1
    decoder = codecs.getincrementaldecoder(encoding_of(path))()
    with path.open("rb") as file:
        for line, raw in enumerate(file, 1):  # noqa: B007
            try:
                decoder.decode(raw)
            except UnicodeDecodeError:
                break
    return line


def refused_encoding(where: str) -> Problem:
    """Word the advice for a file in an older code page, whose letters could only be guessed."""
    return problem(
        where,
        "tệp không phải bảng mã UTF-8 (có thể là Windows-1258, Windows-1252, TCVN3 hoặc VNI). "
        "Trong Excel chọn “Lưu dưới dạng” → “CSV UTF-8”, hoặc dùng tệp .xlsx.",
        "the file is not in UTF-8 (perhaps Windows-1258, Windows-1252, TCVN3 or VNI). "
        "In Excel choose “Save as” → “CSV UTF-8”, or hand in the .xlsx file.",
    )
