"""Whether the published tables are what the score sheet gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from questionnaires.problems import Problem, problem
from questionnaires.text import Text
from survey_service.publishing.grids import Comparison, Grid, compare_grids, csv_grids, xlsx_grids
from survey_service.publishing.manifest import installed_software
from survey_service.sheet.score_sheet import ScoreSheet
from survey_service.sheet.spreadsheet_csv import sheet_csv
from survey_service.sheet.workbook import sheet_xlsx

NAMED = 6
"""How many columns a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A file of tables: who writes it, how it is read back, and what reading does not see."""

    name: str
    software: tuple[str, ...]
    write: Callable[[ScoreSheet], bytes]
    read: Callable[[bytes], dict[str, Grid] | None]
    unseen: Text


_KINDS = (
    _Kind(
        name="scores.csv",
        software=("survey-service",),
        write=sheet_csv,
        read=csv_grids,
        unseen=Text(vi="", en=""),
    ),
    _Kind(
        name="scores.xlsx",
        software=("survey-service", "XlsxWriter"),
        write=sheet_xlsx,
        read=xlsx_grids,
        unseen=Text(
            vi=" Công thức, định dạng và hình vẽ không được đối chiếu.",
            en=" Formulas, formats and drawings were not compared.",
        ),
    ),
)


def table_findings(
    files: Mapping[str, bytes], sheet: ScoreSheet, software: Mapping[str, str]
) -> tuple[list[Problem], list[Text]]:
    """Write the tables anew and give every problem, and what could not be compared.

    Where the `software` that the manifest names is at work here, the bytes must be the same.
    That it names another is a claim and excuses nothing but the bytes: then the files are read
    back and compared cell by cell.
    """
    problems, unproven = list[Problem](), list[Text]()
    for kind in _KINDS:
        content, anew = files[kind.name], kind.write(sheet)
        if content == anew:
            continue
        installed = installed_software()
        same_release = all(software.get(name) == installed[name] for name in kind.software)
        found = None if same_release else _compare(kind, content, anew)
        if found is None or found.different:
            problems.append(_disagrees(kind, found))
        else:
            unproven.append(_only_cells(kind, found))
    return problems, unproven


def _compare(kind: _Kind, content: bytes, anew: bytes) -> Comparison | None:
    published, own = kind.read(content), kind.read(anew)
    return None if published is None or own is None else compare_grids(published, own)


def _disagrees(kind: _Kind, found: Comparison | None) -> Problem:
    where = f" ({_some(found.different)})" if found else ""
    return problem(
        kind.name,
        f"không khớp với scores.json{where}.",
        f"does not agree with scores.json{where}.",
    )


def _only_cells(kind: _Kind, found: Comparison) -> Text:
    vi = f"{kind.name} ghi bằng bản phần mềm khác: đã đối chiếu từng ô, không phải từng byte."
    en = f"{kind.name} names another release of its writer: compared by cells, not byte for byte."
    if found.unknown:
        named = _some(found.unknown)
        vi += f" Không có ở cả hai bên nên không đối chiếu được: {named}."
        en += f" Not on both sides and so not compared: {named}."
    return Text(vi=vi + kind.unseen.vi, en=en + kind.unseen.en)


def _some(names: tuple[str, ...]) -> str:
    # The names come from a file that nobody vouches for.
    plain = ["".join(sign if sign.isprintable() else "?" for sign in name) for name in names]
    return "; ".join([*plain[:NAMED], *(["…"] if len(plain) > NAMED else [])])
