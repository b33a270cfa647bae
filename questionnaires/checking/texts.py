"""Texts: whole in both languages, with the same placeholders, where placeholders may stand."""

import re
from collections.abc import Iterator
from typing import cast

import msgspec

from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Framework
from questionnaires.problems import Problem, problem
from questionnaires.reading import named, place
from questionnaires.text import LANGUAGES, PLACEHOLDERS, Language, Text

_BRACES = re.compile(r"\{([^{}]*)\}")


def check_texts(
    framework: Framework, questionnaires: Questionnaires, places: tuple[str, str]
) -> Iterator[Problem]:
    """Check every text of the two definitions.

    The wording and the hint of an item may leave placeholders open; no other text may.
    """
    for path, text in _texts(framework, ""):
        yield from _check_text(text, f"{places[0]}: {path}", set())
    transacted = {
        relation.group
        for relation in questionnaires.relations
        if relation.rates.units == "transaction"
    }
    allowed = {
        named(place("items", item.code), key): _item_names(item, transacted)
        for item in questionnaires.items
        for key in ("text", "hint")
    }
    for path, text in _texts(questionnaires, ""):
        yield from _check_text(text, f"{places[1]}: {path}", allowed.get(path, set()))


def _texts(value: object, path: str) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from _texts(getattr(value, field.name), named(path, field.encode_name))
    elif isinstance(value, tuple):
        for number, entry in enumerate(cast("tuple[object, ...]", value), 1):
            yield from _texts(entry, place(path, getattr(entry, "code", number)))


def _item_names(item: Item, transacted: set[str]) -> set[str]:
    if item.about == "respondent":
        return {"year"}
    return {"unit", "year"} | ({"service"} if set(item.groups) <= transacted else set())


def _check_text(text: Text, where: str, allowed: set[str]) -> Iterator[Problem]:
    for language in LANGUAGES:
        yield from _check_language(text.in_(language), language, f"{where}.{language}", allowed)
    if _meanings(text, "vi") != _meanings(text, "en"):
        yield problem(
            where,
            "tiếng Việt và tiếng Anh phải dùng cùng những chỗ trống",
            "Vietnamese and English must use the same placeholders",
        )


def _check_language(
    written: str, language: Language, where: str, allowed: set[str]
) -> Iterator[Problem]:
    if not written.strip():
        yield problem(
            where,
            "thiếu nội dung; mỗi câu chữ phải có đủ tiếng Việt và tiếng Anh",
            "the text is missing; every text must be whole in Vietnamese and English",
        )
    if not set("{}").isdisjoint(_BRACES.sub("", written)):
        yield problem(
            where,
            "dấu { hoặc } không khép đôi; dấu này chỉ dùng cho chỗ trống như {đơn vị}",
            "a { or } has no partner; braces are for placeholders such as {unit} only",
        )
    known = PLACEHOLDERS[language]
    for token in dict.fromkeys(_BRACES.findall(written)):
        if token not in known:
            choices = ", ".join(f"{{{choice}}}" for choice in known)
            yield problem(
                where,
                f"không có chỗ trống {{{token}}}; chỉ dùng: {choices}",
                f"there is no placeholder {{{token}}}; use only: {choices}",
            )
        elif known[token] not in allowed:
            yield problem(
                where,
                f"không dùng {{{token}}} ở đây được: {{dịch vụ}} chỉ dành cho câu hỏi mà mọi nhóm "
                "đánh giá theo giao dịch, {đơn vị} cho câu hỏi về đơn vị, {năm} cho câu hỏi",
                f"{{{token}}} cannot stand here: {{service}} is for items whose groups all rate by "
                "transaction, {unit} for items about a unit, {year} for items",
            )


def _meanings(text: Text, language: Language) -> set[str]:
    tokens: list[str] = _BRACES.findall(text.in_(language))
    return {PLACEHOLDERS[language].get(token, token) for token in tokens}
