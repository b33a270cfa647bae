"""The pages of questions: rendered once per group, set and unit class, filled for each person."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import escape

from questionnaires.index import Code
from questionnaires.text import Language
from survey_service.answering.opening import Form
from survey_service.answering.pages import FormPage
from survey_service.answering.saving import FIELD_PREFIX, SentPage
from survey_service.web.addresses import Addresses
from survey_service.web.questions import Block, Question, blocks
from survey_service.web.slots import Skeleton, slot
from survey_service.web.templating import Templates
from survey_service.web.wording import wave_words

_ANY_SERVICE: dict[Language, str] = {"vi": "hành chính", "en": "that you carried out"}
"""What stands for a procedure's name where the list of people names none."""

_Key = tuple[str, str, str, Language, Code, int | None, Code, bool, bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fixed:
    """A page's fixed part, and the items as they read, for what points at them."""

    skeleton: Skeleton
    parts: tuple[tuple[str, tuple[Block, ...]], ...]

    def questions(self) -> Iterator[Question]:
        """Walk the questions in the order of their numbers."""
        return (
            question for _, part in self.parts for block in part for question in block.questions
        )


class FormPages:
    """Gives pages of questions as bytes; those of a `trial` say that nothing is recorded."""

    def __init__(self, templates: Templates, *, trial: bool = False) -> None:
        self._templates = templates
        self._trial = trial
        self._known: dict[_Key, _Fixed] = {}

    def show(self, form: Form, page: FormPage, to: Addresses) -> bytes:
        """Show a page with what was saved."""
        draft = form.draft
        values = self._values(form, page, to)
        if draft is not None:
            values |= _given(page, draft.on(page), familiar=draft.is_familiar(page))
        return self._fixed(form, page, to.language).skeleton.fill(values)

    def show_again(
        self,
        form: Form,
        sent: SentPage,
        entered: dict[str, list[str]],
        to: Addresses,
    ) -> bytes:
        """Show a page with what was entered, and what to look at again."""
        fixed = self._fixed(form, sent.page, to.language)
        values = self._values(form, sent.page, to)
        values |= _entered(sent.page, entered, familiar=sent.familiar)
        values |= self._marks(fixed, sent, to.language)
        return fixed.skeleton.fill(values)

    def _fixed(self, form: Form, page: FormPage, language: Language) -> _Fixed:
        wave = form.wave
        unit_class = page.unit.unit_class if page.unit else ""
        key = (
            wave.code,
            wave.framework_hash,
            wave.questionnaires_hash,
            language,
            form.group,
            form.rotation,
            unit_class,
            bool(page.once),
            len(form.pages) > 1,
            form.correcting,
        )
        if key not in self._known:
            self._known[key] = self._render(form, page, language)
        return self._known[key]

    def _render(self, form: Form, page: FormPage, language: Language) -> _Fixed:
        wave = form.wave
        parts = tuple(
            (
                name,
                blocks(
                    items,
                    wave.questionnaires,
                    language,
                    unit=slot("unit"),
                    year=wave.framework.year,
                    service=slot("service"),
                ),
            )
            for name, items in (("unit", page.items), ("once", page.once))
            if items
        )
        html = self._templates.render(
            "respond/questions.html",
            language,
            wave=wave_words(wave, language),
            about_unit=page.unit is not None,
            # Nobody can be a stranger to the unit they work in.
            may_be_unfamiliar=wave.questionnaires.relation(form.group).rates.units != "own",
            many_pages=len(form.pages) > 1,
            correcting=form.correcting,
            trial=self._trial,
            parts=parts,
        )
        return _Fixed(skeleton=Skeleton.build(html), parts=parts)

    def _values(self, form: Form, page: FormPage, to: Addresses) -> dict[str, str]:
        return {
            "unit": str(escape(unit_name(page, to.language))),
            "service": str(escape(service_name(page, to.language))),
            "number": str(page.number),
            "count": str(len(form.pages)),
            "units": str(sum(other.unit is not None for other in form.pages)),
            "action": to.page(page.number),
            "back": _back(form, page, to),
        }

    def _marks(self, fixed: _Fixed, sent: SentPage, language: Language) -> dict[str, str]:
        """Mark the wrong answers; where none is wrong, the questions left out."""
        left_out = self._templates.say(language, "Câu này chưa có câu trả lời.")
        said = {code: text.in_(language) for code, text in sent.problems}
        wrong = len(said)
        said = said or dict.fromkeys(sent.blank, left_out)
        lines: list[tuple[str, str]] = []
        values: dict[str, str] = {}
        for number, question in enumerate(fixed.questions(), 1):
            if question.code not in said:
                continue
            text = said[question.code]
            asked = _named(question.text, sent.page, language)
            lines.append((question.field, f"{number}. {text if wrong else asked}"))
            values[f"class:{question.code}"] = " has-problem"
            values[f"problem:{question.code}"] = self._templates.render(
                "components/problem.html", language, field=question.field, text=text
            )
        values["summary"] = self._templates.render(
            "respond/page_summary.html",
            language,
            lines=lines,
            wrong=wrong,
            blank=len(sent.blank),
        )
        values["title_mark"] = self._templates.say(language, "Cần xem lại:") + " "
        return values


def _back(form: Form, page: FormPage, to: Addresses) -> str:
    if form.correcting:
        return to.part("review")
    return to.landing if page.number == 1 else to.page(page.number - 1)


def _named(text: str, page: FormPage, language: Language) -> str:
    """Put the person's names where a fixed text has slots."""
    named = text.replace(slot("unit"), unit_name(page, language))
    return named.replace(slot("service"), service_name(page, language))


def unit_name(page: FormPage, language: Language) -> str:
    """Give the name of a page's unit, empty where it is about none."""
    if page.unit is None:
        return ""
    return page.unit.name_vi if language == "vi" else page.unit.name_en


def service_name(page: FormPage, language: Language) -> str:
    """Give the person's procedures as a question names them."""
    named = ", ".join(service.in_(language) for service in page.services)
    return f"“{named}”" if named else _ANY_SERVICE[language]


def _given(page: FormPage, answers: dict[Code, str], *, familiar: bool) -> dict[str, str]:
    """Turn saved answers into ticks and values; several choices are split."""
    entered = {
        FIELD_PREFIX + item.code: (
            answers[item.code].split(";") if item.kind == "multiple" else [answers[item.code]]
        )
        for item in page.all_items()
        if answers.get(item.code)
    }
    return _entered(page, entered, familiar=familiar)


def _entered(page: FormPage, entered: dict[str, list[str]], *, familiar: bool) -> dict[str, str]:
    """Turn form fields into ticks and values, whatever they hold."""
    values: dict[str, str] = {} if familiar else {"unfamiliar": " checked"}
    for item in page.all_items():
        given = entered.get(FIELD_PREFIX + item.code, [])
        if item.kind in {"text", "number"}:
            values[f"value:{item.code}"] = str(escape(given[0])) if given else ""
        else:
            for choice in given:
                values[f"checked:{item.code}:{choice}"] = " checked"
    return values
