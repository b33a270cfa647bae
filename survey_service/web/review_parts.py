"""What a person answered, as they read it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from questionnaires.definition import Item, Questionnaires
from questionnaires.index import Code
from questionnaires.relevance import relevant
from questionnaires.text import Language
from survey_service.answering.draft import Answers
from survey_service.answering.opening import Form
from survey_service.answering.pages import FormPage
from survey_service.web.form_pages import service_name, unit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPart:
    """One page read back: its questions with the answers in words, empty where left blank."""

    number: int
    name: str
    url: str
    familiar: bool
    finished: bool
    answered: int
    lines: tuple[tuple[str, str], ...]


def review_parts(
    form: Form,
    draft: Answers,
    language: Language,
    *,
    general: str,
    addresses: Mapping[int, str],
) -> tuple[ReviewPart, ...]:
    """Read a draft back page by page; `general` names the page that is about no unit."""
    return tuple(
        _part(form, page, draft, language, general=general, url=addresses[page.number])
        for page in form.pages
    )


def _part(
    form: Form, page: FormPage, draft: Answers, language: Language, *, general: str, url: str
) -> ReviewPart:
    given = draft.on(page)
    familiar = draft.is_familiar(page)
    items = page.all_items() if familiar else page.once
    lines = _lines(form, page, relevant(items, given), given, language)
    return ReviewPart(
        number=page.number,
        name=unit_name(page, language) or general,
        url=url,
        familiar=familiar,
        finished=page.number in draft.finished,
        answered=sum(1 for _, answer in lines if answer),
        lines=lines,
    )


def _lines(
    form: Form,
    page: FormPage,
    items: Sequence[Item],
    given: Mapping[Code, str],
    language: Language,
) -> tuple[tuple[str, str], ...]:
    values = {
        "unit": unit_name(page, language),
        "year": str(form.wave.framework.year),
        "service": service_name(page, language),
    }
    questionnaires = form.wave.questionnaires
    return tuple(
        (
            item.text.fill(language, **values),
            in_words(item, given.get(item.code, ""), questionnaires, language),
        )
        for item in items
    )


def in_words(item: Item, answer: str, questionnaires: Questionnaires, language: Language) -> str:
    """Say a readable answer in words; raises KeyError for one that the item does not have."""
    if item.kind in {"text", "number"} or not answer:
        return answer
    words = {option.code: option.text for option in questionnaires.options(item)}
    if item.scale is not None:
        scale = questionnaires.scale(item.scale)
        offered = {"dk": scale.dont_know, "na": scale.not_applicable}
        words |= {code: text for code, text in offered.items() if text is not None}
    return "; ".join(words[code].in_(language) for code in answer.split(";"))
