"""Codes: well formed, given once, and known where they are named."""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from questionnaires.packing import SPECIAL
from questionnaires.problems import Problem, problem

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def check_codes(codes: Iterable[str], where: str) -> Iterator[Problem]:
    """Check the codes of one list; letters that differ only in case count as the same code."""
    given = list(codes)
    for code in dict.fromkeys(given):
        if not _CODE.fullmatch(code):
            yield problem(
                f"{where}[{code}]",
                f"mã “{code}” không hợp lệ: chỉ dùng chữ không dấu, số, dấu chấm, gạch ngang, "
                "gạch dưới, tối đa 40 ký tự",
                f"“{code}” is not a code: use letters without marks, digits, dots, hyphens and "
                "underscores, at most 40 of them",
            )
    for code, times in Counter(code.lower() for code in given).items():
        if times > 1:
            yield problem(
                f"{where}[{code}]",
                f"mã “{code}” được dùng {times} lần (không phân biệt chữ hoa, chữ thường); "
                "mỗi mã chỉ dùng một lần",
                f"the code “{code}” is given {times} times (ignoring case); give each code once",
            )


def check_option_codes(codes: Iterable[str], where: str) -> Iterator[Problem]:
    """Check the codes of options, some of which are reserved for "don't know" and the like."""
    given = list(codes)
    yield from check_codes(given, where)
    for code in given:
        if code.lower() in SPECIAL:
            yield problem(
                f"{where}[{code}]",
                f"mã “{code}” dành riêng cho “không biết / không áp dụng”; hãy chọn mã khác",
                f"the code “{code}” is reserved for don't know / not applicable; choose another",
            )


def check_known(
    codes: Iterable[str], known: Collection[str], where: str, *, what: tuple[str, str]
) -> Iterator[Problem]:
    """Check that each code names one of the known ones; `what` says of which list, vi and en."""
    for code in codes:
        if code not in known:
            near = difflib.get_close_matches(code, known, 1)
            yield problem(
                where,
                f"không có {what[0]} “{code}”" + (f"; có phải “{near[0]}”?" if near else ""),
                f"there is no {what[1]} “{code}”" + (f"; is it “{near[0]}”?" if near else ""),
            )


def check_repeated(codes: Iterable[str], where: str) -> Iterator[Problem]:
    """Check that a list of names names nothing twice."""
    for code, times in Counter(codes).items():
        if times > 1:
            yield problem(
                where,
                f"“{code}” được nêu {times} lần; chỉ nêu một lần",
                f"“{code}” is named {times} times; name it once",
            )
