"""How the items of a page are put to a person: headings, questions and choices as they read."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from questionnaires.definition import Item, Questionnaires
from questionnaires.text import Language
from survey_service.answering.saving import FIELD_PREFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer that can be ticked."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One item as it reads; `apart` holds "don't know" and "not applicable".

    `condition` is the earlier question and the answers under which this one is put, or None.
    """

    code: str
    field: str
    kind: Literal["one", "several", "number", "text"]
    is_scale: bool
    text: str
    hint: str
    choices: tuple[Choice, ...]
    apart: tuple[Choice, ...]
    condition: tuple[str, str] | None
    max_choices: int | None
    max_length: int

    @property
    def all_choices(self) -> tuple[Choice, ...]:
        """Give everything that can be ticked."""
        return self.choices + self.apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A section's heading with the questions under it."""

    title: str
    questions: tuple[Question, ...]


_KINDS: dict[str, Literal["one", "several", "number", "text"]] = {
    "scale": "one",
    "single": "one",
    "yes_no": "one",
    "multiple": "several",
    "number": "number",
    "text": "text",
}


def blocks(
    items: Sequence[Item],
    questionnaires: Questionnaires,
    language: Language,
    *,
    unit: str,
    year: int,
    service: str,
) -> tuple[Block, ...]:
    """Put items under their sections' headings, with the placeholders filled."""
    titles = {section.code: section.title for section in questionnaires.sections}

    def put(item: Item) -> Question:
        values = {"unit": unit, "year": str(year), "service": service}
        return Question(
            code=item.code,
            field=FIELD_PREFIX + item.code,
            kind=_KINDS[item.kind],
            is_scale=item.kind == "scale",
            text=item.text.fill(language, **values),
            hint=item.hint.fill(language, **values) if item.hint else "",
            choices=tuple(
                Choice(code=option.code, text=option.text.in_(language))
                for option in questionnaires.options(item)
            ),
            apart=_apart(item, questionnaires, language),
            condition=_condition(item, questionnaires, language, values),
            max_choices=item.max_choices,
            max_length=item.max_length,
        )

    return tuple(
        Block(title=titles[section].in_(language), questions=tuple(map(put, together)))
        for section, together in groupby(items, key=lambda item: item.section)
    )


def _apart(item: Item, questionnaires: Questionnaires, language: Language) -> tuple[Choice, ...]:
    if item.scale is None:
        return ()
    scale = questionnaires.scale(item.scale)
    offered = {"dk": scale.dont_know, "na": scale.not_applicable}
    return tuple(
        Choice(code=code, text=text.in_(language)) for code, text in offered.items() if text
    )


def _condition(
    item: Item, questionnaires: Questionnaires, language: Language, values: dict[str, str]
) -> tuple[str, str] | None:
    if item.show_if is None:
        return None
    earlier = questionnaires.item(item.show_if.item)
    offered = [
        Choice(code=option.code, text=option.text.in_(language))
        for option in questionnaires.options(earlier)
    ]
    offered += _apart(earlier, questionnaires, language)
    texts = [choice.text for choice in offered if choice.code in item.show_if.is_]
    return earlier.text.fill(language, **values), " / ".join(texts)
