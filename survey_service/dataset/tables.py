"""CSV tables of the dataset: one exact spelling, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from questionnaires.problems import Problem, ProblemsError, problem

GUARD = "'"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", GUARD)
MOST_PROBLEMS = 100


def guard(cell: str) -> str:
    """Put an apostrophe before a cell that begins like a formula (OWASP, CSV injection).

    A cell that begins with an apostrophe gets one more, so that `unguard` is exact.
    """
    return GUARD + cell if cell.startswith(_DANGEROUS) else cell


def unguard(cell: str) -> str:
    """Take the apostrophe away again."""
    return cell.removeprefix(GUARD)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as RFC 4180 in UTF-8, with LF line ends."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode()


def read_csv(content: bytes, name: str, header: Sequence[str]) -> list[list[str]]:
    """Read the rows below a header that must be the stated one; all as wide as it.

    Raises ProblemsError naming the file and the row (the header is row 1).
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ProblemsError(
            problem(
                name,
                f"không phải CSV mã UTF-8 đúng quy cách: {error}",
                f"is not well-formed CSV in UTF-8: {error}",
            )
        ) from error
    if not rows or rows[0] != list(header):
        raise ProblemsError(
            problem(
                f"{name}, dòng/row 1",
                f"dòng tiêu đề phải là: {','.join(header)}",
                f"the header must be: {','.join(header)}",
            )
        )
    narrow = [
        problem(
            f"{name}, dòng/row {number}",
            f"có {len(row)} ô, cần {len(header)}",
            f"has {len(row)} cells, {len(header)} are needed",
        )
        for number, row in enumerate(rows[1:], 2)
        if len(row) != len(header)
    ]
    if narrow:
        raise ProblemsError(*at_most(narrow, name))
    return rows[1:]


def at_most(problems: Sequence[Problem], name: str) -> tuple[Problem, ...]:
    """Keep a list of problems readable: the first hundred, then how many more there are."""
    left = len(problems) - MOST_PROBLEMS
    if left <= 0:
        return tuple(problems)
    rest = problem(name, f"và {left} lỗi nữa", f"and {left} more")
    return (*problems[:MOST_PROBLEMS], rest)
