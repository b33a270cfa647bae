"""Where a source's fields stand in one of its files; columns without a meaning are not read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.frame.headings import Column, Layout, fold
from survey_service.frame.sheets import Row, at_line
from survey_service.transactions.mapping import Mapping

FIELDS: Final = (
    "number",
    "service",
    "unit",
    "channel",
    "received",
    "due",
    "returned",
    "name",
    "email",
    "telephone",
)


def find_columns(path: Path, heading: Row, mapping: Mapping) -> Layout:
    """Find the column of each mapped field.

    Raises ProblemsError for every heading that is missing or there twice.
    """
    layout: Layout = {}
    problems: list[Problem] = []
    for field in FIELDS:
        meant = mapping.heading(field)
        if not meant:
            continue
        columns = list(_places(heading, meant))
        if len(columns) == 1:
            layout[field] = columns[0]
        else:
            problems.append(_not_one(at_line(path, heading.line), meant, field, len(columns)))
    if problems:
        raise ProblemsError(*problems)
    return layout


def _places(heading: Row, meant: str) -> Iterator[Column]:
    for place, cell in enumerate(heading.cells):
        if fold(cell) == fold(meant):
            yield Column(place, " ".join(cell.split()))


def _not_one(where: str, heading: str, field: str, found: int) -> Problem:
    if found:
        return problem(
            where,
            f"có {found} cột “{heading}”; hãy chỉ giữ một cột.",
            f"there are {found} columns “{heading}”; keep one of them.",
        )
    return problem(
        where,
        f"không có cột “{heading}” mà tệp quy ước ghi cho {field}; hãy sửa columns.{field} của tệp "
        "quy ước, hoặc kiểm tra xem có chọn đúng tệp không.",
        f"there is no column “{heading}”, which the mapping states for {field}; correct "
        f"columns.{field} of the mapping, or check that it is the right file.",
    )


def mapped_headings(mapping: Mapping) -> tuple[str, ...]:
    """List the headings that a source's files have to have."""
    return tuple(heading for field in FIELDS if (heading := mapping.heading(field)))
