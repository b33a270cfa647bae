"""The one byte form of a value, and its SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import cast

import msgspec

Plain = dict[str, "Plain"] | list["Plain"] | str | int | bool | None


def canonical_json(value: object) -> bytes:
    """Write a value as JSON with sorted keys, in UTF-8, without spaces.

    Structs become objects without their unset fields, tuples lists and Decimals strings in plain
    notation. Raises TypeError for what has no single form (floats, sets, dates, keys that are not
    text) and ValueError for a Decimal that is not finite.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def fingerprint(value: object) -> str:
    """Give the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _plain(value: object) -> Plain:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"not a finite decimal: {value}")
        return f"{value:f}"
    if isinstance(value, msgspec.Struct):
        fields = [(key, getattr(value, name)) for key, name in _names(type(value))]
        return {name: _plain(entry) for name, entry in fields if entry is not msgspec.UNSET}
    if isinstance(value, Mapping):
        return _plain_object(cast("Mapping[object, object]", value))
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in cast("list[object] | tuple[object, ...]", value)]
    raise TypeError(f"no canonical form for {type(value).__name__}")


@cache
def _names(kind: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    """Give the fields of a struct as (key, attribute); msgspec reads the annotations each time."""
    return tuple((field.encode_name, field.name) for field in msgspec.structs.fields(kind))


def _plain_object(mapping: Mapping[object, object]) -> Plain:
    plain: dict[str, Plain] = {}
    for key, entry in mapping.items():
        if not isinstance(key, str):
            raise TypeError(f"a key must be text, not {type(key).__name__}")
        plain[key] = _plain(entry)
    return plain
