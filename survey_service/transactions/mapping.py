"""What a source's headings and words mean: its mapping file, refused as a whole where it is wrong.

A source is one system of one-stop software (hệ thống một cửa) that delivers transactions.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from questionnaires.fingerprint import canonical_json
from questionnaires.loading import load
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.folders import digest
from survey_service.frame.headings import fold
from survey_service.transactions.dates import unreadable_directives

CodedField = Literal["service", "unit", "channel"]
CODED: Final[tuple[CodedField, ...]] = get_args(CodedField)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_OFFICIALS = (
    "canbo",
    "congchuc",
    "vienchuc",
    "chuyenvien",
    "nguoithuly",
    "nguoixuly",
    "nguoitiepnhan",
    "nguoitraketqua",
    "nguoigiaiquyet",
    "lanhdao",
    "officer",
    "official",
    "staff",
    "clerk",
    "handledby",
    "receivedby",
)
"""What the headings of columns with officials' names have in them, folded."""


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The source's heading of each field; "" where its files have no such column."""

    number: str
    returned: str
    service: str = ""
    unit: str = ""
    channel: str = ""
    received: str = ""
    due: str = ""
    name: str = ""
    email: str = ""
    telephone: str = ""


class Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code of every row of a file that has no such column: one file per desk, say."""

    service: str = ""
    unit: str = ""
    channel: str = ""


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source's headings → fields, and its words → codes.

    Where a field has no table of words, the words of its column are the codes themselves.
    `date_format` is written with %d %m %Y %y %H %M %S; day/month/year and ISO dates, with or
    without a time of day, are read without one.
    """

    source: str
    columns: Columns
    services: dict[str, str] = {}
    units: dict[str, str] = {}
    channels: dict[str, str] = {}
    default: Default = Default()
    date_format: str = ""

    def words(self, field: CodedField) -> dict[str, str]:
        """Give the words of a field with the codes they stand for."""
        return {"service": self.services, "unit": self.units, "channel": self.channels}[field]

    def heading(self, field: str) -> str:
        """Give the source's heading of a field, "" where there is none."""
        heading: str = getattr(self.columns, field)
        return heading

    def constant(self, field: CodedField) -> str:
        """Give the code that every row has, "" where a column tells."""
        code: str = getattr(self.default, field)
        return code

    @property
    def fingerprint(self) -> str:
        """A hash of what the mapping says, by which a corrected one is told apart."""
        return digest(canonical_json(msgspec.to_builtins(self)))


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file (TOML); raises ProblemsError with every mistake by place."""
    mapping = load(Mapping, path)
    problems = tuple(_check(mapping, path.name))
    if problems:
        raise ProblemsError(*problems)
    return mapping


def is_code(text: str) -> bool:
    """Tell whether a text can be a code: plain letters, digits and . _ - (at most 40)."""
    return _CODE.fullmatch(text) is not None


def _check(mapping: Mapping, file: str) -> Iterator[Problem]:
    if not is_code(mapping.source):
        yield _no_code(f"{file}: source", mapping.source)
    yield from _check_columns(mapping, file)
    for field in CODED:
        yield from _check_coded(mapping, field, file)
    wrong = unreadable_directives(mapping.date_format)
    if wrong is not None:
        yield problem(
            f"{file}: date_format",
            f"“{mapping.date_format}” không dùng được ({wrong or 'thiếu ngày, tháng hoặc năm'}); "
            "chỉ dùng %d %m %Y %y %H %M %S, phải có đủ ngày, tháng, năm.",
            f"“{mapping.date_format}” cannot be used ({wrong or 'no day, month or year'}); use "
            "%d %m %Y %y %H %M %S only, with a day, a month and a year.",
        )


def _check_columns(mapping: Mapping, file: str) -> Iterator[Problem]:
    columns: dict[str, str] = msgspec.to_builtins(mapping.columns)
    taken: dict[str, str] = {}
    for field, heading in columns.items():
        where = f"{file}: columns.{field}"
        folded = fold(heading)
        if not folded:
            if heading or field in {"number", "returned"}:
                yield problem(
                    where,
                    "cần ghi tiêu đề của cột này.",
                    "the heading of this column has to be stated.",
                )
            continue
        if any(word in folded for word in _OFFICIALS):
            yield problem(
                where,
                f"cột “{heading}” có tên cán bộ, công chức; dịch vụ không bao giờ đánh giá người "
                "có tên, nên cột này không được đọc. Hãy bỏ dòng này.",
                f"the column “{heading}” names officials; named persons are never rated, so the "
                "column is not read. Delete this line.",
            )
        if folded in taken:
            yield problem(
                where,
                f"cùng tiêu đề với columns.{taken[folded]}; mỗi cột chỉ là một trường.",
                f"has the heading of columns.{taken[folded]}; a column is one field.",
            )
        taken[folded] = field
    if not columns["email"] and not columns["telephone"]:
        yield problem(
            f"{file}: columns",
            "cần ít nhất một trong hai cột email, telephone; không có thì không tìm được người "
            "để hỏi.",
            "at least one of email and telephone is needed; nobody can be found without.",
        )


def _check_coded(mapping: Mapping, field: CodedField, file: str) -> Iterator[Problem]:
    heading, constant = mapping.heading(field), mapping.constant(field)
    if bool(heading) == bool(constant):
        yield problem(
            f"{file}: columns.{field}",
            f"cần đúng một trong hai: cột columns.{field}, hoặc default.{field} cho mọi dòng.",
            f"exactly one is needed: columns.{field}, or default.{field} for every row.",
        )
    if constant and not is_code(constant):
        yield _no_code(f"{file}: default.{field}", constant)
    meant: dict[str, str] = {}
    for written, code in mapping.words(field).items():
        where = f"{file}: {field}s[{written}]"
        folded = fold(written)
        if not folded:
            yield problem(
                where,
                "mỗi từ phải được ghi rõ; không có ký hiệu nào thay cho “mọi từ khác”.",
                "each word has to be spelled out; nothing stands for “any other word”.",
            )
        elif meant.setdefault(folded, code) != code:
            yield problem(
                where,
                f"đã là {meant[folded]} (chữ hoa, dấu và khoảng trắng không phân biệt).",
                f"is {meant[folded]} already (case, accents and spaces do not count).",
            )
        if not is_code(code):
            yield _no_code(where, code)


def _no_code(where: str, written: str) -> Problem:
    return problem(
        where,
        f"“{written}” không phải mã: dùng chữ không dấu, số và . _ - viết liền, tối đa 40.",
        f"“{written}” is not a code: unaccented letters, digits and . _ - only, at most 40.",
    )


# Taken in at the import: two threads in which msgspec meets a struct for the first time at once
# crash the process.
msgspec.json.Decoder(Mapping)
