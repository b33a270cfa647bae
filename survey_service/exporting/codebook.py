"""The codebook for analysts, as a table and as a page, and the ballots in words."""

from collections.abc import Iterator
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from questionnaires.text import Language, Text
from survey_service.dataset.content import Dataset
from survey_service.dataset.tables import guard, write_csv
from survey_service.exporting.ballot_cells import Cells
from survey_service.exporting.notice import RESTRICTED
from survey_service.exporting.variables import MISSING, Variable

COLUMNS = (
    "variable", "column", "kind", "label_vi", "label_en", "groups", "leaves",
    "code", "number", "code_vi", "code_en", "worth", "missing",
)  # fmt: skip
_FIXED = frozenset({"text", "weight", "flag"})
_IN_A_CELL = {
    "dk": Text(vi="không biết", en="don't know"),
    "na": Text(vi="không áp dụng", en="not applicable"),
    "~": Text(vi="không hỏi", en="not asked"),
    "": Text(vi="", en=""),
}
"""Shorter than in the codebook: most cells of a row hold one of them."""
_MARK = b"\xef\xbb\xbf"
"""Without a byte order mark Excel guesses the wrong letters."""


def codebook_csv(of: tuple[Variable, ...]) -> bytes:
    """Write a row per variable and code; a variable without codes has one row."""
    return _MARK + write_csv([list(COLUMNS), *(row for one in of for row in _rows(one))])


def _rows(variable: Variable) -> Iterator[list[str]]:
    about = [
        variable.name,
        variable.column,
        variable.kind,
        guard(variable.label.vi),
        guard(variable.label.en),
        ";".join(variable.groups),
        ";".join(f"{unit_class}:{leaf}" for unit_class, leaf in variable.leaves),
    ]
    for one in variable.categories:
        number = "" if variable.kind == "text" else str(one.number)
        missing = "1" if one.is_missing else "0"
        words = (guard(one.label.vi), guard(one.label.en))
        yield [*about, guard(one.code), number, *words, one.worth, missing]
    if not variable.categories:
        yield [*about, "", "", "", "", "", ""]


def codebook_html(dataset: Dataset, of: tuple[Variable, ...]) -> bytes:
    """Write the same as a page that needs nothing else, Vietnamese before English."""
    source = files("templates").joinpath("exporting/codebook.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return (
        environment.from_string(source)
        .render(
            wave=dataset.content.design.wave,
            dataset=dataset.hash,
            ballots=len(dataset.content.ballots),
            notice=RESTRICTED,
            variables=of,
        )
        .encode()
    )


def labelled_csv(of: tuple[Variable, ...], cells: Cells, language: Language) -> bytes:
    """Write the ballots with words in place of codes, a column per variable."""
    table = [list(_words(one, cells, language)) for one in of]
    header = [one.name for one in of]
    return _MARK + write_csv([header, *(list(row) for row in zip(*table, strict=True))])


def _words(variable: Variable, cells: Cells, language: Language) -> Iterator[str]:
    by_code = {one.code: one.label.in_(language) for one in variable.categories}
    by_number = {one.number: one.label.in_(language) for one in variable.categories}
    if variable.kind not in _FIXED:
        by_code |= {code: text.in_(language) for code, text in _IN_A_CELL.items()}
        by_number |= {MISSING[code]: text.in_(language) for code, text in _IN_A_CELL.items()}
    known: dict[str, str] = {}
    for cell in cells[variable.column]:
        if cell not in known:
            known[cell] = guard(
                by_number[variable.number(cell)]
                if variable.option is not None
                else by_code.get(cell, cell)
            )
        yield known[cell]
