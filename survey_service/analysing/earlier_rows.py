"""Whether rows about classes, put beside those of earlier versions, would tell of small cells."""

from collections.abc import Iterator, Sequence

from questionnaires.problems import Problem, problem
from survey_service.findings.document import Findings

_Row = tuple[str, ...]


def earlier_row_problems(findings: Findings, earlier: Sequence[Findings]) -> tuple[Problem, ...]:
    """Name the tables of which an earlier version of the same dataset tells of more units.

    What is told of here was cleared together. So a row of an earlier version adds nothing where
    it stands here too, over as many units at least; where it does not, both together were never
    looked at. Publications of another dataset are of other ballots.
    """
    own = dict(_rows(findings))
    problems: dict[str, Problem] = {}
    for one in earlier:
        if one.dataset != findings.dataset:
            continue
        for row, units in _rows(one):
            if own.get(row, 0) < units:
                problems[row[0]] = problem(
                    row[0],
                    "lần công bố trước của cùng bộ dữ liệu cho biết kết quả của nhiều đơn vị hơn "
                    "trong bảng này; đặt cạnh nhau có thể làm lộ một ô quá ít phiếu. Hãy công bố "
                    "bằng phiên bản phần mềm của lần trước, hoặc giữ lần trước.",
                    "an earlier publication of the same dataset tells of more units in this "
                    "table; side by side they might give a small cell away. Publish with the "
                    "release that made the earlier one, or keep that one.",
                )
    return tuple(problems.values())


def _rows(findings: Findings) -> Iterator[tuple[_Row, int]]:
    answers = findings.answers
    for row in answers.distributions:
        if row.unit is None and row.missing is None:
            key = ("answers.distributions", row.unit_class, row.item, row.group or "")
            yield key, row.units or 0
    for line in answers.satisfaction:
        if line.unit is None and line.missing is None:
            yield (
                ("answers.satisfaction", line.unit_class, line.group or ""),
                line.units or 0,
            )
    for one in answers.group_differences:
        key = ("answers.group_differences", one.unit_class, one.leaf, one.one, one.other)
        yield key, one.units or 0
