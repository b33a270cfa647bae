"""A sent form: from untrusted fields to answers, or to what a person should put right."""

import unicodedata
from collections.abc import Mapping, Sequence

import msgspec

from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Code
from questionnaires.packing import LARGEST_NUMBER
from questionnaires.relevance import is_asked
from questionnaires.text import Text

_UNKNOWN = Text(
    vi="Câu trả lời không có trong các lựa chọn. Xin chọn lại.",
    en="This answer is not among the choices. Please choose again.",
)
_ONE_ONLY = Text(vi="Xin chỉ chọn một câu trả lời.", en="Please choose one answer only.")
_NOT_A_NUMBER = Text(
    vi="Xin ghi một số nguyên bằng chữ số, ví dụ: 3.",
    en="Please write a whole number in digits, for example: 3.",
)
_CONTROL = Text(
    vi="Nội dung có ký tự điều khiển không đọc được. Xin xóa đi rồi gõ lại.",
    en="The text has unreadable control characters. Please delete them and type it again.",
)


class FormResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a form said.

    `answers` has every item that was asked, "" where it was left blank or refused; a skipped
    item is absent. Readable codes: an option ("5"), several ("a;c"), "dk", "na", a number ("3")
    or free text. `problems` name the item and say what to do.
    """

    answers: dict[Code, str]
    problems: tuple[tuple[Code, Text], ...]

    @property
    def blank(self) -> tuple[Code, ...]:
        """Items that were asked and left without an answer."""
        refused = {code for code, _ in self.problems}
        return tuple(
            code for code, answer in self.answers.items() if not answer and code not in refused
        )


def read_form(
    items: Sequence[Item],
    questionnaires: Questionnaires,
    form: Mapping[str, Sequence[str]],
    prefix: str = "",
) -> FormResult:
    """Read the fields `prefix + item code` of a form; nothing in it is trusted.

    `items` come in the order in which they were asked. Fields of other names are left alone,
    and an answer to an item that a skip rule hides is dropped.
    """
    answers: dict[Code, str] = {}
    problems: list[tuple[Code, Text]] = []
    for item in items:
        if not is_asked(item, answers):
            continue
        read = _read(item, questionnaires, form.get(prefix + item.code, ()))
        if isinstance(read, Text):
            problems.append((item.code, read))
            read = ""
        answers[item.code] = read
    return FormResult(answers=answers, problems=tuple(problems))


def _read(item: Item, questionnaires: Questionnaires, sent: Sequence[str]) -> str | Text:
    """Read one item's values as an answer, or as the Text of what is wrong with them."""
    values = list(dict.fromkeys(value.strip() for value in sent if value.strip()))
    if not values:
        return ""
    if item.kind == "multiple":
        return _multiple(item, values)
    if len(values) > 1:
        return _ONE_ONLY
    if item.kind == "number":
        return _number(item, values[0])
    if item.kind == "text":
        return _text(item, values[0])
    return values[0] if values[0] in _choices(item, questionnaires) else _UNKNOWN


def _choices(item: Item, questionnaires: Questionnaires) -> set[str]:
    choices = {option.code for option in questionnaires.options(item)}
    if item.scale is not None:
        scale = questionnaires.scale(item.scale)
        choices |= {"dk"} if scale.dont_know else set()
        choices |= {"na"} if scale.not_applicable else set()
    return choices


def _multiple(item: Item, values: list[str]) -> str | Text:
    codes = [option.code for option in item.options]
    if not set(values) <= set(codes):
        return _UNKNOWN
    if item.max_choices is not None and len(values) > item.max_choices:
        return Text(
            vi=f"Xin chọn tối đa {item.max_choices} mục; đang chọn {len(values)} mục.",
            en=f"Please choose at most {item.max_choices}; {len(values)} are chosen.",
        )
    return ";".join(code for code in codes if code in values)


def _number(item: Item, value: str) -> str | Text:
    if not (value.isascii() and value.isdigit()):
        return _NOT_A_NUMBER
    least = 0 if item.minimum is None else item.minimum
    most = LARGEST_NUMBER if item.maximum is None else item.maximum
    # A number of thousands of digits is refused before it is converted.
    digits = value.lstrip("0") or "0"
    if len(digits) > len(str(LARGEST_NUMBER)) or not least <= int(digits) <= most:
        return Text(
            vi=f"Xin ghi một số từ {least} đến {most}.",
            en=f"Please write a number from {least} to {most}.",
        )
    return digits


def _text(item: Item, value: str) -> str | Text:
    written = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in written if sign not in "\n\t"):
        return _CONTROL
    if len(written) > item.max_length:
        return Text(
            vi=f"Xin viết không quá {item.max_length} ký tự; đang có {len(written)} ký tự.",
            en=f"Please write at most {item.max_length} characters; there are {len(written)}.",
        )
    return written
