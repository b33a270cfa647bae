"""Each kind of item has the fields it needs and no others, within what a ballot can hold."""

from collections.abc import Iterator

from questionnaires.checking.codes import check_known, check_option_codes
from questionnaires.definition import Item, Option, Questionnaires
from questionnaires.packing import LARGEST_NUMBER, MOST_OPTIONS
from questionnaires.problems import Problem, problem

LONGEST_TEXT = 10_000

_FIELDS = {
    "scale": {"scale"},
    "single": {"options"},
    "multiple": {"options", "max_choices"},
    "number": {"minimum", "maximum"},
    "yes_no": set[str](),
    "text": {"max_length"},
}
_UNSET = {
    "scale": None,
    "options": (),
    "max_choices": None,
    "minimum": None,
    "maximum": None,
    "max_length": 1000,
}


def check_kinds(questionnaires: Questionnaires, file: str) -> Iterator[Problem]:
    """Check every item against its kind."""
    scales = {scale.code for scale in questionnaires.scales}
    for item in questionnaires.items:
        where = f"{file}: items[{item.code}]"
        yield from _check_fields(item, where)
        if item.kind == "scale":
            named = [] if item.scale is None else [item.scale]
            yield from check_known(named, scales, f"{where}.scale", what=("thang", "scale"))
        if item.kind in {"single", "multiple"}:
            yield from check_options(item.options, f"{where}.options")
        yield from _check_limits(item, where)


def check_options(options: tuple[Option, ...], where: str) -> Iterator[Problem]:
    """Check a list of options: 2 to 15 of them, with good codes."""
    yield from check_option_codes([option.code for option in options], where)
    if not 2 <= len(options) <= MOST_OPTIONS:
        yield problem(
            where,
            f"cần từ 2 đến {MOST_OPTIONS} lựa chọn; đang có {len(options)}",
            f"there must be 2 to {MOST_OPTIONS} options; there are {len(options)}",
        )


def _check_fields(item: Item, where: str) -> Iterator[Problem]:
    for field, unset in _UNSET.items():
        if getattr(item, field) != unset and field not in _FIELDS[item.kind]:
            yield problem(
                f"{where}.{field}",
                f"câu hỏi loại {item.kind} không dùng khóa {field}; hãy bỏ đi",
                f"an item of kind {item.kind} has no {field}; remove it",
            )
    if item.kind == "scale" and item.scale is None:
        yield problem(
            f"{where}.scale",
            "câu hỏi theo thang phải nêu thang trả lời",
            "an item on a scale must name its scale",
        )
    if item.leaves and item.kind != "scale":
        yield problem(
            f"{where}.kind",
            'câu hỏi tính điểm phải trả lời theo thang (kind = "scale")',
            'a scored item must be answered on a scale (kind = "scale")',
        )
    if item.about == "respondent" and item.kind != "text":
        yield problem(
            f"{where}.about",
            "chỉ câu hỏi tự luận (text) mới hỏi một lần về người trả lời",
            "only a text item may be asked once, about the respondent",
        )


def _check_limits(item: Item, where: str) -> Iterator[Problem]:
    if item.kind == "multiple" and item.max_choices is not None:
        yield from _check_limit(f"{where}.max_choices", item.max_choices, 1, len(item.options))
    if item.kind == "number":
        least, most = item.minimum or 0, item.maximum
        yield from _check_limit(f"{where}.minimum", least, 0, LARGEST_NUMBER)
        if most is not None:
            yield from _check_limit(f"{where}.maximum", most, max(least, 0), LARGEST_NUMBER)
    if item.kind == "text":
        yield from _check_limit(f"{where}.max_length", item.max_length, 1, LONGEST_TEXT)


def _check_limit(where: str, value: int, least: int, most: int) -> Iterator[Problem]:
    if not least <= value <= most:
        yield problem(
            where,
            f"{value} phải từ {least} đến {most}",
            f"{value} must be from {least} to {most}",
        )
