"""What the planning functions refuse, in the words of both languages."""

from collections.abc import Callable
from typing import TypeVar

from questionnaires.problems import ProblemsError, problem

_T = TypeVar("_T")
_REFUSALS = {
    "at least 2": "mỗi bên phải có ít nhất 2 câu trả lời; độ lệch chuẩn, deff lớn hơn 0",
    "more than the list": "nhiều hơn số người trong danh sách",
    "nothing is left to chance": "mọi người trong cả hai danh sách đều trả lời: không có sai số",
    "too few for an error": "có nhóm dự kiến dưới 2 câu trả lời, không tính được sai số",
    "weights of a unit's groups": "tổng trọng số các nhóm của một đơn vị phải bằng 1",
    "shares between 0 and 1": "tỷ lệ trả lời, trung bình và trọng số nằm giữa 0 và 1",
    "standard deviation of a share": "độ lệch chuẩn của tỷ lệ nằm giữa 0 và 0,5",
    "the floor": "số tối thiểu của một lớp lớn hơn số tối đa hoặc số người của lớp",
    "the strata take": "tổng số tối thiểu hoặc tối đa của các lớp không cho phép cỡ mẫu này",
}


def worded(where: str, work: Callable[[], _T]) -> _T:
    """Do what may be refused with a ValueError, and refuse it in both languages."""
    try:
        return work()
    except ValueError as error:
        said = str(error)
        vi = next((vi for part, vi in _REFUSALS.items() if part in said), said)
        raise ProblemsError(problem(where, f"{vi}.", f"{said}.")) from error
