"""A wave's plan written as a wave file, for staff to read, change and hand in."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

import msgspec

from survey_service.waves.plan import WavePlan

_OWN_TABLES: Final = ("letter", "sender", "privacy", "mail", "sample")


def wave_file(plan: WavePlan) -> str:
    """Write a plan as TOML; what is as it is by default is left out."""
    told = _told(plan)
    lines = [
        f"{key} = {_value(value)}"
        for key, value in told.items()
        if not (key in _OWN_TABLES and isinstance(value, Mapping))
    ]
    for key in _OWN_TABLES:
        if isinstance(told.get(key), Mapping):
            lines += ["", *_table(key, told[key])]
    return "\n".join(lines) + "\n"


def _table(name: str, table: Mapping[str, Any]) -> list[str]:
    plain = {key: value for key, value in table.items() if not _is_table(value)}
    lines = [f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in plain.items())]
    for key, value in table.items():
        if _is_table(value):
            lines += ["", *_table(f"{name}.{key}", value)]
    return lines


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) != {"vi", "en"}  # pyright: ignore[reportUnknownArgumentType]


def _told(struct: msgspec.Struct) -> dict[str, Any]:
    """Give what differs from the defaults, under the names of the file."""
    told: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        default = (
            field.default_factory()
            if field.default_factory is not msgspec.NODEFAULT
            else field.default
        )
        if value is not None and value != default:
            told[field.encode_name] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _told(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in cast("tuple[Any, ...]", value)]
    return value


def _value(value: Any) -> str:
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        return f"{{ {', '.join(f'{_key(key)} = {_value(one)}' for key, one in table.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in cast('list[Any]', value))}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case Decimal():
            return f'"{value:f}"'
        case str():
            # JSON's strings are TOML's but for the one control character it leaves as it is.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case _:
            return str(value)


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if plain else json.dumps(key, ensure_ascii=False)
