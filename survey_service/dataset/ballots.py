"""The rows of `ballots.csv`, checked against the design and the questionnaires."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework, Mode
from questionnaires.packing import NOT_ASKED
from questionnaires.problems import Problem, problem
from survey_service.dataset.asking import not_asked
from survey_service.dataset.ballot_columns import from_rows
from survey_service.dataset.canonical_ballots import CanonicalReader
from survey_service.dataset.cells import CellTranslator, is_weight
from survey_service.dataset.codebook import FIXED_COLUMNS
from survey_service.dataset.content import BallotRow
from survey_service.dataset.design import Design
from survey_service.dataset.tables import at_most, read_csv

FILE = "ballots.csv"
_KEY = re.compile(r"[0-9a-f]{16}")
_Misfit = tuple[str, str]


def read_ballots(
    content: bytes, framework: Framework, questionnaires: Questionnaires, design: Design
) -> tuple[Sequence[BallotRow], tuple[Problem, ...]]:
    """Read every ballot, or find every misfit, by row of the file.

    A table as it was written is read at once; any other is read row by row, which is slower and
    tells what is wrong. Raises ProblemsError where the file is not the table that it should be.
    """
    columns = CanonicalReader(framework, questionnaires, design).read(content)
    if columns is not None:
        return columns, ()
    return row_by_row(content, framework, questionnaires, design)


def row_by_row(
    content: bytes, framework: Framework, questionnaires: Questionnaires, design: Design
) -> tuple[Sequence[BallotRow], tuple[Problem, ...]]:
    """Read every ballot and find every misfit, in any spelling that CSV allows.

    Raises ProblemsError where the file is not the table that it should be.
    """
    reader = _Reader(framework, questionnaires, design)
    header = [*FIXED_COLUMNS, *(column.item for column in reader.translator.columns)]
    rows: list[BallotRow] = []
    problems: list[Problem] = []
    for number, cells in enumerate(read_csv(content, FILE, header), 2):
        row, misfits = reader.read(cells)
        rows.append(row)
        problems += [problem(f"{FILE}, dòng/row {number}", vi, en) for vi, en in misfits]
    if not problems:
        problems += _beyond_design(rows, design, framework.rules.modes)
    if problems:
        return rows, at_most(problems, FILE)
    return from_rows(rows, design, len(reader.translator.columns)), ()


class _Reader:
    """Reads one row after another, remembering what a later row must agree with."""

    def __init__(
        self, framework: Framework, questionnaires: Questionnaires, design: Design
    ) -> None:
        self.translator = CellTranslator(questionnaires)
        self._framework = framework
        self._questionnaires = questionnaires
        self._group = {stratum.code: stratum.group for stratum in design.strata}
        self._class = {unit.code: unit.unit_class for unit in design.units}
        self._unasked: dict[tuple[Code, Code | None], list[int]] = {}
        self._last = ""
        self._people: dict[str, tuple[str, str]] = {}
        self._rated: set[tuple[str, str]] = set()

    def read(self, cells: Sequence[str]) -> tuple[BallotRow, list[_Misfit]]:
        """Read a row, with what is wrong in it."""
        ballot, respondent, group, stratum, unit, weight, familiar = cells[:7]
        numbers, strange = self.translator.numbers(cells[7:])
        misfits = [
            (f"cột {item}: không có mã “{cell}”", f"column {item}: there is no code “{cell}”")
            for item, cell in strange
        ]
        misfits += self._fixed(cells)
        if group == self._group.get(stratum) and unit in self._class:
            misfits += self._answers(numbers, group, unit, familiar=familiar == "1")
        row = BallotRow(
            ballot=ballot,
            respondent=respondent,
            stratum=stratum,
            unit=unit,
            familiar=familiar == "1",
            answers=self.translator.pack(numbers),
            weight=weight,
        )
        return row, misfits

    def _fixed(self, cells: Sequence[str]) -> Iterator[_Misfit]:
        ballot, respondent, group, stratum, unit, weight, familiar = cells[:7]
        if not (_KEY.fullmatch(ballot) and _KEY.fullmatch(respondent)):
            yield "khóa phải gồm 16 chữ số hệ 16", "a key has 16 hexadecimal digits"
        if ballot <= self._last:
            yield (
                "các dòng phải xếp theo khóa của phiếu, không trùng",
                "rows are sorted by the ballot's key, none twice",
            )
        self._last = ballot
        if unit not in self._class:
            yield f"không có đơn vị “{unit}”", f"there is no unit “{unit}”"
        if stratum not in self._group:
            yield f"không có lớp “{stratum}”", f"there is no stratum “{stratum}”"
        elif self._group[stratum] != group:
            yield (
                f"lớp “{stratum}” không thuộc nhóm “{group}”",
                f"stratum “{stratum}” is not of group “{group}”",
            )
        if not is_weight(weight):
            yield "quyền số phải là số thập phân dương", "a weight is a decimal above 0"
        if familiar not in {"0", "1"}:
            yield "cột familiar chỉ nhận 0 hoặc 1", "familiar is 0 or 1"
        if self._people.setdefault(respondent, (stratum, weight)) != (stratum, weight):
            yield (
                "một người chỉ có một lớp và một quyền số",
                "a respondent has one stratum and one weight",
            )
        if (respondent, unit) in self._rated:
            yield (
                "một người chỉ có một phiếu về một đơn vị",
                "a respondent has one ballot about a unit",
            )
        self._rated.add((respondent, unit))

    def _answers(
        self, numbers: Sequence[int], group: Code, unit: Code, *, familiar: bool
    ) -> Iterator[_Misfit]:
        """Find answers to what is not put to the group about this unit."""
        about = self._class[unit] if familiar else None
        if (group, about) not in self._unasked:
            self._unasked[group, about] = not_asked(
                self._framework, self._questionnaires, self.translator.columns, group, about
            )
        for column in self._unasked[group, about]:
            if numbers[column] != NOT_ASKED:
                item = self.translator.columns[column].item
                yield (
                    f"cột {item}: câu này không được hỏi ở phiếu này, phải là ~",
                    f"column {item}: is not asked on this ballot, it must be ~",
                )


def _beyond_design(
    rows: Sequence[BallotRow], design: Design, modes: Sequence[Mode]
) -> Iterator[Problem]:
    """Find more ballots than were issued, and more people than a stratum holds.

    Ballots are issued in the modes that make the points.
    """
    group = {stratum.code: stratum.group for stratum in design.strata if stratum.mode in modes}
    issued = Counter({(one.unit, one.group): one.ballots for one in design.issued})
    returned = Counter((row.unit, group[row.stratum]) for row in rows if row.stratum in group)
    for (unit, of_group), count in sorted(returned.items()):
        if count > issued[unit, of_group]:
            yield problem(
                FILE,
                f"đơn vị {unit}, nhóm {of_group}: thu về {count} phiếu, "
                f"nhiều hơn {issued[unit, of_group]} phiếu phát ra",
                f"unit {unit}, group {of_group}: {count} ballots came back, "
                f"more than the {issued[unit, of_group]} issued",
            )
    people = Counter({row.respondent: row.stratum for row in rows}.values())
    for stratum in design.strata:
        if people[stratum.code] > min(stratum.invited, stratum.population or stratum.invited):
            yield problem(
                FILE,
                f"lớp {stratum.code}: {people[stratum.code]} người trả lời, "
                "nhiều hơn số người được mời hoặc số người trong danh sách",
                f"stratum {stratum.code}: {people[stratum.code]} respondents, "
                "more than were invited or than its list holds",
            )
