"""From the plain tables of a file to typed values, refusing every misfit at once, by its path."""

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TypeGuard, TypeVar, cast

import msgspec
from msgspec import inspect

from questionnaires.problems import ProblemsError, problem

Read = TypeVar("Read")

_DECIMAL = re.compile(r"-?\d{1,9}(\.\d{1,9})?")

_EXPECTED: dict[type[inspect.Type], tuple[str, str]] = {
    inspect.StrType: ("chữ trong ngoặc kép", "text in quotes"),
    inspect.IntType: ("số nguyên", "a whole number"),
    inspect.BoolType: ("true hoặc false", "true or false"),
    inspect.DateType: ("ngày không có ngoặc kép: 2023-02-20", "a date without quotes: 2023-02-20"),
    inspect.DecimalType: (
        'số thập phân trong ngoặc kép, ví dụ "1.50", hoặc số nguyên',
        'a decimal in quotes, such as "1.50", or a whole number',
    ),
    inspect.VarTupleType: ("danh sách [ … ]", "a list [ … ]"),
    inspect.DictType: ("bảng { tên = … }", "a table { name = … }"),
    inspect.StructType: ("bảng { tên = … }", "a table { name = … }"),
}


_PLAIN: dict[type[inspect.Type], type] = {
    inspect.StrType: str,
    inspect.BoolType: bool,
    inspect.DateType: date,
    inspect.IntType: int,
    inspect.DecimalType: int,
    inspect.DictType: dict,
    inspect.StructType: dict,
    inspect.VarTupleType: list,
}


class BinaryFloat(msgspec.Struct, frozen=True):
    """A number written with a point and no quotes, kept as written so that it can be refused."""

    written: str


def read(kind: type[Read], plain: object, *, file: str) -> Read:
    """Turn tables and lists into a value of `kind`.

    Raises ProblemsError with every unknown key, missing key and wrong type, each by its path:
    `framework.toml: unit_classes[SBN].leaves[1.1].max`.
    """
    problems = tuple(
        problem(f"{file}: {path}" if path else file, vi, en)
        for path, vi, en in _misfits(inspect.type_info(kind), plain, "")
    )
    if problems:
        raise ProblemsError(*problems)
    return msgspec.convert(plain, kind)


def place(path: str, key: object) -> str:
    """Give the path of an entry of a list, by its code or by its place from 1."""
    return f"{path}[{key}]"


def named(path: str, name: str) -> str:
    """Give the path of a key of a table."""
    return f"{path}.{name}" if path else name


_Misfit = tuple[str, str, str]


def _misfits(kind: inspect.Type, value: object, path: str) -> Iterator[_Misfit]:
    if isinstance(kind, inspect.UnionType):
        # The only unions are "a value or none", and a file leaves a key out for none.
        if value is not None:
            (kind,) = (part for part in kind.types if not isinstance(part, inspect.NoneType))
            yield from _misfits(kind, value, path)
    elif isinstance(value, BinaryFloat):
        yield (
            path,
            f'số có dấu chấm phải viết trong ngoặc kép: "{value.written}"',
            f'a number with a point is written in quotes: "{value.written}"',
        )
    elif isinstance(kind, inspect.StructType) and _is_table(value):
        yield from _struct_misfits(kind, value, path)
    elif isinstance(kind, inspect.DictType | inspect.VarTupleType) and _fits(kind, value):
        for key, entry in _entries(value, path):
            item = kind.value_type if isinstance(kind, inspect.DictType) else kind.item_type
            yield from _misfits(item, entry, key)
    elif isinstance(kind, inspect.TupleType):
        yield from _tuple_misfits(kind, value, path)
    elif isinstance(kind, inspect.LiteralType):
        yield from _literal_misfits(kind, value, path)
    elif not _fits(kind, value):
        vi, en = _EXPECTED[type(kind)]
        yield path, f"cần {vi}", f"expected {en}"


def _entries(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Walk a table or a list, each entry with its path."""
    if _is_table(value):
        for key, entry in value.items():
            yield named(path, key), entry
    else:
        for number, entry in enumerate(cast("list[object]", value), 1):
            yield place(path, _code(entry) or number), entry


def _struct_misfits(
    kind: inspect.StructType, table: Mapping[str, object], path: str
) -> Iterator[_Misfit]:
    fields = {field.encode_name: field for field in kind.fields}
    for key, entry in table.items():
        if key in fields:
            yield from _misfits(fields[key].type, entry, named(path, key))
        else:
            near = difflib.get_close_matches(key, fields, 1)
            yield (
                named(path, key),
                "khóa này không có trong định dạng" + (f"; có phải {near[0]}?" if near else ""),
                "there is no such key in the format" + (f"; is it {near[0]}?" if near else ""),
            )
    for key, field in fields.items():
        if field.required and key not in table:
            yield named(path, key), "thiếu khóa bắt buộc này", "this required key is missing"


def _literal_misfits(kind: inspect.LiteralType, value: object, path: str) -> Iterator[_Misfit]:
    if not isinstance(value, str) or value not in kind.values:
        choices = ", ".join(f'"{choice}"' for choice in kind.values)
        yield path, f"cần một trong: {choices}", f"expected one of: {choices}"


def _tuple_misfits(kind: inspect.TupleType, value: object, path: str) -> Iterator[_Misfit]:
    """Hold a list of a stated length against the type of each place."""
    count = len(kind.item_types)
    entries = tuple(_entries(cast("object", value), path)) if isinstance(value, list) else ()
    if len(entries) != count:
        yield path, f"cần danh sách có {count} phần tử", f"expected a list of {count} entries"
        return
    for item, (key, entry) in zip(kind.item_types, entries, strict=True):
        yield from _misfits(item, entry, key)


def _fits(kind: inspect.Type, value: object) -> bool:
    if isinstance(kind, inspect.DecimalType) and isinstance(value, str):
        return _DECIMAL.fullmatch(value) is not None
    if isinstance(value, bool):
        return isinstance(kind, inspect.BoolType)
    if isinstance(value, datetime):
        return False
    return isinstance(value, _PLAIN[type(kind)])


def _is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)


def _code(entry: object) -> str | None:
    """Find the code by which a person knows an entry of a list."""
    if not _is_table(entry):
        return None
    code = entry.get("code", entry.get("group"))
    return code if isinstance(code, str) and code else None
