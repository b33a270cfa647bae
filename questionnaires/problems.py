"""A mistake in what was handed in: where it is, what is wrong, what to do."""

from typing import Literal

import msgspec

from questionnaires.text import Text


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake, worded in Vietnamese and English.

    `where` is a place a person can find: file and line, file and column letter with row,
    or the path of a key inside a definition.
    """

    where: str
    message: Text
    severity: Literal["error", "warning"] = "error"

    def line(self) -> str:
        """Give the problem on one line, both languages."""
        return f"{self.where}: {self.message.vi} / {self.message.en}"


class ProblemsError(Exception):
    """What was handed in cannot be used; carries every problem found, not the first."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.line() for problem in problems))


def problem(where: str, vi: str, en: str, *, warning: bool = False) -> Problem:
    """Word a problem in both languages."""
    return Problem(
        where=where,
        message=Text(vi=vi, en=en),
        severity="warning" if warning else "error",
    )
