"""The ballots as an SPSS file: labels in one language, four kinds of missing kept apart."""

import tempfile
from pathlib import Path
from typing import Any, Final

from questionnaires.text import Language
from survey_service.dataset.content import DatasetContent
from survey_service.exporting.ballot_cells import Cells
from survey_service.exporting.extra import statistics_library
from survey_service.exporting.notice import RESTRICTED
from survey_service.exporting.variables import MISSING, Variable

_LONGEST_LABEL: Final = 250
_LONGEST_VALUE_LABEL: Final = 118
"""Bytes of UTF-8 that SPSS keeps of a variable's label and of a value's."""
_LONGEST_NOTE: Final = 78
_CREATED: Final = slice(92, 109)
"""Where the header has the day and the time of writing (pspp developers' guide, §1.2)."""
_NO_TIME: Final = b"01 Jan 7000:00:00"
_MEASURES: Final = {"scale": "ordinal", "number": "scale", "weight": "scale"}


def sav(
    content: DatasetContent, of: tuple[Variable, ...], cells: Cells, language: Language
) -> bytes:
    """Write `ballots.sav`; equal ballots give equal bytes, so that no day or time is in it.

    Don't know, not applicable, not asked and blank are the user-missing numbers of `MISSING`.
    Raises ProblemsError where the extra `statistics` is not installed.
    """
    pandas: Any = statistics_library("pandas")
    pyreadstat: Any = statistics_library("pyreadstat")
    answers = [one for one in of if one.kind not in {"text", "weight", "flag"}]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ballots.sav"
        pyreadstat.write_sav(
            pandas.DataFrame({one.name: _column(one, cells) for one in of}),
            path,
            file_label=_cut(content.design.wave.code, 60),
            column_labels={one.name: _cut(one.label.in_(language), _LONGEST_LABEL) for one in of},
            note=_notes(RESTRICTED.in_(language)),
            variable_value_labels={
                one.name: {
                    _key(one, place): _cut(category.label.in_(language), _LONGEST_VALUE_LABEL)
                    for place, category in enumerate(one.categories)
                }
                for one in of
                if one.categories
            },
            missing_ranges={
                one.name: [{"lo": min(MISSING.values()), "hi": max(MISSING.values())}]
                for one in answers
            },
            variable_measure={one.name: _MEASURES.get(one.kind, "nominal") for one in of},
            variable_format={one.name: "F6.0" for one in answers},
        )
        content_bytes = path.read_bytes()
    return content_bytes[: _CREATED.start] + _NO_TIME + content_bytes[_CREATED.stop :]


def _column(variable: Variable, cells: Cells) -> list[str] | list[float]:
    column = cells[variable.column]
    if variable.kind == "text":
        return list(column)
    if variable.kind in {"weight", "flag"}:
        return [float(cell) for cell in column]
    known = {cell: float(variable.number(cell)) for cell in set(column)}
    return [known[cell] for cell in column]


def _key(variable: Variable, place: int) -> str | float:
    category = variable.categories[place]
    return category.code if variable.kind == "text" else float(category.number)


def _cut(text: str, bytes_kept: int) -> str:
    """Cut a text to so many bytes without cutting a letter; the codebook has it whole."""
    if len(text.encode()) <= bytes_kept:
        return text
    return text.encode()[: bytes_kept - 3].decode(errors="ignore").rstrip() + "…"


def _notes(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and len(longer.encode()) <= _LONGEST_NOTE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
