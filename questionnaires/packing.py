"""One ballot's answers as little-endian int16 columns, and back as readable codes."""

import struct
from collections.abc import Mapping

import msgspec

from questionnaires.definition import ItemKind, Questionnaires
from questionnaires.index import Code

BLANK = 0
DONT_KNOW = -1
NOT_APPLICABLE = -2
NOT_ASKED = -3

SPECIAL = {"": BLANK, "dk": DONT_KNOW, "na": NOT_APPLICABLE, "~": NOT_ASKED}
"""Readable answers that name no option → their packed number."""

RESERVED = {packed: readable for readable, packed in SPECIAL.items()}

LARGEST_NUMBER = 30_000
MOST_OPTIONS = 15
"""A packed answer is an int16: n + 1 for a number, one bit per option of a multiple choice."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One packed answer: the item it belongs to and the options it may name."""

    item: Code
    kind: ItemKind
    options: tuple[Code, ...]


def columns(questionnaires: Questionnaires) -> tuple[Column, ...]:
    """Give the columns of a packed ballot: every item of the bank that is not text, in order."""
    return tuple(
        Column(
            item=item.code,
            kind=item.kind,
            options=tuple(option.code for option in questionnaires.options(item)),
        )
        for item in questionnaires.items
        if item.kind != "text"
    )


def encode(column: Column, answer: str) -> int:
    """Turn a readable answer into its number: an option's place from 1, a bit set, or n + 1.

    Raises ValueError for an answer that the column cannot hold.
    """
    if answer in SPECIAL:
        return SPECIAL[answer]
    if column.kind == "number":
        number = int(answer)
        if 0 <= number <= LARGEST_NUMBER:
            return number + 1
    elif column.kind == "multiple":
        return sum(1 << column.options.index(code) for code in set(answer.split(";")))
    elif answer in column.options:
        return column.options.index(answer) + 1
    raise ValueError(f"{column.item}: no such answer: {answer!r}")


def decode(column: Column, packed: int) -> str:
    """Turn a packed number into the readable answer; raises ValueError where it means nothing."""
    if packed in RESERVED:
        return RESERVED[packed]
    if packed > 0:
        if column.kind == "number" and packed <= LARGEST_NUMBER + 1:
            return str(packed - 1)
        if column.kind == "multiple" and packed < 1 << len(column.options):
            chosen = [code for bit, code in enumerate(column.options) if packed >> bit & 1]
            return ";".join(chosen)
        if column.kind not in {"number", "multiple"} and packed <= len(column.options):
            return column.options[packed - 1]
    raise ValueError(f"{column.item}: no such packed answer: {packed}")


def pack(questionnaires: Questionnaires, answers: Mapping[Code, str]) -> bytes:
    """Pack readable answers, 2 bytes per column; an item not among them was not asked.

    Text items are passed over: their answers travel separately. Raises ValueError for an answer
    that its column cannot hold.
    """
    numbers = [encode(column, answers.get(column.item, "~")) for column in columns(questionnaires)]
    return struct.pack(f"<{len(numbers)}h", *numbers)


def unpack(questionnaires: Questionnaires, packed: bytes) -> dict[Code, str]:
    """Give the readable answer of every column ("~" where not asked).

    Raises ValueError where the bytes are not a ballot of these questionnaires.
    """
    kept = columns(questionnaires)
    if len(packed) != 2 * len(kept):
        raise ValueError(f"a ballot has {2 * len(kept)} bytes, not {len(packed)}")
    numbers: tuple[int, ...] = struct.unpack(f"<{len(kept)}h", packed)
    return {
        column.item: decode(column, number) for column, number in zip(kept, numbers, strict=True)
    }
