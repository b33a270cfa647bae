"""How wide letters are: so that a layout is known before anything is drawn.

The widths are those of DejaVu Sans, the font that comes with Matplotlib.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, Literal

Weight = Literal["regular", "bold", "oblique"]

_EM: Final = 2048
_FIRST: Final = 0x20
_WIDEST: Final = 2048
"""What a letter that is not in the tables is taken to need."""
_REGULAR: Final = """
    651 821 942 1716 1303 1946 1597 563 799 799 1024 1716 651 739 651 690 1303 1303 1303 1303
    1303 1303 1303 1303 1303 1303 690 690 1716 1716 1716 1087 2048 1401 1405 1430 1577 1294 1178
    1587 1540 604 604 1343 1141 1767 1532 1612 1235 1612 1423 1300 1251 1499 1401 2025 1403 1251
    1403 799 690 799 1716 1024 1024 1255 1300 1126 1300 1260 721 1300 1298 569 569 1186 569 1995
    1298 1253 1300 1300 842 1067 803 1298 1212 1675 1212 1212 1075 1303 690 1303 1716
"""
_BOLD: Final = """
    713 934 1067 1716 1425 2052 1786 627 936 936 1071 1716 778 850 778 748 1425 1425 1425 1425
    1425 1425 1425 1425 1425 1425 819 819 1716 1716 1716 1188 2048 1585 1561 1503 1700 1399 1399
    1681 1714 762 762 1587 1305 2038 1714 1741 1501 1741 1577 1475 1397 1663 1585 2259 1579 1483
    1485 936 748 936 1716 1024 1024 1382 1466 1214 1466 1389 891 1466 1458 702 702 1362 702 2134
    1458 1407 1466 1466 1010 1219 979 1458 1335 1892 1321 1335 1192 1458 748 1458 1716
"""
"""Advances of U+0020 to U+007E in 2048ths of the font size."""
_MORE_REGULAR: Final = {
    "Ơ": 1870,
    "Ư": 1757,
    "đ": 1300,
    "Đ": 1587,
    "–": 1024,
    "—": 2048,
    "−": 1716,
    "…": 2048,
    "“": 1061,
    "”": 1061,
    "‘": 651,
    "’": 651,
    "≥": 1716,
    "≤": 1716,
    "×": 1716,
    "±": 1716,
    "·": 651,
    "²": 821,
    "▲": 1575,
    "▼": 1575,
}
_MORE_BOLD: Final = {
    "Ơ": 1789,
    "Ư": 1711,
    "đ": 1466,
    "Đ": 1716,
    "–": 1024,
    "—": 2048,
    "−": 1716,
    "…": 2048,
    "“": 1346,
    "”": 1346,
    "‘": 778,
    "’": 778,
    "≥": 1716,
    "≤": 1716,
    "×": 1716,
    "±": 1716,
    "·": 778,
    "²": 897,
    "▲": 1575,
    "▼": 1575,
}
_HORNED: Final = {"O\u031b": "Ơ", "U\u031b": "Ư"}
"""Horns that make a letter wider; all other marks of Vietnamese stand above or below it."""


def width(text: str, size: float, weight: Weight = "regular") -> float:
    """Give the width of one line of text in pixels."""
    return sum(_advance(letter, weight) for letter in text) * size / _EM


def wrapped(text: str, size: float, room: float, weight: Weight = "regular") -> tuple[str, ...]:
    """Break a text at spaces into as few lines as fit into so many pixels; at least one line.

    The lines are made about equally long. A word that is wider than the room is broken within.
    """
    words = [
        (part, width(part, size, weight))
        for word in text.split()
        for part in _parts(word, size, room, weight)
    ]
    space = width(" ", size, weight)
    lines = _filled(words, space, room)
    low, high = max((wide for _, wide in words), default=room), room
    while len(lines) > 1 and high - low > 1:
        middle = (low + high) / 2
        narrower = _filled(words, space, middle)
        if len(narrower) == len(lines):
            high, lines = middle, narrower
        else:
            low = middle
    return lines


def _filled(words: Sequence[tuple[str, float]], space: float, room: float) -> tuple[str, ...]:
    """Fill line after line with words that are no wider than the room."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for word, wide in words:
        if lines[-1] and used + space + wide > room:
            lines.append([])
        used = used + space + wide if lines[-1] else wide
        lines[-1].append(word)
    return tuple(" ".join(line) for line in lines)


def _parts(word: str, size: float, room: float, weight: Weight) -> Iterator[str]:
    while width(word, size, weight) > room and len(word) > 1:
        fits = _fitting(word, size, room, weight)
        yield word[:fits]
        word = word[fits:]
    yield word


def _fitting(word: str, size: float, room: float, weight: Weight) -> int:
    fits = 1
    while width(word[: fits + 1], size, weight) <= room:
        fits += 1
    return fits


@cache
def _advance(letter: str, weight: Weight) -> int:
    table, more = (_BOLD, _MORE_BOLD) if weight == "bold" else (_REGULAR, _MORE_REGULAR)
    apart = unicodedata.normalize("NFD", letter)
    known = _HORNED.get(apart[:2], apart[0])
    if known in more:
        return more[known]
    widths = table.split()
    place = ord(known) - _FIRST
    return int(widths[place]) if 0 <= place < len(widths) else _WIDEST
