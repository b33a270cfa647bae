"""A filled-in moderation workbook read back, or everything that is wrong with it by row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from questionnaires.index import Code
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.dataset.content import Dataset
from survey_service.dataset.tables import at_most, guard
from survey_service.frame.sheets import Row, at_line, read_rows
from survey_service.moderating.decisions import Decision, Moderated, Moderation, keys, plain
from survey_service.moderating.workbook import CHOICES, HEADINGS

LONGEST = 1000
_WORDS: dict[str, Decision] = {**CHOICES, "keep": "keep", "redact": "redact", "drop": "drop"}
_Wordings = Mapping[str, tuple[Code, Code, str, int]]


def read_moderation(path: Path, dataset: Dataset) -> Moderation:
    """Read the decisions about a dataset's free answers; raises ProblemsError with every mistake.

    The texts themselves are taken from the dataset: nothing can be added to them, and each must
    have one decision. A CSV saved from the workbook is taken too.
    """
    rows = read_rows(path)
    heading = next(rows, None)
    expected = tuple(name for name, _ in HEADINGS)
    if heading is None or heading.cells[: len(expected)] != expected:
        raise ProblemsError(
            problem(
                at_line(path, 1 if heading is None else heading.line),
                "không phải tệp duyệt ý kiến; hãy tạo bằng “survey-service comments list” và giữ "
                f"nguyên dòng tiêu đề: {', '.join(expected)}.",
                "is not a moderation workbook; make one with “survey-service comments list” and "
                f"leave its heading as it is: {', '.join(expected)}.",
            )
        )
    wordings = keys(dataset.content.free_text)
    found: dict[str, Moderated] = {}
    problems: list[Problem] = []
    for row in rows:
        read = _Reading(path=path, row=row, dataset=dataset.hash, wordings=wordings)
        misfits = list(read.misfits(found))
        problems += misfits
        if not misfits:
            found[read.cell(0)] = read.decision()
    problems += _undecided(path, wordings, found, problems)
    if problems:
        raise ProblemsError(*at_most(problems, path.name))
    return Moderation(dataset=dataset.hash, decisions=tuple(found[key] for key in sorted(found)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One row and what it must agree with."""

    path: Path
    row: Row
    dataset: str
    wordings: _Wordings

    def cell(self, column: int) -> str:
        """Give a cell; empty where the row ends before it."""
        return self.row.cells[column] if column < len(self.row.cells) else ""

    def decision(self) -> Moderated:
        """Give the decision of a row without misfits."""
        decision = _WORDS[self._word()]
        replacement = plain(self.cell(7)) if decision == "redact" else ""
        return Moderated(key=self.cell(0), decision=decision, replacement=replacement)

    def misfits(self, found: Mapping[str, Moderated]) -> Iterator[Problem]:
        """Find what is wrong in the row, given those before it."""
        key = self.cell(0)
        if self.cell(1) != self.dataset:
            yield self._problem(
                "dòng này của bộ dữ liệu khác; hãy dùng tệp tạo từ đúng bộ dữ liệu.",
                "this row is of another dataset; use the workbook made from this one.",
            )
        elif key not in self.wordings:
            yield self._problem(
                "bộ dữ liệu không có ý kiến với mã này; không được thêm dòng hoặc sửa mã.",
                "the dataset has no comment of this key; rows are not added, nor keys changed.",
            )
        elif key in found:
            yield self._problem("ý kiến này bị lặp lại.", "this comment stands here twice.")
        elif plain(self.cell(5)) not in self._spellings(self.wordings[key][2]):
            yield self._problem(
                "nội dung ý kiến đã bị sửa; muốn công bố nội dung khác, hãy chọn “che” và viết vào "
                "cột thay thế.",
                "the comment was altered; to publish other words choose “che” (redact) and write "
                "them into the replacement column.",
            )
        yield from self._decision_misfits()

    def _decision_misfits(self) -> Iterator[Problem]:
        decision, replacement = _WORDS.get(self._word()), plain(self.cell(7))
        if decision is None:
            yield self._problem(
                f"cột “{HEADINGS[6][0]}” phải là: {', '.join(CHOICES)}; đang là “{self.cell(6)}”.",
                f"the decision must be one of: {', '.join(CHOICES)}; it is “{self.cell(6)}”.",
            )
        elif decision == "redact" and not 0 < len(replacement) <= LONGEST:
            yield self._problem(
                f"chọn “che” thì phải có nội dung thay thế, không quá {LONGEST} ký tự.",
                f"“che” (redact) needs a replacement of at most {LONGEST} characters.",
            )
        elif decision != "redact" and replacement:
            yield self._problem(
                "có nội dung thay thế nhưng không chọn “che”; hãy chọn “che” hoặc xóa nội dung đó.",
                "there is a replacement but not “che” (redact); choose it or clear the cell.",
            )

    def _spellings(self, text: str) -> set[str]:
        # A sheet may keep or drop the apostrophe that guards a cell from being a formula.
        return {plain(text), plain(guard(text))}

    def _word(self) -> str:
        return plain(self.cell(6)).lower()

    def _problem(self, vi: str, en: str) -> Problem:
        return problem(at_line(self.path, self.row.line), vi, en)


def _undecided(
    path: Path,
    wordings: _Wordings,
    found: Mapping[str, Moderated],
    problems: list[Problem],
) -> Iterator[Problem]:
    missing = len(wordings) - len(found)
    if missing and not problems:
        yield problem(
            path.name,
            f"thiếu {missing} ý kiến của bộ dữ liệu; không được xóa dòng nào, hãy chọn “bỏ”.",
            f"{missing} comments of the dataset are missing; delete no row, choose “bỏ” (drop).",
        )
