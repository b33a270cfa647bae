"""A table of known fields: its heading understood, its rows one by one."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.frame.cells import Cells
from survey_service.frame.findings import Findings
from survey_service.frame.headings import Field, read_headings
from survey_service.frame.sheets import read_rows


def walk_table(path: Path, fields: Sequence[Field], findings: Findings) -> Iterator[Cells]:
    """Walk the rows under the heading, in constant memory for a CSV.

    What is wrong with the file, the heading or a cell goes to `findings`; without a required
    column there are no rows to walk.
    """
    try:
        rows = read_rows(path)
        heading = next(rows, None)
        if heading is None:
            findings.add(_empty(path))
            return
        layout, problems = read_headings(path, heading, fields)
        findings.add(*problems)
        if any(field.required and field.name not in layout for field in fields):
            return
        row = None
        for row in rows:
            cells = Cells(path, row, layout, findings)
            cells.refuse_strays(len(heading.cells))
            yield cells
        if row is None:
            findings.add(_heading_only(path))
    except ProblemsError as error:
        findings.add(*error.problems)


def _empty(path: Path) -> Problem:
    return problem(
        path.name,
        "tệp không có gì; hãy kiểm tra xem có chọn đúng tệp không.",
        "the file is empty; check that it is the right one.",
    )


def _heading_only(path: Path) -> Problem:
    return problem(
        path.name,
        "tệp chỉ có dòng tiêu đề, không có dòng dữ liệu nào.",
        "the file has a heading only and no rows.",
    )
