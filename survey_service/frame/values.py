"""What one cell may hold: a tidy text, a code, a date, a month, a number."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from questionnaires.text import Text

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-\d{2})?")
_WEIGHT = re.compile(r"\d{1,6}(?:[.,]\d{1,12})?")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
LARGEST_POPULATION = 100_000_000
LONGEST_TEXT = 300


def text(raw: str) -> str | Text:
    """Tidy a one-line text: NFC, single spaces; no control characters and no formula."""
    tidy = " ".join(unicodedata.normalize("NFC", raw.translate(_UNSEEN)).split())
    # What Python does not print are control, private and unassigned characters and the marks
    # that turn the writing direction.
    if not tidy.isprintable():
        return Text(
            vi=f"{shown(tidy)} có ký tự điều khiển không nhìn thấy; hãy gõ lại ô này.",
            en=f"{shown(tidy)} holds an invisible control character; type the cell again.",
        )
    if (formula := refuse_formula(tidy)) is not None:
        return formula
    if len(tidy) > LONGEST_TEXT:
        return Text(
            vi=f"dài {len(tidy)} ký tự; tối đa {LONGEST_TEXT}.",
            en=f"has {len(tidy)} characters; at most {LONGEST_TEXT}.",
        )
    return tidy


def refuse_formula(tidy: str) -> Text | None:
    """Say what is wrong with a text that a spreadsheet would take for a formula; None if nothing.

    Lists and results are opened in spreadsheets again, which would run it (CWE-1236).
    """
    if tidy[:1] not in {"=", "+", "-", "@"}:
        return None
    return Text(
        vi=f"{shown(tidy)} bắt đầu như một công thức (= + - @); hãy ghi chữ bình thường hoặc "
        "để trống.",
        en=f"{shown(tidy)} begins like a formula (= + - @); write plain text or leave it empty.",
    )


def shown(raw: str) -> str:
    """Quote what a cell holds, short and with its invisible characters spelled out."""
    visible = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in raw[:60])
    return f"“{visible}…”" if len(raw) > 60 else f"“{visible}”"


def code(raw: str) -> str | Text:
    """Read a code: plain letters, digits and . _ - without spaces, at most 40."""
    tidy = text(raw)
    if isinstance(tidy, Text) or _CODE.fullmatch(tidy):
        return tidy
    return Text(
        vi=f"{shown(tidy)} không phải mã: dùng chữ không dấu, số và . _ - viết liền, tối đa 40.",
        en=f"{shown(tidy)} is not a code: unaccented letters, digits and . _ - only, at most 40.",
    )


def several(one: Callable[[str], str | Text]) -> Callable[[str], tuple[str, ...] | Text]:
    """Make a reader of several values in a cell, separated by `;` `,` `|` or line breaks."""

    def read(raw: str) -> tuple[str, ...] | Text:
        values: list[str] = []
        for part in re.split(r"[;,|\n]", raw):
            value = one(part.strip()) if part.strip() else ""
            if isinstance(value, Text):
                return value
            values.append(value)
        return tuple(dict.fromkeys(filter(None, values)))

    return read


def day(raw: str) -> date | Text:
    """Read a date, 20/02/2023 or 2023-02-20."""
    if found := _DATE.fullmatch(raw):
        parts = found[3], found[2], found[1]
    elif found := _ISO_DATE.fullmatch(raw):
        parts = found[1], found[2], found[3]
    else:
        parts = ("0", "0", "0")
    try:
        return date(*map(int, parts))
    except ValueError:
        return Text(
            vi=f"{shown(raw)} không phải ngày có thật; hãy ghi ngày/tháng/năm, ví dụ 20/02/2023.",
            en=f"{shown(raw)} is not a real date; write day/month/year, such as 20/02/2023.",
        )


def month(raw: str) -> str | Text:
    """Read a month, 02/2023, 2023-02 or any day in it, as "02/2023"."""
    if found := _MONTH.fullmatch(raw):
        year, number = int(found[2]), int(found[1])
    elif found := _ISO_MONTH.fullmatch(raw):
        year, number = int(found[1]), int(found[2])
    else:
        whole = day(raw)
        year, number = (0, 0) if isinstance(whole, Text) else (whole.year, whole.month)
    if 1 <= number <= 12 and 1900 <= year <= 2999:
        return f"{number:02}/{year}"
    return Text(
        vi=f"{shown(raw)} không phải tháng; hãy ghi tháng/năm, ví dụ 02/2023.",
        en=f"{shown(raw)} is not a month; write month/year, such as 02/2023.",
    )


def population(raw: str) -> int | Text:
    """Read how many people a stratum has: a whole number from 1."""
    digits = raw.replace(" ", "").replace("\u00a0", "")
    # 1.200 and 1,200 are how offices group thousands; 1.5 is not a number of people.
    if re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", digits):
        digits = digits.replace(".", "").replace(",", "")
    if digits.isascii() and digits.isdigit() and 1 <= int(digits[:12]) <= LARGEST_POPULATION:
        return int(digits)
    return Text(
        vi=f"{shown(raw)} không phải tổng số người: hãy ghi một số nguyên từ 1.",
        en=f"{shown(raw)} is not a number of people: write a whole number from 1.",
    )


def weight(raw: str) -> str | Text:
    """Read a sampling weight, a positive decimal with a point or comma, as plain text."""
    if _WEIGHT.fullmatch(raw) and (value := Decimal(raw.replace(",", "."))) > 0:
        return f"{value.normalize():f}"
    return Text(
        vi=f"{shown(raw)} không phải trọng số: hãy ghi một số lớn hơn 0, ví dụ 1,25.",
        en=f"{shown(raw)} is not a weight: write a number above 0, such as 1.25.",
    )


def one_of(find: Callable[[str], str | None], vi: str, en: str) -> Callable[[str], str | Text]:
    """Make a reader of names that stand for codes; `vi` and `en` say what was expected."""

    def read(raw: str) -> str | Text:
        tidy = text(raw)
        if isinstance(tidy, Text):
            return tidy
        return find(tidy) or Text(vi=f"{shown(tidy)} {vi}", en=f"{shown(tidy)} {en}")

    return read
